//go:build linux || darwin

package command

import (
	"encoding/base64"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A sitting is a program at a terminal of its own, and what the terminal shows.
type sitting struct {
	t     *testing.T
	cmd   *exec.Cmd
	keys  *os.File // the user's side of the terminal
	line  *os.File // the program's side
	shown *buffer
	url   string
}

// sit starts the test's own program by the name of mockauth0 at a terminal, and waits
// until it is ready.
func sit(t *testing.T, env []string, args ...string) *sitting {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"--addr", "localhost:0"}, args...)...)
	cmd.Args[0] = "mockauth0"
	return sitAt(t, cmd, env)
}

// sitAtShell does so in a script of a shell that controls jobs.
func sitAtShell(t *testing.T, script string) *sitting {
	t.Helper()
	bin := t.TempDir()
	if err := os.Symlink(os.Args[0], filepath.Join(bin, "mockauth0")); err != nil {
		t.Fatal(err)
	}
	return sitAt(t, exec.Command("/bin/sh", "-c", "set -m\n"+script), []string{"PATH=" + bin + ":" + os.Getenv("PATH")})
}

func sitAt(t *testing.T, cmd *exec.Cmd, env []string) *sitting {
	t.Helper()
	keys, line, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(environ("TERM=xterm", "PATH="+t.TempDir(), "HOME="+scratch, "TMPDIR="+t.TempDir()), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = line, line, line
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	s := &sitting{t: t, cmd: cmd, keys: keys, line: line, shown: &buffer{}}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for chunk := make([]byte, 4096); ; {
			n, err := keys.Read(chunk)
			_, _ = s.shown.Write(chunk[:n])
			if err != nil {
				return
			}
		}
	}()
	stop := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		stop.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		line.Close()
		keys.Close()
		<-read
		if t.Failed() {
			t.Logf("the terminal shows\n%s", s.shown)
		}
	})
	s.url = s.shows(`(?s)inbox .*?(http://localhost:\d+).*Ctrl-C`)
	return s
}

// shows waits until the terminal shows what a pattern matches, and returns its group.
func (s *sitting) shows(pattern string) string {
	s.t.Helper()
	look := regexp.MustCompile(pattern)
	var found []string
	until(s.t, "the terminal shows "+pattern, func() bool {
		found = look.FindStringSubmatch(strings.ReplaceAll(s.shown.String(), "\r\n", "\n"))
		return found != nil
	})
	return found[len(found)-1]
}

