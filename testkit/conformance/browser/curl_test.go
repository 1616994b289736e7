package browser

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A request that a stranger sent is copied for a terminal. There it does what the stranger's
// request did, and nothing else, whatever the stranger wrote into it.
func TestARequestOfAStrangerIsSafeInATerminal(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	i := openInbox(t, desktop)
	const shell = "'$(touch pwned)`touch pwned`\\';touch pwned;\"$(touch pwned)\" !! #"
	for _, sent := range []struct{ method, url, headers, body string }{
		{"X`touch$IFS$9pwned`", "/passwordless/start", "", ""},
		{"X|touch", "/passwordless/start?a=[1-3]&b={x,y}&c='`touch$IFS$9pwned`&d=$(id)&e=\\", "X-Strange: " + shell + "\r\n", shell},
		{"$&", "/passwordless/start", "", `{"a":"b"}`},
		{"POST", "/passwordless/start", "X-Empty:\r\n", shell + "\n\x1b[201~touch pwned\n\r\a\u009b\t\\é" + shell},
		{"POST", "/oauth/token", "Content-Type: application/json\r\n", `{"username":"o'brien@example.com"}`},
		{"HEAD", "/authorize?client_id='x'", "", ""},
		{"GET", "/authorize?client_id=x", "", "@/etc/hosts"},
		{"DELETE", "/authorize", "", ""},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(i.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s", sent.method, sent.url, sent.headers, len(sent.body), sent.body)
		if _, reading := io.Copy(io.Discard, conn); err != nil || reading != nil {
			t.Fatal(err, reading)
		}
		_ = conn.Close()
		wire := func() string {
			all := i.server.Requests()
			return value[string](i.tab, `(async () => {
				const { request, sent } = await (await fetch("requests/`+all[len(all)-1].ID+`?secrets=1")).json();
				const { sentHeaders, requested } = await import("/_mock/inbox/curl.js");
				window.command = requested({ request, sent });
				return JSON.stringify([request.method, sent.url, sentHeaders(sent).filter(([name]) => name !== "Accept"), sent.body], null, 1);
			})()`)
		}
		before, command := wire(), value[string](i.tab, `command`)
		run := exec.CommandContext(t.Context(), "bash", "-c", command)
		run.Dir = t.TempDir()
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("%s\n%v %s", command, err, out)
		}
		if after := wire(); after != before {
			t.Errorf("%s\nsent\n%s\nand not\n%s", command, after, before)
		}
		if made, err := os.ReadDir(run.Dir); err != nil || len(made) > 0 {
			t.Errorf("%s\nran something else, too: %v %v", command, made, err)
		}
		if !strings.HasPrefix(command, "curl ") || strings.ContainsAny(command, "\x1b\r\a\u009b") {
			t.Errorf("not for a terminal: %q", command)
		}
	}
}
