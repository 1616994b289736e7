package tenant

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// refreshTokenOf logs a user in at acme-native.
func refreshTokenOf(tn *Tenant, u *fixtures.User) string {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	return tn.newFamilyLocked(&Login{Client: tn.setup.clients["acme-native"], User: u, GrantTypes: []string{"password"}}, noon)
}

func familyOf(tn *Tenant, presented string) *family {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	f, _ := tn.readRefreshLocked(presented)
	return f
}

// No two logins of a user give the same refresh token, however many others sign
// in and out in between, before and after an export.
func TestNoRefreshTokenIsGivenTwice(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	given := map[string]string{}
	ada := func(when string) {
		t.Helper()
		compact := refreshTokenOf(tn, &fixtures.User{UserID: "email|ada"})
		if before, twice := given[compact]; twice {
			t.Errorf("%s ada gets the refresh token that she got %s", when, before)
		}
		given[compact] = when
	}
	others := func(prefix string) {
		for i := range maxFamilies {
			compact := refreshTokenOf(tn, &fixtures.User{UserID: prefix + strconv.Itoa(i)})
			if i%2 == 0 {
				f := familyOf(tn, compact)
				tn.mu.Lock()
				tn.families.remove(f.ID)
				tn.mu.Unlock()
			}
		}
	}
	ada("first")
	ada("then")
	others("a")
	ada("after 20,000 others")
	tn = New(tn.Export(), token.Embedded("fast"))
	ada("after an export")
	others("b")
	ada("after an export and 20,000 others")
}

