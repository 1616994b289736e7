//go:build unix

package command

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start starts the test's own program by the name of mockauth0, which it then
// is. It does so in a session of its own, where no terminal sends signals, and
// returns the first line that it prints.
func start(t *testing.T, env []string, args ...string) (cmd *exec.Cmd, line string, rest *bufio.Reader) {
	t.Helper()
	cmd = exec.Command(os.Args[0], args...)
	cmd.Args[0] = "mockauth0"
	cmd.Env = append(environ(env...), "HOME="+scratch, "TMPDIR="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { stop.Stop(); _ = cmd.Process.Kill() })
	rest = bufio.NewReader(out)
	line, err = rest.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(line), rest
}

func TestServeSignals(t *testing.T) {
	t.Parallel()
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		file := filepath.Join(t.TempDir(), "state.json")
		cmd, url, _ := start(t, nil, "--log", "none", "--addr", "localhost:0", "--state", file)
		if status, _ := get(t, url+"/health"); status != http.StatusOK {
			t.Errorf("%d", status)
		}
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("%v: %v", s, cmd.ProcessState)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}

// until waits for something that happens by itself.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	end, look := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer look.Stop()
	for !happened() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("%s: not in %s", what, patience)
		}
	}
}

// A program that is killed has saved each change a moment before. The next one
// goes on from there, and the lock of the dead one does not keep it out.
func TestStateOfAKilledProgram(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	saved := func(email string) func() bool {
		return func() bool {
			data, _ := os.ReadFile(file)
			return strings.Contains(string(data), email) && strings.Contains(string(data), `"refresh_tokens"`)
		}
	}
	args := []string{"--log", "none", "--addr", "localhost:0", "--state", file}
	cmd, url, _ := start(t, nil, args...)
	token := signUp(t, &served{t: t, url: url}, "grace@example.com")
	until(t, "the change is saved", saved("grace@example.com"))
	sentence := fmt.Sprintf("--state %s: process %d saves its state there; stop that first, or name another file", file, cmd.Process.Pid)
	refused(t, environ(), sentence, "--addr", "localhost:0", "--state", file)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	cmd, url, _ = start(t, nil, args...)
	refreshToken(t, &served{t: t, url: url}, map[string]any{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": token})
	if _, users := get(t, url+"/_mock/users"); !strings.Contains(users, "grace@example.com") {
		t.Error(users)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if names := list(t, filepath.Dir(file)); len(names) != 1 {
		t.Errorf("the folder holds %q", names)
	}
}

// Two containers that mount one file have a folder each, and no lock in common
// but that of the file itself.
func TestStateOfTwoFolders(t *testing.T) {
	t.Parallel()
	file, other := write(t, "state.json", ""), filepath.Join(t.TempDir(), "state.json")
	if err := os.Link(file, other); err != nil {
		t.Fatal(err)
	}
	startServer(t, environ(), "--state", file)
	refused(t, environ(), "--state "+other+": another process saves its state there; stop that first, or name another file", "--state", other)
}

// A signal ends the program also while it starts: here it reads a pipe to which
// nobody writes. exec must not look as if its command had run well.
func TestSignalsWhileStarting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, one := range []struct {
		args   []string
		signal syscall.Signal
		status int
		says   string
	}{
		{[]string{"serve", "--fixture"}, syscall.SIGTERM, 0, "terminated"},
		{[]string{"serve", "--scenario"}, os.Interrupt.(syscall.Signal), 0, "interrupt"},
		{[]string{"serve", "--fixture"}, syscall.SIGHUP, 0, "hangup"},
		{[]string{"exec", "--fixture"}, syscall.SIGTERM, 128 + 15, "terminated"},
	} {
		pipe := filepath.Join(dir, fmt.Sprint("pipe", i))
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		args := append(one.args, pipe)
		if one.args[0] == "exec" {
			args = append(args, "--", os.Args[0])
		} else {
			args = append(args, "--addr", "localhost:0")
		}
		cmd := exec.Command(os.Args[0], args...)
		cmd.Args[0] = "mockauth0"
		cmd.Env = append(environ(), "HOME="+scratch)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		var errout buffer
		cmd.Stderr = &errout
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		stop := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		writer := writeTo(t, pipe, ended) // as soon as the program reads it
		if err := cmd.Process.Signal(one.signal); err != nil {
			t.Errorf("%v: %v", one.args, err)
		}
		<-ended
		stop.Stop()
		writer.Close()
		want := "mockauth0: stopped by a signal (" + one.says + ") before it was ready\n"
		if status := cmd.ProcessState.ExitCode(); status != one.status || errout.String() != want {
			t.Errorf("%v: %v, not %d; stderr %q", one.args, cmd.ProcessState, one.status, errout.String())
		}
	}
}

// writeTo opens a pipe as soon as somebody reads it. It fails t if the reader ends
// before that.
func writeTo(t *testing.T, pipe string, ended <-chan struct{}) *os.File {
	t.Helper()
	opened := make(chan *os.File, 1)
	go func() {
		f, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
		}
		opened <- f
	}()
	select {
	case f := <-opened:
		return f
	case <-ended:
		t.Errorf("the program ended before it read %s", pipe)
		reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0) // so that the other end opens
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		return <-opened
	}
}

