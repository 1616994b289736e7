package load_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var soakSize = flag.Int("soak", 0, "how many messages TestSoak sends, to 20 streams and 50 other readers; 0: 3,000, to a fifth of them")

const (
	// soakRound is how many messages a round sends: half of what the outbox
	// holds, so that it evicts none of them before the next round.
	soakRound = outbox.DefaultMax / 2
	// soakAway: readers that stay away read in one round of so many. They miss more
	// messages than the outbox holds, and more than it remembers to have evicted.
	soakAway = 5
	// soakGrowth is how much larger the heap may be at the end than halfway. Runs of
	// 3,000 and of 20,000 messages differ by less than 100 KiB.
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
	rounds := (size + soakRound - 1) / soakRound
	s := servertest.New(t, server.Config{})
	ts := httptest.NewServer(s)
	defer ts.Close()
	ts.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 100
	defer ts.Client().CloseIdleConnections()
	k := &soak{t, s, ts.Client(), ts.URL}

	var steady, away []follower
	for i := range crowd {
		away = append(away, &streamReader{soak: k, away: true, every: 31 + 17*i}, &listReader{soak: k, away: true, limit: 7 + 13*i})
	}
	for i := range 3 * crowd {
		steady = append(steady, &streamReader{soak: k, every: 48 + 17*i}, &latestReader{soak: k, filter: []string{"", "&to=+1*", "&kind=sms"}[i%3]})
	}
	for i := range 2 * crowd {
		steady = append(steady, &listReader{soak: k, limit: 20 + 13*i})
	}

	began := time.Now()
	heaps := make([]uint64, rounds) // at the end of each round
	for round := range rounds {
		followers := steady
		if round%soakAway == 0 {
			followers = slices.Concat(away, steady)
		}
		if err := k.play(round, crowd, followers); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		ts.Client().CloseIdleConnections() // their buffers are not to be counted
		ts.CloseClientConnections()
		heaps[round] = heap()
	}
	halfway, atEnd := heaps[(rounds-1)/2], heaps[rounds-1]
	if atEnd > halfway+soakGrowth {
		t.Errorf("the heap has grown from %d KiB halfway to %d KiB", halfway>>10, atEnd>>10)
	}
	t.Logf("%d messages in %s; the heap: %d KiB halfway, %d KiB at the end", rounds*soakRound, time.Since(began).Round(time.Millisecond), halfway>>10, atEnd>>10)
}

// heap returns how much memory is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a finalizer held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A soak is the server and how to reach it.
type soak struct {
	t      *testing.T
	server *server.Server
	client *http.Client
	url    string
}

// A follower reads over HTTP until it has read the last message of a round. Then it
// checks what it has read so far.
type follower interface {
	follow(ctx context.Context, round int) error
}

// sentAfter returns how many messages were sent when a round ends. It is also the
// Seq of the round's last message.
func sentAfter(round int) int { return (round + 1) * soakRound }

// play sends the messages of one round and waits until all followers have read
// them. It returns the first error.
func (k *soak) play(round, crowd int, followers []follower) error {
	ctx, fail := context.WithCancelCause(k.t.Context())
	defer fail(nil)
	var reading, sending sync.WaitGroup
	try := func(all *sync.WaitGroup, f func() error) {
		all.Go(func() {
			if err := f(); err != nil {
				fail(err)
			}
		})
	}
	for i, f := range followers {
		try(&reading, func() error {
			if err := f.follow(ctx, round); err != nil {
				return fmt.Errorf("%T %d: %w", f, i, err)
			}
			return nil
		})
	}
	users, each := 4*crowd, 20/crowd
	for i := range users {
		try(&sending, func() error { return k.signIn(ctx, fmt.Sprintf("user%d@example.com", i), each) })
	}
	// The others go to 200 numbers: the newer code of each ends the older one.
	others := soakRound - users*each - 1
	for i := range 4 {
		try(&sending, func() error {
			for n := i; n < others; n += 4 {
				body := fmt.Sprintf(`{"client_id":"acme-native","connection":"sms","phone_number":"+1415555%04d"}`, n%200)
				if w := servertest.Call(k.t, k.server, "POST", "/passwordless/start", body); w.Code != http.StatusOK {
					return fmt.Errorf("start: %d %s", w.Code, w.Body)
				}
			}
			return nil
		})
	}
	sending.Wait()
	// The last message comes in one step, after which nothing changes any more.
	k.server.Outbox().Add(outbox.Message{Kind: outbox.SMS, To: "+14155559999"})
	reading.Wait()
	return context.Cause(ctx)
}

