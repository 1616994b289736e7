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

func isSet(flag *bool) bool { return flag != nil && *flag }

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// newFamilyLocked begins a family for a login and returns its first token.
func (t *Tenant) newFamilyLocked(l *Login, now time.Time) string {
	f := fixtures.RefreshFamily{
		UserID: l.User.UserID, Scope: strings.Join(l.Scopes, " "), GrantType: strings.Join(l.GrantTypes, " "), AuthTime: l.AuthTime, SecondFactor: l.provedSecondFactor,
		SessionID: l.SID,
	}
	if l.Organization != nil {
		f.Organization = l.Organization.ID
	}
	f.Device.Use(l.caller.Agent, l.caller.IP)
	if l.API != nil {
		f.Audience = l.API.Identifier
	}
	if !Confidential(l.Client) {
		f.ProofKey = l.ProofKey // a confidential client proves itself at each refresh (RFC 9449 §5)
	}
	return t.beginFamilyLocked(f, l.Client, now)
}

// beginFamilyLocked begins a family for what a login granted, and returns its
// first token.
func (t *Tenant) beginFamilyLocked(granted fixtures.RefreshFamily, c *fixtures.Client, now time.Time) string {
	f := &family{RefreshFamily: granted}
	f.ClientID, f.Generation = c.ClientID, 0
	n := t.families.count.add(f.owner())
	f.ID = t.setup.Seed.Hex(16, "refresh family", f.ClientID, f.UserID, strconv.FormatInt(n, 10))
	f.Rotating = rotates(c)
	f.CreatedAt, f.RotatedAt, f.LastUsedAt, f.ExpiresAt = now, now, now, expiry(c.RefreshToken, now)
	t.families.makeRoom(f.owner(), c.RefreshToken, now)
	t.families.add(f)
	t.noteChange()
	return t.refreshTokenLocked(f.ID, f.Generation)
}

// rotates tells whether the refresh tokens of a client rotate.
func rotates(c *fixtures.Client) bool { return c.RefreshToken.RotationType == "rotating" }

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
	if err := t.acceptLocked(f, generation, r); err != nil {
		return nil, err
	}
	u, ok := t.users.get(f.UserID)
	if !ok {
		return nil, refusal.RefreshUserGone
	}
	if blocked(u, r.Effects) {
		return nil, refusal.RefreshUserBlocked
	}
	if err := t.stillMemberLocked(f.Organization, u.UserID); err != nil {
		return nil, err
	}
	r.Audience, r.provedSecondFactor = f.Audience, f.SecondFactor
	if f.Audience == MFAPath || f.Audience == ManagementPath {
		r.Audience = strings.TrimSuffix(r.Issuer, "/") + f.Audience
	}
	return t.afterFirstFactorLocked(r, u, func(r TokenRequest, u *user) (*Login, error) { return t.exchangeLocked(r, f, generation, u) })
}

// acceptLocked refuses a refresh token without its key, and one that was used before.
func (t *Tenant) acceptLocked(f *family, generation int64, r TokenRequest) error {
	if f.ProofKey != "" && f.ProofKey != r.ProofKey { // before the check for reuse: who lacks the key shall end nothing
		return refusal.WrongRefreshKey.Because(wrongKeyHint(r.ProofKey, "the refresh token is bound to the key of the login"))
	}
	if generation != f.Generation {
		// The leeway is only for the token before the present one. Without a
		// leeway the times must not be compared: of two requests at once, the
		// one that comes second may have read the clock first.
		leeway := seconds(r.Client.RefreshToken.Leeway)
		if generation != f.Generation-1 || leeway == 0 || !r.Now.Before(f.RotatedAt.Add(leeway)) {
			t.endFamilyLocked(f.ID)
			return refusal.WrongRefreshToken.Logged("ferrt", map[string]any{"familyId": f.ID, "tokenCounter": generation, "latestCounter": f.Generation}).Because("a refresh token was used again after its rotation: its whole family is revoked")
		}
	}
	return nil
}

