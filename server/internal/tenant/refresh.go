package tenant

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const maxFamilies = 20_000

// A family is one login's refresh tokens: generation counts the rotations.
type family struct {
	fixtures.RefreshFamily
	uses int64 // names the logins by refresh
}

type families struct {
	bounded bounded[string, *family]
	count   tally[challengeKey] // families of each client and user so far
}

func newFamilies() families {
	return families{newBounded[string](maxFamilies, func(*family) bool { return true }), newTally[challengeKey](maxFamilies)}
}

// settle forgets the families whose time is over, for good.
func (fs *families) settle(now time.Time, clients map[string]*fixtures.Client) {
	for id, f := range fs.bounded.all {
		if c := clients[f.ClientID]; c != nil && f.lapsed(c.RefreshToken, now) {
			fs.bounded.remove(id)
		}
	}
}

// orphan makes the families of a user who was deleted nobody's: they are told
// so, and stay dead if the user_id is given to another user.
func (fs *families) orphan(userID string) {
	for _, f := range fs.bounded.all {
		if f.UserID == userID {
			f.UserID = ""
		}
	}
}

// lapsed applies the client's lifetimes, which are seconds.
func (f *family) lapsed(s fixtures.RefreshToken, now time.Time) bool {
	if s.ExpirationType != "expiring" {
		return false
	}
	infinite := func(flag *bool) bool { return flag != nil && *flag }
	return !infinite(s.InfiniteTokenLifetime) && !now.Before(f.CreatedAt.Add(seconds(s.TokenLifetime))) ||
		!infinite(s.InfiniteIdleTokenLifetime) && !now.Before(f.LastUsedAt.Add(seconds(s.IdleTokenLifetime)))
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func (t *Tenant) newFamilyLocked(l *Login, now time.Time) string {
	who := challengeKey{l.Client.ClientID, l.User.UserID}
	n := t.families.count.add(who)
	f := &family{RefreshFamily: fixtures.RefreshFamily{
		ID:         t.setup.Seed.Hex(16, "refresh family", who.connection, who.recipient, strconv.FormatInt(n, 10)),
		ClientID:   l.Client.ClientID,
		UserID:     l.User.UserID,
		Scope:      strings.Join(l.Scopes, " "),
		GrantType:  strings.Join(l.GrantTypes, " "),
		CreatedAt:  now,
		RotatedAt:  now,
		LastUsedAt: now,
	}}
	if l.API != nil {
		f.Audience = l.API.Identifier
	}
	t.families.bounded.put(f.ID, f)
	return t.refreshToken(f.ID, f.Generation)
}

// A refresh token is "v1." and 36 bytes: a MAC, and the family's id and
// generation masked by it. So a token says by itself which family it is of,
// however often that has rotated since, and no list of old tokens is kept.
const refreshMAC = 24

func (t *Tenant) refreshToken(id string, generation int64) string {
	var plain [12]byte
	raw, _ := hex.DecodeString(id)
	copy(plain[:8], raw)
	binary.BigEndian.PutUint32(plain[8:], uint32(generation))
	mac := t.setup.Seed.Bytes("refresh token", string(plain[:]))
	mask := t.setup.Seed.Bytes("refresh mask", string(mac[:refreshMAC]))
	for i := range plain {
		plain[i] ^= mask[i]
	}
	return "v1." + base64.RawURLEncoding.EncodeToString(append(mac[:refreshMAC:refreshMAC], plain[:]...))
}

// readRefreshLocked finds the family of a token and the token's generation.
func (t *Tenant) readRefreshLocked(presented string) (f *family, generation int64) {
	text, ok := strings.CutPrefix(presented, "v1.")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil || len(raw) != refreshMAC+12 || len(text) != base64.RawURLEncoding.EncodedLen(len(raw)) {
		return nil, 0 // the length: decoders pass over line ends
	}
	mac, plain := raw[:refreshMAC], raw[refreshMAC:]
	mask := t.setup.Seed.Bytes("refresh mask", string(mac))
	for i := range plain {
		plain[i] ^= mask[i]
	}
	want := t.setup.Seed.Bytes("refresh token", string(plain))
	if subtle.ConstantTimeCompare(mac, want[:refreshMAC]) != 1 {
		return nil, 0
	}
	f, ok = t.families.bounded.get(hex.EncodeToString(plain[:8]))
	if !ok {
		return nil, 0
	}
	return f, int64(binary.BigEndian.Uint32(plain[8:]))
}

// Refresh is the refresh_token grant. With rotation it gives a new token and
// ends the one presented; that one used again outside the leeway revokes the
// whole family.
func (t *Tenant) Refresh(r TokenRequest, presented string) (*Login, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, generation := t.readRefreshLocked(presented)
	if f == nil || f.ClientID != r.Client.ClientID {
		return nil, refusal.WrongRefreshToken
	}
	settings := r.Client.RefreshToken
	if f.lapsed(settings, r.Now) {
		t.families.bounded.remove(f.ID)
		return nil, refusal.WrongRefreshToken.Because("the refresh token has expired")
	}
	if generation != f.Generation {
		// The leeway covers only the token just replaced. Of two that come at
		// once the later one may have read the clock first, so that without a
		// leeway the times do not count.
		leeway := seconds(settings.Leeway)
		if generation != f.Generation-1 || leeway == 0 || !r.Now.Before(f.RotatedAt.Add(leeway)) {
			t.families.bounded.remove(f.ID)
			return nil, refusal.WrongRefreshToken.Because("a refresh token was used again after its rotation: its whole family is revoked")
		}
	}
	u, ok := t.users.get(f.UserID)
	if !ok {
		return nil, refusal.RefreshUserGone
	}
	if u.blocked() || blocked(r.Effects) {
		return nil, refusal.UserBlocked
	}
	if err := t.secondFactor(r.Effects, f.ID); err != nil {
		return nil, err
	}
	api, err := t.familyAPILocked(f)
	if err != nil {
		return nil, err
	}
	f.LastUsedAt = r.Now
	f.uses++
	scopes := scopesWithin(strings.Fields(f.Scope), r.Scope)
	l := t.loginLocked(r, api, u, scopes, append([]string{"refresh_token"}, strings.Fields(f.GrantType)...), f.ID, strconv.FormatInt(f.uses, 10))
	if settings.RotationType == "rotating" {
		if generation == f.Generation {
			f.Generation++
			f.RotatedAt = r.Now
		}
		// Within the leeway the same successor is given again: two tabs that
		// refresh at once both go on with a live token.
		l.RefreshToken = t.refreshToken(f.ID, f.Generation)
	}
	return l, nil
}

func (t *Tenant) familyAPILocked(f *family) (*fixtures.ResourceServer, error) {
	switch f.Audience {
	case "":
		return nil, nil
	case ManagementPath:
		return managementAPI, nil
	}
	if api, ok := t.setup.apis[f.Audience]; ok {
		return api, nil
	}
	return nil, refusal.NoSuchService.With("audience", f.Audience)
}

// RefreshOwner is the user of a refresh token, if there is such a one.
func (t *Tenant) RefreshOwner(presented string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, _ := t.readRefreshLocked(presented)
	if f == nil {
		return fixtures.User{}, false
	}
	u, ok := t.users.get(f.UserID)
	if !ok {
		return fixtures.User{}, false
	}
	return u.full(), true
}

// Revoke ends the family of a refresh token, if it is the client's. Auth0 does
// not say whether there was one.
func (t *Tenant) Revoke(c *fixtures.Client, presented string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f, _ := t.readRefreshLocked(presented); f != nil && f.ClientID == c.ClientID {
		t.families.bounded.remove(f.ID)
	}
}

// RefreshTokens lists the live families, oldest first.
func (t *Tenant) RefreshTokens() []fixtures.RefreshFamily {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.familiesLocked()
}

func (t *Tenant) familiesLocked() []fixtures.RefreshFamily {
	var out []fixtures.RefreshFamily
	for _, f := range t.families.bounded.all {
		if f.UserID != "" {
			out = append(out, f.RefreshFamily)
		}
	}
	return slices.Clip(out)
}
