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
		began := time.Now()
		for _, step := range []struct {
			body    string // "" only reads the clock
			now     time.Time
			running bool
			offset  string
		}{
			{"", began, true, "0s"},
			{`{"advance":"3m"}`, began.Add(3 * time.Minute), true, "3m0s"},
			{`{"advance":-0}`, began.Add(3 * time.Minute), true, "3m0s"},
			{`{"advance":60}`, began.Add(4 * time.Minute), true, "4m0s"},
			{`{"advance":"60"}`, began.Add(5 * time.Minute), true, "5m0s"},
			{`{"advance":1.5}`, began.Add(301500 * time.Millisecond), true, "5m1.5s"},
			{`{"reset":true}`, began, true, "0s"},
			{`{"advance":"3m"}`, began.Add(3 * time.Minute), true, "3m0s"},
			{`{"freeze":true}`, began.Add(3 * time.Minute), false, ""},
			{`{"advance":"1h"}`, began.Add(63 * time.Minute), false, ""},
			{`{"freeze":false}`, began.Add(63 * time.Minute), true, "1h3m0s"},
			// A stopped clock has no offset: it would differ from run to run.
			{`{"set":"2030-01-01T01:00:00+01:00"}`, servertest.At2030, false, ""},
			{`{"reset":true}`, began, true, "0s"},
		} {
			w := servertest.Call(t, s, "POST", "/_mock/clock", step.body)
			if step.body == "" {
				w = servertest.Call(t, s, "GET", "/_mock/clock", nil)
			}
			got := servertest.DecodeAnswer[struct {
				Now     time.Time
				Running bool
				Offset  string
			}](t, w)
			if !got.Now.Equal(step.now) || got.Running != step.running || got.Offset != step.offset {
				t.Errorf("after %s the clock is %+v, want %+v", step.body, got, step)
			}
		}
	})
}

func TestTheClockGoesFarAndOnlyForward(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	last := s.Clock().Now()
	for range 4 { // 292 years each, which is as long as a time.Duration can be
		w := servertest.Call(t, s, "POST", "/_mock/clock", servertest.Object{"advance": "2562047h"})
		if now := s.Clock().Now(); w.Code != http.StatusOK || !now.After(last) {
			t.Fatalf("%d %s: it went from %s to %s", w.Code, w.Body, last, now)
		}
		last = s.Clock().Now()
	}
	s.Clock().Set(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC))
	s.Clock().Run()
	if year := s.Clock().Now().Year(); year != 9000 {
		t.Errorf("it runs on in the year %d", year)
	}
}
