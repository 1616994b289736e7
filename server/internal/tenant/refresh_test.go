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
				tn.families.bounded.remove(f.ID)
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
