package testkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// hijack takes the connection over and closes it after use.
func hijack(w http.ResponseWriter, use func(net.Conn)) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	use(conn)
	conn.Close()
}

func reset(conn net.Conn) { conn.(interface{ SetLinger(int) error }).SetLinger(0) }

func say(text string) func(net.Conn) {
	return func(conn net.Conn) { io.WriteString(conn, text) }
}

// A client sees the same of a handler in memory as over a network.
func TestInMemoryIsLikeANetwork(t *testing.T) {
	t.Parallel()
	promise := func(w http.ResponseWriter, length, body string) {
		w.Header().Set("Content-Length", length)
		io.WriteString(w, body)
		http.NewResponseController(w).Flush()
	}
	raw := regexp.MustCompile("^raw|after the header$")
	for name, handler := range map[string]http.HandlerFunc{
		"an answer": func(w http.ResponseWriter, _ *http.Request) { promise(w, "4", "body") },
		"no body":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"aborted before the answer": func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		},
		"aborted after the header": func(w http.ResponseWriter, _ *http.Request) {
			promise(w, "4", "")
			panic(http.ErrAbortHandler)
		},
		"aborted, of unknown length": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "body")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"less than promised": func(w http.ResponseWriter, _ *http.Request) { promise(w, "9", "body") },
		"closed":             func(w http.ResponseWriter, _ *http.Request) { hijack(w, func(net.Conn) {}) },
		"reset":              func(w http.ResponseWriter, _ *http.Request) { hijack(w, reset) },
		"no HTTP":            func(w http.ResponseWriter, _ *http.Request) { hijack(w, say("no-HTTP\r\n\r\n")) },
		"no status":          func(w http.ResponseWriter, _ *http.Request) { hijack(w, say("HTTP/1.1 what\r\n\r\n")) },
		"half a header":      func(w http.ResponseWriter, _ *http.Request) { hijack(w, say("HTTP/1.1 200 OK\r\nDa")) },
		"raw": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, say("HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nraw"))
		},
		"raw, less than promised": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nraw"))
		},
		"raw, bad chunk": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"))
		},
		"closed after the header": func(w http.ResponseWriter, _ *http.Request) {
			promise(w, "9", "body")
			hijack(w, say(" and"))
		},
		"written after it was taken over": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, func(conn net.Conn) {
				_, werr := w.Write([]byte("lost"))
				w.WriteHeader(500)
				_, _, herr := http.NewResponseController(w).Hijack()
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nWrite: %v\r\nHijack: %v\r\nContent-Length: 0\r\n\r\n", werr, herr)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := httptest.NewUnstartedServer(handler)
			network.Config.ErrorLog = log.New(io.Discard, "", 0)
			network.Start()
			defer network.Close()
			memory := &http.Client{Transport: &transport{"tenant.example.com", handler}}
			for _, method := range []string{"GET", "HEAD"} {
				if method == "HEAD" && raw.MatchString(name) {
					continue // a body after an answer that has none is a handler's mistake
				}
				got, want := seen(memory, method, "http://tenant.example.com"), seen(network.Client(), method, network.URL)
				if got != want {
					t.Errorf("%s in memory: %s\nover a network: %s", method, got, want)
				}
			}
		})
	}
}

// seen is all that a client sees of an answer.
func seen(client *http.Client, method, url string) string {
	req, _ := http.NewRequest(method, url, nil)
	res, err := client.Do(req)
	if err != nil {
		return kind(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	res.Header.Del("Date")
	res.Header.Del("Content-Type") // which net/http guesses
	return fmt.Sprintf("%s %s length %d %v %q, then %s", res.Proto, res.Status, res.ContentLength, res.Header, body, kind(err))
}

// kind is an error without what differs from connection to connection.
func kind(err error) string {
	var op *net.OpError
	switch {
	case err == nil:
		return "nothing"
	case errors.As(err, &op):
		return fmt.Sprintf("%s: %v", op.Op, op.Err)
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

func TestAHijackedConnectionInMemoryLivesUntilItIsClosed(t *testing.T) {
	t.Parallel()
	taken := make(chan net.Conn, 1)
	client := &http.Client{Transport: &transport{"tenant.example.com", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, both, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
		}
		both.WriteString("HTTP/1.1 200 OK\r\n\r\n")
		both.Flush()
		taken <- conn // the handler is over, the connection is not
	})}}
	res, err := client.Get("http://tenant.example.com")
	if err != nil {
		t.Fatal(err)
	}
	conn := <-taken
	io.WriteString(conn, "from the server")
	got := make([]byte, len("from the server"))
	if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != "from the server" {
		t.Errorf("the client read %q, %v", got, err)
	}
	for _, err := range []error{conn.SetDeadline(time.Time{}), conn.SetReadDeadline(time.Time{}), conn.SetWriteDeadline(time.Time{})} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("a deadline was set: %v", err)
		}
	}
	if a := conn.LocalAddr(); a.Network() != "memory" || a.String() != "tenant.example.com" || conn.RemoteAddr() == a {
		t.Errorf("from %v to %v", conn.RemoteAddr(), a)
	}
	res.Body.Close()
	if n, err := conn.Read(got); n != 0 || err != io.EOF {
		t.Errorf("after the client has gone the server reads %d bytes, %v", n, err)
	}
	if _, err := conn.Write(got); err != io.ErrClosedPipe {
		t.Errorf("after the client has gone the server writes: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	_, readErr := conn.Read(got)
	_, writeErr := conn.Write(got)
	for _, err := range []error{conn.Close(), readErr, writeErr} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

func TestWhoHasGivenUpIsNotAnswered(t *testing.T) {
	t.Parallel()
	given := errors.New("given up")
	ctx, giveUp := context.WithCancelCause(t.Context())
	calls := 0
	client := &http.Client{Transport: &transport{"tenant.example.com", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		calls++
		giveUp(given)
		<-r.Context().Done()
	})}}
	for range 2 { // while it waits, and before it asks
		req, _ := http.NewRequestWithContext(ctx, "POST", "http://tenant.example.com", strings.NewReader("body"))
		if _, err := client.Do(req); !errors.Is(err, given) {
			t.Errorf("got %v", err)
		}
	}
	if calls != 1 {
		t.Errorf("%d requests were handled, want 1", calls)
	}
}