// What a start makes after it was stopped is closed again.
func TestAStartThatWasStoppedLeavesNothing(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	signals := make(chan os.Signal, 1)
	var out buffer
	done := make(chan int)
	go func() {
		done <- Run(World{
			Args: []string{"mockauth0", "--fixture", pipe, "--addr", "127.0.0.1:0"}, Environ: environ(), Stdout: &out, Stderr: &out,
			Signals: func() (<-chan os.Signal, func()) { return signals, func() {} },
		})
	}()
	writer := writeTo(t, pipe, nil)
	signals <- syscall.SIGTERM
	if status := <-done; status != 0 {
		t.Errorf("status %d\n%s", status, &out)
	}
	if _, err := writer.WriteString("version: 1\nextends: default\n"); err != nil { // goleak finds what goes on after that
		t.Error(err)
	}
	if err := writer.Close(); err != nil {
		t.Error(err)
	}
}

// Signals are passed on, the child's status is ours, and the server answers
// until the child has ended.
func TestExecSignals(t *testing.T) {
	t.Parallel()
	for s, want := range map[os.Signal]int{syscall.SIGTERM: 21, os.Interrupt: 22} {
		env, args := child(t, "wait")
		cmd, line, rest := start(t, env, append([]string{"exec", "--log", "none", "--"}, args...)...)
		url, ok := strings.CutPrefix(line, "ready ")
		if !ok {
			t.Fatal(line)
		}
		if status, _ := get(t, url+"/health"); status != http.StatusOK {
			t.Errorf("%d", status)
		}
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		said, _ := rest.ReadString('\n')
		_ = cmd.Wait()
		if status := cmd.ProcessState.ExitCode(); status != want || !strings.HasPrefix(said, "got ") {
			t.Errorf("%v: status %d, want %d; the child said %q", s, status, want, said)
		}
		for _, entry := range cmd.Env {
			if temp, ok := strings.CutPrefix(entry, "TMPDIR="); ok {
				if left, _ := os.ReadDir(temp); len(left) > 0 {
					t.Errorf("%v: %v is left behind", s, left)
				}
			}
		}
	}
}

// A child that a signal ended gives the status that a shell would show.
func TestExecKilledChild(t *testing.T) {
	t.Parallel()
	if got := run(t, environ(), "exec", "--log", "none", "sh", "-c", "kill -9 $$"); got.status != 128+9 {
		t.Errorf("%+v", got)
	}
}

// A server that dies takes the child with it.
func TestExecServerDies(t *testing.T) {
	t.Parallel()
	env, args := child(t, "wait")
	var out buffer
	w := World{Args: []string{"mockauth0", "exec", "--log", "none"}, Environ: environ(env...), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
	w.Args = append(w.Args, args...)
	status := 0
	err := act(w, func(in *input) error {
		i, err := launch(in, []string{"localhost:0"})
		if err != nil {
			return err
		}
		cmd, err := findProgram(in)
		if err != nil {
			return err
		}
		i.http.Close()
		status, err = i.runChild(in, cmd, nil)
		return errors.Join(i.drain(), err)
	})
	if status != 1 || err == nil || !strings.HasPrefix(err.Error(), "the server stopped while ") {
		t.Errorf("status %d, %v\n%s", status, err, &out)
	}
}
