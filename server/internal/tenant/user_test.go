package tenant

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func signIn(tn *Tenant, connection, address string, now time.Time) *user {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	return tn.signInLocked(tn.setup.connections[connection], address, now, Caller{})
}

func TestTheFirstLoginCreatesTheUser(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	later := noon.Add(time.Hour)
	for _, tt := range []struct {
		connection, address string
		want                fixtures.User
	}{
		{"email", "grace@example.com", fixtures.User{Connection: "email", Email: "grace@example.com", EmailVerified: true}},
		{"sms", "+12025550102", fixtures.User{Connection: "sms", PhoneNumber: "+12025550102", PhoneVerified: true}},
	} {
		signIn(tn, tt.connection, tt.address, noon)
		id := signIn(tn, tt.connection, tt.address, later).UserID
		tt.want.UserID = id
		tt.want.CreatedAt, tt.want.UpdatedAt, tt.want.LastLogin, tt.want.LoginsCount = noon, later, later, 2
		if got, ok := tn.User(id); !ok || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s is %+v, %t\nwant %+v", id, got, ok, tt.want)
		}
		if strategy, digits, _ := strings.Cut(id, "|"); strategy != tt.connection || len(digits) != 24 {
			t.Errorf("the id is %s", id)
		}
		for _, wrong := range []string{"", "|", "email|", strings.ToUpper(id), id[:len(id)-1], id + "0", "auth0" + id[strings.Index(id, "|"):]} {
			if _, ok := tn.User(wrong); ok {
				t.Errorf("there is a user with the id %q", wrong)
			}
		}
	}
}

// Whatever happens to users, each is found by the id and by the address, no two
// share one of them, and they stay in the order of their creation.
func TestUsersAreFoundWhateverHappens(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	addresses := []string{"ada@example.com", "grace@example.com", "eve@example.com", "+12025550101", "+12025550102"}
	r := rand.New(rand.NewPCG(1, 2))
	for step := range 1000 {
		now := noon.Add(time.Duration(step) * time.Second)
		before := tn.Users()
		address, other, some := addresses[r.IntN(5)], addresses[r.IntN(3)], fixtures.User{}
		if len(before) > 0 {
			some = before[r.IntN(len(before))]
		}
		connection := "email"
		if strings.HasPrefix(address, "+") {
			connection = "sms"
		}
		var err error
		switch op := r.IntN(10); op {
		case 0:
			err = tn.DeleteUser(some.UserID)
		case 1:
			_, err = tn.UpdateUser(some.UserID, func(u *fixtures.User) error {
				u.Blocked, u.Name = op%2 == 0, fmt.Sprint(step)
				if u.Email != "" {
					u.Email = other
				}
				return nil
			})
		case 2:
			_, err = tn.AddUser(fixtures.User{Email: other, CreatedAt: now})
		case 3: // an id that belongs to another address
			_, err = tn.AddUser(fixtures.User{Email: other, UserID: "email|" + tn.setup.Seed.Hex(24, "user", "email", address), CreatedAt: now})
		case 4:
			f := *tn.Fixture()
			f.Users = []fixtures.User{{Email: other, Connection: "email", GivenName: fmt.Sprint(step)}}
			tn.Restore(&f)
		default:
			known := tn.Knows(connection, address)
			if u := signIn(tn, connection, address, now); !known && (u.LoginsCount != 1 || !u.CreatedAt.Equal(now)) {
				t.Fatalf("step %d: the new user is %+v", step, u)
			}
		}
		if err != nil && !strings.Contains(err.Error(), "there is no user") && !strings.Contains(err.Error(), "exists already") {
			t.Fatalf("step %d: %v", step, err)
		}
		list := tn.Users()
		place := map[string]int{}
		for i, u := range list {
			place[u.UserID] = i + 1
			address := u.Email + u.PhoneNumber
			byID, _ := tn.User(u.UserID)
			if !reflect.DeepEqual(byID, u) || tn.users.find(u.Connection, address).UserID != u.UserID {
				t.Fatalf("step %d: %+v is by its id %+v", step, u, byID)
			}
		}
		if len(place) != len(list) || len(tn.users.byAddress) != len(list) || tn.Counts().Users != len(list) {
			t.Fatalf("step %d: %d users have %d ids and %d addresses", step, len(list), len(place), len(tn.users.byAddress))
		}
		last := 0
		for _, u := range before {
			if at := place[u.UserID]; at > 0 && at <= last {
				t.Fatalf("step %d: %s has moved", step, u.UserID)
			} else if at > 0 {
				last = at
			}
		}
	}
}

