package docs_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/mailhog"
)

// A reader types the commands of a page in a folder of its own, beside the
// page's server. Free ports stand in for those of the page.
type reader struct {
	*testing.T
	page, dir   string
	bin, port   string            // the folder with mockauth0 (this test) and a stand-in for npm; the server's port
	here, there *strings.Replacer // from the page's ports to the free ones, and back
	server      *exec.Cmd
	held        net.Listener   // keeps the server's port for it until it starts
	printed     string         // by the last command
	tenant      *server.Server // for requests without a command
}

func newReader(t *testing.T, page string) *reader {
	t.Helper()
	r := &reader{T: t, page: page, dir: t.TempDir(), bin: t.TempDir()}
	self, err := os.Executable()
	suite, err2 := filepath.Abs("testdata/npm")
	if err := errors.Join(err, err2, os.Symlink(self, filepath.Join(r.bin, "mockauth0")), os.Symlink(suite, filepath.Join(r.bin, "npm"))); err != nil {
		t.Fatal(err)
	}
	var here, there []string
	for _, port := range []string{"4012", "8025", "1025", "2884"} {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		if port == "2884" {
			r.held = l
			t.Cleanup(func() { _ = l.Close() })
		} else {
			defer l.Close()
		}
		_, r.port, _ = net.SplitHostPort(l.Addr().String())
		here, there = append(here, ":"+port, ":"+r.port), append(there, ":"+r.port, ":"+port)
	}
	r.here, r.there = strings.NewReplacer(here...), strings.NewReplacer(append(there, r.dir+"/", "")...)
	return r
}

// run runs a command. It must succeed, or fail if the mark says so. Of one that
// fails, the errors count as printed, too.
func (r *reader) run(b *block) string {
	if r.server == nil {
		r.serve(&block{text: "mockauth0"})
	}
	c := r.shell(b.text)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	fails := b.mark == "run, fails"
	if fails {
		c.Stderr = &out
	}
	if err := c.Run(); (err != nil) != fails {
		r.Fatalf("%s: %v\n%s%s", b.at, err, &out, &errs)
	}
	r.printed = r.there.Replace(out.String())
	return b.text
}

// prints is what the last command printed. Tokens, which differ from run to run,
// are cut off, and so is what a program with coverage adds.
func (r *reader) prints(*block) string {
	text := regexp.MustCompile(`eyJhbGciOi[^"\s]*`).ReplaceAllString(r.printed, "eyJhbGciOi…")
	text = regexp.MustCompile(`(?m)^(program not built with -cover|warning: GOCOVERDIR).*\n`).ReplaceAllString(text, "")
	return strings.TrimSuffix(text, "\n") + "\n"
}

// file saves a file for the commands, and holds what it contains. A new
// mockauth0.yaml restarts the server.
func (r *reader) file(b *block) string {
	name := strings.Fields(b.name())[0]
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(b.text), 0o666); err != nil {
		r.Fatal(err)
	}
	switch {
	case name == "mockauth0.yaml":
		r.stop()
	case strings.Contains(name, "/"): // a part of an export, which a command reads
		return b.text
	}
	switch b.lang {
	case "yaml":
		if name == "mockauth0.yaml" { // it may name files beside it
			if _, err := fixtures.ParseFile(filepath.Join(r.dir, name)); err != nil {
				r.Errorf("%s: %v", b.at, err)
			}
			return b.text
		}
		return r.isRight(b)
	case "js": // the commands run it
		return b.text
	case "go":
		return r.inATest(b)
	}
	return r.isTaken(b)
}

// serve starts the page's server. It is ready when it prints its address.
func (r *reader) serve(b *block) string {
	r.stop()
	c := r.shell("exec " + b.text)
	c.Env = append(c.Env, "MOCKAUTH0_LOG=none", "MOCKAUTH0_ADDR=localhost:"+r.port)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	_ = r.held.Close() // the second time it is closed already
	if err := errors.Join(err, c.Start()); err != nil {
		r.Fatal(err)
	}
	r.server = c
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		r.stop()
		r.Fatalf("%s does not serve: %s", b.text, &errs)
	}
	return b.text
}

func (r *reader) stop() {
	if r.server != nil {
		_ = r.server.Process.Signal(os.Interrupt)
		_ = r.server.Wait()
		r.server = nil
	}
}

// shell is a command of the page, in an environment of its own. GORACE is for a
// test with the race detector, whose programs would wait a second at their end.
func (r *reader) shell(command string) *exec.Cmd {
	c := exec.CommandContext(r.Context(), "bash", "-euo", "pipefail", "-c", r.here.Replace(command))
	c.Dir = r.dir
	c.Env = []string{"PATH=" + r.bin + ":" + os.Getenv("PATH"), "HOME=" + r.dir, "GORACE=atexit_sleep_ms=0"}
	return c
}

