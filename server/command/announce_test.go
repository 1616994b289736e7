package command_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/command"
)

// stopped serves until the first signal, which is there already.
func stopped(t *testing.T, env []string, terminal bool, args ...string) (out, errout string) {
	t.Helper()
	signals := make(chan os.Signal, 1)
	signals <- os.Interrupt
	var o, e buffer
	status := command.Run(command.World{
		Args: append([]string{"mockauth0", "--addr", "localhost:0"}, args...), Environ: env, Terminal: terminal,
		Stdout: &o, Stderr: &e, Signals: func() (<-chan os.Signal, func()) { return signals, func() {} },
	})
	if status != 0 {
		t.Fatalf("status %d\n%s", status, e.String())
	}
	return o.String(), e.String()
}

func TestAnnounceText(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		var args []string
		if !terminal {
			args = []string{"--log", "text"}
		}
		out, errout := stopped(t, environ(), terminal, append(args, "--issuer", "https://auth.my.test")...)
		out = regexp.MustCompile(`localhost:\d+`).ReplaceAllString(out, "localhost:PORT")
		out = strings.ReplaceAll(out, scratch, "SCRATCH")
		out = regexp.MustCompile(`mockauth0 \S+, a`).ReplaceAllString(out, "mockauth0 VERSION, a")
		golden(t, "announce.txt", strings.ReplaceAll(out, `\`, "/"))
		if errout != "" {
			t.Errorf("stderr: %s", errout)
		}
	}
}

func TestAnnounceJSON(t *testing.T) {
	t.Parallel()
	out, errout := stopped(t, environ(), false)
	var line struct{ Level, Msg, URL, Domain, CA, Fixture string }
	if err := json.Unmarshal([]byte(errout), &line); err != nil || out != "" {
		t.Fatalf("stdout %q, stderr %q: %v", out, errout, err)
	}
	if line.Msg != "ready" || line.URL != "http://"+line.Domain || line.CA == "" || line.Fixture != "default" {
		t.Errorf("%+v", line)
	}
}
