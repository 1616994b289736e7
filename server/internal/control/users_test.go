package control_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestUsersAreReadMadeChangedAndForgotten(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	made := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/_mock/users", servertest.Object{
		"email": "Grace@Example.com", "name": "Grace Hopper", "app_metadata": servertest.Object{"plan": "pro"},
		"permissions": servertest.Object{"https://api.acme.test/": []string{"read:orders"}},
	}))
	id, _ := made["user_id"].(string)
	if !strings.HasPrefix(id, "email|") || made["email"] != "grace@example.com" || made["nickname"] != "grace" {
		t.Fatalf("made %v", made)
	}
	read := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "GET", "/_mock/users/"+url.PathEscape(id), nil))
	if !reflect.DeepEqual(read, made) {
		t.Errorf("read %v, made %v", read, made)
	}
	changed := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "PATCH", "/_mock/users/"+id, servertest.Object{"email": "hopper@example.com", "blocked": true}))
	if changed["email"] != "hopper@example.com" || changed["blocked"] != true || changed["name"] != "Grace Hopper" || changed["user_id"] != id {
		t.Errorf("changed to %v", changed)
	}
	if !reflect.DeepEqual(changed["app_metadata"], made["app_metadata"]) {
		t.Errorf("app_metadata became %v", changed["app_metadata"])
	}
	if _, ok := s.UserByAddress("grace@example.com"); ok {
		t.Error("the old address still finds the user")
	}
	list := servertest.DecodeAnswer[struct{ Items []fixtures.User }](t, servertest.Call(t, s, "GET", "/_mock/users", nil))
	if n := len(list.Items); n != 5 {
		t.Errorf("%d users, want 5", n)
	}
	if w := servertest.Call(t, s, "DELETE", "/_mock/users/"+id, nil); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	if w := servertest.Call(t, s, "GET", "/_mock/users/"+id, nil); w.Code != http.StatusNotFound {
		t.Errorf("after the delete: %d", w.Code)
	}
}

// A password can be set and is never shown.
func TestPasswordsAreNotShown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	made := servertest.Call(t, s, "POST", "/_mock/users", servertest.Object{"email": "eve@example.com", "password": "Tr0ub4dor&3"})
	all := servertest.Call(t, s, "GET", "/_mock/users", nil)
	for _, body := range []string{made.Body.String(), all.Body.String()} {
		if strings.Contains(body, "Tr0ub4dor") || strings.Contains(body, "Passw0rd!") {
			t.Errorf("it shows a password: %s", body)
		}
	}
	if u, _ := s.UserByAddress("eve@example.com"); u.Connection != "Username-Password-Authentication" {
		t.Errorf("a user with a password is on connection %s", u.Connection)
	}
}

// The fixture is shared by all servers of a process: a change of a user must
// not reach it.
func TestAChangedUserDoesNotChangeTheFixture(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	ada, _ := s.UserByAddress("ada@example.com")
	w := servertest.Call(t, s, "PATCH", "/_mock/users/"+ada.UserID, servertest.Object{"permissions": servertest.Object{"https://api.acme.test/": []string{"write:orders"}}, "name": "X"})
	if w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	s.Reset()
	if again, _ := s.UserByAddress("ada@example.com"); !reflect.DeepEqual(again.Permissions, ada.Permissions) || again.Name != ada.Name {
		t.Errorf("after the reset: %+v, want %+v", again, ada)
	}
}

// A change to nothing is a change: what is given empty becomes empty, what is
// absent stays.
func TestAUsersPermissionsCanBeEmptied(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	ada, _ := s.UserByAddress("ada@example.com")
	if len(ada.Permissions) == 0 {
		t.Fatal("ada of the default fixture has permissions")
	}
	servertest.Call(t, s, "PATCH", "/_mock/users/"+ada.UserID, `{"permissions":{}}`)
	changed, _ := s.User(ada.UserID)
	if len(changed.Permissions) != 0 || changed.Name != ada.Name {
		t.Errorf("permissions %v, name %q", changed.Permissions, changed.Name)
	}
}

