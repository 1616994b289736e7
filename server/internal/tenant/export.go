package tenant

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// Export is the tenant as a fixture: loaded again it gives the same clients,
// users and live refresh tokens, and goes on counting codes where this one
// stopped.
func (t *Tenant) Export() *fixtures.Fixture {
	now, isRunning, offset := t.Clock.Now(), t.Clock.Running(), t.Clock.Offset()
	t.mu.Lock()
	defer t.mu.Unlock()
	f := *t.setup.Fixture
	f.Extends, f.Source, f.Warnings = "", "", nil
	f.Users = t.usersLocked()
	f.Clock = fixtures.Clock{}
	if !isRunning || offset.Abs() > time.Second {
		f.Clock = fixtures.Clock{Start: now, Running: &isRunning}
	}
	f.State = &fixtures.State{SavedAt: now, Counters: map[string]int64{}, RefreshTokens: t.familiesLocked()}
	for key, c := range t.challenges.bounded.all {
		f.State.Counters[counterName("otp", key)] = c.n
	}
	for key, n := range t.users.deleted {
		f.State.Counters[counterName("deleted user", key)] = n
	}
	for key, n := range t.families.count.counts.all {
		f.State.Counters[counterName("refresh", key)] = n
	}
	if n := t.families.count.forgotten; n > 0 {
		f.State.Counters[counterName("refresh forgotten", challengeKey{})] = n
	}
	return &f
}

// Names of counters are "what, tab, connection or client, tab, whom".
func counterName(what string, key challengeKey) string {
	return what + "\t" + key.connection + "\t" + key.recipient
}

// Restore takes in what an earlier run exported: its refresh tokens, counters
// and users. What the fixture says of a user wins, so that an edit of the
// fixture counts; Reset goes back to the fixture alone.
func (t *Tenant) Restore(f *fixtures.Fixture) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range f.Users {
		t.mergeUserLocked(f.Users[i], now)
	}
	for i := range t.setup.Fixture.Users {
		t.mergeUserLocked(t.setup.Fixture.Users[i], now)
	}
	if f.State != nil {
		t.importLocked(f.State)
	}
}

func (t *Tenant) importLocked(s *fixtures.State) {
	for _, name := range slices.Sorted(maps.Keys(s.Counters)) {
		n := s.Counters[name]
		parts := strings.SplitN(name, "\t", 3)
		if len(parts) != 3 {
			continue
		}
		switch key := (challengeKey{parts[1], parts[2]}); parts[0] {
		case "otp":
			t.challenges.bounded.put(key, &challenge{n: n, state: used})
		case "deleted user":
			t.users.deleted[key] = n
		case "refresh":
			t.families.count.set(key, n)
		case "refresh forgotten":
			t.families.count.forgotten = max(t.families.count.forgotten, n)
		}
	}
	for _, f := range s.RefreshTokens {
		t.families.bounded.put(f.ID, &family{RefreshFamily: f})
	}
}
