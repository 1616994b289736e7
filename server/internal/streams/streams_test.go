package streams

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
)

// A receiver takes what streams send.
type receiver struct {
	mu     sync.Mutex
	status int // of its answers; 0: it is down
	calls  []string
	header http.Header // of the last call
	at     []time.Time
}

// Post takes a call.
func (r *receiver) Post(req *http.Request) (int, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls, r.header, r.at = append(r.calls, string(body)), req.Header, append(r.at, time.Now())
	if r.status == 0 {
		return 0, errors.New("the receiver is down")
	}
	return r.status, nil
}

// answer sets the status of the answers from now on.
func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// open makes streams with one log stream and one event stream.
func open(r *receiver, change func(*fixtures.LogStream)) (*Streams, *tenantlog.Log) {
	s := &Streams{Caller: r, Clock: clock.New(time.Time{}, true), ShowUser: func(u fixtures.User) any { return u.UserID }}
	log := fixtures.LogStream{
		ID: "lst_1", Type: fixtures.StreamHTTP, Status: fixtures.StreamActive,
		Sink: fixtures.LogSink{HTTPEndpoint: "http://localhost/logs", HTTPContentType: "application/json", HTTPContentFormat: fixtures.FormatJSONLines},
	}
	if change != nil {
		change(&log)
	}
	events := fixtures.EventStream{
		ID: "est_1", Status: fixtures.StreamEnabled, Subscriptions: []fixtures.EventSubscription{{EventType: UserCreated}},
		Destination: fixtures.EventDestination{Type: fixtures.StreamWebhook, Configuration: fixtures.EventConfiguration{
			WebhookEndpoint: "http://localhost/events", WebhookAuthorization: fixtures.WebhookAuthorization{Method: "bearer", Token: "secret"},
		}},
	}
	s.Configure(&fixtures.Fixture{LogStreams: []fixtures.LogStream{log}, EventStreams: []fixtures.EventStream{events}})
	l := &tenantlog.Log{}
	l.Watch(s)
	return s, l
}

func write(l *tenantlog.Log, types ...string) {
	for _, name := range types {
		l.Write(tenantlog.Entry{Type: name, Date: time.Now()})
	}
}

// pass lets time pass, and all happen that is due.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestALogStreamSends(t *testing.T) {
	for _, tt := range []struct {
		format string
		begins string
		ends   string
	}{
		{fixtures.FormatJSONLines, `{"log_id":"900`, "\"tenant_name\":\"mockauth0\"}}\n"},
		{fixtures.FormatJSONArray, `[{"log_id":"900`, `"tenant_name":"mockauth0"}}]`},
		{fixtures.FormatJSONObject, `{"logs":[{"log_id":"900`, `"tenant_name":"mockauth0"}}]}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{status: 200}
			s, l := open(r, func(stream *fixtures.LogStream) {
				stream.Sink.HTTPContentFormat, stream.Sink.HTTPAuthorization = tt.format, "Splunk abc"
				stream.Sink.HTTPCustomHeaders = []fixtures.StreamHeader{{Header: "X-Team", Value: "blue"}}
				stream.Filters = []fixtures.StreamFilter{{Type: "category", Name: "auth.login.success"}, {Type: "category", Name: "user.success"}}
			})
			write(l, "s", "fp", "sdu") // the filter does not have fp
			synctest.Wait()
			all := strings.Join(r.calls, "")
			if !strings.HasPrefix(all, tt.begins) || !strings.HasSuffix(all, tt.ends) || strings.Contains(all, `"fp"`) || !strings.Contains(all, `"sdu"`) {
				t.Errorf("%s: %s", tt.format, all)
			}
			if h := r.header; h.Get("Authorization") != "Splunk abc" || h.Get("X-Team") != "blue" || h.Get("Content-Type") != "application/json" {
				t.Errorf("the headers are %v", h)
			}
			if c := s.Counts()[0]; c.Sent != 2 || c.Waiting != 0 || c.Lost != 0 {
				t.Errorf("the counts are %+v", c)
			}
		})
	}
}

// What a receiver that is down has missed comes when it is up again, in order and once.
func TestAReceiverThatIsDownMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s, l := open(r, nil)
		write(l, "s", "ss", "slo")
		pass(10 * time.Second)
		if c := s.Counts()[0]; c.Waiting != 3 || c.Sent != 0 || c.Error == "" {
			t.Errorf("while it is down: %+v", c)
		}
		r.answer(204)
		r.calls = nil
		write(l, "cls")
		pass(time.Minute)
		var types []string
		for line := range strings.Lines(strings.Join(r.calls, "")) {
			_, after, _ := strings.Cut(line, `"type":"`)
			name, _, _ := strings.Cut(after, `"`)
			types = append(types, name)
		}
		if got := fmt.Sprint(types); got != "[s ss slo cls]" {
			t.Errorf("it got %s", got)
		}
		if c := s.Counts()[0]; c.Waiting != 0 || c.Sent != 4 || c.Lost != 0 || c.Error != "" {
			t.Errorf("at the end: %+v", c)
		}
	})
}

