package command

import "os/exec"

// A FlagInfo is what tests ask about a flag.
type FlagInfo struct {
	Command, Name, Twin string
	Switch, List        bool
}

// Flags are all flags of all commands.
func Flags() []FlagInfo {
	var all []FlagInfo
	for _, c := range commands() {
		for _, f := range c.flags {
			all = append(all, FlagInfo{c.name, f.name, f.twin(), f.value == "", f.list})
		}
	}
	return all
}

// Commands are the names of all commands.
func Commands() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

func parse(w World, name string, args []string) (*input, error) {
	for _, c := range commands() {
		if c.name == name {
			return c.read(w, args)
		}
	}
	panic("no command " + name)
}

// Values are what a command takes a flag to be.
func Values(w World, command, flag string, args ...string) ([]string, error) {
	in, err := parse(w, command, args)
	if err != nil {
		return nil, err
	}
	return in.values[flag], nil
}

// Dotenv quotes a value for a dotenv file.
func Dotenv(value string) (string, bool) { return dotenv(value) }

// RunWhileServerDies runs a program whose server stops by itself.
func RunWhileServerDies(w World, program string, args ...string) (int, error) {
	in, err := parse(w, "exec", nil)
	if err != nil {
		return 0, err
	}
	i, err := launch(in, []string{"localhost:0"})
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in.Stdin, in.Stdout, in.Stderr
	i.http.Close()
	status, err := i.run(in, cmd, nil)
	if drained := i.drain(); drained != nil {
		return status, drained
	}
	return status, err
}
