package control_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// addLarge puts mails of 400 kB into an outbox.
func addLarge(s *server.Server, n int) {
	for i := range n {
		s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: fmt.Sprintf("user%d@example.com", i), HTML: strings.Repeat("x", 400<<10)})
	}
}

// heap is how many MB are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc >> 20
}

// Of 60 MB that each of ten clients asked for, and does not read, each holds one mail.
// After a while they are dropped. One that comes back gets all.
func TestClientsThatDoNotReadHoldOneMessageEach(t *testing.T) {
	for _, path := range []string{"/_mock/outbox/stream", "/_mock/outbox?limit=1000"} {
		synctest.Test(t, func(t *testing.T) {
			s := servertest.New(t, server.Config{})
			addLarge(s, 150)
			at := servertest.ServePipes(t, s)
			before := heap()
			for range 10 {
				at.Ask(t, path)
			}
			synctest.Wait()
			if after := heap(); after > before+50 {
				t.Errorf("%s: %d MB are held for ten clients", path, after-before)
			}
			// What they were about to get is evicted. It is not held for them.
			addLarge(s, 300)
			if after := heap(); after > before+50 {
				t.Errorf("%s: %d MB are held when the messages are gone", path, after-before)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			health := servertest.DecodeAnswer[struct {
				Dropped int `json:"dropped_readers"`
			}](t, servertest.Call(t, s, "GET", "/_mock/health", nil))
			if health.Dropped != 10 {
				t.Errorf("%s: %d are counted as dropped", path, health.Dropped)
			}
		})
	}
}

// A reader of the stream that was dropped has lost nothing when it comes back.
func TestADroppedReaderGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		at := servertest.ServePipes(t, s)
		first := &stream{t, bufio.NewScanner(at.Ask(t, "/_mock/outbox/stream").Body)}
		place := first.expect("ready", "").ID
		addLarge(s, 3)
		time.Sleep(time.Minute) // it reads nothing
		again := at.Ask(t, "/_mock/outbox/stream?brief=1&since="+strings.ReplaceAll(place, "@", "%40"))
		in := &stream{t, bufio.NewScanner(again.Body)}
		for _, to := range []string{"user0@", "user1@"} {
			if e := in.expect("message", to); e.ID != "" {
				t.Errorf("a place in the middle: %+v", e)
			}
		}
		if e := in.expect("message", "user2@"); e.ID == "" {
			t.Error("the last has no place")
		}
	})
}

// A page of large messages is written one by one. It leaves out those that go
// meanwhile, and counts them as missed.
func TestALargePageCountsWhatGoesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		addLarge(s, 10)
		at := servertest.ServePipes(t, s)
		for _, one := range []struct {
			query  string
			missed int
		}{{"since=e1.0", 9}, {"", 0}} { // in this order: a reset begins another epoch
			query, missed := one.query, one.missed
			answer := at.Ask(t, "/_mock/outbox?limit=1000&"+query)
			synctest.Wait() // the first is on its way
			for i := 1; i < 10; i++ {
				s.Outbox().Delete(outbox.To(fmt.Sprintf("user%d@example.com", i)))
			}
			var page outbox.Page
			if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
				t.Fatal(err)
			}
			if len(page.Items) != 1 || page.Items[0].To != "user0@example.com" || page.Missed != missed || page.Cursor == "" {
				t.Errorf("%q: %d items, %d missed, the cursor %q", query, len(page.Items), page.Missed, page.Cursor)
			}
			s.Outbox().Reset()
			addLarge(s, 10)
		}
	})
}

// A change of a message that has not been told yet is told once.
func TestTheStreamTellsAMessageOnceThatChangesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		addLarge(s, 2)
		m := s.Outbox().Add(outbox.Message{Kind: outbox.Email, To: "ada@example.com", Code: "123456"})
		at := servertest.ServePipes(t, s)
		answer := at.Ask(t, "/_mock/outbox/stream")
		synctest.Wait() // the first is on its way
		s.Outbox().SetOTPState(m.ID, outbox.Used)
		s.Outbox().Delete(outbox.To("user1@example.com"))
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		in := &stream{t, lines}
		in.expect("message", "user0@")
		if e := in.expect("ready", ""); e.ID == "" {
			t.Error("the batch ends without a place")
		}
		in.expect("message", `"otp_state":"used"`)
		in.expect("gone", "msg_00000002")
	})
}