// More than a stream can hold is lost, and counted.
func TestWhatIsLostIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s, l := open(r, nil)
		for range mostWaiting + 7 {
			write(l, "s")
		}
		synctest.Wait()
		r.answer(200)
		pass(time.Minute)
		if c := s.Counts()[0]; c.Waiting != 0 || c.Lost != 7 || c.Sent+c.Lost != mostWaiting+7 {
			t.Errorf("the counts are %+v", c)
		}
	})
}

func TestAPausedStreamSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{status: 200}
		_, l := open(r, func(stream *fixtures.LogStream) { stream.Status = "paused" })
		write(l, "s")
		synctest.Wait()
		if len(r.calls) != 0 {
			t.Errorf("it sends %q", r.calls)
		}
	})
}

// An event is tried four times. A refusal is final. What failed can be sent again.
func TestAnEventStreamTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{status: 500}
		s, _ := open(r, nil)
		u := &fixtures.User{UserID: "email|1"}
		s.User(UserCreated, u, nil, time.Now())
		s.User(UserDeleted, u, nil, time.Now()) // not subscribed
		synctest.Wait()
		if d, ok := s.Delivery("est_1", s.events["est_1"].waiting[0].ID); !ok || d.Status != "pending" || len(d.Attempts) != 1 {
			t.Errorf("on its way: %+v", d)
		}
		pass(time.Minute)
		var waits []time.Duration
		for i := range r.at[1:] {
			waits = append(waits, r.at[i+1].Sub(r.at[i]))
		}
		if !slices.Equal(waits, eventWaits) {
			t.Errorf("the waits are %v", waits)
		}
		failed := s.Failed("est_1")
		if len(failed) != 1 || len(failed[0].Attempts) != 4 || s.Counts()[1].Lost != 1 {
			t.Fatalf("failed: %+v, %+v", failed, s.Counts())
		}
		if d, ok := s.Delivery("est_1", failed[0].Event.ID); !ok || d.Status != "failed" {
			t.Errorf("it has failed: %+v", d)
		}
		r.answer(400)
		s.User(UserCreated, u, nil, time.Now())
		synctest.Wait()
		if len(r.calls) != 5 || len(s.Failed("est_1")) != 2 {
			t.Errorf("after a refusal there were %d calls", len(r.calls))
		}
		r.answer(202)
		if n := s.Redeliver("est_1", func(Delivery) bool { return true }); n != 2 {
			t.Errorf("%d are sent again", n)
		}
		synctest.Wait()
		if c := s.Counts()[1]; c.Sent != 2 || c.Lost != 0 || len(s.Failed("est_1")) != 0 {
			t.Errorf("at the end: %+v", c)
		}
		if r.header.Get("Authorization") != "Bearer secret" || !strings.Contains(r.calls[6], `"type":"user.created"`) || !strings.Contains(r.calls[6], `"object":"email|1"`) {
			t.Errorf("the last call: %v %s", r.header, r.calls[6])
		}
	})
}

// Close ends a call that waits for a receiver. Without streams there is no goroutine.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	more := func() int {
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return 0
			}
			time.Sleep(10 * time.Millisecond) // one that has ended may still count
		}
		return runtime.NumGoroutine() - before
	}
	r := &receiver{}
	_, l := open(r, func(stream *fixtures.LogStream) { stream.Status = "paused" })
	write(l, "s")
	if n := more(); n > 0 {
		t.Errorf("a stream that is paused starts %d goroutines", n)
	}
	s, l := open(r, nil)
	write(l, "s")
	s.Close()
	if n := more(); n > 0 {
		t.Errorf("Close leaves %d goroutines", n)
	}
	write(l, "s")
	if n := more(); n > 0 {
		t.Errorf("after Close there are %d goroutines", n)
	}
}

