package testkit

import (
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/printable"
)

// TOTP is the code that the authenticator app of a user shows now, by the tenant's
// clock. The user is a user_id, an e-mail address or a phone number. TOTP fails t if
// the user has no such app, and says which factors the user has.
//
// A code works once. For a second login move the clock on by 30 seconds.
func (a *Auth0) TOTP(t testing.TB, user string) string {
	t.Helper()
	code, _, err := a.server.TOTP(user)
	if err != nil {
		t.Fatalf("testkit: %s", printable.Lines(err.Error()))
	}
	return code
}

// AcceptPush accepts the newest push notification that waits for a user, who is
// named as for TOTP. It waits up to 5 seconds for one.
func (a *Auth0) AcceptPush(t testing.TB, user string) {
	t.Helper()
	a.answerPush(t, user, true)
}

// RejectPush rejects the newest push notification that waits for a user, as
// AcceptPush accepts it.
func (a *Auth0) RejectPush(t testing.TB, user string) {
	t.Helper()
	a.answerPush(t, user, false)
}

func (a *Auth0) answerPush(t testing.TB, user string, accept bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(glance)
	defer look.Stop()
	for {
		err := a.server.AnswerPush(user, accept)
		if err == nil {
			return
		}
		select {
		case <-look.C:
			if a.knows(user) {
				continue
			}
		case <-deadline.C:
		}
		t.Fatalf("testkit: %s", printable.Lines(err.Error()))
	}
}

// knows tells whether there is a user with a user_id or an address.
func (a *Auth0) knows(user string) bool {
	_, known := a.server.User(user)
	if !known {
		_, known = a.server.UserByAddress(user)
	}
	return known
}
