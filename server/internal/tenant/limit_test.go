package tenant

import (
	"fmt"
	"testing"
	"time"
)

func TestABucketRefillsSteadily(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	l := Limit{"test", 3, 6, time.Minute} // one each ten seconds
	now := noon
	take := func(remaining int, exceeded bool, reset time.Duration) {
		t.Helper()
		q := tn.Take(l, "a", now)
		if q.Remaining != remaining || q.Exceeded != exceeded || q.Limit != 3 || !q.Reset.Equal(now.Add(reset)) {
			t.Errorf("at %s: %+v, want %d left, exceeded %t, reset in %s", now.Sub(noon), q, remaining, exceeded, reset)
		}
	}
	take(2, false, 10*time.Second)
	take(1, false, 10*time.Second)
	take(0, false, 10*time.Second)
	take(0, true, 10*time.Second)
	now = now.Add(4 * time.Second)
	take(0, true, 6*time.Second)
	now = now.Add(6 * time.Second)
	take(0, false, 10*time.Second)
	now = now.Add(time.Hour)
	take(2, false, 10*time.Second)
	now = now.Add(-time.Hour) // a clock that was set back gives nothing
	take(1, false, 10*time.Second)
	if q := tn.Take(l, "b", now); q.Remaining != 2 {
		t.Errorf("another key shares the bucket: %+v", q)
	}
}

// With each of Auth0's limits, a call is free again exactly when the answer says so.
func TestACallIsFreeAtTheReset(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for _, l := range []Limit{LimitStart, LimitToken, LimitUserinfo, LimitJWKS, LimitOther, LimitCrossOrigin, limitBlockNotice} {
		now := noon
		for range l.Bucket {
			tn.Take(l, "", now)
		}
		for i := range 500 {
			q := tn.Take(l, "", now)
			if !q.Exceeded {
				t.Fatalf("%s, call %d: it is free before the reset", l.Name, i)
			}
			for step := range 6 { // asking in between changes nothing
				between := now.Add(time.Duration(step+1) * q.Reset.Sub(now) / 7)
				if !tn.Take(l, "", between).Exceeded {
					t.Fatalf("%s, call %d: it is free before the reset", l.Name, i)
				}
			}
			now = q.Reset
			if q = tn.Take(l, "", now); q.Exceeded {
				t.Fatalf("%s, call %d: it is not free at the reset", l.Name, i)
			}
		}
	}
}

func TestBucketsAreBounded(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for i := range 2*maxBuckets + 10 {
		tn.Take(LimitStart, fmt.Sprint(i), noon)
	}
	if n := len(tn.buckets); n > maxBuckets {
		t.Errorf("%d buckets are kept", n)
	}
}
