package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func answerOf(status int, body string) response {
	return response{status: status, body: []byte(body)}
}

// broken is a server that answers everything over a broken connection, and
// does not read the body. Each answer that is over is told.
func broken(t *testing.T, a response, fault string) (srv *httptest.Server, over <-chan struct{}) {
	t.Helper()
	told := make(chan struct{}, 100)
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { told <- struct{}{} }()
		w.Header().Set("Content-Type", "text/plain")
		a.sendBroken(w, r.Context(), fault)
	}))
	t.Cleanup(srv.Close)
	return srv, told
}

// exchange sends bytes to a server, and reads until the connection ends. The
// error is that of either.
func exchange(t *testing.T, srv *httptest.Server, request string) (answer string, err error) {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, request)
		sent <- err
	}()
	all, err := io.ReadAll(conn)
	conn.Close()
	if sending := <-sent; !errors.Is(sending, net.ErrClosed) {
		err = errors.Join(err, sending)
	}
	return string(all), err
}

const plainGet = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

func TestATruncatedAnswerPromisesMoreThanComes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"x", "odd", strings.Repeat("long", 25_000)} {
		srv, _ := broken(t, answerOf(200, body), "truncate")
		got, err := exchange(t, srv, plainGet)
		head, half, _ := strings.Cut(got, "\r\n\r\n")
		if err != nil || half != body[:len(body)/2] || !strings.Contains(head, fmt.Sprintf("\r\nContent-Length: %d", len(body))) {
			t.Errorf("of %d bytes came %d, %v, after\n%s", len(body), len(half), err, head)
		}
	}
}

func TestATruncatedAnswerWithoutABodyEndsInItsHead(t *testing.T) {
	t.Parallel()
	head := answerOf(200, "of a body, its length alone")
	head.headOnly = true
	for name, a := range map[string]response{"HEAD": head, "204": answerOf(204, ""), "304": answerOf(304, ""), "empty": answerOf(200, "")} {
		srv, _ := broken(t, a, "truncate")
		got, err := exchange(t, srv, plainGet)
		if err != nil || !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", a.status)) || strings.Contains(got, "\r\n\r\n") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A tape is a ResponseWriter that notes what comes when.
type tape struct {
	*httptest.ResponseRecorder
	start  time.Time
	pieces []string // one for each flush, with the time
	seen   int
}

func (r *tape) Flush() {
	all := r.Body.String()
	r.pieces = append(r.pieces, fmt.Sprintf("%s %s", time.Since(r.start), all[r.seen:]))
	r.seen = len(all)
}

func TestADribbledAnswerComesInPiecesOverTwoSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &tape{ResponseRecorder: httptest.NewRecorder(), start: time.Now()}
		answerOf(418, "abcdefghijklmnopqrstuvwxyz0123456789ABCD").sendBroken(r, t.Context(), "dribble")
		if len(r.pieces) != 21 || r.pieces[0] != "0s " || r.pieces[1] != "100ms ab" || r.pieces[20] != "2s CD" {
			t.Errorf("%d pieces: %q", len(r.pieces), r.pieces)
		}
		if time.Since(r.start) != 2*time.Second || r.Code != 418 || r.Header().Get("Content-Length") != "40" {
			t.Errorf("after %s: %d, %v", time.Since(r.start), r.Code, r.Header())
		}
	})
}

func TestADribbledAnswerIsWholeHoweverShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		head := answerOf(200, "of a body, its length alone")
		head.headOnly = true
		for _, tt := range []struct {
			a            response
			body, length string
		}{
			{answerOf(200, "odd"), "odd", "3"},
			{answerOf(200, ""), "", "0"},
			{answerOf(204, ""), "", ""},
			{head, "", "27"},
		} {
			start, w := time.Now(), httptest.NewRecorder()
			tt.a.sendBroken(w, t.Context(), "dribble")
			if w.Body.String() != tt.body || w.Header().Get("Content-Length") != tt.length || w.Code != tt.a.status || time.Since(start) != dribbleTime {
				t.Errorf("%d %q: got %d %q, %v after %s", tt.a.status, tt.a.body, w.Code, w.Body, w.Header(), time.Since(start))
			}
		}
	})
}

