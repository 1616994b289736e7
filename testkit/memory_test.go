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
	"strings"
	"sync/atomic"
	"testing"
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

// serveInMemory serves a handler on pipes and returns the client for it.
func serveInMemory(t *testing.T, h http.HandlerFunc) *http.Client {
	t.Helper()
	p := newPipes("tenant.example.com")
	srv := &http.Server{Handler: markTLS(h), ConnContext: noteTLS, ErrorLog: log.New(io.Discard, "", 0)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(p)
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		<-served
	})
	return p.client()
}

// A client sees the same in memory as over a network, however the server ends
// the connection.
func TestInMemoryIsLikeANetwork(t *testing.T) {
	t.Parallel()
	promise := func(w http.ResponseWriter, length, body string) {
		w.Header().Set("Content-Length", length)
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
	}
	for name, handler := range map[string]http.HandlerFunc{
		"an answer": func(w http.ResponseWriter, _ *http.Request) { promise(w, "4", "body") },
		"no body":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"aborted before the answer": func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		},
		"aborted, of unknown length": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "body")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"less than promised": func(w http.ResponseWriter, _ *http.Request) { promise(w, "9", "body") },
		"closed":             func(w http.ResponseWriter, _ *http.Request) { hijack(w, func(net.Conn) {}) },
		"reset":              func(w http.ResponseWriter, _ *http.Request) { hijack(w, reset) },
		"no HTTP":            func(w http.ResponseWriter, _ *http.Request) { hijack(w, say("no-HTTP\r\n\r\n")) },
		"half a header":      func(w http.ResponseWriter, _ *http.Request) { hijack(w, say("HTTP/1.1 200 OK\r\nDa")) },
		"its own end closed, and nothing else": func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, func(conn net.Conn) {
				say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall")(conn)
				_ = conn.(interface{ CloseWrite() error }).CloseWrite()
				_, _ = io.Copy(io.Discard, conn) // until the client has seen the end, and closes its own
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := httptest.NewUnstartedServer(handler)
			network.Config.ErrorLog = log.New(io.Discard, "", 0)
			network.Config.SetKeepAlivesEnabled(false)
			network.Start()
			defer network.Close()
			got, want := seen(serveInMemory(t, handler), "http://tenant.example.com"), seen(network.Client(), network.URL)
			if got != want {
				t.Errorf("in memory: %s\nover a network: %s", got, want)
			}
		})
	}
}

// seen is everything that a client sees of an answer.
func seen(client *http.Client, url string) string {
	res, err := client.Get(url)
	if err != nil {
		return kind(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	res.Header.Del("Date")
	res.Header.Del("Content-Type") // which net/http guesses
	return fmt.Sprintf("%s %s length %d %v %q, then %s", res.Proto, res.Status, res.ContentLength, res.Header, body, kind(err))
}

// kind is an error without the addresses.
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

// A handler that has taken its connection over learns when the client has gone.
func TestAHijackedConnectionInMemoryLivesUntilTheClientHasGone(t *testing.T) {
	t.Parallel()
	taken := make(chan net.Conn, 1)
	client := serveInMemory(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, both, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
		}
		both.WriteString("HTTP/1.1 200 OK\r\n\r\n")
		both.Flush()
		taken <- conn // the handler returns, and the connection stays open
	})
	res, err := client.Get("http://tenant.example.com")
	if err != nil {
		t.Fatal(err)
	}
	conn := <-taken
	defer conn.Close()
	go io.WriteString(conn, "from the server") // it waits for the client, who has not read yet
	got := make([]byte, len("from the server"))
	if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != "from the server" {
		t.Errorf("the client read %q, %v", got, err)
	}
	res.Body.Close()
	if n, err := conn.Read(got); n != 0 || err != io.EOF {
		t.Errorf("after the client has gone the server reads %d bytes, %v", n, err)
	}
	if _, err := conn.Write(got); err != io.ErrClosedPipe {
		t.Errorf("after the client has gone the server writes: %v", err)
	}
}

func TestAClientInMemoryThatHasGivenUpGetsNoAnswer(t *testing.T) {
	t.Parallel()
	given := errors.New("given up")
	ctx, giveUp := context.WithCancelCause(t.Context())
	var calls atomic.Int64
	client := serveInMemory(t, func(_ http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		io.Copy(io.Discard, r.Body)
		giveUp(given)
		<-r.Context().Done()
	})
	for range 2 { // while it waits, and before it asks
		req, _ := http.NewRequestWithContext(ctx, "POST", "http://tenant.example.com", strings.NewReader("body"))
		if _, err := client.Do(req); !errors.Is(err, given) {
			t.Errorf("got %v", err)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("%d requests were handled, want 1", calls.Load())
	}
}

// There is no handshake in memory.
func TestARequestToAnHTTPSAddressInMemoryLooksLikeHTTPS(t *testing.T) {
	t.Parallel()
	client := serveInMemory(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.TLS != nil && r.TLS.HandshakeComplete, " ", r.RemoteAddr, " ", r.Host)
	})
	for base, want := range map[string]string{
		"http://tenant.example.com":      "false 127.0.0.1:0 tenant.example.com",
		"https://tenant.example.com":     "true 127.0.0.1:0 tenant.example.com",
		"https://tenant.example.com:443": "true 127.0.0.1:0 tenant.example.com:443",
	} {
		res, err := client.Get(base)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(got) != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}
