package tenant

import (
	"fmt"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Brute-force protection: so many wrong codes or passwords from one address block that
// address for one user.
// Source: auth0/docs-v2 secure/attack-protection/brute-force-protection.mdx.
const (
	blockLifetime = 30 * 24 * time.Hour // from the last failure on
	// unblockLifetime is for how long the link works that unblocks.
	unblockLifetime = 5 * 24 * time.Hour
	maxAttempts     = 20_000
)

// A user is told of a block at most once an hour: by e-mail for each address that
// is blocked, and by text message for each user.
var limitBlockNotice = Limit{"notices of a block", 1, 1, time.Hour}

// A Caller is who asks to sign a user in.
type Caller struct {
	Name  string // for hints
	Agent string // the User-Agent
	IP    string // of the end user
	// SignedUp notes a user whom the login creates. It is called under the tenant's lock.
	SignedUp func(fixtures.User)
	// Blocked writes the message to a user whom the caller's wrong codes or
	// passwords blocked.
	Blocked func(Block) outbox.Message
}

// signedUp tells that the login has created its user.
func (c Caller) signedUp(u *user) {
	if c.SignedUp != nil {
		c.SignedUp(u.User)
	}
}

// A Block keeps one address from signing in one user.
type Block struct {
	Tenant     fixtures.Tenant
	Client     *fixtures.Client
	Connection *fixtures.Connection
	User       fixtures.User
	IP         string
	Ticket     string // takes the block away
	Lifetime   time.Duration
	Now        time.Time
}

// An attemptKey is what failures are counted for.
type attemptKey struct {
	user userKey
	ip   string
}

func attemptKeyOf(conn *fixtures.Connection, identifier string, r TokenRequest) attemptKey {
	return attemptKey{userKeyOf(conn.Name, identifier), r.Caller.IP}
}

type attempts struct {
	failed int
	last   time.Time
}

func (a *attempts) lapsed(now time.Time) bool { return !now.Before(a.last.Add(blockLifetime)) }

// An unblocking is a ticket that takes a block away.
type unblocking struct {
	key     attemptKey
	expires time.Time
}

type bruteForce struct {
	attempts bounded[attemptKey, *attempts]
	tickets  bounded[string, *unblocking]
	count    tally[attemptKey] // how many tickets there were for a key
}

func newBruteForce() bruteForce {
	return bruteForce{newBounded[attemptKey, *attempts](maxAttempts, nil), newBounded[string, *unblocking](maxTickets, nil), newTally[attemptKey](maxTickets)}
}

func (b *bruteForce) settle(now time.Time) {
	b.attempts.removeIf(func(a *attempts) bool { return a.lapsed(now) })
	b.tickets.removeIf(func(u *unblocking) bool { return !now.Before(u.expires) })
}

// forget takes the failures and blocks of a user away.
func (b *bruteForce) forget(user userKey) {
	for key := range b.attempts.all {
		if key.user == user {
			b.attempts.remove(key)
		}
	}
}

// protects tells whether a connection has brute-force protection.
func (t *Tenant) protectsLocked(conn *fixtures.Connection) bool {
	flag := conn.Options.BruteForceProtection
	return t.setup.Fixture.Limits.Enforce && t.maxFailuresLocked() > 0 && (flag == nil || *flag)
}

// maxFailuresLocked is how many wrong codes or passwords block an address.
func (t *Tenant) maxFailuresLocked() int {
	return t.setup.Fixture.AttackProtection.BruteForceProtection.Attempts()
}

// refuseBlockedLocked refuses a caller whose address is blocked for the user.
func (t *Tenant) refuseBlockedLocked(conn *fixtures.Connection, identifier string, r TokenRequest) error {
	a, ok := t.bruteForce.attempts.get(attemptKeyOf(conn, identifier, r))
	if !ok || a.failed < t.maxFailuresLocked() || a.lapsed(r.Now) || !t.protectsLocked(conn) {
		return nil
	}
	return refusal.TooManyAttempts.Because(fmt.Sprintf("%d wrong codes or passwords came from %s, so this address is blocked for %s; the message to the user has a link that unblocks, and the block ends %s",
		a.failed, r.Caller.IP, identifier, a.last.Add(blockLifetime).UTC().Format(time.RFC3339)))
}

// countFailureLocked counts a wrong code or password. The last one that is allowed
// blocks the caller's address for the user, and tells the user if there is one.
func (t *Tenant) countFailureLocked(conn *fixtures.Connection, identifier string, u *account, r TokenRequest) {
	if !t.protectsLocked(conn) {
		return
	}
	key := attemptKeyOf(conn, identifier, r)
	a, ok := t.bruteForce.attempts.get(key)
	if !ok || a.lapsed(r.Now) {
		a = &attempts{}
	}
	a.failed++
	a.last = r.Now
	t.bruteForce.attempts.put(key, a)
	if a.failed == t.maxFailuresLocked() && u != nil && r.Caller.Blocked != nil {
		t.tellOfBlockLocked(conn, key, *u.User, r)
	}
}

// tellOfBlockLocked sends the message with the link that unblocks.
func (t *Tenant) tellOfBlockLocked(conn *fixtures.Connection, key attemptKey, account fixtures.User, r TokenRequest) {
	whose := key.ip
	if conn.Strategy == StrategySMS {
		whose = key.user.address
	}
	if t.takeLocked(limitBlockNotice, whose, r.Now).Exceeded {
		return
	}
	n := strconv.FormatInt(t.bruteForce.count.add(key), 10)
	b := Block{
		Tenant: t.setup.Fixture.Tenant, Client: r.Client, Connection: conn, User: account, IP: key.ip, Lifetime: unblockLifetime, Now: r.Now,
		Ticket: t.setup.Seed.Opaque(32, "unblock ticket", key.user.connection, key.user.address, key.ip, n),
	}
	t.bruteForce.tickets.put(b.Ticket, &unblocking{key, r.Now.Add(unblockLifetime)})
	t.Outbox.Add(r.Caller.Blocked(b))
}

// Unblocks tells whether a ticket is good.
func (t *Tenant) Unblocks(ticket string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.bruteForce.tickets.get(ticket)
	return ok && now.Before(u.expires)
}

// Unblock takes the block of a ticket away, and returns it. ok tells whether the ticket
// was good, which it is once.
func (t *Tenant) Unblock(ticket string, now time.Time) (b BlockedAddress, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.bruteForce.tickets.get(ticket)
	if !ok || !now.Before(u.expires) {
		return b, false
	}
	t.bruteForce.tickets.remove(ticket)
	t.bruteForce.attempts.remove(u.key)
	return BlockedAddress{Connection: u.key.user.connection, Identifier: u.key.user.address, IP: u.key.ip}, true
}