// press presses keys.
func (s *sitting) press(keys string) {
	s.t.Helper()
	if _, err := s.keys.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// ends waits for the end of the program, and checks its status and that the terminal is
// as it was.
func (s *sitting) ends(status int) {
	s.t.Helper()
	_ = s.cmd.Wait()
	if got := s.cmd.ProcessState; got.ExitCode() != status {
		s.t.Errorf("it ends with %v, want status %d", got, status)
	}
	if s.taken() {
		s.t.Error("the terminal does not show again what is typed")
	}
}

// taken tells whether the program has the terminal's keys.
func (s *sitting) taken() bool {
	s.t.Helper()
	now, err := unix.IoctlGetTermios(int(s.line.Fd()), getTermios)
	if err != nil {
		s.t.Fatal(err)
	}
	return now.Lflag&unix.ICANON == 0 && now.Lflag&unix.ECHO == 0
}

// sendCode sends ada a code and returns it.
func (s *sitting) sendCode() string {
	s.t.Helper()
	body := map[string]any{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"}
	if status, answer := post(s.t, s.url+"/passwordless/start", body); status != http.StatusOK {
		s.t.Fatal(status, answer)
	}
	_, code := get(s.t, s.url+"/_mock/outbox/code?to=ada@example.com")
	return strings.TrimSpace(code)
}

// redeem signs ada in.
func (s *sitting) redeem(code string) int {
	s.t.Helper()
	status, _ := post(s.t, s.url+"/oauth/token", map[string]any{
		"grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email", "username": "ada@example.com", "otp": code, "client_id": "acme-native",
	})
	return status
}

func TestATerminalShowsTheInboxFirstAndEachLogin(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{"colours": nil, "no colours": {"NO_COLOR=1"}} {
		s := sit(t, env)
		code := s.sendCode()
		s.redeem("000000")
		if status := s.redeem(code); status != http.StatusOK {
			t.Fatal(status)
		}
		post(t, s.url+"/oauth/token", map[string]any{"grant_type": "client_credentials", "client_id": "acme-m2n"})
		s.shows(`(?s)signed in.*hint`)
		shown := strings.ReplaceAll(s.shown.String(), "\r\n", "\n")
		if strings.Contains(shown, "\x1b[") != (env == nil) {
			t.Errorf("%s: %q", name, shown)
		}
		shown = regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(shown, "")
		shown = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d`).ReplaceAllString(shown, "10:00:00")
		shown = regexp.MustCompile(`localhost:\d+`).ReplaceAllString(shown, "localhost:PORT")
		shown = regexp.MustCompile(`mockauth0 \S+, a`).ReplaceAllString(shown, "mockauth0 VERSION, a")
		golden(t, "terminal.txt", strings.ReplaceAll(shown, scratch, "SCRATCH"))
		s.press("q")
		s.ends(0)
	}
}

// The colours by what they mean: a code is bold, a login green, a refusal yellow.
func TestATerminalHasColours(t *testing.T) {
	t.Parallel()
	s := sit(t, nil)
	code := s.sendCode()
	s.redeem("000000")
	s.redeem(code)
	s.shows("use the code \x1b\\[1m" + code + "\x1b\\[0m\n")
	s.shows("\x1b\\[33mPOST /oauth/token: 403 [^\x1b]*\x1b\\[0m\n")
	s.shows("\x1b\\[32mada@example.com signed in to Acme Native\x1b\\[0m\n")
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := sit(t, nil)
	if !s.taken() {
		t.Fatal("the terminal waits for Enter")
	}
	s.press("\x1a") // which no shell could undo
	s.press("?")
	s.shows(`q  quit`)
	s.press("c")
	s.shows(`No message with a code has come yet`)
	code := s.sendCode()
	s.press("c")
	s.shows(regexp.QuoteMeta("\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(code)) + "\a"))
	s.shows(`copy: ` + code + ` for ada@example.com\n`)
	s.redeem(code)
	s.press("c")
	s.shows(`copy: ` + code + ` for ada@example.com, which is used\n`)
	s.press("o")
	s.shows(`Open ` + s.url + `/ in a browser: no program`)
	s.press("r")
	s.shows(`Reset: `)
	if _, list := get(t, s.url+"/_mock/outbox"); strings.Contains(list, code) {
		t.Errorf("after r: %s", list)
	}
	s.press("q")
	s.ends(0)
}

// A program of the desktop is taken where there is one.
func TestKeysCallTheDesktop(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	for name, script := range map[string]string{
		"xdg-open": `printf %s "$1" >` + bin + `/opened`, "open": `printf %s "$1" >` + bin + `/opened`,
		"xclip": `/bin/cat >` + bin + `/copied`, "pbcopy": `/bin/cat >` + bin + `/copied`,
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := sit(t, []string{"PATH=" + bin, "DISPLAY=:9"})
	code := s.sendCode()
	s.press("oc")
	s.shows(`A browser opens ` + s.url)
	s.shows(`Copied: ` + code + ` for ada@example.com\n`)
	for file, want := range map[string]string{"opened": s.url + "/", "copied": code} {
		if got, err := os.ReadFile(filepath.Join(bin, file)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v, want %q", file, got, err, want)
		}
	}
	if strings.Contains(s.shown.String(), "\x1b]52") {
		t.Error("the terminal copies it, too")
	}
}

// However the program ends, the terminal is as it was.
func TestTheTerminalIsGivenBack(t *testing.T) {
	t.Parallel()
	s := sit(t, nil)
	s.press("\x03")
	s.ends(0)
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		s := sit(t, nil)
		if err := s.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		s.ends(0)
	}
	s = sit(t, nil)
	s.press("\x1c")
	s.ends(2)
}

// Ctrl-Z stops the program as any other, and the shell gets a terminal that shows what is
// typed. The program goes on in the background, where it does not touch the terminal, and
// has its keys again in the foreground.
func TestTheShellControlsTheProgram(t *testing.T) {
	t.Parallel()
	s := sitAtShell(t, `
mockauth0 --addr localhost:0
echo stopped $(stty -a)
bg
read word
echo read $word $(stty -a)
fg
echo ended $?`)
	s.press("\x1a")
	s.shows(`stopped .*[^-]icanon .*[^-]echo `)
	if status, _ := get(t, s.url+"/_mock/health"); status != http.StatusOK {
		t.Errorf("in the background it answers %d", status)
	}
	s.press("cq\n")
	s.shows(`read cq .*[^-]icanon .*[^-]echo `)
	until(t, "the program has the keys again", s.taken)
	s.press("?")
	s.shows(`q  quit`)
	s.press("q")
	s.shows(`ended 0`)
	s.ends(0)
}

func TestAProgramThatBeginsInTheBackgroundIsNotStopped(t *testing.T) {
	t.Parallel()
	s := sitAtShell(t, `
mockauth0 --addr localhost:0 &
read word
echo read $word
fg
echo ended $?`)
	s.press("cq\n")
	s.shows(`read cq`)
	until(t, "the program has the keys", s.taken)
	s.press("q")
	s.shows(`ended 0`)
	s.ends(0)
}

// A terminal that can only print, and one whose keys belong to another program, are as
// they were.
func TestNoKeys(t *testing.T) {
	t.Parallel()
	for _, more := range [][]string{{"TERM=dumb"}, {"MOCKAUTH0_STOP_WITH_STDIN=true"}} {
		s := sit(t, more)
		if s.taken() {
			t.Errorf("%q: the terminal's keys are taken", more)
		}
		s.shows(`Stop with Ctrl-C\.`)
		s.press("\x03")
		s.ends(0)
	}
}
