package control_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestTheClockIsMovedStoppedAndResetOverHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		type state struct {
			Now     time.Time
			Running bool
			Offset  string
		}
		move := func(body string) state {
			t.Helper()
			return servertest.DecodeAnswer[state](t, servertest.Call(t, s, "POST", "/_mock/clock", body))
		}
		want := func(got state, now time.Time, running bool, offset string) {
			t.Helper()
			if !got.Now.Equal(now) || got.Running != running || got.Offset != offset {
				t.Errorf("the clock is %+v, want %v running=%t offset %s", got, now, running, offset)
			}
		}
		began := time.Now()
		want(servertest.DecodeAnswer[state](t, servertest.Call(t, s, "GET", "/_mock/clock", nil)), began, true, "0s")
		want(move(`{"advance":"3m"}`), began.Add(3*time.Minute), true, "3m0s")
		want(move(`{"freeze":true}`), began.Add(3*time.Minute), false, "")
		want(move(`{"advance":"1h"}`), began.Add(63*time.Minute), false, "")
		want(move(`{"freeze":false}`), began.Add(63*time.Minute), true, "1h3m0s")
		want(move(`{"set":"2030-01-01T01:00:00+01:00"}`), servertest.At2030, false, "") // an offset from real time would differ from run to run
		want(move(`{"reset":true}`), began, true, "0s")
	})
}

func TestTheClockGoesFarAndOnlyForward(t *testing.T) {
	s := servertest.New(t, server.Config{})
	last := s.Clock().Now()
	for range 4 { // 292 years each
		if w := servertest.Call(t, s, "POST", "/_mock/clock", servertest.Object{"advance": "2562047h"}); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		now := s.Clock().Now()
		if !now.After(last) {
			t.Fatalf("it went from %s to %s", last, now)
		}
		last = now
	}
	s.Clock().Set(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC))
	s.Clock().Run()
	if year := s.Clock().Now().Year(); year != 9000 {
		t.Errorf("it runs on in the year %d", year)
	}
	w := servertest.Call(t, s, "POST", "/_mock/clock", servertest.Object{"set": "9999-12-31T23:59:59-12:00"})
	if w.Code != http.StatusBadRequest {
		t.Errorf("set beyond the calendar: %d", w.Code)
	}
	if w := servertest.Call(t, s, "GET", "/_mock/health", nil); w.Code != http.StatusOK {
		t.Errorf("health: %d", w.Code)
	}
}
