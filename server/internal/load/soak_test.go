package load_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var soakSize = flag.Int("soak", 0, "how many messages TestSoak sends, to 20 streams and 50 other readers; 0: 3,000, to a fifth of them")

const (
	// soakRound is how many messages a round sends: half of what the outbox holds, so
	// that it evicts none of them before the next round.
	soakRound = outbox.DefaultMax / 2
	// soakAway: readers that stay away read in one round of so many. They miss more
	// messages than the outbox holds, and more than it remembers to have evicted.
	soakAway = 5
	// soakGrowth is how much the heap may grow from halfway to the end. It does by 90 KiB.
	soakGrowth = 256 << 10
)

// TestSoak sends messages through an outbox that holds 1,000 of them, round after
// round, while readers follow over HTTP. A round ends when each reader has read its
// last message and has checked what it read. Some readers stay away for four rounds
// of five; they must be told what they missed. Nothing may grow with the number of
// messages, and no goroutine may be left.
func TestSoak(t *testing.T) {
	size, crowd := 6*soakRound, 1
	if *soakSize > 0 {
		size, crowd = *soakSize, 5
	}
	s := servertest.New(t, server.Config{})
	for range 10_000 { // so the tenant's log is full, and does not grow any more
		call(t, s, "GET", "/v2/logout", "")
	}
	ts := httptest.NewServer(s)
	defer ts.Close()
	ts.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 100
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	k := &soak{t, ctx, cancel, s, ts}

	var steady, away []follower
	for i := range crowd {
		away = append(away, k.streamReader(31+17*i, true), k.listReader(7+13*i, true))
		steady = append(steady, k.listReader(20+13*i, false), k.listReader(85+13*i, false))
		for j, filter := range []string{"", "&to=+1*", "&kind=sms"} {
			steady = append(steady, k.streamReader(48+85*j+17*i, false), k.latestReader(filter))
		}
	}

	var heaps []uint64 // at the end of each round
	for sent := 0; sent < size; {
		followers := steady
		if sent/soakRound%soakAway == 0 {
			followers = slices.Concat(away, steady)
		}
		sent += soakRound
		if k.round(sent, crowd, followers); t.Failed() {
			return
		}
		ts.Client().CloseIdleConnections() // their buffers are not to be counted
		ts.CloseClientConnections()
		heaps = append(heaps, heap())
	}
	halfway, atEnd := heaps[(len(heaps)-1)/2], heaps[len(heaps)-1]
	if atEnd > halfway+soakGrowth {
		t.Errorf("the heap has grown from %d KiB halfway to %d KiB", halfway>>10, atEnd>>10)
	}
	t.Logf("%d messages; the heap: %d KiB halfway, %d KiB at the end", len(heaps)*soakRound, halfway>>10, atEnd>>10)
}

// A soak is a run, and the server that it is about.
type soak struct {
	t      *testing.T
	ctx    context.Context // of all requests; it ends with the first failure
	cancel func()
	server *server.Server
	ts     *httptest.Server
}

// A follower reads until it has read the last message of a round, whose Seq is how many
// messages were sent so far. Then it checks what it has read.
type follower func(sent int)

// round sends messages until so many were sent in all, and waits for the followers.
func (k *soak) round(sent, crowd int, followers []follower) {
	var reading, sending sync.WaitGroup
	for _, follow := range followers {
		reading.Go(func() { follow(sent) })
	}
	users, each := 4*crowd, 20/crowd
	for i := range users {
		sending.Go(func() {
			for n := range each {
				k.signIn(user(i), n%2 == 1)
			}
		})
	}
	// The others go to 200 numbers: the newer code of each ends the older one.
	others := soakRound - users*each - 1
	for i := range 4 {
		sending.Go(func() {
			for n := i; n < others; n += 4 {
				body := fmt.Sprintf(`{"client_id":"acme-native","connection":"sms","phone_number":"+1415555%04d"}`, n%200)
				if w := servertest.Call(k.t, k.server, "POST", "/passwordless/start", body); w.Code != http.StatusOK {
					k.fatalf("start: %d %s", w.Code, w.Body)
				}
			}
		})
	}
	sending.Wait()
	// The last message comes in one step, after which nothing changes any more.
	k.server.Outbox().Add(outbox.Message{Kind: outbox.SMS, To: "+14155559999"})
	reading.Wait()
}

// signIn does what a test of an app does: note the cursor, start, and wait for the code
// that comes after the cursor. A code that is not used is still live when the next
// wait begins, which must not return it.
func (k *soak) signIn(email string, use bool) {
	cursor := k.do("GET", "/_mock/outbox/cursor", "", nil)
	var start sync.WaitGroup // the wait begins before the start has ended
	start.Go(func() { k.do("POST", "/passwordless/start", fmt.Sprintf(startBody, email), nil) })
	code := k.do("GET", "/_mock/outbox/code?wait=60s&to="+email+"&since="+cursor, "", nil)
	start.Wait()
	if use {
		k.do("POST", "/oauth/token", fmt.Sprintf(`{"grant_type":%q,"client_id":"acme-native","realm":"email","username":%q,"otp":%q}`, servertest.GrantOTP, email, code), nil)
	}
}

