package browser

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A place is an address that a server can leave and come back to.
type place struct {
	t      *testing.T
	addr   string
	http   *http.Server
	ended  chan error
	cancel context.CancelFunc
}

// serve lets a handler answer on a free port, or again on the one of before.
func serve(t *testing.T, addr string, h http.Handler) *place {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	base, cancel := context.WithCancel(context.Background())
	p := &place{t, ln.Addr().String(), &http.Server{Handler: h, BaseContext: func(net.Listener) context.Context { return base }}, make(chan error, 1), cancel}
	go func() { p.ended <- p.http.Serve(ln) }()
	t.Cleanup(p.stop)
	return p
}

// stop ends the server and all that it is answering.
func (p *place) stop() {
	p.cancel()
	_ = p.http.Close()
	if p.ended != nil {
		<-p.ended
		p.ended = nil
	}
}

func newServer(t *testing.T) *server.Server {
	t.Helper()
	s, err := server.New(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A counter counts what is asked of the server behind it.
type counter struct {
	mu    sync.Mutex
	asked map[string]int
	all   int
	next  http.Handler
	// resumed are the places at which streams went on.
	resumed []string
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	if c.asked == nil {
		c.asked = map[string]int{}
	}
	c.asked[r.URL.Path]++
	c.all++
	if r.URL.Path == "/_mock/outbox/stream" {
		c.resumed = append(c.resumed, r.URL.Query().Get("since"))
	}
	c.mu.Unlock()
	c.next.ServeHTTP(w, r)
}

func (c *counter) count(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[path]
}

func (c *counter) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

func (c *counter) places() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.resumed...)
}

func (c *counter) until(t *testing.T, path string, n int) {
	t.Helper()
	for end := time.Now().Add(patience); c.count(path) < n; {
		if time.Now().After(end) {
			t.Fatalf("%s was asked for %d times, not %d", path, c.count(path), n)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// openServed opens the inbox page of a server whose requests are counted.
func openServed(t *testing.T, asked *counter) *inbox {
	t.Helper()
	chromium(t)
	s := newServer(t)
	asked.next = s
	url := "http://" + serve(t, "127.0.0.1:0", asked).addr
	i := &inbox{open(t, url+"/_mock/", desktop), url, s}
	i.live()
	return i
}

// After a restart the page has what the new server has, once, and goes on. A
// connection that was only broken goes on where it was.
func TestItGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	chromium(t)
	old := newServer(t)
	asked := &counter{next: old}
	at := serve(t, "127.0.0.1:0", asked)
	i := &inbox{open(t, "http://"+at.addr+"/_mock/", desktop), "http://" + at.addr, old}
	i.live()
	i.expect("net::ERR_")
	i.start("ada@example.com")
	i.start("bob@example.com")
	i.until(`document.querySelectorAll(".row").length === 2`)

	// The connection breaks, and meanwhile something is sent.
	at.stop()
	i.untilText("#live", "Connection lost, trying again")
	asked.next = old
	i.server = old
	at = serve(t, at.addr, asked)
	third := i.start("carl@example.com")
	i.untilText(row(1), third)
	i.untilText("#live", "Live")
	i.until(`document.querySelectorAll(".row").length === 3`)
	if places := asked.places(); places[0] != "" || places[len(places)-1] == "" {
		t.Errorf("the stream was asked for at %q: it was not resumed", places)
	}

	// The server is another: what the old one sent is gone, and what has the
	// same ids is another thing.
	at.stop()
	i.untilText("#live", "Connection lost, trying again")
	i.server = newServer(t)
	asked = &counter{next: i.server}
	serve(t, at.addr, asked)
	for _, to := range []string{"dora@example.com", "eve@example.com", "fay@example.com", "gil@example.com"} {
		i.start(to)
	}
	i.server.Outbox().Delete(outbox.To("eve@example.com"))
	i.untilText("#live", "Live")
	shown := func(want ...string) {
		t.Helper()
		i.until(`[...document.querySelectorAll(".row-to")].map((each) => each.innerText).join() === ` + quoted(strings.Join(want, ",")))
	}
	shown("gil@example.com", "fay@example.com", "dora@example.com")
	i.start("hal@example.com")
	shown("hal@example.com", "gil@example.com", "fay@example.com", "dora@example.com")
}