// A refresh token has one spelling, and any other text is no refresh token.
func TestRefreshTokensCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	u, err := tn.AddUser(fixtures.User{Email: "grace@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	compact := refreshTokenOf(tn, &u)
	if len(compact) != 51 || !strings.HasPrefix(compact, "v1.") || familyOf(tn, compact) == nil {
		t.Fatalf("the token is %q", compact)
	}
	others := []string{"", "v1.", compact[3:], "v2." + compact[3:], compact + "A", compact[:50], compact + "\n", compact[:20] + "\r\n" + compact[20:], compact + "="}
	for i := range compact {
		other := "A"
		if compact[i] == 'A' {
			other = "B"
		}
		others = append(others, compact[:i]+other+compact[i+1:])
	}
	for _, presented := range others {
		if familyOf(tn, presented) != nil {
			t.Errorf("%q is found", presented)
		}
	}
}

// The second of two requests with the same token may have read the clock first.
// Without a leeway it is a reuse all the same.
func TestWithoutALeewayATokenIsExchangedOnceWhateverTheClocksSay(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-spa")
	u := tn.Users()[0]
	tn.mu.Lock()
	compact := tn.newFamilyLocked(&Login{Client: c, User: &u, GrantTypes: []string{"password"}}, noon)
	tn.mu.Unlock()
	if _, err := tn.Refresh(TokenRequest{Client: c, Now: noon.Add(time.Second)}, compact); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.Refresh(TokenRequest{Client: c, Now: noon}, compact); err == nil {
		t.Error("it is exchanged twice")
	}
}

// withRefresh gives acme-native other settings of its refresh tokens, as a change
// of the fixture's file does.
func withRefresh(t testing.TB, tn *Tenant, settings string) *fixtures.Client {
	t.Helper()
	f, err := fixtures.Parse("test", []byte("version: 1\nextends: default\nclients:\n  - {client_id: acme-native, app_type: native, grant_types: [refresh_token], refresh_token: {"+settings+"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	tn.Merge(f, token.Embedded("fast"))
	c, _ := tn.Setup().Client("acme-native")
	return c
}

func refreshAt(tn *Tenant, c *fixtures.Client, presented string, at time.Time) (next string, err error) {
	l, err := tn.Refresh(TokenRequest{Client: c, Now: at}, presented)
	if err != nil {
		return "", err
	}
	return l.RefreshToken, nil
}

// A user has at most 200 refresh tokens of one client: the oldest goes. Those of
// others, and those that have lapsed, do not count.
func TestTheOldestOf200RefreshTokensGoes(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c := withRefresh(t, tn, "")
	ada, alan := tn.Users()[0], tn.Users()[2]
	of := refreshTokenOf(tn, &alan)
	first, second := refreshTokenOf(tn, &ada), refreshTokenOf(tn, &ada)
	for range 198 {
		refreshTokenOf(tn, &ada)
	}
	if familyOf(tn, first) == nil {
		t.Error("200 are too many")
	}
	refreshTokenOf(tn, &ada)
	if familyOf(tn, first) != nil || familyOf(tn, second) == nil || familyOf(tn, of) == nil {
		t.Error("after 201 the oldest is there, or another one is gone")
	}
	tn.Revoke(c, second)
	refreshTokenOf(tn, &ada) // the place of the revoked one
	if n := len(tn.RefreshTokens()); n != 201 {
		t.Errorf("%d tokens", n)
	}

	// One that lapses leaves its place.
	c = withRefresh(t, tn, "expiration_type: expiring, idle_token_lifetime: 3600, infinite_token_lifetime: true")
	kept := tn.RefreshTokens()[1] // ada's oldest
	tn.mu.Lock()
	f, _ := tn.families.get(kept.ID)
	compact := tn.refreshTokenLocked(f.ID, f.Generation)
	tn.mu.Unlock()
	if _, err := refreshAt(tn, c, compact, noon.Add(59*time.Minute)); err != nil {
		t.Fatal(err)
	}
	tn.mu.Lock()
	tn.newFamilyLocked(&Login{Client: c, User: &ada}, noon.Add(time.Hour))
	tn.mu.Unlock()
	if familyOf(tn, compact) == nil || len(tn.families.owned[f.owner()]) != 2 {
		t.Errorf("the active one went, and lapsed ones are there: %d", len(tn.families.owned[f.owner()]))
	}
}

// The index of the owners stays right when families go in other ways.
func TestFamiliesLeaveTheirOwner(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for i := range maxFamilies + 5 {
		refreshTokenOf(tn, &fixtures.User{UserID: strconv.Itoa(i)})
	}
	if n := len(tn.families.owned); n != maxFamilies || tn.families.dropped != 5 {
		t.Errorf("%d owners, %d dropped", n, tn.families.dropped)
	}
	ada := tn.Users()[0]
	refreshTokenOf(tn, &ada)
	if err := tn.DeleteUser(ada.UserID); err != nil {
		t.Fatal(err)
	}
	if n := len(tn.families.owned); n != maxFamilies-1 {
		t.Errorf("%d owners after a user was deleted", n)
	}
}

// When rotation is switched on, the first exchange ends the other tokens that do
// not rotate, of the same client, API and user.
func TestRotationIsSwitchedOn(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	ada, alan := tn.Users()[0], tn.Users()[2]
	one, other, others := refreshTokenOf(tn, &ada), refreshTokenOf(tn, &ada), refreshTokenOf(tn, &alan)
	tn.mu.Lock()
	api := tn.newFamilyLocked(&Login{Client: tn.setup.clients["acme-native"], User: &ada, API: tn.setup.apis["https://api.acme.test/"]}, noon)
	tn.mu.Unlock()
	c := withRefresh(t, tn, "rotation_type: rotating")
	next, err := refreshAt(tn, c, one, noon)
	if err != nil || next == "" || next == one {
		t.Fatalf("%q, %v", next, err)
	}
	for what, gone := range map[string]bool{other: true, others: false, api: false, next: false} {
		if (familyOf(tn, what) == nil) != gone {
			t.Errorf("%s: gone is not %v", what, gone)
		}
	}
	// Of two that rotate, an exchange ends none.
	again := refreshTokenOf(tn, &ada)
	if next, err = refreshAt(tn, c, next, noon); err != nil || familyOf(tn, again) == nil {
		t.Errorf("%q, %v", next, err)
	}
	// The one that did not rotate was exchanged: now it is a token used again.
	if _, err := refreshAt(tn, c, one, noon); err == nil || familyOf(tn, next) != nil {
		t.Error("the old token works, or its family does")
	}
}

// When rotation is switched off, the first exchange gives a token that does not
// rotate, and ends the families that do.
func TestRotationIsSwitchedOff(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	ada, alan := tn.Users()[0], tn.Users()[2]
	withRefresh(t, tn, "rotation_type: rotating")
	one, other, others := refreshTokenOf(tn, &ada), refreshTokenOf(tn, &ada), refreshTokenOf(tn, &alan)
	c := withRefresh(t, tn, "rotation_type: non-rotating")
	next, err := refreshAt(tn, c, one, noon)
	if err != nil || next == "" {
		t.Fatalf("%q, %v", next, err)
	}
	for what, gone := range map[string]bool{one: true, other: true, others: false, next: false} {
		if (familyOf(tn, what) == nil) != gone {
			t.Errorf("%s: gone is not %v", what, gone)
		}
	}
	if again, err := refreshAt(tn, c, next, noon); err != nil || again != "" {
		t.Errorf("the token that does not rotate gives %q, %v", again, err)
	}
}

// The lifetime from the login on is that of the day of issue. A token without one
// gets one at its first exchange after the client has got one, and keeps it.
func TestTheLifetimeIsFixedAtIssue(t *testing.T) {
	t.Parallel()
	const hour = "expiration_type: expiring, token_lifetime: 3600, infinite_idle_token_lifetime: true"
	tn := newTenant(t)
	ada := tn.Users()[0]
	withRefresh(t, tn, hour)
	short := refreshTokenOf(tn, &ada)
	c := withRefresh(t, tn, "expiration_type: expiring, token_lifetime: 86400, infinite_idle_token_lifetime: true")
	if _, err := refreshAt(tn, c, short, noon.Add(time.Hour)); err == nil {
		t.Error("it lives longer than it was issued for")
	}
	withRefresh(t, tn, "")
	endless := refreshTokenOf(tn, &ada)
	for _, step := range []struct {
		settings string
		after    time.Duration
		works    bool
	}{
		{"", 1000 * time.Hour, true},
		{hour, 2000 * time.Hour, true}, // it ends in an hour
		{"", 2000*time.Hour + 59*time.Minute, true},
		{"", 2001 * time.Hour, false},
	} {
		c = withRefresh(t, tn, step.settings)
		if _, err := refreshAt(tn, c, endless, noon.Add(step.after)); (err == nil) != step.works {
			t.Errorf("with %q after %v: %v", step.settings, step.after, err)
		}
	}
}
