package tenant

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const maxFamilies = 20_000

// A family is the refresh tokens of one login. Its Generation counts how often
// they were rotated.
type family struct {
	fixtures.RefreshFamily
	uses int64 // how often a token of the family was exchanged
}

// A clientUser is a client together with a user of it.
type clientUser struct{ clientID, userID string }

type families struct {
	bounded[string, *family]
	count tally[clientUser] // how many families each client and user had so far
}

func newFamilies() families {
	return families{newBounded[string, *family](maxFamilies, nil), newTally[clientUser](maxFamilies)}
}

func (fs *families) settle(now time.Time, clients map[string]*fixtures.Client) {
	fs.removeIf(func(f *family) bool {
		c := clients[f.ClientID]
		return c != nil && f.lapsed(c.RefreshToken, now)
	})
}

// orphan takes the user out of the families of a deleted user. Refresh then
// answers that the user is gone, even if another user gets the same user_id.
func (fs *families) orphan(userID string) {
	for _, f := range fs.all {
		if f.UserID == userID {
			f.UserID = ""
		}
	}
}

// lapsed applies the lifetimes of the client, which are in seconds.
func (f *family) lapsed(s fixtures.RefreshToken, now time.Time) bool {
	if s.ExpirationType != "expiring" {
		return false
	}
	infinite := func(flag *bool) bool { return flag != nil && *flag }
	return !infinite(s.InfiniteTokenLifetime) && !now.Before(f.CreatedAt.Add(seconds(s.TokenLifetime))) ||
		!infinite(s.InfiniteIdleTokenLifetime) && !now.Before(f.LastUsedAt.Add(seconds(s.IdleTokenLifetime)))
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// newFamilyLocked begins a family for a login and returns its first token.
func (t *Tenant) newFamilyLocked(l *Login, now time.Time) string {
	n := t.families.count.add(clientUser{l.Client.ClientID, l.User.UserID})
	f := &family{RefreshFamily: fixtures.RefreshFamily{
		ID:         t.setup.Seed.Hex(16, "refresh family", l.Client.ClientID, l.User.UserID, strconv.FormatInt(n, 10)),
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
	t.families.put(f.ID, f)
	t.noteChange()
	return t.refreshTokenLocked(f.ID, f.Generation)
}

// A refresh token is "v1." and 36 bytes in base64url: 24 bytes of a MAC, and 12
// bytes that hold the ID and the generation of the family. A mask which derives
// from the MAC hides them. So every token says which family it belongs to, and
// the tenant keeps no list of old tokens.
const refreshMAC = 24

// refreshTokenLocked returns the token of a family and generation.
func (t *Tenant) refreshTokenLocked(id string, generation int64) string {
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

// readRefreshLocked returns the family and the generation of a token, and nil for
// a token that the tenant did not make.
func (t *Tenant) readRefreshLocked(presented string) (f *family, generation int64) {
	text, ok := strings.CutPrefix(presented, "v1.")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil || len(raw) != refreshMAC+12 || len(text) != base64.RawURLEncoding.EncodedLen(len(raw)) {
		return nil, 0 // the decoder ignores line ends, so the length of the text counts as well
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
	f, ok = t.families.get(hex.EncodeToString(plain[:8]))
	if !ok {
		return nil, 0
	}
	return f, int64(binary.BigEndian.Uint32(plain[8:]))
}

// Refresh is the refresh_token grant. If the client's tokens rotate, the answer
// has a new token, and the old one works only within the leeway. To use it after
// that revokes the whole family.
func (t *Tenant) Refresh(r TokenRequest, presented string) (*Login, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, generation := t.readRefreshLocked(presented)
	if f == nil || f.ClientID != r.Client.ClientID {
		return nil, refusal.WrongRefreshToken
	}
	settings := r.Client.RefreshToken
	if f.lapsed(settings, r.Now) {
		t.endFamilyLocked(f.ID)
		return nil, refusal.WrongRefreshToken.Because("the refresh token has expired")
	}
	if generation != f.Generation {
		// The leeway is only for the token before the present one. Without a
		// leeway the times must not be compared: of two requests at once, the
		// one that comes second may have read the clock first.
		leeway := seconds(settings.Leeway)
		if generation != f.Generation-1 || leeway == 0 || !r.Now.Before(f.RotatedAt.Add(leeway)) {
			t.endFamilyLocked(f.ID)
			return nil, refusal.WrongRefreshToken.Because("a refresh token was used again after its rotation: its whole family is revoked")
		}
	}
	u, ok := t.users.get(f.UserID)
	if !ok {
		return nil, refusal.RefreshUserGone
	}
	if blocked(u, r.Effects) {
		return nil, refusal.RefreshUserBlocked
	}
	if err := t.secondFactorLocked(r.Effects, f.ID); err != nil {
		return nil, err
	}
	api, err := t.familyAPILocked(f)
	if err != nil {
		return nil, err
	}
	t.noteChange()
	f.LastUsedAt = r.Now
	f.uses++
	scopes := scopesWithin(strings.Fields(f.Scope), r.Scope)
	l := t.loginLocked(r, api, u, scopes, append([]string{"refresh_token"}, strings.Fields(f.GrantType)...), f.ID, strconv.FormatInt(f.uses, 10))
	if settings.RotationType == "rotating" {
		if generation == f.Generation {
			f.Generation++
			f.RotatedAt = r.Now
		}
		// Within the leeway the answer has the same new token again, so that two
		// tabs which refresh at once both get one that works.
		l.RefreshToken = t.refreshTokenLocked(f.ID, f.Generation)
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

// RefreshOwner returns the user of a refresh token.
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
	return u.User, true
}

// Revoke ends the family of a refresh token, if the token is the client's. The
// caller does not learn whether it was, as at Auth0.
func (t *Tenant) Revoke(c *fixtures.Client, presented string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f, _ := t.readRefreshLocked(presented); f != nil && f.ClientID == c.ClientID {
		t.endFamilyLocked(f.ID)
	}
}

// endFamilyLocked lets the refresh tokens of a family stop working.
func (t *Tenant) endFamilyLocked(id string) {
	t.families.remove(id)
	t.noteChange()
}

// RefreshTokens returns the families that have a user, the oldest first.
func (t *Tenant) RefreshTokens() []fixtures.RefreshFamily {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.listFamiliesLocked()
}

func (t *Tenant) listFamiliesLocked() []fixtures.RefreshFamily {
	var out []fixtures.RefreshFamily
	for _, f := range t.families.all {
		if f.UserID != "" {
			out = append(out, f.RefreshFamily)
		}
	}
	return out
}