// A fixture can give a user the id that another user's address would have.
func TestAnIDIsGivenOnce(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	derived := "email|" + tn.setup.Seed.Hex(24, "user", "email", "grace@example.com")
	if _, err := tn.AddUser(fixtures.User{UserID: derived, Email: "eve@example.com"}); err != nil {
		t.Fatal(err)
	}
	if got := signIn(tn, "email", "grace@example.com", noon).UserID; got == derived {
		t.Errorf("both have the id %s", got)
	}
	if eve, ok := tn.User(derived); !ok || eve.Email != "eve@example.com" {
		t.Errorf("%s is %+v, %t", derived, eve, ok)
	}
}

func TestUsersKeepTheirOrderWhenAFixtureIsMergedAgain(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	if _, err := tn.AddUser(fixtures.User{Email: "grace@example.com"}); err != nil {
		t.Fatal(err)
	}
	order := func() (list []string) {
		for _, u := range tn.Users() {
			list = append(list, u.Email+u.PhoneNumber)
		}
		return list
	}
	before := order()
	tn.Merge(tn.Fixture(), tn.Keys.Keys())
	if after := order(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before %v, after %v", before, after)
	}
}

// The function that changes a user may call the tenant, and take its time. A
// change that comes between is not lost.
func TestUpdateUserHoldsNoLock(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	u, err := tn.AddUser(fixtures.User{Email: "new@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	u, err = tn.UpdateUser(u.UserID, func(u *fixtures.User) error {
		if calls++; calls == 1 {
			signIn(tn, "email", "new@example.com", noon)
		}
		if calls == 2 {
			if _, err := tn.UpdateUser(u.UserID, func(u *fixtures.User) error { u.Nickname = "inner"; return nil }); err != nil {
				return err
			}
		}
		u.Name = "outer"
		return nil
	})
	if err != nil || calls != 3 || u.Name != "outer" || u.Nickname != "inner" || u.LoginsCount != 1 {
		t.Errorf("after %d calls: %+v, %v", calls, u, err)
	}
	if _, err := tn.UpdateUser(u.UserID, func(u *fixtures.User) error { return tn.DeleteUser(u.UserID) }); err == nil || err.Error() != noUser(u.UserID).Error() {
		t.Errorf("of a user who is deleted meanwhile: %v", err)
	}
}

// Another user may get the user_id of a deleted one, and nothing that was given to that
// one: no tokens of a device, code, ticket or refresh token, no session, and no password
// of a reset link.
func TestWhatADeletedUserHadIsNobodys(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	dora, _ := tn.UserByAddress("dora@example.com")
	web, _ := tn.Setup().Client("acme-web")
	a := Authorization{Client: web, ResponseTypes: []string{"code"}, Scope: "openid", Issuer: "http://localhost:2884/", Now: noon}
	ticketFor := func() Ticket {
		ticket, err := tn.TicketForPassword(a.request(), "", "dora@example.com", "Passw0rd!")
		if err != nil {
			t.Fatal(err)
		}
		return ticket
	}
	session, err := tn.RedeemTicket(a, ticketFor().ID, "", "")
	if err != nil {
		t.Fatal(err)
	}
	approval, err := tn.Approve(a, session)
	if err != nil {
		t.Fatal(err)
	}
	ticket, refresh := ticketFor(), refreshTokenOf(tn, &dora)
	d, poll := startDevice(t, tn, noon)
	if _, err := tn.ApproveDevice(d.UserCode, dora.UserID, noon); err != nil {
		t.Fatal(err)
	}
	reset, _, _ := tn.MakeTicket(MailTicketRequest{Ticket: fixtures.Ticket{Purpose: outbox.ResetEmail, UserID: dora.UserID}, Lifetime: TicketLifetime, Now: noon})
	verify, _, _ := tn.MakeTicket(MailTicketRequest{Ticket: fixtures.Ticket{Purpose: outbox.VerifyEmail, UserID: dora.UserID}, Lifetime: TicketLifetime, Now: noon})

	if err := tn.DeleteUser(dora.UserID); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.AddUser(fixtures.User{UserID: dora.UserID, Connection: dora.Connection, Email: "eve@example.com", Password: "Passw0rd!"}); err != nil {
		t.Fatal(err)
	}
	if _, ok := tn.Session(session.ID, noon); ok {
		t.Error("the browser is signed in as another user")
	}
	for what, got := range map[string]func() error{
		"device":        func() error { _, err := tn.RedeemDevice(poll, d.DeviceCode); return err },
		"code":          func() error { _, err := tn.RedeemCode(a.request(), approval.Code, "", ""); return err },
		"ticket":        func() error { _, err := tn.RedeemTicket(a, ticket.ID, "", ""); return err },
		"refresh token": func() error { _, err := refreshAt(tn, poll.Client, refresh, noon); return err },
		"reset link":    func() error { return tn.ResetPassword(reset.Ticket, "Passw0rd!2", noon) },
		"verification":  func() error { _, _, err := tn.VerifyEmail(verify.Ticket, noon); return err },
	} {
		if err := got(); err == nil {
			t.Errorf("the %s still works, for another user", what)
		}
	}
}
