package testkit_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

// A socket is a line of Linux's table of sockets: a state and two addresses.
type socket struct{ state, ends string }

const (
	established = "01"
	timeWait    = "06"
	listening   = "0A"
)

// sockets are those with the port of the tenant at one end.
func sockets(t testing.TB, domain string) (found []socket) {
	t.Helper()
	_, number, err := net.SplitHostPort(domain)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	end := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			t.Skip("this system does not list its sockets")
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) > 3 && (strings.HasSuffix(f[1], end) || strings.HasSuffix(f[2], end)) && f[3] != listening {
				found = append(found, socket{f[3], f[1] + " " + f[2]})
			}
		}
	}
	return found
}

// closed waits until all connections of the tenant are closed or in the state
// TIME_WAIT. It gives up after a while.
func closed(t testing.TB, domain string) {
	t.Helper()
	open := func(s socket) bool { return s.state != timeWait }
	for range 2_000 {
		if !slices.ContainsFunc(sockets(t, domain), open) {
			return
		}
	}
}

// After an ordinary close, the end that closed first stays in TIME_WAIT for a
// minute. Thousands of those make each new listener slow.
func TestAStoppedServerLeavesNoSocketBehind(t *testing.T) {
	t.Parallel()
	get := func(t testing.TB, c *http.Client, address string) {
		t.Helper()
		res, err := c.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
	}
	ownClient := func(t testing.TB, auth *testkit.Auth0) {
		t.Helper()
		get(t, auth.Client(), auth.URL()+"/_mock/health")
		get(t, auth.Client(), auth.TLSURL()+"/_mock/health") // HTTP/2
	}
	for name, tt := range map[string]struct {
		use, then func(testing.TB, *testkit.Auth0)
	}{
		"its own client": {use: ownClient},
		"its own client, whose connections the test closes": {ownClient, func(t testing.TB, auth *testkit.Auth0) {
			t.Helper()
			auth.Client().CloseIdleConnections()
			closed(t, auth.Domain()) // before the tenant ends
		}},
		"a client of the test's": {use: func(t testing.TB, auth *testkit.Auth0) {
			t.Helper()
			get(t, &http.Client{Transport: &http.Transport{}}, auth.URL()+"/_mock/health")
		}},
		"a client of the test's, over https": {use: func(t testing.TB, auth *testkit.Auth0) {
			t.Helper()
			get(t, &http.Client{Transport: &http.Transport{TLSClientConfig: auth.TLSConfig()}}, auth.TLSURL()+"/_mock/health")
		}},
		"an answer that nobody has read to its end": {use: func(t testing.TB, auth *testkit.Auth0) {
			t.Helper()
			res, err := (&http.Client{Transport: &http.Transport{}}).Get(auth.URL() + "/_mock/outbox/stream")
			if err != nil {
				t.Fatal(err)
			}
			context.AfterFunc(t.Context(), func() { res.Body.Close() })
		}},
		"a connection without a word": {use: func(t testing.TB, auth *testkit.Auth0) {
			t.Helper()
			conn, err := net.Dial("tcp", auth.Domain())
			if err != nil {
				t.Fatal(err)
			}
			context.AfterFunc(t.Context(), func() { conn.Close() })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var domain string
			var made []string
			r := &recorder{}
			r.run(func() {
				auth := testkit.Start(r)
				domain = auth.Domain()
				tt.use(t, auth)
				for _, s := range sockets(t, domain) {
					if s.state == established {
						made = append(made, s.ends)
					}
				}
				if tt.then != nil {
					tt.then(t, auth)
				}
			})
			if len(made) == 0 {
				t.Fatal("there was no connection whose end could leave a trace")
			}
			closed(t, domain)
			for _, s := range sockets(t, domain) {
				if s.state == timeWait && slices.Contains(made, s.ends) {
					t.Errorf("%s is in TIME_WAIT", s.ends)
				}
			}
		})
	}
}

// While the tenant runs, it resets no connection: a slow client reads an answer to
// its end.
func TestAnAnswerIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	const length = 1 << 20
	m := auth.Server().Outbox().Add(outbox.Message{Kind: outbox.Email, To: "ada@example.com", Text: strings.Repeat("x", length)})
	conn, err := net.Dial("tcp", auth.Domain())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /_mock/outbox/%s/text HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", url.PathEscape(m.ID), auth.Domain())
	in := bufio.NewReader(conn)
	if _, err := in.Peek(1); err != nil {
		t.Fatal(err)
	}
	// After so many requests the tenant has sent the answer and closed the connection.
	for range 100 {
		res, err := auth.Client().Get(auth.URL() + "/_mock/health")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n, err := io.Copy(io.Discard, res.Body); n != length || err != nil {
		t.Errorf("%d bytes of %d came: %v", n, length, err)
	}
}

// A bubble begins in the year 2000. An authority that is made there must be valid
// for the other tests of the process, too.
func TestAnAuthorityOfABubbleServesAll(t *testing.T) {
	if os.Getenv("MOCKAUTH0_TEST_BUBBLE") == "" { // runs itself in another process, since a process has one authority
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "MOCKAUTH0_TEST_BUBBLE=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	synctest.Test(t, func(t *testing.T) { testkit.Start(t, testkit.InMemory("login.acme.test")).TLSConfig() })
	auth := testkit.Start(t)
	response, err := auth.Client().Get(auth.TLSURL() + "/_mock/health")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}
