package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"
)

func execCommand(w World) *cli.Command {
	one := 1
	return &cli.Command{
		Name: "exec", ArgsUsage: "-- COMMAND [ARGUMENT…]",
		Usage: "run a command with a tenant of its own",
		Description: "It starts on a free port, runs the command, stops when the command ends, and exits with its status. " +
			"Signals are passed on. If the command fails, the requests, the outbox and what the scenarios did are printed, unless --log is none.\n\n" +
			"The command finds in its environment MOCKAUTH0_URL, AUTH0_DOMAIN, AUTH0_ISSUER_BASE_URL (https), " +
			"AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET and AUTH0_AUDIENCE; NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, " +
			"REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE with what was there before, or the system's roots, and the tenant's own authority; " +
			"and NO_PROXY with loopback. With --smtp, --mail-api and --twilio there are MOCKAUTH0_SMTP_URL, MOCKAUTH0_MAIL_API_URL and MOCKAUTH0_TWILIO_URL.",
		Flags:        libraryFlags(w, append([]flag{forFlag, clientIDFlag}, serverFlags()...)...),
		StopOnNthArg: &one, // the flags behind the command are its own
		Action:       action(w, unlimited, runExec),
	}
}

func runExec(in *input) error {
	if len(in.args) == 0 {
		return errors.New("exec needs a command: mockauth0 exec [flags] -- COMMAND")
	}
	signals, restore := in.signals()
	defer restore()
	cmd, err := findProgram(in)
	if err != nil {
		return err
	}
	if err := in.checkFor(); err != nil {
		return err
	}
	in.desk = nil // the terminal is the command's
	i, stopped, err := launchUnlessStopped(in, []string{"localhost:0"}, signals)
	switch {
	case err != nil:
		return err
	case stopped != nil:
		return statusOfSignal(stopped) // the command has not run
	}
	status, err := i.runChild(in, cmd, signals)
	err = errors.Join(err, i.drain())
	if cmd.ProcessState != nil && (status != 0 || err != nil) { // else it did not run
		i.tell(in.Stderr)
	}
	if status > 1 && err != nil { // the command's own status says more
		complain(in.World, err)
		err = nil
	}
	if status != 0 && err == nil {
		return exitError(status)
	}
	return err
}

// tell prints what happened, to help find out why the command failed.
func (i *instance) tell(out io.Writer) {
	if i.log.format != "none" {
		writeWithin(out, "\nmockauth0: what happened until the command failed\n"+i.server.Report())
	}
}

// findProgram is the command to run, whose program must exist.
func findProgram(in *input) (*exec.Cmd, error) {
	name := in.args[0]
	cmd := exec.Command(name, in.args[1:]...)
	switch {
	case errors.Is(cmd.Err, exec.ErrDot):
		return nil, fmt.Errorf("exec does not run %s from this folder by its name alone; write ./%s", name, name)
	case errors.Is(cmd.Err, exec.ErrNotFound):
		return nil, fmt.Errorf("exec finds no program %s on the PATH; check its name, or write its path", name)
	case cmd.Err != nil:
		return nil, notStarted(name, cmd.Err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in.Stdin, in.Stdout, in.Stderr
	return cmd, nil
}

func notStarted(name string, err error) error {
	reason := cause(err)
	var looked *exec.Error
	if errors.As(err, &looked) {
		reason = cause(looked.Err)
	}
	return fmt.Errorf("exec cannot start %s (%w); check that it is a program", name, reason)
}

// runChild runs the command with the environment that points it at the
// instance, and returns its exit status.
func (i *instance) runChild(in *input, cmd *exec.Cmd, signals <-chan os.Signal) (status int, err error) {
	dir, err := os.MkdirTemp("", "mockauth0-")
	if err != nil {
		return 1, fmt.Errorf("no folder can be made for the certificates (%w); set TMPDIR to a folder that you can write to", cause(err))
	}
	defer os.RemoveAll(dir)
	if cmd.Env, err = i.childEnviron(in, dir); err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, notStarted(cmd.Path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	served := i.served
	var died error
	for {
		select {
		case err := <-ended:
			if died != nil {
				return 1, died
			}
			return statusOf(err)
		case s := <-signals:
			if !reachedAll(s) {
				pass(cmd.Process, s)
			}
		case err := <-served:
			served <- err // drain takes it
			served = nil
			died = fmt.Errorf("the server stopped while %s ran: %w", cmd.Args[0], err)
			pass(cmd.Process, syscall.SIGTERM)
		}
	}
}

// childEnviron is the environment of the command. Of two entries for a variable
// the later one counts.
func (i *instance) childEnviron(in *input, dir string) ([]string, error) {
	bundles, err := writeBundles(in.World, dir, i.ca.PEM())
	if err != nil {
		return nil, err
	}
	t, err := newTarget(in, i.server.Fixture(), "http://"+i.host())
	if err != nil {
		return nil, err
	}
	env := slices.Clone(in.Environ)
	for _, s := range slices.Concat(noProxy(in.World), t.common(), bundles, i.ports.settings(), in.sdkSettings(t)) {
		if present, _ := in.lookup(s.name); s.app && present != "" {
			continue
		}
		env = append(env, s.name+"="+s.value)
	}
	return env, nil
}

// statusOf is the exit status that a shell would show.
func statusOf(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if code := exit.ExitCode(); code >= 0 {
		return code, nil
	}
	return 128 + signalOf(exit), nil
}

// pass passes a signal on. Where there are no signals it ends the process.
func pass(p *os.Process, s os.Signal) {
	if err := p.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = p.Kill()
	}
}

// noProxy adds loopback to the hosts that are called without a proxy. Some
// programs read the first of these variables, some the second.
func noProxy(w World) []setting {
	upper, _ := w.lookup("NO_PROXY")
	lower, _ := w.lookup("no_proxy")
	if upper == "" {
		upper = lower
	}
	if lower == "" {
		lower = upper
	}
	return []setting{{name: "NO_PROXY", value: withLoopback(upper)}, {name: "no_proxy", value: withLoopback(lower)}}
}

func withLoopback(list string) string {
	have := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(have, "*") {
		return list
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if !slices.Contains(have, host) {
			have = append(have, host)
		}
	}
	return strings.Join(have, ",")
}
