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

// broken is a server that answers every request with a fault, and does not read
// the body. The channel gets a value when an answer is over.
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
// error is that of sending or of reading.
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

func headOnly(body string) response {
	return response{status: 200, body: []byte(body), headOnly: true}
}

// A truncated answer promises its whole length and ends in the middle of its
// body. Without a body it ends in its head.
func TestATruncatedAnswerEndsTooEarly(t *testing.T) {
	t.Parallel()
	for _, a := range []response{
		answerOf(200, "x"), answerOf(200, "odd"), answerOf(200, strings.Repeat("long", 25_000)),
		headOnly("of a body, its length alone"), answerOf(204, ""), answerOf(304, ""), answerOf(200, ""),
	} {
		srv, _ := broken(t, a, "truncate")
		got, err := exchange(t, srv, plainGet)
		head, half, complete := strings.Cut(got, "\r\n\r\n")
		if hasBody := len(a.body) > 0 && !a.headOnly; err != nil || !strings.HasPrefix(head, fmt.Sprintf("HTTP/1.1 %d ", a.status)) || complete != hasBody ||
			hasBody && (half != string(a.body[:len(a.body)/2]) || !strings.Contains(head, fmt.Sprintf("\r\nContent-Length: %d", len(a.body)))) {
			t.Errorf("%d with %d bytes: came %d, %v, after\n%s", a.status, len(a.body), len(half), err, head)
		}
	}
}

// A tape is a ResponseWriter that notes what comes at which time.
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

// A dribbled answer takes two seconds, however short it is.
func TestADribbledAnswerComesInPieces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			a            response
			body, length string
		}{
			{answerOf(418, "abcdefghijklmnopqrstuvwxyz0123456789ABCD"), "abcdefghijklmnopqrstuvwxyz0123456789ABCD", "40"},
			{answerOf(200, "odd"), "odd", "3"},
			{answerOf(200, ""), "", "0"},
			{answerOf(204, ""), "", ""},
			{headOnly("of a body, its length alone"), "", "27"},
		} {
			w := &tape{ResponseRecorder: httptest.NewRecorder(), start: time.Now()}
			tt.a.sendBroken(w, t.Context(), "dribble")
			if w.Body.String() != tt.body || w.Header().Get("Content-Length") != tt.length || w.Code != tt.a.status || time.Since(w.start) != 2*time.Second {
				t.Errorf("%d %q: got %d %q, %v after %s", tt.a.status, tt.a.body, w.Code, w.Body, w.Header(), time.Since(w.start))
			}
			if p := w.pieces; len(tt.body) == 40 && (len(p) != 21 || p[0] != "0s " || p[1] != "100ms ab" || p[20] != "2s CD") {
				t.Errorf("%d pieces: %q", len(p), p)
			}
		}
	})
}

func TestWhereNoConnectionCanBeTakenOverTheHandlerBreaksOff(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, fault := range []string{"reset", "empty", "hang", "garbage", "truncate", "dribble"} {
		for _, a := range []response{answerOf(204, ""), answerOf(200, "body")} {
			func() {
				defer func() {
					if recover() != any(http.ErrAbortHandler) {
						t.Errorf("%s of a %d: the handler goes on", fault, a.status)
					}
				}()
				a.sendBroken(httptest.NewRecorder(), gone, fault)
			}()
		}
	}
}

// A fault is the same where the request's body was not read.
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

// isReset reports whether the other side has reset the connection. Windows has
// an error number of its own for it.
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

// A goneWriter is a ResponseWriter whose client has gone.
type goneWriter struct{ *httptest.ResponseRecorder }

func (goneWriter) Write([]byte) (int, error) { return 0, net.ErrClosed }

func TestAStreamEndsWhenItsClientIsGone(t *testing.T) {
	t.Parallel()
	stream := &Stream{Wait: func() error { return nil }, Next: func() Event { return Event{Name: "message"} }} // which never ends by itself
	response{status: http.StatusOK, stream: stream}.send(goneWriter{httptest.NewRecorder()})
}

// A recording is a client's connection that keeps what it reads.
type recording struct {
	net.Conn
	came bytes.Buffer
}

func (r *recording) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.came.Write(p[:n])
	return n, err
}

// An empty answer closes TLS in order. A reset does not.
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
