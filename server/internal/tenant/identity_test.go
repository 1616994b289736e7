package tenant

import (
	"reflect"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// linkedTenant has Ada, to whom the user of a number is linked.
func linkedTenant(t *testing.T) (tn *Tenant, ada, number fixtures.User) {
	t.Helper()
	tn = newTenant(t)
	ada = signIn(tn, "email", "ada@example.com", noon).User
	number = signIn(tn, "sms", "+12025550155", noon).User
	ada, err := tn.LinkUser(ada.UserID, number.UserID)
	if err != nil || len(ada.Identities) != 1 {
		t.Fatal(ada, err)
	}
	return tn, ada, number
}

// A linked account signs in the primary user and is no user; unlinked it is one again.
func TestALinkedAccountSignsInThePrimaryUser(t *testing.T) {
	t.Parallel()
	tn, ada, number := linkedTenant(t)
	if got := signIn(tn, "sms", "+12025550155", noon).UserID; got != ada.UserID {
		t.Errorf("the number signs in %s", got)
	}
	if _, ok := tn.User(number.UserID); ok {
		t.Error("the linked account is a user")
	}
	if u, _ := tn.UserByAddress("+12025550155"); u.UserID != ada.UserID {
		t.Errorf("the number is that of %s", u.UserID)
	}
	if _, err := tn.AddUser(fixtures.User{UserID: number.UserID, PhoneNumber: "+12025550156"}); err == nil {
		t.Error("another user got the id of the linked account")
	}
	if _, err := tn.UnlinkIdentity(ada.UserID, number.UserID); err != nil {
		t.Fatal(err)
	}
	if got := signIn(tn, "sms", "+12025550155", noon); got.UserID != number.UserID || got.LoginsCount != 1 {
		t.Errorf("unlinked, the number signs in %+v", got.User)
	}
}

// An export has the linked accounts, and a fixture that has a linked account as a user
// of its own does not bring that user back.
func TestLinkedAccountsAreRestored(t *testing.T) {
	t.Parallel()
	tn, ada, number := linkedTenant(t)
	saved := tn.Export()
	again := newTenant(t)
	again.Restore(saved)
	if got, want := again.Export().Users, saved.Users; !reflect.DeepEqual(got, want) {
		t.Errorf("it has\n%+v\nwant\n%+v", got, want)
	}
	f := *tn.Setup().Fixture
	f.Users = []fixtures.User{{Email: "ada@example.com", Name: "Ada L."}, {PhoneNumber: "+12025550155", UserID: number.UserID}}
	complete, err := fixtures.Complete(&f)
	if err != nil {
		t.Fatal(err)
	}
	tn.Merge(complete, token.Embedded("fast"))
	u, _ := tn.User(ada.UserID)
	if _, ok := tn.User(number.UserID); ok || u.Name != "Ada L." || len(u.Identities) != 1 {
		t.Errorf("after the merge it has %+v", tn.Users())
	}
}

// With a user the linked accounts are deleted, and with a connection its accounts.
func TestLinkedAccountsGoWithTheirUserAndTheirConnection(t *testing.T) {
	t.Parallel()
	tn, ada, number := linkedTenant(t)
	if err := tn.DeleteUser(ada.UserID); err != nil {
		t.Fatal(err)
	}
	if got := signIn(tn, "sms", "+12025550155", noon); got.UserID == ada.UserID || got.UserID == number.UserID || got.LoginsCount != 1 {
		t.Errorf("the number of the deleted user signs in %+v", got.User)
	}
	tn, ada, _ = linkedTenant(t)
	err := tn.Configure(func(f *fixtures.Fixture) error {
		var kept []fixtures.Connection
		for _, conn := range f.Connections {
			if conn.Name != "sms" {
				kept = append(kept, conn)
			}
		}
		f.Connections = kept
		return nil
	})
	if u, _ := tn.User(ada.UserID); err != nil || u.Identities != nil {
		t.Errorf("without its connection the account is %+v (%v)", u.Identities, err)
	}
}

// Each account of a user has a password and failures of its own.
func TestAccountsHavePasswordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	const database = "Username-Password-Authentication"
	tn := newTenant(t)
	ada := signIn(tn, "email", "ada@example.com", noon).User
	second, err := tn.AddUser(fixtures.User{Connection: database, Email: "lovelace@example.com", Password: "first"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tn.LinkUser(ada.UserID, second.UserID); err != nil {
		t.Fatal(err)
	}
	_, err = tn.UpdateUser(ada.UserID, func(u *fixtures.User) error {
		u.ChangeAccount(second.UserID, func(a *fixtures.User) { a.Password = "second" })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, _ := tn.Setup().Connection(database)
	tn.mu.Lock()
	if _, err := tn.checkPasswordLocked(conn, "lovelace@example.com", "first", TokenRequest{Now: noon}); err == nil {
		t.Error("the password before is good")
	}
	if u, err := tn.checkPasswordLocked(conn, "lovelace@example.com", "second", TokenRequest{Now: noon}); err != nil || u.UserID != ada.UserID {
		t.Errorf("the password signs in %v (%v)", u, err)
	}
	tn.mu.Unlock()
	account, _ := tn.UserNamed(database, "lovelace@example.com")
	made, _, known := tn.MakeTicket(MailTicketRequest{Ticket: fixtures.Ticket{Purpose: outbox.ResetEmail, UserID: account.UserID}, Lifetime: TicketLifetime, Now: noon})
	if err := tn.ResetPassword(made.Ticket, "third", noon); err != nil || !known {
		t.Fatal(known, err)
	}
	if u, _ := tn.User(ada.UserID); u.Password != "" || u.Identities[0].Password != "third" {
		t.Errorf("after a reset the user is %+v", u)
	}
}
