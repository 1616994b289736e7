package tenant

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// sectionUsers is the name of the users among the sections that were changed.
const sectionUsers = "users"

// Export returns the tenant as a fixture. A tenant made of it has the same
// clients, users, devices and live refresh tokens, and counts codes on from the same
// numbers.
func (t *Tenant) Export() *fixtures.Fixture {
	now, isRunning, offset := t.Clock.Now(), t.Clock.Running(), t.Clock.Offset()
	t.mu.Lock()
	defer t.mu.Unlock()
	f := *t.setup.Fixture
	f.Extends, f.Source, f.Warnings = "", "", nil
	f.Users = t.listUsersLocked()
	f.Organizations = t.exportOrganizationsLocked()
	f.Clock = fixtures.Clock{}
	if !isRunning || offset.Abs() > time.Second {
		f.Clock = fixtures.Clock{Start: now, Running: &isRunning}
	}
	f.State = &fixtures.State{SavedAt: now, Seed: t.drawnSeedLocked(), Counters: map[string]int64{}, RefreshTokens: t.listFamiliesLocked(), Changed: f.ChangedSections(t.loaded), Keys: t.exportKeys()}
	for key, c := range t.challenges.bounded.all {
		f.State.Counters[counterName("otp", key.connection, key.recipient)] = c.n
	}
	for key, n := range t.users.deleted {
		f.State.Counters[counterName("deleted user", key.connection, key.address)] = n
	}
	for key, n := range t.oobCount.counts.all {
		f.State.Counters[counterName("mfa code", key.channel, key.to)] = n
	}
	for user, n := range t.enrollments.counts.all {
		f.State.Counters[counterName("mfa enrolment", "", user)] = n
	}
	for key, n := range t.families.count.counts.all {
		f.State.Counters[counterName("refresh", key.clientID, key.userID)] = n
	}
	for client, n := range t.devices.count.counts.all {
		f.State.Counters[counterName("device", client, "")] = n
	}
	for key, n := range t.invited.counts.all {
		f.State.Counters[counterName("invitation", key.organization, key.email)] = n
	}
	for id := range t.gone.all {
		f.State.Counters[counterName("deleted id", id, "")] = 1
	}
	for _, d := range t.devices.all {
		f.State.DeviceCodes = append(f.State.DeviceCodes, d.DeviceCode)
	}
	for owner, n := range t.mailTickets.count.counts.all {
		f.State.Counters[counterName("ticket", owner.purpose, owner.userID)] = n
	}
	if t.jobs.count > 0 {
		f.State.Counters[counterName("job", "", "")] = t.jobs.count
	}
	if t.users.edited && f.State.Changed[sectionUsers] == "" {
		if t.users.were == "" {
			t.users.were = t.loaded.UsersDigest()
		}
		if f.State.Changed == nil {
			f.State.Changed = map[string]string{}
		}
		f.State.Changed[sectionUsers] = t.users.were
	}
	f.State.Jobs = t.listJobsLocked()
	f.State.Tickets = t.listTicketsLocked()
	if n := t.families.count.forgotten; n > 0 {
		f.State.Counters[counterName("refresh forgotten", "", "")] = n
	}
	return &f
}

// Changed receives after a change of what Export returns, but not because time
// passes. One receive can stand for several changes.
func (t *Tenant) Changed() <-chan struct{} { return t.changed }

// noteChange tells Changed of a change. The caller holds the lock until the change
// is complete, so that an Export after the receive has it.
func (t *Tenant) noteChange() {
	for _, changed := range []chan<- struct{}{t.changed, t.AnyChanged} {
		select {
		case changed <- struct{}{}:
		default: // a change waits there already, or nobody asks
		}
	}
}

// DrawnSeed is the secret seed that was drawn for the tenant, or "".
func (t *Tenant) DrawnSeed() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.drawnSeedLocked()
}

func (t *Tenant) drawnSeedLocked() string {
	if s := t.setup.Fixture.State; s != nil {
		return s.Seed
	}
	return ""
}

// counterName returns the name that a counter has in an export: what it counts,
// the connection or client, and the recipient or user, with tabs in between.
func counterName(what, of, whom string) string { return what + "\t" + of + "\t" + whom }

// Restore adds what an earlier run exported: its users, refresh tokens and counters, and
// the sections that the Management API had changed. If the fixture has changed such a
// section since, the fixture's data counts, so that edits of the fixture have an effect;
// its users are merged with those of the export. Reset goes back to the fixture alone. The error says why the
// changed sections do not fit the fixture any more; then the fixture's count.
func (t *Tenant) Restore(f *fixtures.Fixture) error {
	now := t.Clock.Now()
	var misfit error
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.State != nil {
		var kept *fixtures.Fixture
		if kept, misfit = t.setup.Fixture.KeepChanges(f, f.State.Changed); kept != t.setup.Fixture {
			t.configureLocked(newSetup(kept))
		}
	}
	edited := f.State != nil && f.State.Changed[sectionUsers] == t.setup.Fixture.UsersDigest()
	if edited { // the fixture has nothing to say about them
		t.users = newUsers()
		t.users.edited, t.users.were = true, f.State.Changed[sectionUsers]
	}
	for i := range f.Users {
		t.mergeUserLocked(f.Users[i], now)
	}
	if !edited {
		for i := range t.setup.Fixture.Users {
			t.mergeUserLocked(t.setup.Fixture.Users[i], now)
		}
	}
	t.joinLocked(f.Organizations, now)
	t.joinLocked(t.setup.Fixture.Organizations, now)
	if f.State != nil {
		t.importLocked(f.State)
	}
	return misfit
}

// importLocked adds the counters, refresh tokens and devices of an export.
func (t *Tenant) importLocked(s *fixtures.State) {
	for _, name := range slices.Sorted(maps.Keys(s.Counters)) {
		n := s.Counters[name]
		parts := strings.SplitN(name, "\t", 3)
		if len(parts) != 3 {
			continue
		}
		switch of, whom := parts[1], parts[2]; parts[0] {
		case "otp":
			t.challenges.bounded.put(challengeKeyOf(of, whom), &challenge{n: n, state: used})
		case "deleted user":
			t.users.deleted[userKeyOf(of, whom)] = n
		case "mfa code":
			t.oobCount.set(oobKey{of, whom}, n)
		case "mfa enrolment":
			t.enrollments.set(whom, n)
		case "refresh":
			t.families.count.set(clientUser{of, whom}, n)
		case "invitation":
			t.invited.set(invitedKey{of, whom}, n)
		case "deleted id":
			t.gone.put(of, struct{}{})
		case "device":
			t.devices.count.set(of, n)
		case "job":
			t.jobs.count = max(t.jobs.count, n)
		case "ticket":
			t.mailTickets.count.set(ticketOwner{of, whom}, n)
		case "refresh forgotten":
			t.families.count.forgotten = max(t.families.count.forgotten, n)
		}
	}
	t.importKeys(s.Keys)
	for _, f := range s.RefreshTokens {
		t.families.add(&family{RefreshFamily: f})
	}
	for _, j := range s.Jobs {
		t.jobs.put(j)
	}
	for _, k := range s.Tickets {
		t.mailTickets.put(k.Ticket, &mailTicket{Ticket: k})
	}
	for _, c := range s.DeviceCodes {
		if !t.devices.has(c) {
			t.devices.add(c)
		}
	}
}
