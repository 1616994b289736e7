package load_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
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

var soakSize = flag.Int("soak", 0, "how many messages TestSoak sends, with 20 streams and 50 readers; 0: 2,500, with a fifth of them")

const (
	soakStreams = 20
	soakUsers   = 20 // readers of their own code, who send
	soakLists   = 15 // readers of page after page
	soakLatest  = 15 // readers of the newest message

	// soakGrowth is how much larger the heap may be at the end than halfway. A
	// run of 40,000 fills the tenant's 20,000 codes in its second half: 1.7 MiB.
	soakGrowth = 3 << 20
	// soakLag is how far who sends may be ahead of who follows: so much less
	// than the outbox holds that those who follow miss nothing.
	soakLag = 400
	// soakNap is for how many messages more than the outbox holds the others
	// stay away: more than it remembers to have dropped.
	soakNap = 1100
	soakEnd = "+14155559999" // to whom the last message is
)

// Messages go through an outbox that holds 1,000 of them, while streams and
// readers follow over HTTP. Those who keep up see each message, once; those
// who stay away are told how many they missed. Nothing grows with the number
// of messages, and nothing is left running.
func TestSoak(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := servertest.New(t, server.Config{})
	ts := httptest.NewServer(s)
	defer ts.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	client := ts.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 100
	defer client.CloseIdleConnections()
	k := &soak{t: t, s: s, ctx: ctx, cancel: cancel, client: client, url: ts.URL, size: *soakSize, part: 1, pace: newPace(ctx)}
	if k.size == 0 {
		k.size, k.part = 2500, 5
	}

	followers := k.follow()
	began := time.Now()
	k.send(k.size / 2)
	halfway := heap()
	k.send(k.size - 1 - k.size/2)
	atEnd := heap()
	took := time.Since(began)
	k.finish()
	followers.Wait()
	switch {
	case t.Failed():
		return
	case ctx.Err() != nil:
		t.Fatal("it has not ended in an hour")
	}

	_, dropped := s.Outbox().Counts()
	if want := k.size - outbox.DefaultMax; dropped != max(want, 0) {
		t.Errorf("%d messages were dropped, want %d", dropped, want)
	}
	if atEnd > halfway+soakGrowth {
		t.Errorf("the heap has grown from %d KiB halfway to %d KiB", halfway>>10, atEnd>>10)
	}
	if k.size > outbox.DefaultMax+soakNap && (k.streamGaps.Load() == 0 || k.listGaps.Load() == 0) {
		t.Errorf("streams were told of %d gaps, readers of %d missed messages: nobody stayed away", k.streamGaps.Load(), k.listGaps.Load())
	}
	t.Logf("%d messages in %s, %.0f a second; %d sent over HTTP, %d of them by users who read their code, %d of whom signed in",
		k.size, took.Round(time.Millisecond), float64(k.size)/took.Seconds(), k.overHTTP.Load(), k.codes.Load(), k.logins.Load())
	t.Logf("streams: %d events, %d connections, %d gaps; lists: %d messages, %d missed; latest: %d",
		k.events.Load(), k.connections.Load(), k.streamGaps.Load(), k.listed.Load(), k.listGaps.Load(), k.latest.Load())
	t.Logf("the heap: %d KiB halfway, %d KiB at the end; %d goroutines", halfway>>10, atEnd>>10, runtime.NumGoroutine())
}