// A reset forgets what waits.
func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s, l := open(r, nil)
		f := s.config
		write(l, "s", "s")
		synctest.Wait()
		s.Reset()
		s.Configure(f)
		r.answer(200)
		r.calls = nil
		pass(time.Minute)
		if c := s.Counts()[0]; len(r.calls) != 0 || c != (Counts{ID: "lst_1"}) {
			t.Errorf("it sends %q; %+v", r.calls, c)
		}
	})
}

// What waits for a receiver that is down is bounded by its bytes, too, and what is
// dropped is counted.
func TestLargeEventsAreFewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s, _ := open(r, nil)
		text := strings.Repeat("x", 1<<20)
		const many = 200
		for range many {
			s.Test("est_1", UserCreated, map[string]any{"text": text}, time.Now())
		}
		c := s.Counts()[1]
		if c.Waiting > mostBytes>>20 || c.Waiting+c.Lost != many {
			t.Errorf("%+v", c)
		}
		s.Close()
	})
}

// A caller is a function that takes calls.
type caller func(*http.Request) (int, error)

// Post takes a call.
func (c caller) Post(r *http.Request) (int, error) { return c(r) }

// What the call of a stream causes in the tenant itself goes to no stream: the calls
// would never end.
func TestAStreamThatLeadsToItsTenantEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := open(nil, nil)
		calls := 0
		s.Caller = caller(func(r *http.Request) (int, error) {
			if calls++; calls < 100 {
				l.Write(tenantlog.Entry{Type: "sapi", Date: time.Now(), UserAgent: r.Header.Get("User-Agent")})
			}
			return 200, nil
		})
		write(l, "s")
		synctest.Wait()
		if kept, _ := l.Counts(); calls != 1 || kept != 2 {
			t.Errorf("there were %d calls, and the log has %d entries", calls, kept)
		}
	})
}

// A thousand log streams and a thousand event streams each get everything once, also if
// every other receiver is down at first. No goroutine is left.
func TestAThousandStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, entries = 1000, 20
		var mu sync.Mutex
		up, got := false, map[string]int{}
		s := &Streams{Clock: clock.New(time.Time{}, true), ShowUser: func(u fixtures.User) any { return u.UserID }}
		s.Caller = caller(func(r *http.Request) (int, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return 0, err
			}
			mu.Lock()
			defer mu.Unlock()
			path := r.URL.Path
			if !up && strings.HasSuffix(path, "/odd") {
				return 503, nil
			}
			got[path] += strings.Count(string(body), `"log_id":"900`)/2 + strings.Count(string(body), `"specversion"`)
			return 200, nil
		})
		f := &fixtures.Fixture{}
		for n := range many {
			path := fmt.Sprintf("http://localhost/%d/%s", n, []string{"even", "odd"}[n%2])
			f.LogStreams = append(f.LogStreams, fixtures.LogStream{
				ID: fmt.Sprintf("lst_%d", n), Type: fixtures.StreamHTTP, Status: fixtures.StreamActive,
				Sink: fixtures.LogSink{HTTPEndpoint: strings.Replace(path, "localhost/", "localhost/log/", 1), HTTPContentType: "application/json", HTTPContentFormat: fixtures.FormatJSONLines},
			})
			f.EventStreams = append(f.EventStreams, fixtures.EventStream{
				ID: fmt.Sprintf("est_%d", n), Status: fixtures.StreamEnabled, Subscriptions: []fixtures.EventSubscription{{EventType: UserCreated}},
				Destination: fixtures.EventDestination{Type: fixtures.StreamWebhook, Configuration: fixtures.EventConfiguration{WebhookEndpoint: path}},
			})
		}
		s.Configure(f)
		l := &tenantlog.Log{}
		l.Watch(s)
		for range entries {
			write(l, "s")
		}
		s.User(UserCreated, &fixtures.User{UserID: "auth0|1"}, nil, time.Now())
		pass(2 * time.Second)
		mu.Lock()
		up = true
		mu.Unlock()
		pass(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if len(got) != 2*many {
			t.Errorf("%d of %d receivers were called", len(got), 2*many)
		}
		for path, n := range got {
			if want := map[bool]int{true: entries, false: 1}[strings.HasPrefix(path, "/log/")]; n != want {
				t.Errorf("%s has %d, want %d", path, n, want)
			}
		}
		for _, c := range s.Counts() {
			if c.Waiting != 0 || c.Lost != 0 || c.Sent == 0 {
				t.Fatalf("%+v", c)
			}
		}
	})
}