// signIn does what tests of an app do, several times: note the cursor, start, and wait
// for the code that comes after the cursor. It uses every second code. The other
// ones are live when the next wait begins, which must not return them.
func (k *soak) signIn(ctx context.Context, email string, times int) error {
	for n := range times {
		cursor, err := k.do(ctx, "GET", "/_mock/outbox/cursor", "")
		if err != nil {
			return err
		}
		started := make(chan error, 1) // the wait begins before the start has ended
		go func() {
			_, err := k.do(ctx, "POST", "/passwordless/start", fmt.Sprintf(`{"client_id":"acme-native","connection":"email","email":%q,"send":"code"}`, email))
			started <- err
		}()
		code, err := k.do(ctx, "GET", fmt.Sprintf("/_mock/outbox/code?wait=60s&to=%s&since=%s", email, strings.TrimSpace(cursor)), "")
		if err := cmp.Or(<-started, err); err != nil {
			return err
		}
		if n%2 == 0 {
			continue
		}
		if _, err := k.do(ctx, "POST", "/oauth/token", fmt.Sprintf(`{"grant_type":%q,"client_id":"acme-native","realm":"email","username":%q,"otp":%q}`,
			servertest.GrantOTP, email, strings.TrimSpace(code))); err != nil {
			return fmt.Errorf("%s signs in by the code that came after %s: %w", email, strings.TrimSpace(cursor), err)
		}
	}
	return nil
}

// do makes a request and returns the body of a success.
func (k *soak) do(ctx context.Context, method, path, body string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, k.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := k.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, read)
	}
	return string(read), err
}

// get reads the JSON that a path has.
func (k *soak) get(ctx context.Context, path string, into any) error {
	body, err := k.do(ctx, "GET", path, "")
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(body), into)
}

// A latestReader waits for the newest message, again and again. It may skip some,
// but never goes back.
type latestReader struct {
	*soak
	filter string
	last   int64
}

func (r *latestReader) follow(ctx context.Context, round int) error {
	for r.last < int64(sentAfter(round)) {
		var m outbox.Message
		if err := r.get(ctx, fmt.Sprintf("/_mock/outbox/latest?wait=60s&since=e1.%d%s", r.last, r.filter), &m); err != nil {
			return err
		}
		if m.Seq <= r.last {
			return fmt.Errorf("message %d comes after %d", m.Seq, r.last)
		}
		r.last = m.Seq
	}
	return nil
}

// A listReader reads page after page by the cursor. What it has read and what it was
// told to have missed is everything that was sent.
type listReader struct {
	*soak
	away         bool
	limit        int
	last         int64
	read, missed int
}

func (r *listReader) follow(ctx context.Context, round int) error {
	for cursor := fmt.Sprint("e1.", r.last); r.last < int64(sentAfter(round)); {
		var page outbox.Page
		if err := r.get(ctx, fmt.Sprintf("/_mock/outbox?since=%s&limit=%d", cursor, r.limit), &page); err != nil {
			return err
		}
		for _, m := range page.Items {
			if m.Seq <= r.last {
				return fmt.Errorf("message %d comes after %d", m.Seq, r.last)
			}
			r.last = m.Seq
		}
		r.read, r.missed, cursor = r.read+len(page.Items), r.missed+page.Missed, page.Cursor
		if len(page.Items) == 0 { // wait for more
			if _, err := r.do(ctx, "GET", "/_mock/outbox/latest?wait=60s&since="+cursor, ""); err != nil {
				return err
			}
		}
	}
	if r.read+r.missed != sentAfter(round) || (r.missed > 0) != (r.away && round > 0) {
		return fmt.Errorf("it has read %d messages and missed %d of %d", r.read, r.missed, sentAfter(round))
	}
	return nil
}