// fatalf ends the run and the goroutine that calls it. Only the first failure counts.
func (k *soak) fatalf(format string, args ...any) {
	k.t.Helper()
	if k.ctx.Err() == nil {
		k.t.Errorf(format, args...)
	}
	k.cancel()
	runtime.Goexit()
}

// open makes a request and returns the body of a success.
func (k *soak) open(method, path, body, lastEventID string) io.ReadCloser {
	r, err := http.NewRequestWithContext(k.ctx, method, k.ts.URL+path, strings.NewReader(body))
	if err != nil {
		k.fatalf("%v", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Last-Event-ID", lastEventID) // "" is none
	answer, err := k.ts.Client().Do(r)
	if err != nil {
		k.fatalf("%v", err)
	}
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		k.fatalf("%s %s %s: %s %s", method, path, body, answer.Status, text)
	}
	return answer.Body
}

// do makes a request and returns the body of a success. JSON is decoded.
func (k *soak) do(method, path, body string, into any) string {
	answer := k.open(method, path, body, "")
	defer answer.Close()
	text, err := io.ReadAll(answer)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		k.fatalf("%s: %v", path, err)
	}
	return strings.TrimSpace(string(text))
}

// latestReader waits for the newest message, again and again. It may skip some, but
// never goes back.
func (k *soak) latestReader(filter string) follower {
	last := 0
	return func(sent int) {
		for last < sent {
			var m outbox.Message
			k.do("GET", fmt.Sprintf("/_mock/outbox/latest?wait=60s&since=e1.%d%s", last, filter), "", &m)
			if int(m.Seq) <= last {
				k.fatalf("latest%s: message %d comes after %d", filter, m.Seq, last)
			}
			last = int(m.Seq)
		}
	}
}

// listReader reads page after page by the cursor. What it has read and what it was
// told to have missed is everything that was sent.
func (k *soak) listReader(limit int, away bool) follower {
	cursor, last, read, missed := "e1.0", 0, 0, 0
	return func(sent int) {
		for last < sent {
			var page outbox.Page
			k.do("GET", fmt.Sprintf("/_mock/outbox?since=%s&limit=%d", cursor, limit), "", &page)
			for _, m := range page.Items {
				if int(m.Seq) <= last {
					k.fatalf("list by %d: message %d comes after %d", limit, m.Seq, last)
				}
				last = int(m.Seq)
			}
			read, missed, cursor = read+len(page.Items), missed+page.Missed, page.Cursor
			if len(page.Items) == 0 { // wait for more
				k.do("GET", "/_mock/outbox/latest?wait=60s&since="+cursor, "", nil)
			}
		}
		if read+missed != sent || (missed > 0) != (away && sent > soakRound) {
			k.fatalf("list by %d: %d messages read and %d missed, of %d", limit, read, missed, sent)
		}
	}
}

// streamReader keeps a copy of the outbox by the stream of changes. It breaks off after
// so many events, often in the middle of a batch, and resumes at the last place that
// it was told. What came after that place will come again, so it forgets that.
func (k *soak) streamReader(events int, away bool) follower {
	place, last, dropped, resets := "", 0, 0, 0
	states := map[string]string{} // of the codes, by the id of the message
	take := func(e servertest.Event) {
		var data struct {
			outbox.Message
			IDs     []string
			Dropped int
		}
		if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
			k.fatalf("%+v: %v", e, err)
		}
		switch e.Name {
		case "ready":
		case "reset":
			resets, dropped = resets+1, data.Dropped
			clear(states)
		case "message":
			if state, known := states[data.ID]; known && state == data.OTPState {
				k.fatalf("after %q message %s is told twice: %s", place, data.ID, state)
			}
			states[data.ID], last = data.OTPState, max(last, int(data.Seq))
		case "gone":
			dropped = data.Dropped
			for _, id := range data.IDs {
				delete(states, id) // it may be gone before its turn came to be told
			}
		default:
			k.fatalf("%+v", e)
		}
	}
	return func(sent int) {
		for last < sent {
			answer, began := k.open("GET", "/_mock/outbox/stream", "", place), place
			body, batch := bufio.NewScanner(answer), []servertest.Event{}
			for n := 0; last < sent && (n < events || place == began); n++ {
				e, ok := servertest.ReadEvent(body)
				if !ok {
					k.fatalf("the stream after %q ended: %v", place, body.Err())
				}
				if batch = append(batch, e); e.ID == "" { // only the last event of a batch has one
					continue
				}
				for _, e := range batch {
					take(e)
				}
				place, batch = e.ID, nil
			}
			answer.Close()
		}
		// A code lives for three minutes, and the live ones are of this round: none expires now.
		held := k.server.Outbox().All()
		for _, m := range held {
			if state, known := states[m.ID]; !known || state != m.OTPState {
				k.fatalf("until %q: message %s is %s, and the stream told %q", place, m.ID, m.OTPState, state)
			}
		}
		if len(states) != len(held) || len(held)+dropped != sent || (resets > 0) != (away && sent > soakRound) {
			k.fatalf("until %q: of %d messages %d are held; the stream told of %d, that %d were dropped, and %d times to start over",
				place, sent, len(held), len(states), dropped, resets)
		}
	}
}
