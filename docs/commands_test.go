package docs_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
)

// Each page's commands run in order, as its reader types them:
//
//	<!-- run -->           a command that succeeds. What it prints is compared
//	                       with the next block, if that is marked so:
//	<!-- prints -->
//	<!-- run, fails -->    one that fails. Its errors are compared, too
//	<!-- file: NAME -->    a file in the folder where the commands run. A new
//	                       mockauth0.yaml restarts the server
//	<!-- serve -->         the command that starts the page's server. Without
//	                       it that is mockauth0
//
// The ports of the pages are replaced by free ones, and -update writes what the
// commands print.
func TestCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a POSIX shell")
	}
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") != "" {
			t.Fatal(err)
		} else if err != nil {
			t.Skip(err)
		}
	}
	bin := programs(t)
	for _, page := range pages(t) {
		all := blocks(t, page)
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			r := &reader{t: t, dir: t.TempDir(), bin: bin, ports: map[string]string{}}
			t.Cleanup(r.stop)
			var printed []block
			for i, b := range all {
				switch {
				case b.is("file"):
					r.save(strings.Fields(b.name())[0], b.text)
				case b.is("serve"):
					r.stop()
					r.command = b.text
					r.serve()
				case b.is("run"):
					got := r.run(b)
					if i+1 == len(all) || !all[i+1].is("prints") {
						continue
					}
					if want := all[i+1]; *update {
						want.text = got
						printed = append(printed, want)
					} else if got != want.text {
						t.Errorf("%s prints something else; go test ./docs -update writes it. It prints\n%s", b, got)
					}
				}
			}
			if len(printed) > 0 {
				replaceBlocks(t, page, printed)
			}
		})
	}
}

// programs is a folder with the programs that the pages call: this test as
// mockauth0, and for npm test a stand-in for a suite, which asks for three codes
// by SMS.
func programs(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "mockauth0")); err != nil {
		t.Fatal(err)
	}
	const suite = `#!/bin/sh
for n in 1 2 3; do
  curl --silent --output /dev/null "$MOCKAUTH0_URL/passwordless/start" --json \
    "{\"client_id\": \"$AUTH0_CLIENT_ID\", \"client_secret\": \"$AUTH0_CLIENT_SECRET\", \"connection\": \"sms\", \"phone_number\": \"+12025550101\", \"send\": \"code\"}"
done
`
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(suite), 0o777); err != nil {
		t.Fatal(err)
	}
	return bin
}

// A reader types the commands of a page in a folder of its own.
type reader struct {
	t        *testing.T
	dir, bin string
	ports    map[string]string // of the page, and the free ones in their place
	command  string            // that starts the server
	server   *exec.Cmd
}

var address = regexp.MustCompile(`(localhost|127\.0\.0\.1):(2884|1025|8025|4012)\b`)

// here is a command with the ports of this run.
func (r *reader) here(command string) string {
	return address.ReplaceAllStringFunc(command, func(found string) string {
		host, port, _ := strings.Cut(found, ":")
		return host + ":" + r.port(port)
	})
}

// port is the free port that stands for one of the page.
func (r *reader) port(name string) string {
	if r.ports[name] == "" {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			r.t.Fatal(err)
		}
		defer l.Close()
		_, r.ports[name], _ = net.SplitHostPort(l.Addr().String())
	}
	return r.ports[name]
}

// there is what was printed with the ports of the page. Tokens, which differ
// from run to run, are cut off.
func (r *reader) there(printed string) string {
	for name, port := range r.ports {
		printed = strings.ReplaceAll(printed, ":"+port, ":"+name)
	}
	printed = regexp.MustCompile(`eyJhbGciOi[^"\s]*`).ReplaceAllString(printed, "eyJhbGciOi…")
	printed = strings.ReplaceAll(printed, r.dir+"/", "")
	if printed != "" && !strings.HasSuffix(printed, "\n") {
		printed += "\n"
	}
	return printed
}

func (r *reader) save(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
	if name == "mockauth0.yaml" {
		r.stop()
	}
}

func (r *reader) shell(command string) *exec.Cmd {
	c := exec.CommandContext(r.t.Context(), "bash", "-euo", "pipefail", "-c", r.here(command))
	c.Dir = r.dir
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "MOCKAUTH0_") && !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			c.Env = append(c.Env, variable)
		}
	}
	c.Env = append(c.Env, "PATH="+r.bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir)
	return c
}

// run runs a block beside the page's server, and returns what it prints.
func (r *reader) run(b block) string {
	r.t.Helper()
	r.serve()
	c := r.shell(b.text)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	fails := strings.HasSuffix(b.mark, "fails")
	if fails {
		c.Stderr = &out
	}
	err := c.Run()
	if exit := (*exec.ExitError)(nil); (err != nil) != fails || err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("%s: %v\n%s%s", b, err, &out, &errs)
	}
	return r.there(out.String())
}

// serve starts the page's server, unless it runs.
func (r *reader) serve() {
	r.t.Helper()
	if r.server != nil {
		return
	}
	if r.command == "" {
		r.command = "mockauth0"
	}
	at := "localhost:" + r.port("2884")
	c := r.shell("exec " + r.command)
	c.Env = append(c.Env, "MOCKAUTH0_LOG=none", "MOCKAUTH0_ADDR="+at)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.server = c
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, "GET", "http://"+at+"/_mock/health", nil)
		if err != nil {
			r.t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(request)
		if err == nil {
			res.Body.Close()
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatalf("%s does not answer: %v\n%s", r.command, err, &out)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (r *reader) stop() {
	if r.server != nil {
		_ = r.server.Process.Signal(os.Interrupt)
		_ = r.server.Wait()
		r.server = nil
	}
}

// replaceBlocks writes blocks of a page anew.
func replaceBlocks(t *testing.T, page string, changed []block) {
	t.Helper()
	lines := strings.Split(read(t, page), "\n")
	for i := len(changed) - 1; i >= 0; i-- {
		b := changed[i]
		var text []string
		for line := range strings.SplitSeq(strings.TrimSuffix(b.text, "\n"), "\n") {
			text = append(text, b.lead+line)
		}
		lines = append(lines[:b.line], append(text, lines[b.line+b.lines:]...)...)
	}
	write(t, page, strings.Join(lines, "\n"))
}

// The report that a page shows is what a server tells of a login with a wrong
// code.
func TestTheReport(t *testing.T) {
	s, err := server.New(server.Config{At: time.Date(2030, 1, 1, 10, 2, 11, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range [][2]string{
		{"/passwordless/start", `{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"}`},
		{"/oauth/token", `{"client_id": "acme-native", "grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email", "username": "ada@example.com", "otp": "000000"}`},
	} {
		r := httptest.NewRequest("POST", "http://localhost:2884"+request[0], strings.NewReader(request[1]))
		r.Header.Set("Content-Type", "application/json")
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	want := s.Report()
	shown := 0
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if !b.is("report") {
				continue
			}
			shown++
			if b.text != want && *update {
				b.text = want
				replaceBlocks(t, page, []block{b})
			} else if b.text != want {
				t.Errorf("%s is not the report; go test ./docs -update writes it. It is\n%s", b, want)
			}
		}
	}
	if shown == 0 {
		t.Error("no page shows the report")
	}
}