// A streamReader keeps a copy of the outbox by the stream of changes. It breaks off
// now and then, often in the middle of a batch, and resumes at the last place that it
// was told. What came after that place will come again, so it forgets that.
type streamReader struct {
	*soak
	away  bool
	every int // it breaks off after so many events

	place   string            // the last id of an event
	states  map[string]string // of the codes in the outbox, by the id of the message
	seen    int               // how many messages were new to it
	last    int64
	dropped int // how many messages were evicted, as it was told
	resets  int
}

func (r *streamReader) follow(ctx context.Context, round int) error {
	for r.last < int64(sentAfter(round)) {
		if err := r.connect(ctx, round); err != nil {
			return fmt.Errorf("after %q: %w", r.place, err)
		}
	}
	// The codes in the outbox are of this round: none expires by itself meanwhile.
	held := map[string]string{}
	for _, m := range r.server.Outbox().All() {
		held[m.ID] = m.OTPState
	}
	resets := 0
	if r.away {
		resets = round / soakAway
	}
	switch {
	case !maps.Equal(r.states, held):
		return fmt.Errorf("it was told of other messages than the outbox holds:\n%v\n%v", r.states, held)
	case len(held)+r.dropped != sentAfter(round):
		return fmt.Errorf("%d messages are held and it was told of %d dropped ones, of %d", len(held), r.dropped, sentAfter(round))
	case r.resets != resets:
		return fmt.Errorf("it was told %d times to start over, want %d", r.resets, resets)
	case !r.away && r.seen != sentAfter(round):
		return fmt.Errorf("it was told of %d messages, of %d", r.seen, sentAfter(round))
	}
	return nil
}

// connect reads until it is time to break off, or the round has ended.
func (r *streamReader) connect(ctx context.Context, round int) error {
	ctx, breakOff := context.WithCancel(ctx)
	defer breakOff()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/_mock/outbox/stream", nil)
	if err != nil {
		return err
	}
	if r.place != "" {
		request.Header.Set("Last-Event-ID", r.place)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, before := bufio.NewScanner(answer.Body), r.place
	var batch []servertest.Event
	for n := 0; r.last < int64(sentAfter(round)) && (n < r.every || r.place == before); n++ {
		e, ok := servertest.ReadEvent(body)
		if !ok {
			return fmt.Errorf("the stream ended: %w", cmp.Or(body.Err(), io.EOF))
		}
		batch = append(batch, e)
		if e.Id == "" { // only the last event of a batch has one
			continue
		}
		for _, e := range batch {
			if err := r.take(e); err != nil {
				return err
			}
		}
		r.place, batch = e.Id, nil
	}
	return nil
}

// take takes one event in.
func (r *streamReader) take(e servertest.Event) error {
	var data struct {
		ID       string
		Seq      int64
		OTPState string `json:"otp_state"`
		IDs      []string
		Dropped  int
	}
	if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
		return err
	}
	switch e.Name {
	case "ready":
	case "reset":
		r.resets++
		r.dropped = data.Dropped
		clear(r.states)
	case "message":
		state, known := r.states[data.ID]
		if known && state == data.OTPState {
			return fmt.Errorf("message %s is told twice: %s", data.ID, state)
		}
		if !known {
			r.seen++
		}
		if r.states == nil {
			r.states = map[string]string{}
		}
		r.states[data.ID] = data.OTPState
		r.last = max(r.last, data.Seq)
	case "gone":
		r.dropped = data.Dropped
		for _, id := range data.IDs {
			if _, known := r.states[id]; !known {
				return fmt.Errorf("message %s is gone, of which it was not told", id)
			}
			delete(r.states, id)
		}
	default:
		return fmt.Errorf("an event %+v", e)
	}
	return nil
}