// aborts tells whether a handler breaks off.
func aborts(handle func()) (aborted bool) {
	defer func() { aborted = recover() == any(http.ErrAbortHandler) }()
	handle()
	return
}

func TestWhereNoConnectionCanBeTakenOverTheHandlerBreaksOff(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, fault := range []string{"reset", "empty", "hang", "garbage", "truncate", "dribble"} {
		for _, a := range []response{answerOf(204, ""), answerOf(200, "body")} {
			if !aborts(func() { a.sendBroken(httptest.NewRecorder(), gone, fault) }) {
				t.Errorf("%s of a %d: the handler goes on as if nothing were", fault, a.status)
			}
		}
	}
}

func TestABodyThatWasNotReadChangesNoFault(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]func(got string, err error) bool{
		"reset":    func(_ string, err error) bool { return isReset(err) },
		"empty":    func(got string, err error) bool { return got == "" && err == nil },
		"garbage":  func(got string, err error) bool { return got == garbage && err == nil },
		"truncate": func(got string, err error) bool { return strings.HasSuffix(got, "\r\n\r\nmu") && err == nil },
	} {
		srv, over := broken(t, answerOf(413, "much"), fault)
		body := strings.Repeat("x", 1<<20) // more than net/http reads by itself
		got, err := exchange(t, srv, fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
		if !want(got, err) {
			t.Errorf("%s: %q, %v", fault, got, err)
		}
		<-over
	}
}

// isReset tells whether the other side has reset the connection; Windows has a
// number of its own for it.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.Errno(10054))
}

func TestAHangingHandlerEndsWhenItsClientGoes(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"whole request":     plainGet,
		"body not read":     "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nx",
		"a second behind":   plainGet + plainGet,
		"body not even due": "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, over := broken(t, answerOf(200, "never"), "hang")
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, request)
			conn.Close()
			<-over
		})
	}
}

func TestAHangingHandlerEndsWhenTheServerStops(t *testing.T) {
	t.Parallel()
	base, stop := context.WithCancel(t.Context())
	entered := make(chan struct{})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		answerOf(200, "never").sendBroken(w, r.Context(), "hang")
	}))
	srv.Config.BaseContext = func(net.Listener) context.Context { return base }
	srv.Start()
	defer srv.Close()
	go func() {
		<-entered
		stop()
	}()
	if got, err := exchange(t, srv, plainGet); got != "" || err != nil {
		t.Errorf("the client got %q, %v", got, err)
	}
}

// A recording is a client's connection that keeps what came.
type recording struct {
	net.Conn
	came bytes.Buffer
}

func (r *recording) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.came.Write(p[:n])
	return n, err
}

func TestOnlyAnEmptyAnswerSaysGoodbyeOverTLS(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]bool{"empty": true, "reset": false} {
		srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answerOf(200, "never").sendBroken(w, r.Context(), fault)
		}))
		below, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		raw := &recording{Conn: below}
		// Up to TLS 1.2 a record says on its outside that it is an alert.
		client := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		io.WriteString(client, plainGet)
		got, err := io.ReadAll(client)
		if len(got) > 0 || isReset(err) == want {
			t.Errorf("%s: got %q, %v", fault, got, err)
		}
		var kinds []byte
		for rest := raw.came.Bytes(); len(rest) >= 5; rest = rest[min(len(rest), 5+int(rest[3])<<8+int(rest[4])):] {
			kinds = append(kinds, rest[0])
		}
		const alert = 21
		if goodbye := kinds[len(kinds)-1] == alert; goodbye != want {
			t.Errorf("%s: the server's records are %v", fault, kinds)
		}
		client.Close()
		srv.Close()
	}
}