// exchangeLocked is the end of the refresh_token grant. The family may have ended
// while the user gave a second factor.
func (t *Tenant) exchangeLocked(r TokenRequest, f *family, generation int64, u *user) (*Login, error) {
	if live, ok := t.families.get(f.ID); !ok || live != f {
		return nil, refusal.WrongRefreshToken.Because("the refresh token ended while the user gave a second factor")
	}
	if err := t.acceptLocked(f, generation, r); err != nil {
		return nil, err
	}
	settings := r.Client.RefreshToken
	api, err := t.familyAPILocked(f)
	if err != nil {
		return nil, err
	}
	if err := r.allowsBearer(api); err != nil {
		return nil, err
	}
	t.noteChange()
	f.LastUsedAt = r.Now
	f.SecondFactor = r.provedSecondFactor
	f.Device.Use(r.Caller.Agent, r.Caller.IP)
	f.uses++
	r.Organization = f.Organization
	scopes := t.setup.permitted(scopesWithin(strings.Fields(f.Scope), r.Scope), api, t.actingLocked(u, r.Organization))
	l := t.loginLocked(r, api, u, scopes, append([]string{"refresh_token"}, strings.Fields(f.GrantType)...), f.ID, strconv.FormatInt(f.uses, 10))
	l.AuthTime = f.AuthTime
	if f.ExpiresAt.IsZero() { // one without an end gets one if the client has a lifetime by now
		f.ExpiresAt = expiry(settings, r.Now)
	}
	switch {
	case rotates(r.Client):
		t.switchRotationLocked(f, true)
		if generation == f.Generation {
			f.Generation++
			f.RotatedAt = r.Now
		}
		// Within the leeway the answer has the same new token again, so that two
		// tabs which refresh at once both get one that works.
		l.RefreshToken = t.refreshTokenLocked(f.ID, f.Generation)
		l.Rotated = Rotated{f.ID, f.Generation}
	case f.Rotating:
		t.switchRotationLocked(f, false)
		l.RefreshToken = t.beginFamilyLocked(f.RefreshFamily, r.Client, r.Now)
	}
	return l, nil
}

// switchRotationLocked is for a token that was issued before the rotation of its
// client was switched on or off. Its exchange ends the other tokens that were
// issued before, of the same client, API and user; if rotation is off now, it ends
// the token's own family, too.
// Source: auth0/docs-v2 configure-refresh-token-rotation.mdx.
func (t *Tenant) switchRotationLocked(f *family, on bool) {
	if f.Rotating == on {
		return
	}
	t.families.removeOf(f.owner(), func(other *family) bool {
		return other.Audience == f.Audience && other.Rotating == f.Rotating && (other != f || !on)
	})
	f.Rotating = on
}

func (t *Tenant) familyAPILocked(f *family) (*fixtures.ResourceServer, error) {
	switch f.Audience {
	case "":
		return nil, nil
	case ManagementPath:
		return managementAPI, nil
	case MFAPath:
		return mfaAPI, nil
	}
	if api, ok := t.setup.apis[f.Audience]; ok {
		return api, nil
	}
	return nil, refusal.NoSuchService.With("audience", f.Audience)
}

// RefreshFamilyOf returns the family of a refresh token.
func (t *Tenant) RefreshFamilyOf(presented string) (fixtures.RefreshFamily, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, _ := t.readRefreshLocked(presented)
	if f == nil {
		return fixtures.RefreshFamily{}, false
	}
	return f.RefreshFamily, true
}

// RefreshOwner returns the user of a refresh token.
func (t *Tenant) RefreshOwner(presented string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, _ := t.readRefreshLocked(presented)
	if f == nil {
		return fixtures.User{}, false
	}
	return t.ownerLocked(f.UserID)
}

// Revoke ends the family of a refresh token. It refuses a token of another client.
// For a token that the tenant does not know there is nothing to do. It returns what it
// has ended.
// Source: auth0/docs-v2 revoke-refresh-tokens.mdx.
func (t *Tenant) Revoke(c *fixtures.Client, presented string) (ended fixtures.RefreshFamily, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, _ := t.readRefreshLocked(presented)
	switch {
	case f == nil:
	case f.ClientID != c.ClientID:
		return ended, refusal.RevokeOfAnother.Because("the refresh token is of client " + strconv.Quote(f.ClientID))
	default:
		ended = f.RefreshFamily
		t.endFamilyLocked(f.ID)
	}
	return ended, nil
}

// endFamilyLocked lets the refresh tokens of a family stop working.
func (t *Tenant) endFamilyLocked(id string) {
	t.families.remove(id)
	t.noteChange()
}

// EndRefreshToken lets the refresh tokens of the family with an id stop working.
func (t *Tenant) EndRefreshToken(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endFamilyLocked(id)
}

// SetRefreshTokenMetadata replaces the metadata of a family.
func (t *Tenant) SetRefreshTokenMetadata(id string, metadata map[string]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f, ok := t.families.get(id); ok {
		f.Metadata = metadata
		t.noteChange()
	}
}

// IdleEnd is when a family ends if it is not used before; zero if it does not.
func IdleEnd(f fixtures.RefreshFamily, c *fixtures.Client) time.Time {
	if s := c.RefreshToken; idles(s) {
		return f.LastUsedAt.Add(seconds(s.IdleTokenLifetime))
	}
	return time.Time{}
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