// http holds a request with its res. The requests of a page happen in order,
// on one tenant with a stopped clock.
func (r *reader) http(b *block) string {
	if r.tenant == nil {
		r.tenant = r.newTenant(server.Config{
			Seed: "mockauth0", At: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Issuer: "http://localhost:2884/",
			CA: func() []byte { return []byte("-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n") },
		})
	}
	request := regexp.MustCompile(`^([A-Z]+) (/\S*)\n(?:\n(\{.*\})\n)?`).FindStringSubmatch(b.text)
	if request == nil {
		r.Fatalf("%s does not begin with a request", b.at)
	}
	res := r.ask(r.tenant, request[1], request[2], request[3])
	lines := []string{request[0], fmt.Sprintf("%d %s", res.Code, http.StatusText(res.Code))}
	for _, name := range []string{"Content-Type", "X-Mock-Cursor"} {
		if value := res.Header().Get(name); value != "" {
			lines = append(lines, name+": "+value)
		}
	}
	if res.Body.Len() > 0 {
		lines = append(lines, "", shown(res))
	}
	return strings.Join(lines, "\n") + "\n"
}

// mail sends a mail by SMTP to the tenant of the requests.
func (r *reader) mail(b *block) string {
	in := mailhog.New(mailhog.Options{Box: r.tenant.Outbox()})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- in.ServeSMTP(ln) }()
	content := strings.ReplaceAll(b.text, "\n", "\r\n")
	if err := smtp.SendMail(ln.Addr().String(), nil, "shop@acme.test", []string{"ada@example.com"}, []byte(content)); err != nil {
		r.Errorf("%s: %v", b.at, err)
	}
	if err := errors.Join(in.Close(), <-served); err != nil {
		r.Error(err)
	}
	return b.text
}

func (r *reader) newTenant(config server.Config) *server.Server {
	s, err := server.New(config)
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// A leaver is a client that leaves a stream after its first piece.
type leaver struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (l leaver) Flush() {
	if l.Body.Len() > 0 {
		l.leave()
	}
}

func (r *reader) ask(tenant *server.Server, method, target, body string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	request := httptest.NewRequestWithContext(ctx, method, "http://localhost:2884"+target, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	res := httptest.NewRecorder()
	tenant.ServeHTTP(leaver{res, cancel}, request)
	return res
}

// What a page shows of a response at most. What is left out is an ellipsis.
const (
	maxText    = 120 // characters of a text
	maxMembers = 2   // of a list, and one if it is long
	maxLines   = 12  // of a body that is not JSON
	maxJSON    = 100 // lines of one that is
)

// shown is the body of a response, cut to what a reader needs.
func shown(res *httptest.ResponseRecorder) string {
	if strings.HasPrefix(res.Header().Get("Content-Type"), "application/json") {
		lines := strings.Split(nextValue(json.NewDecoder(res.Body), ""), "\n")
		if len(lines) > maxJSON {
			lines = append(lines[:maxJSON], "…")
		}
		return strings.Join(lines, "\n")
	}
	body := strings.TrimRight(strings.ReplaceAll(res.Body.String(), "\r\n", "\n"), "\n")
	body = regexp.MustCompile(`(?m)^id: (.*)@.*$`).ReplaceAllString(body, "id: $1@…") // the rest differs from server to server
	lines := strings.Split(body, "\n")
	if len(lines) > maxLines {
		lines = append(lines[:maxLines], "…")
	}
	for i := range lines {
		lines[i] = cut(lines[i], 2*maxText)
	}
	return strings.Join(lines, "\n")
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// nextValue writes the next value with indents, in the order of the response: a
// short one on one line.
func nextValue(d *json.Decoder, indent string) string {
	token, err := d.Token()
	if err != nil {
		return err.Error()
	}
	open, compound := token.(json.Delim)
	if !compound {
		if text, ok := token.(string); ok {
			token = cut(text, maxText)
		}
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		_ = e.Encode(token)
		return strings.TrimSpace(out.String())
	}
	var parts []string
	for n := 0; d.More(); n++ {
		part := ""
		if open == '{' {
			part = nextValue(d, "") + ": "
		}
		part += nextValue(d, indent+"  ")
		if open == '{' || n == 0 || n < maxMembers && !strings.Contains(parts[0], "\n") {
			parts = append(parts, part)
		} else if parts[len(parts)-1] != "…" {
			parts = append(parts, "…")
		}
	}
	end, _ := d.Token()
	if line := fmt.Sprint(open, strings.Join(parts, ", "), end); len(line) <= maxText && !strings.Contains(line, "\n") {
		return line
	}
	return fmt.Sprint(open, "\n  ", indent, strings.Join(parts, ",\n  "+indent), "\n", indent, end)
}
