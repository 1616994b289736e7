package tenant

import (
	"fmt"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// newSession signs a user in to a browser that has the session oldID.
func newSession(tn *Tenant, address, oldID string, now time.Time) Session {
	u := signIn(tn, "email", address, now)
	tn.mu.Lock()
	defer tn.mu.Unlock()
	return *tn.newSessionLocked(u, oldID, now)
}

func TestASessionLapses(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name string
		used []time.Duration // after the login; the last use finds no session
	}{
		{"unused", []time.Duration{3 * day}},
		{"used", []time.Duration{3*day - 1, 5 * day, 7*day - 1, 7 * day}},
	} {
		tn := newTenant(t)
		id := newSession(tn, "ada@example.com", "", noon).ID
		for i, after := range tt.used {
			if _, ok := tn.Session(id, noon.Add(after)); ok == (i == len(tt.used)-1) {
				t.Errorf("%s, after %s: %t", tt.name, after, ok)
			}
		}
		tn.Clock.Set(noon.Add(tt.used[len(tt.used)-1]))
		if n := tn.Counts().Sessions; n != 0 {
			t.Errorf("%s: %d sessions are left", tt.name, n)
		}
	}
}

func TestASessionIsOfOneUser(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	first := newSession(tn, "ada@example.com", "", noon)
	again := newSession(tn, "ada@example.com", first.ID, noon.Add(time.Hour))
	if again.ID != first.ID || !again.AuthTime.Equal(noon.Add(time.Hour)) {
		t.Errorf("the same user has %+v, and then %+v", first, again)
	}
	other := newSession(tn, "grace@example.com", first.ID, noon)
	if _, ok := tn.Session(first.ID, noon); ok || other.ID == first.ID {
		t.Error("the session of another user goes on")
	}
	if _, err := tn.UpdateUser(other.UserID, func(u *fixtures.User) error { u.Blocked = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if s, ok := tn.Session(other.ID, noon); ok {
		t.Errorf("a blocked user has the session %+v", s)
	}
	third := newSession(tn, "eve@example.com", "", noon)
	if tn.EndSession(third.ID); fmt.Sprint(tn.Session(third.ID, noon)) != fmt.Sprint(Session{}, false) {
		t.Error("the session does not end")
	}
}
