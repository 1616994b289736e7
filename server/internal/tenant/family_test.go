package tenant

import (
	"strconv"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

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
