package tenant

import (
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A BlockedAddress is an address from which one user cannot sign in.
type BlockedAddress struct {
	Identifier, IP, Connection string
	// Protected tells whether the connection still has brute-force protection.
	Protected bool
}

// BlocksOfUser are the blocks of a user; false if there is no such user.
func (t *Tenant) BlocksOfUser(id string, now time.Time) ([]BlockedAddress, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(id)
	if !ok {
		return nil, false
	}
	return t.blocksLocked(now, u.keys()), true
}

// BlocksOfName are the blocks of the users of all connections with this e-mail address,
// phone number or username, and of those who do not exist.
func (t *Tenant) BlocksOfName(name string, now time.Time) []BlockedAddress {
	name = fixtures.NormalizeRecipient(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	var keys []userKey
	for i := range t.setup.Fixture.Connections {
		conn := t.setup.Fixture.Connections[i].Name
		keys = append(keys, userKeyOf(conn, name))
		if u := t.users.find(conn, name); u != nil {
			keys = append(keys, u.keys()...)
		}
	}
	return t.blocksLocked(now, keys)
}

func (t *Tenant) blocksLocked(now time.Time, keys []userKey) (list []BlockedAddress) {
	of := map[userKey]bool{}
	for _, key := range keys {
		of[key] = true
	}
	for key, a := range t.bruteForce.attempts.all {
		if of[key.user] && a.failed >= maxFailures && !a.lapsed(now) {
			conn, ok := t.setup.connections[key.user.connection]
			list = append(list, BlockedAddress{key.user.address, key.ip, key.user.connection, ok && t.protectsLocked(conn)})
		}
	}
	return list
}

// RemoveBlocks takes blocks away.
func (t *Tenant) RemoveBlocks(blocks []BlockedAddress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range blocks {
		t.bruteForce.attempts.remove(attemptKey{userKeyOf(b.Connection, b.Identifier), b.IP})
	}
}
