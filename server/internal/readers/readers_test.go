package readers_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const large = 1 << 20

// A client that reads nothing for half a minute is dropped, counted and logged. That of
// a small response holds nothing, and is let go, too.
func TestAClientThatDoesNotReadIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &servertest.LogBuffer{}
		clients := readers.Readers{Log: slog.New(slog.NewTextHandler(log, nil))}
		ended := make(chan error, 1)
		at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n, err := w.Write(make([]byte, large))
			if n >= large {
				t.Errorf("%d bytes are written", n)
			}
			ended <- err
		})))
		began := time.Now()
		conn := at.Unread(t, "/list")
		err := <-ended
		if took := time.Since(began); err == nil || took != 30*time.Second || clients.Dropped() != 1 {
			t.Errorf("after %s: %v, %d dropped", took, err, clients.Dropped())
		}
		if line := log.Take(); !strings.Contains(line, "A client reads too slowly and is dropped: GET /list") {
			t.Errorf("the log says %q", line)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Errorf("the connection does not end: %v", err)
		}
	})
}

// Net/http writes a small response when the handler has ended. That write has a
// deadline, too.
func TestASmallResponseHasADeadline(t *testing.T) {
	for _, write := range []func(http.ResponseWriter){
		func(w http.ResponseWriter) { _, _ = io.WriteString(w, "small") },
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
	} {
		synctest.Test(t, func(t *testing.T) {
			var clients readers.Readers
			at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w) })))
			conn := at.Unread(t, "/")
			time.Sleep(31 * time.Second)
			if got, err := io.ReadAll(conn); err != nil || len(got) > 0 {
				t.Errorf("the connection is still there: %q, %v", got, err)
			}
		})
	}
}

// A client that reads slowly but steadily gets all.
func TestASlowClientGetsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clients readers.Readers
		at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, large))
		})))
		answer := at.Ask(t, "/")
		var err error
		got := 0
		for buf := make([]byte, 32<<10); err == nil; {
			var n int
			n, err = io.ReadFull(answer.Body, buf)
			got += n
			time.Sleep(10 * time.Second)
		}
		if got != large || clients.Dropped() != 0 {
			t.Errorf("%d bytes, %v, %d dropped", got, err, clients.Dropped())
		}
	})
}

// There are 64 places for large responses. One more client waits for two seconds, and the
// client that was written to for longest is dropped. Small responses need no place.
func TestLargeResponsesArePlaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clients readers.Readers
		var held, most atomic.Int64
		at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/small" {
				_, _ = io.WriteString(w, "small")
				return
			}
			if readers.Hold(w) != nil {
				return
			}
			if n := held.Add(1); n > most.Load() {
				most.Store(n)
			}
			_, _ = w.Write(make([]byte, large))
			held.Add(-1)
		})))
		for range 64 {
			at.Unread(t, "/large")
		}
		synctest.Wait()
		began := time.Now()
		for path, want := range map[string]int{"/small": len("small"), "/large": large} {
			answer := at.Ask(t, path)
			if got, err := io.ReadAll(answer.Body); err != nil || len(got) != want {
				t.Errorf("%s: %d bytes, %v", path, len(got), err)
			}
		}
		if took := time.Since(began); took > 4*time.Second || took < 2*time.Second || clients.Dropped() != 1 {
			t.Errorf("after %s %d are dropped", took, clients.Dropped())
		}
		// A crowd of them drops the others, one for one.
		for range 100 {
			at.Unread(t, "/large")
		}
		time.Sleep(10 * time.Second)
		if most.Load() != 64 || clients.Dropped() < 100 {
			t.Errorf("%d held a place at a time, and %d are dropped", most.Load(), clients.Dropped())
		}
	})
}

// Places that are given back are there again, also where the client went away while it
// waited for one.
func TestPlacesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clients readers.Readers
		ended := make(chan error, 1000)
		at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, large))
			ended <- err
		})))
		for range 3 {
			for range 80 {
				conn := at.Unread(t, "/")
				defer conn.Close()
				synctest.Wait()
				_ = conn.Close()
			}
			synctest.Wait()
		}
		if len(ended) != 240 || clients.Dropped() != 0 {
			t.Errorf("%d ended, %d dropped", len(ended), clients.Dropped())
		}
	})
}

// With HTTP/2 a deadline ends a stream also while nothing is written. A stream that
// waits for something has none; one whose client does not read has.
func TestAStreamMayWait(t *testing.T) {
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		synctest.Test(t, func(t *testing.T) {
			var clients readers.Readers
			at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Proto != protocol {
					t.Errorf("it speaks %s", r.Proto)
				}
				flush := http.NewResponseController(w)
				for _, part := range []int{10, 10, 10 * large} {
					select {
					case <-time.After(10 * time.Minute):
					case <-r.Context().Done():
						t.Errorf("%s: the stream was ended", protocol)
						return
					}
					if _, err := w.Write(bytes.Repeat([]byte("x"), part)); err != nil {
						return
					}
					_ = flush.Flush()
				}
			})))
			answer, err := at.Client(protocol == "HTTP/2.0").Get("http://localhost/")
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if _, err := io.ReadFull(answer.Body, make([]byte, 20)); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Hour) // it reads no more
			if clients.Dropped() != 1 {
				t.Errorf("%s: %d dropped", protocol, clients.Dropped())
			}
		})
	}
}

// With HTTP/2 the server itself must close a connection from which nothing is read at
// all: a deadline of one stream does not end its write.
func TestAnUnreadConnectionOfHTTP2IsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clients readers.Readers
		ended := make(chan error, 1)
		at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, large))
			ended <- err
		})))
		conn := at.Dial()
		defer conn.Close()
		_, _ = io.WriteString(conn, http2.ClientPreface)
		frames := http2.NewFramer(conn, nil)
		var headers bytes.Buffer
		encoder := hpack.NewEncoder(&headers)
		for _, field := range []string{":method GET", ":path /", ":scheme http", ":authority localhost"} {
			name, value, _ := strings.Cut(field, " ")
			_ = encoder.WriteField(hpack.HeaderField{Name: name, Value: value})
		}
		_ = frames.WriteSettings()
		_ = frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: headers.Bytes(), EndStream: true, EndHeaders: true})
		began := time.Now()
		if err := <-ended; err == nil || time.Since(began) > time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

// A kept connection is good for the next request, however late, and for one that asks
// before it sends its body.
func TestAKeptConnectionIsGoodAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clients readers.Readers
		at := servertest.ServePipes(t, clients.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(body)
		})))
		conn := at.Dial()
		defer conn.Close()
		in := bufio.NewReader(conn)
		for range 3 {
			fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
			if line, err := in.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 100") {
				t.Fatalf("%q, %v", line, err)
			}
			_, _ = in.ReadString('\n')
			_, _ = io.WriteString(conn, "ok")
			answer, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(answer.Body); string(got) != "ok" {
				t.Fatalf("%q, %v", got, err)
			}
			time.Sleep(time.Hour)
		}
	})
}
