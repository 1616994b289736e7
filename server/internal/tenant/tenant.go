// Package tenant is a tenant's live state behind one lock: challenges, users,
// refresh tokens, limits. It knows no HTTP: values in, values and refusals out.
package tenant

import (
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A Tenant is one Auth0 tenant. It is safe for use by many goroutines.
type Tenant struct {
	Clock  *clock.Clock
	Outbox *outbox.Box
	Keys   *token.Ring

	mu           lock // guards all below
	setup        *Setup
	opaque       *token.Opaque // nil until the first of its tokens
	users        users
	challenges   challenges
	families     families
	sessions     sessions
	authCodes    authCodes
	transactions transactions
	tickets      tickets
	assertions   assertions
	pushed       pushed
	buckets      map[bucketKey]*bucket
}

// A lock is a mutex that has something done by the first who takes it.
type lock struct {
	sync.Mutex
	first func() // nil once it is done
}

// Lock takes the lock.
func (l *lock) Lock() {
	l.Mutex.Lock()
	if first := l.first; first != nil {
		l.first = nil
		first()
	}
}

// New makes a tenant that knows what the fixture says, and signs with the keys.
// The fixture is not changed, and must not be changed later.
func New(f *fixtures.Fixture, keys *token.Keys) *Tenant {
	t := &Tenant{Clock: newClock(f), Keys: token.NewRing(keys)}
	t.Outbox = outbox.New(outbox.Options{Clock: t.Clock})
	t.loadAtFirstUse(f)
	t.Clock.Watch(t.settle)
	return t
}

func newClock(f *fixtures.Fixture) *clock.Clock {
	return clock.New(f.Clock.Start, running(f))
}

func running(f *fixtures.Fixture) bool { return f.Clock.Running == nil || *f.Clock.Running }

// Reset forgets everything but the fixture: users, codes, tokens, messages and
// the clock are as they were at the start.
func (t *Tenant) Reset() {
	t.mu.Lock()
	f, keys := t.setup.Fixture, t.Keys.Keys() // of one and the same state
	t.mu.Unlock()
	t.Put(f, keys)
}

// Put replaces everything by what the fixture says, its exported state
// included, and the keys. It becomes what Reset goes back to.
func (t *Tenant) Put(f *fixtures.Fixture, keys *token.Keys) {
	t.resetClock(f)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Outbox.Reset()
	t.Keys.Reset(keys)
	t.loadAtFirstUse(f)
}

func (t *Tenant) resetClock(f *fixtures.Fixture) {
	t.Clock.Reset()
	if !f.Clock.Start.IsZero() {
		t.Clock.Set(f.Clock.Start)
	} else if !running(f) {
		t.Clock.Freeze()
	}
	if running(f) {
		t.Clock.Run()
	}
}

// Merge takes a changed fixture into a tenant that goes on: clients,
// connections, APIs and settings are replaced, users are added and updated;
// codes, sessions, refresh tokens, messages and the clock stay, and so does the
// key that signs unless the keys are others.
func (t *Tenant) Merge(f *fixtures.Fixture, keys *token.Keys) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Keys.Use(keys)
	t.setup, t.opaque = newSetup(f), nil
	for i := range f.Users {
		t.mergeUserLocked(f.Users[i], now)
	}
}

// loadAtFirstUse has the state made when it is first looked at, as it is now:
// to start a tenant costs little, and many tests need no more.
func (t *Tenant) loadAtFirstUse(f *fixtures.Fixture) {
	t.setup = newSetup(f)
	now := t.Clock.Now()
	t.mu.first = func() { t.load(f, now) }
}

func (t *Tenant) load(f *fixtures.Fixture, now time.Time) {
	t.opaque = nil
	t.users = newUsers()
	t.challenges = newChallenges()
	t.families = newFamilies()
	t.sessions = newSessions()
	t.authCodes = newAuthCodes()
	t.transactions = newTransactions()
	t.tickets = newTickets()
	t.assertions = newAssertions()
	t.pushed = newPushed()
	t.buckets = map[bucketKey]*bucket{}
	if f.State != nil {
		t.importLocked(f.State)
	}
	for i := range f.Users {
		t.mergeUserLocked(f.Users[i], now)
	}
}

// Fixture is what the tenant was last loaded or configured with.
func (t *Tenant) Fixture() *fixtures.Fixture {
	return t.Setup().Fixture
}

// Setup is what the tenant is configured with now.
func (t *Tenant) Setup() *Setup {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.setup
}

// settle makes final what the clock says: codes that lapsed stay lapsed when
// the clock goes back.
func (t *Tenant) settle(now time.Time) {
	t.Outbox.Settle(now)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.challenges.settle(now)
	t.families.settle(now, t.setup.clients)
	t.sessions.settle(now)
	t.authCodes.settle(now)
	t.transactions.settle(now)
	t.tickets.settle(now)
	t.assertions.settle(now)
	t.pushed.settle(now)
}

// Counts is how much a tenant holds, and what its bounds made it drop.
type Counts struct {
	Users             int `json:"users"`
	Challenges        int `json:"challenges"`
	DroppedChallenges int `json:"dropped_challenges"`
	RefreshTokens     int `json:"refresh_tokens"`
	DroppedRefresh    int `json:"dropped_refresh_tokens"`
	Sessions          int `json:"sessions"`
	DroppedSessions   int `json:"dropped_sessions"`
	AuthCodes         int `json:"auth_codes"`
	DroppedAuthCodes  int `json:"dropped_auth_codes"`
}

// Counts tells how much the tenant holds.
func (t *Tenant) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Counts{
		Users:             t.users.len(),
		Challenges:        t.challenges.bounded.len(),
		DroppedChallenges: t.challenges.bounded.dropped,
		RefreshTokens:     t.families.bounded.len(),
		DroppedRefresh:    t.families.bounded.dropped,
		Sessions:          t.sessions.bounded.len(),
		DroppedSessions:   t.sessions.bounded.dropped,
		AuthCodes:         t.authCodes.bounded.len(),
		DroppedAuthCodes:  t.authCodes.bounded.dropped,
	}
}
