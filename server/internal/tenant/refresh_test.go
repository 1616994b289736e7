package tenant

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

func TestRefreshTokensCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-native")
	u, err := tn.AddUser(fixtures.User{Email: "grace@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	tn.mu.Lock()
	token := tn.newFamilyLocked(&Login{Client: c, User: &u, GrantTypes: []string{"password"}}, noon)
	tn.mu.Unlock()
	if len(token) != 51 || !strings.HasPrefix(token, "v1.") {
		t.Fatalf("the token is %q", token)
	}
	find := func(presented string) *family {
		tn.mu.Lock()
		defer tn.mu.Unlock()
		f, _ := tn.readRefreshLocked(presented)
		return f
	}
	if find(token) == nil {
		t.Fatal("the token is not found")
	}
	for i := range token {
		other := byte('A')
		if token[i] == other {
			other = 'B'
		}
		if changed := token[:i] + string(other) + token[i+1:]; find(changed) != nil {
			t.Errorf("with another character at %d it is found, too", i)
		}
	}
	for _, presented := range []string{"", "v1.", token[3:], token + "A", token[:50]} {
		if find(presented) != nil {
			t.Errorf("%q is found", presented)
		}
	}
}

// Of two requests with the same token the one that comes second may have read
// the clock first. Without a leeway that is a reuse all the same.
func TestWithoutALeewayATokenIsExchangedOnceWhateverTheClocksSay(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-spa")
	u := tn.Users()[0]
	tn.mu.Lock()
	token := tn.newFamilyLocked(&Login{Client: c, User: &u, GrantTypes: []string{"password"}}, noon)
	tn.mu.Unlock()
	if _, err := tn.Refresh(TokenRequest{Client: c, Now: noon.Add(time.Second)}, token); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.Refresh(TokenRequest{Client: c, Now: noon}, token); err == nil {
		t.Error("it is exchanged twice")
	}
}

// However many others sign in and out in between, before and after an export: no
// two logins of a user give the same refresh token.
func TestNoRefreshTokenIsGivenTwice(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	login := func(userID string) string {
		tn.mu.Lock()
		defer tn.mu.Unlock()
		return tn.newFamilyLocked(&Login{Client: tn.setup.clients["acme-native"], User: &fixtures.User{UserID: userID}}, noon)
	}
	others := func(prefix string) {
		for i := range maxFamilies {
			compact := login(prefix + strconv.Itoa(i))
			if i%2 == 0 {
				tn.mu.Lock()
				f, _ := tn.readRefreshLocked(compact)
				tn.families.bounded.remove(f.ID)
				tn.mu.Unlock()
			}
		}
	}
	given := map[string]string{}
	ada := func(when string) {
		t.Helper()
		compact := login("email|ada")
		if before, twice := given[compact]; twice {
			t.Errorf("%s ada gets the refresh token that she got %s", when, before)
		}
		given[compact] = when
	}
	ada("first")
	ada("then")
	others("a")
	ada("after 20,000 others")
	exported := tn.Export()
	tn = New(exported, token.Embedded("fast"))
	ada("after an export")
	others("b")
	ada("after an export and 20,000 others")
}
