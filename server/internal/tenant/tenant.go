// Package tenant keeps the live state of a tenant behind one lock: users,
// challenges, sessions, refresh tokens, rate limits. It knows no HTTP: its
// methods take values, and return values and refusals.
package tenant

import (
	"reflect"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/streams"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A Tenant is one Auth0 tenant. It is safe for use by many goroutines.
//
// The rule of the lock: a method whose name ends in Locked needs the caller to
// hold it, and every other method takes it by itself.
type Tenant struct {
	Clock  *clock.Clock
	Outbox *outbox.Box
	Keys   *token.Ring
	Log    tenantlog.Log
	// Streams get what happens. The zero value has none to send to.
	Streams streams.Streams

	// AnyChanged gets what Changed gets, from several tenants; nil: nobody asks.
	AnyChanged chan<- struct{}

	changed chan struct{} // see Changed

	configuring sync.Mutex // held by Configure

	mu           sync.Mutex // guards all below
	setup        *Setup
	loaded       *fixtures.Fixture // to which Reset goes back; Configure changes the setup alone
	opaque       *token.Opaque
	users        users
	challenges   challenges
	otpSessions  otpSessions
	families     families
	sessions     sessions
	authCodes    authCodes
	transactions transactions
	tickets      tickets
	mailTickets  mailTickets
	jobs         jobs
	captchas     captchas
	assertions   assertions
	proofs       proofs
	bruteForce   bruteForce
	clientLogins tally[grantKey] // how many tokens each client got in its own name for each API
	pushed       pushedRequests
	secondSteps  secondSteps
	enrollments  tally[string] // how many enrolments and recovery codes each user had so far
	oob          bounded[string, *oobChallenge]
	oobCount     tally[oobKey]       // how many messages each channel and recipient had so far
	oobHeld      map[oobKey][]string // messages that arrive after the next one (deliver.swap)
	totpUsed     bounded[usedTOTP, struct{}]
	remembered   bounded[string, rememberedBrowser]
	devices      devices
	memberships  memberships
	invitations  bounded[string, *Invitation]
	invitesHeld  map[invitedKey][]string // messages that arrive after the next one (deliver.swap)
	invited      tally[invitedKey]       // how many invitations each address had so far
	buckets      map[bucketKey]*bucket
	gone         bounded[string, struct{}] // the ids of clients, roles and organizations that were deleted
}

// New makes a tenant from a fixture, which signs with the keys. New does not
// change the fixture, and nobody may change it later.
func New(f *fixtures.Fixture, keys *token.Keys) *Tenant {
	t := &Tenant{Clock: clock.New(f.Clock.Start, running(f)), Keys: token.NewRing(keys), changed: make(chan struct{}, 1)}
	t.Outbox = outbox.New(outbox.Options{Clock: t.Clock})
	t.Log.Watch(&t.Streams)
	t.Streams.Clock = t.Clock
	setup := newSetup(f)
	t.mu.Lock()
	t.loadLocked(setup)
	t.mu.Unlock()
	t.Clock.Watch(t.settle)
	return t
}

func running(f *fixtures.Fixture) bool { return f.Clock.Running == nil || *f.Clock.Running }

// Reset goes back to the fixture: users, codes, tokens, messages and the clock
// become what they were at the start.
func (t *Tenant) Reset() {
	t.mu.Lock()
	f, keys := t.loaded, t.Keys.Keys()
	t.mu.Unlock()
	t.Put(f, keys)
}

// Put replaces everything by the fixture, with the state in it if it is an
// export, and by the keys. Reset then goes back to this fixture.
func (t *Tenant) Put(f *fixtures.Fixture, keys *token.Keys) {
	setup := newSetup(f) // it reads the templates, so before the lock
	t.resetClock(f)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Outbox.Reset()
	t.Log.Reset()
	t.Streams.Reset()
	t.Keys.Reset(keys)
	t.loadLocked(setup)
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

// Merge takes over a changed fixture while the tenant goes on. It replaces
// clients, connections, APIs and settings, and adds and updates users. What the
// Management API has changed stays, in each section that the fixture has not changed,
// unless it does not fit the new fixture: then the error says why. Codes,
// sessions, refresh tokens, messages and the clock stay. The key that signs stays
// too, unless the keys are others. If keys.files brings a secret seed, sessions,
// codes and logins that have begun end: their names came from a seed that others
// may know.
func (t *Tenant) Merge(f *fixtures.Fixture, keys *token.Keys) error {
	now := t.Clock.Now()
	t.configuring.Lock()
	defer t.configuring.Unlock()
	before := t.Setup().Fixture
	t.mu.Lock()
	loaded := t.loaded
	t.mu.Unlock()
	kept, misfit := f.KeepChanges(before, before.ChangedSections(loaded))
	setup := newSetup(kept)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteChange()
	t.Keys.Use(keys)
	seed := t.setup.Seed
	t.loaded = f
	t.configureLocked(setup)
	t.sessions.limit(t.setup.Fixture.Tenant.LifetimeOfSessions())
	if len(f.Keys.Files) > 0 && t.setup.Seed != seed {
		t.forgetLoginsLocked() // who knows the seed before could guess them
		t.expireCodesLocked()
	}
	if !reflect.DeepEqual(f.Users, loaded.Users) {
		t.users.edited, t.users.were = false, ""
		for i := range f.Users {
			t.mergeUserLocked(f.Users[i], now)
		}
	}
	t.dropLostRolesLocked()
	t.leaveLocked()
	t.joinLocked(f.Organizations, now)
	return misfit
}

func (t *Tenant) loadLocked(setup *Setup) {
	f, now := setup.Fixture, t.Clock.Now()
	t.noteChange()
	t.loaded = f
	t.configureLocked(setup)
	t.users = newUsers()
	t.challenges = newChallenges()
	t.families = newFamilies()
	t.forgetLoginsLocked()
	t.assertions = newAssertions()
	t.proofs = newProofs()
	t.bruteForce = newBruteForce()
	t.jobs = jobs{}
	t.clientLogins = newTally[grantKey](maxFamilies)
	t.enrollments = newTally[string](maxSecondSteps)
	t.oobCount = newTally[oobKey](maxSecondSteps)
	t.memberships = memberships{}
	t.invitations = newInvitations()
	t.invitesHeld = map[invitedKey][]string{}
	t.invited = newTally[invitedKey](maxInvitations)
	t.buckets = map[bucketKey]*bucket{}
	t.gone = newBounded[string, struct{}](maxGone, nil)
	if f.State != nil {
		t.importLocked(f.State)
	}
	for i := range f.Users {
		t.mergeUserLocked(f.Users[i], now)
	}
	t.joinLocked(f.Organizations, now)
}

// forgetLoginsLocked forgets sessions, and logins that have begun.
func (t *Tenant) forgetLoginsLocked() {
	t.sessions = newSessions()
	t.otpSessions = newOTPSessions()
	t.authCodes = newAuthCodes()
	t.transactions = newTransactions()
	t.tickets = newTickets()
	t.mailTickets = newMailTickets()
	t.captchas = newCaptchas()
	t.pushed = newPushedRequests()
	t.secondSteps = newSecondSteps()
	t.oob = newBounded[string](maxSecondSteps, func(c *oobChallenge) bool { return c.state == pending })
	t.oobHeld = map[oobKey][]string{}
	t.totpUsed = newBounded[usedTOTP, struct{}](maxSecondSteps, nil)
	t.remembered = newBounded[string, rememberedBrowser](maxRemembered, nil)
	t.devices = newDevices()
}

func (t *Tenant) configureLocked(setup *Setup) {
	t.setup = setup
	t.Streams.Configure(setup.Fixture)
	t.opaque = token.NewOpaque(t.setup.Seed.Bytes("opaque access tokens"))
}

// Fixture returns the fixture that the tenant has now. It must not be changed.
func (t *Tenant) Fixture() *fixtures.Fixture { return t.Setup().Fixture }

// settle applies the time for good: what has lapsed by now stays lapsed, even if
// the clock is set back later.
func (t *Tenant) settle(now time.Time) {
	t.Outbox.Settle(now)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noteChange() // Export has the clock, which moves
	t.challenges.settle(now)
	t.otpSessions.settle(now)
	t.families.settle(now, t.setup.clients)
	t.sessions.settle(now)
	t.authCodes.settle(now)
	t.transactions.settle(now)
	t.tickets.settle(now)
	t.mailTickets.settle(now)
	t.captchas.settle(now)
	t.jobs.settle(now)
	t.assertions.settle(now)
	t.bruteForce.settle(now)
	t.pushed.settle(now)
	t.secondSteps.settle(now)
	t.settleOOBLocked(now)
	t.remembered.removeIf(func(b rememberedBrowser) bool { return !now.Before(b.expires) })
	t.devices.settle(now)
}

// Counts says how many things of each sort a tenant holds, and how many it has
// dropped because there were too many.
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
	DeviceCodes       int `json:"device_codes"`
	DroppedDevices    int `json:"dropped_device_codes"`
	Logs              int `json:"logs"`
	DroppedLogs       int `json:"dropped_logs"`
	Invitations       int `json:"invitations"`
	DroppedInvited    int `json:"dropped_invitations"`
}

// Counts returns how much the tenant holds now.
func (t *Tenant) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	logs, droppedLogs := t.Log.Counts()
	return Counts{
		Users:             len(t.users.byID),
		Challenges:        t.challenges.bounded.len(),
		DroppedChallenges: t.challenges.bounded.dropped,
		RefreshTokens:     t.families.len(),
		DroppedRefresh:    t.families.dropped,
		Sessions:          t.sessions.len(),
		DroppedSessions:   t.sessions.dropped,
		AuthCodes:         t.authCodes.len(),
		DroppedAuthCodes:  t.authCodes.dropped,
		DeviceCodes:       t.devices.len(),
		DroppedDevices:    t.devices.dropped,
		Logs:              logs,
		DroppedLogs:       droppedLogs,
		Invitations:       t.invitations.len(),
		DroppedInvited:    t.invitations.dropped,
	}
}