func TestAnAddressThatIsGivenUpGoesToSomebodyElse(t *testing.T) {
	s := servertest.New(t, server.Config{})
	first := servertest.SignIn(t, s, "a@example.com")
	id := servertest.UserOf(t, s, "a@example.com").UserID
	if _, err := s.UpdateUser(id, func(u *fixtures.User) error { u.Email = "b@example.com"; return nil }); err != nil {
		t.Fatal(err)
	}
	servertest.SignIn(t, s, "a@example.com")
	if other := servertest.UserOf(t, s, "a@example.com").UserID; other == id {
		t.Errorf("two users have the id %s", id)
	}
	if w := servertest.Refresh(t, s, first.RefreshToken); w.Code != http.StatusOK {
		t.Errorf("the first user's refresh token: %d %s", w.Code, w.Body)
	}
	if n := len(s.Users()); n != 6 {
		t.Errorf("%d users, want 6", n)
	}
}

func TestADeletedUsersRefreshTokensStayDead(t *testing.T) {
	s := servertest.New(t, server.Config{})
	token := servertest.SignIn(t, s, "ada@example.com").RefreshToken
	ada := servertest.UserOf(t, s, "ada@example.com")
	if err := s.DeleteUser(ada.UserID); err != nil {
		t.Fatal(err)
	}
	if w := servertest.Refresh(t, s, token); !strings.Contains(w.Body.String(), "a user who doesn't exist anymore") {
		t.Errorf("after the deletion: %s", w.Body)
	}
	state := s.State()
	if _, err := s.AddUser(ada); err != nil {
		t.Fatal(err)
	}
	if w := servertest.Refresh(t, s, token); w.Code != http.StatusForbidden {
		t.Errorf("after the user_id was given again: %d", w.Code)
	}
	if w := servertest.Refresh(t, servertest.New(t, server.Config{Restore: state}), token); w.Code != http.StatusForbidden {
		t.Errorf("after a restart: %d", w.Code)
	}
}

func TestWhoSignedUpAgainKeepsItsIDAfterARestart(t *testing.T) {
	s := servertest.New(t, server.Config{})
	if err := s.DeleteUser(servertest.UserOf(t, s, "ada@example.com").UserID); err != nil {
		t.Fatal(err)
	}
	token := servertest.SignIn(t, s, "ada@example.com").RefreshToken
	again := servertest.New(t, server.Config{Restore: s.State()})
	if w := servertest.Refresh(t, again, token); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNobodySignsUpByACodeSentBeforeTheUserWasDeleted(t *testing.T) {
	f, err := fixtures.Parse("", []byte(`
version: 1
extends: default
connections: [{name: email, strategy: email, enabled_clients: ["*"], options: {disable_signup: true}}]
users: [{email: ada@example.com}]
`))
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, server.Config{Fixture: f})
	code := servertest.Start(t, s, "ada@example.com")
	if err := s.DeleteUser(servertest.UserOf(t, s, "ada@example.com").UserID); err != nil {
		t.Fatal(err)
	}
	w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": "ada@example.com", "otp": code, "realm": "email"})
	if w.Code != http.StatusForbidden || len(s.Users()) != 0 {
		t.Errorf("%d %s, %d users", w.Code, w.Body, len(s.Users()))
	}
}

func TestUsersShareNothing(t *testing.T) {
	s := servertest.New(t, server.Config{})
	ada := servertest.UserOf(t, s, "ada@example.com")
	const api = "https://api.acme.test/"
	ada.Permissions[api][0] = "write:orders"
	if _, err := s.UpdateUser(ada.UserID, func(u *fixtures.User) error { u.Permissions["other"] = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	for name, s := range map[string]*server.Server{"after a reset": s, "another server": servertest.New(t, server.Config{})} {
		if got := servertest.UserOf(t, s, "ada@example.com").Permissions; len(got) != 1 || got[api][0] != "read:orders" {
			t.Errorf("%s: %v", name, got)
		}
	}
}
