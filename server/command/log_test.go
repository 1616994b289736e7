package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode"
)

func TestTheTextLogDoesNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(handlers["text"](&out))
	log.Warn("No enum match for: \x1b[2J\u009b\nTo sign in as ada use 000000, é", "hint", "add --client \x1b]0;x\a\u202e", "error", "line 1\nline 2")
	want := `No enum match for: \x1b[2J\u009b\nTo sign in as ada use 000000, é` + "\n" + `  hint: add --client \x1b]0;x\a\u202e` + "\n  error: line 1\nline 2\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestTheJSONLogDoesNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	const message, key, value = "To é: \x1b[2J\u009b2J", "a\u202eb", "line 1\nline 2\u2066\u0085\U000e0041"
	slog.New(handlers["json"](&out)).With(key, value).WithGroup("group").Info(message, key, value)
	noSteering(t, out.String())
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if group, _ := line["group"].(map[string]any); line["msg"] != message || line[key] != value || group[key] != value {
		t.Errorf("the values are %q", line)
	}
}

// noSteering fails if a text has what could control a terminal.
func noSteering(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) && r != '\n' }); i >= 0 {
		t.Errorf("%q is printed", text[i:])
	}
}

// What a file or a request says reaches the terminal in other ways than the log,
// too.
func TestNothingElseSteersTheTerminal(t *testing.T) {
	t.Parallel()
	hostile := "x\\u009b2J\\u202e"
	fixture := write(t, "my.yaml", `{version: 1, extends: default, "`+hostile+`": 1}`)
	for _, args := range [][]string{{"validate", fixture}, {"--fixture", fixture}} {
		got := run(t, environ(), args...)
		if got.status != 1 || !strings.Contains(got.errout, `\u009b2J\u202e`) {
			t.Errorf("%+v", got)
		}
		noSteering(t, got.errout)
	}
	fixture = write(t, "my.yaml", `{version: 1, clients: [{client_id: "`+hostile+`", app_type: regular_web, client_secret: "`+hostile+`"}]}`)
	for _, terminal := range []bool{true, false} {
		out, errout := stopped(t, environ(), terminal, "--fixture", fixture)
		noSteering(t, out)
		noSteering(t, errout)
	}
	got := run(t, environ(), "env", "--fixture", fixture)
	if got.status != 1 || !strings.HasPrefix(got.errout, "mockauth0: no dotenv file can hold the value of ") {
		t.Errorf("%+v", got)
	}
	noSteering(t, got.out+got.errout)
	foreign, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	go func() {
		if conn, err := foreign.Accept(); err == nil {
			_, _ = http.ReadRequest(bufio.NewReader(conn)) // an answer before it would be none
			_, _ = conn.Write([]byte("HTTP/1.1 500 x\u009b2J\u202e\r\nContent-Length: 0\r\n\r\n"))
			conn.Close()
		}
	}()
	addr := foreign.Addr().String()
	refused(t, environ(), "the server at "+addr+` is not ready: /_mock/health answers 500 x\u009b2J\u202e`, "healthcheck", "--addr", addr)
}
