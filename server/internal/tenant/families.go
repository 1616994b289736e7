package tenant

import (
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

const (
	maxFamilies = 20_000
	// maxActive is how many refresh tokens a user can have of one client. With one
	// more, the oldest is revoked.
	// Source: auth0/docs-v2 secure/tokens/refresh-tokens.mdx.
	maxActive = 200
)

// A family is the refresh tokens of one login. Its Generation counts how often
// they were rotated.
type family struct {
	fixtures.RefreshFamily
	uses int64 // how often a token of the family was exchanged
}

// A clientUser is a client together with a user of it.
type clientUser struct{ clientID, userID string }

func (f *family) owner() clientUser { return clientUser{f.ClientID, f.UserID} }

type families struct {
	bounded[string, *family]
	owned map[clientUser][]*family // the same families, the oldest first
	count tally[clientUser]        // how many families each client and user had so far
}

func newFamilies() families {
	return families{newBounded[string, *family](maxFamilies, nil), map[clientUser][]*family{}, newTally[clientUser](maxFamilies)}
}

// add adds a family, or replaces the one with its ID.
func (fs *families) add(f *family) {
	fs.remove(f.ID)
	if fs.len() == fs.max {
		fs.dropped++
		fs.remove(fs.first().key)
	}
	fs.put(f.ID, f)
	fs.owned[f.owner()] = append(fs.owned[f.owner()], f)
}

func (fs *families) remove(id string) {
	f, ok := fs.get(id)
	if !ok {
		return
	}
	fs.bounded.remove(id)
	rest := slices.DeleteFunc(fs.owned[f.owner()], func(other *family) bool { return other == f })
	if fs.owned[f.owner()] = rest; len(rest) == 0 {
		delete(fs.owned, f.owner())
	}
}

// removeOf removes those families of an owner that a function chooses.
func (fs *families) removeOf(owner clientUser, chosen func(*family) bool) {
	for _, f := range slices.Clone(fs.owned[owner]) {
		if chosen(f) {
			fs.remove(f.ID)
		}
	}
}

// makeRoom removes the owner's oldest families, so that one more can be added.
// Those that have lapsed do not count.
func (fs *families) makeRoom(owner clientUser, s fixtures.RefreshToken, now time.Time) {
	if len(fs.owned[owner]) < maxActive {
		return
	}
	if s.ExpirationType == "expiring" {
		fs.removeOf(owner, func(f *family) bool { return f.lapsed(s, now) })
	}
	for len(fs.owned[owner]) >= maxActive {
		fs.remove(fs.owned[owner][0].ID)
	}
}

func (fs *families) settle(now time.Time, clients map[string]*fixtures.Client) {
	for id, f := range fs.all {
		if c := clients[f.ClientID]; c != nil && f.lapsed(c.RefreshToken, now) {
			fs.remove(id)
		}
	}
}

// orphan takes the user out of the families of a deleted user. Refresh then
// answers that the user is gone, even if another user gets the same user_id.
func (fs *families) orphan(userID string) {
	for _, f := range fs.all {
		if f.UserID == userID {
			delete(fs.owned, f.owner())
			f.UserID = ""
		}
	}
}

// lapsed tells whether a lifetime is over. The one from the login on was fixed
// when the token was issued; the one without use is what the client has now.
// Source: auth0/docs-v2 configure-refresh-token-expiration.mdx.
func (f *family) lapsed(s fixtures.RefreshToken, now time.Time) bool {
	return !f.ExpiresAt.IsZero() && !now.Before(f.ExpiresAt) ||
		idles(s) && !now.Before(f.LastUsedAt.Add(seconds(s.IdleTokenLifetime)))
}

// idles tells whether refresh tokens end without use.
func idles(s fixtures.RefreshToken) bool {
	return s.ExpirationType == "expiring" && !isSet(s.InfiniteIdleTokenLifetime)
}

// expiry returns when a refresh token ends that is issued now. It is zero for one
// that has no end.
func expiry(s fixtures.RefreshToken, now time.Time) time.Time {
	if s.ExpirationType != "expiring" || isSet(s.InfiniteTokenLifetime) {
		return time.Time{}
	}
	return now.Add(seconds(s.TokenLifetime))
}
