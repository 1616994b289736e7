package tenant

import (
	"reflect"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

const withNames = `
version: 1
extends: default
connections:
  - {name: named, strategy: auth0, enabled_clients: ["*"], options: {attributes: {username: {}, email: {signup: {status: optional}}, phone_number: {signup: {status: optional}}}}}
users:
  - {username: Grace, email: grace@example.com, phone_number: "+12025550102", password: Passw0rd!}
  - {username: alan}
`

func withNamedUsers(t *testing.T) *Tenant {
	t.Helper()
	f, err := fixtures.Parse("x.yaml", []byte(withNames))
	if err != nil {
		t.Fatal(err)
	}
	return New(f, token.Embedded("fast"))
}

// A user of a database is found by each name, and nobody else can take one of them.
func TestEachNameIsOneUsers(t *testing.T) {
	t.Parallel()
	tn := withNamedUsers(t)
	grace, _ := tn.UserByAddress("grace")
	for _, name := range []string{"grace@example.com", "+12025550102"} {
		if u, ok := tn.UserByAddress(name); !ok || u.UserID != grace.UserID {
			t.Errorf("%s is %+v, %t", name, u, ok)
		}
	}
	for name, taken := range map[string]fixtures.User{
		"grace":             {Connection: "named", Username: "GRACE", Email: "other@example.com"},
		"grace@example.com": {Connection: "named", Username: "other", Email: "grace@example.com"},
		"+12025550102":      {Connection: "named", Username: "other", PhoneNumber: "+12025550102"},
		grace.UserID:        {Connection: "named", Username: "other", UserID: grace.UserID},
	} {
		if _, err := tn.AddUser(taken); err == nil || err.Error() != "the user "+name+" exists already on connection named" {
			t.Errorf("a second user is added: %+v, %v", taken, err)
		}
		if taken.UserID != "" {
			continue // which no change of a user can take
		}
		alan, _ := tn.UserByAddress("alan")
		if _, err := tn.UpdateUser(alan.UserID, func(u *fixtures.User) error {
			u.Username, u.Email, u.PhoneNumber = taken.Username, taken.Email, taken.PhoneNumber
			return nil
		}); err == nil {
			t.Errorf("a user gets the name of another: %+v", taken)
		}
	}
	// A name that its user gives up is free, and so are those of a deleted user.
	if _, err := tn.UpdateUser(grace.UserID, func(u *fixtures.User) error { u.Username = "hopper"; return nil }); err != nil {
		t.Fatal(err)
	}
	if u, ok := tn.UserByAddress("grace"); ok {
		t.Errorf("the old name is still that of %+v", u)
	}
	if err := tn.DeleteUser(grace.UserID); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.AddUser(fixtures.User{Username: "hopper", Email: "grace@example.com", PhoneNumber: "+12025550102"}); err != nil {
		t.Error(err)
	}
}

// An export has the names, and a tenant made of it knows its users by them.
func TestAnExportHasTheNames(t *testing.T) {
	t.Parallel()
	tn := withNamedUsers(t)
	data, err := tn.Export().JSON()
	if err != nil {
		t.Fatal(err)
	}
	f, err := fixtures.Parse("export.json", data)
	if err != nil {
		t.Fatal(err)
	}
	again := New(f, tn.Keys.Keys())
	for _, name := range []string{"grace", "grace@example.com", "+12025550102", "alan"} {
		before, _ := tn.UserByAddress(name)
		if after, ok := again.UserByAddress(name); !ok || !reflect.DeepEqual(before, after) {
			t.Errorf("%s is %+v, %t\nwas %+v", name, after, ok, before)
		}
	}
	again.Merge(f, tn.Keys.Keys()) // a reload finds the users that are there
	if n := len(again.Users()); n != 2 {
		t.Errorf("there are %d users after a reload", n)
	}
}