// follow starts all who do not send. A quarter of the streams and a third of
// the lists stay away now and then.
func (k *soak) follow() *sync.WaitGroup {
	var all sync.WaitGroup
	run := func(name string, follow func() error) {
		all.Go(func() {
			if err := follow(); err != nil {
				k.fail(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	beginning := k.s.Outbox().Cursor()
	for i := range soakStreams / k.part {
		f := &streamer{soak: k, place: k.pace.join(), naps: i < soakStreams/k.part/4, every: 31 + 17*i, marks: make([]mark, k.size+1)}
		run(fmt.Sprint("stream ", i), f.follow)
	}
	for i := range soakLists / k.part {
		f := &lister{soak: k, place: k.pace.join(), naps: i < soakLists/k.part/3, limit: 7 + 13*i, cursor: beginning}
		run(fmt.Sprint("list ", i), f.follow)
	}
	for i := range soakLatest / k.part {
		filter := []string{"", "&to=+1*", "&kind=sms"}[i%3]
		run(fmt.Sprint("latest ", i), func() error { return k.followLatest(filter) })
	}
	return &all
}

// send sends n messages: a sixth by users who read their code over HTTP, a
// quarter over HTTP, the others without a connection. It returns when those
// who follow have seen them.
func (k *soak) send(n int) {
	var all sync.WaitGroup
	byUsers, byHTTP := quota(n/6), quota(n/4)
	direct := quota(n - n/6 - n/4)
	for i := range soakUsers / k.part {
		all.Go(func() {
			for nth := 0; byUsers.take(); nth++ {
				if err := k.user(fmt.Sprintf("user%d@example.com", i), nth); err != nil {
					k.fail(fmt.Errorf("user %d: %w", i, err))
					return
				}
			}
		})
	}
	for range 2 {
		all.Go(func() {
			for byHTTP.take() {
				to := k.recipient(k.pace.next())
				if err := k.startOverHTTP(to); err != nil {
					k.fail(err)
					return
				}
				k.giveUp(to)
			}
		})
		all.Go(func() {
			for direct.take() {
				to := k.recipient(k.pace.next())
				if w := servertest.Call(k.t, k.s, "POST", "/passwordless/start", startBody(to)); w.Code != http.StatusOK {
					k.fail(fmt.Errorf("start: %d %s", w.Code, w.Body))
					return
				}
				k.giveUp(to)
			}
		})
	}
	all.Wait()
	k.pace.caughtUp()
}

// finish sends the last message, at which whoever follows stops.
func (k *soak) finish() {
	k.pace.next()
	servertest.Call(k.t, k.s, "POST", "/passwordless/start", startBody(soakEnd))
	k.pace.end()
}

// recipient is that of the nth message: half of them are one of 200 numbers,
// whose newer code ends the older, the other half is an address that is new.
func (k *soak) recipient(n int) string {
	if n%2 == 0 {
		return fmt.Sprintf("+1415555%04d", n/2%200)
	}
	return fmt.Sprintf("ada+%d@example.com", n)
}

// giveUp lets the code of a new address lapse. Codes that are live give way
// last: a box full of them would drop each other one as soon as it is spent.
func (k *soak) giveUp(recipient string) {
	if isNumber(recipient) {
		return
	}
	if m, ok := k.s.Outbox().Latest(outbox.To(recipient), outbox.Live()); ok {
		k.s.ExpireMessage(m.ID)
	}
}

func isNumber(recipient string) bool { return strings.HasPrefix(recipient, "+") }

func startBody(recipient string) string {
	if isNumber(recipient) {
		return fmt.Sprintf(`{"client_id":"acme-native","connection":"sms","phone_number":%q,"send":"code"}`, recipient)
	}
	return fmt.Sprintf(`{"client_id":"acme-native","connection":"email","email":%q,"send":"code"}`, recipient)
}

func (k *soak) startOverHTTP(recipient string) error {
	k.overHTTP.Add(1)
	_, err := k.do("POST", "/passwordless/start", startBody(recipient))
	return err
}

// fail ends the run. What fails because it has ended says nothing.
func (k *soak) fail(err error) {
	if k.ctx.Err() == nil {
		k.t.Error(err)
		k.cancel()
	}
}

// heap is what is in use once what is not has been collected.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a finalizer held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// do makes a request and returns the body of a success.
func (k *soak) do(method, path, body string) (string, error) {
	r, err := http.NewRequestWithContext(k.ctx, method, k.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := k.client.Do(r)
	if err != nil {
		return "", err
	}
	return readAnswer(answer)
}
