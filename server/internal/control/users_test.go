package control_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A change to nothing is a change: what is given empty becomes empty, and what
// is absent stays.
func TestUsersAreMadeReadChangedAndForgotten(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	made := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "POST", "/_mock/users", servertest.Object{
		"email": "Grace@Example.com", "name": "Grace Hopper", "app_metadata": servertest.Object{"plan": "pro"},
		"permissions": servertest.Object{"https://api.acme.test/": []string{"read:orders"}},
	}))
	id, _ := made["user_id"].(string)
	if !strings.HasPrefix(id, "email|") || made["email"] != "grace@example.com" || made["nickname"] != "grace" || made["permissions"] == nil {
		t.Fatalf("made %v", made)
	}
	if read := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "GET", "/_mock/users/"+url.PathEscape(id), nil)); !reflect.DeepEqual(read, made) {
		t.Errorf("read %v, made %v", read, made)
	}
	changed := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "PATCH", "/_mock/users/"+id, `{"email":"hopper@example.com","blocked":true,"permissions":{}}`))
	if changed["email"] != "hopper@example.com" || changed["blocked"] != true || changed["name"] != "Grace Hopper" || changed["user_id"] != id ||
		changed["permissions"] != nil || !reflect.DeepEqual(changed["app_metadata"], made["app_metadata"]) {
		t.Errorf("changed to %v", changed)
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

// A user who was copied from Auth0 has fields that the mock does not act on. It says so.
func TestAUserCopiedFromAuth0(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := servertest.New(t, server.Config{At: servertest.At2030, Log: slog.New(slog.NewTextHandler(&log, nil))})
	w := servertest.Call(t, s, "POST", "/_mock/users", `{"email":"grace@example.com","identities":[{"provider":"email","connection":"email","user_id":"1","profileData":{"email":"hopper@example.com"}}],"multifactor":["guardian"],"last_ip":"192.0.2.1","name":"Grace"}`)
	if w.Code != http.StatusCreated || !strings.Contains(log.String(), "does not act on these fields of Auth0: multifactor, last_ip") {
		t.Errorf("%d %s\n%s", w.Code, w.Body, &log)
	}
	if w = servertest.Call(t, s, "POST", "/_mock/users", `{"email":"eve@example.com","identitis":[]}`); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `did you mean \"identities\"?`) {
		t.Errorf("a typo: %d %s", w.Code, w.Body)
	}
}

// A password can be set, by a test or at a sign-up, and is never shown.
func TestPasswordsAreNotShown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	made := servertest.Call(t, s, "POST", "/_mock/users", servertest.Object{"email": "eve@example.com", "password": "Tr0ub4dor&3"})
	servertest.Call(t, s, "POST", "/dbconnections/signup", servertest.Object{
		"client_id": "acme-native", "connection": "Username-Password-Authentication", "email": "zoe@example.com", "password": "S3cret-Loaf",
	})
	shown := made.Body.String() + servertest.Call(t, s, "GET", "/_mock/users", nil).Body.String() + servertest.Call(t, s, "GET", "/_mock/requests", nil).Body.String()
	for _, password := range []string{"Tr0ub4dor", "Passw0rd!", "S3cret-Loaf"} {
		if strings.Contains(shown, password) {
			t.Errorf("a password is shown: %s", shown)
		}
	}
	if u := servertest.UserOf(t, s, "eve@example.com"); u.Connection != "Username-Password-Authentication" {
		t.Errorf("a user with a password is on connection %s", u.Connection)
	}
}

// Users that are given out are copies. The fixture, which all servers of a
// process share, does not change with a user.
func TestUsersShareNothing(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	added, err := s.AddUser(fixtures.User{
		Email: "grace@example.com", Permissions: map[string][]string{"x": {"y"}}, Claims: map[string]any{"a": []any{"b"}},
		AppMetadata: map[string]any{"c": map[string]any{"d": "e"}}, UserMetadata: map[string]any{"f": "g"},
	})
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(s.User(added.UserID))
	added.Permissions["x"][0] = "!"
	added.Claims["a"].([]any)[0] = "!"
	added.AppMetadata["c"].(map[string]any)["d"] = "!"
	added.UserMetadata["f"] = "!"
	if after := fmt.Sprint(s.User(added.UserID)); after != before {
		t.Errorf("%s\nbecame %s", before, after)
	}

	ada := servertest.UserOf(t, s, "ada@example.com")
	const api = "https://api.acme.test/"
	ada.Permissions[api][0] = "write:orders"
	if _, err := s.UpdateUser(ada.UserID, func(u *fixtures.User) error { u.Permissions["other"], u.Name = nil, "X"; return nil }); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	for name, s := range map[string]*server.Server{"after a reset": s, "another server": servertest.New(t, server.Config{})} {
		if got := servertest.UserOf(t, s, "ada@example.com"); len(got.Permissions) != 1 || got.Permissions[api][0] != "read:orders" || got.Name != "Ada Lovelace" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnAddressThatIsGivenUpGoesToSomebodyElse(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	first := servertest.Login(t, s, "a@example.com", nil)
	id := servertest.UserOf(t, s, "a@example.com").UserID
	if _, err := s.UpdateUser(id, func(u *fixtures.User) error { u.Email = "b@example.com"; return nil }); err != nil {
		t.Fatal(err)
	}
	servertest.Login(t, s, "a@example.com", nil)
	if other := servertest.UserOf(t, s, "a@example.com").UserID; other == id || len(s.Users()) != 6 {
		t.Errorf("the users %s and %s, of %d", id, other, len(s.Users()))
	}
	if w := servertest.Refresh(t, s, first.RefreshToken); w.Code != http.StatusOK {
		t.Errorf("the first user's refresh token: %d %s", w.Code, w.Body)
	}
}

// The refresh tokens of a deleted user stay dead, also when somebody gets the
// user_id again. A user who signs up again has tokens that outlive a restart.
func TestADeletedUsersRefreshTokensStayDead(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	token := servertest.Login(t, s, "ada@example.com", nil).RefreshToken
	ada := servertest.UserOf(t, s, "ada@example.com")
	if err := s.DeleteUser(ada.UserID); err != nil {
		t.Fatal(err)
	}
	again := servertest.Login(t, s, "ada@example.com", nil).RefreshToken
	restarted := servertest.New(t, server.Config{Restore: s.State()})
	if w := servertest.Refresh(t, restarted, again); w.Code != http.StatusOK {
		t.Errorf("who signed up again, after a restart: %d %s", w.Code, w.Body)
	}
	if err := s.DeleteUser(servertest.UserOf(t, s, "ada@example.com").UserID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddUser(ada); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*server.Server{"with the user_id again": s, "after a restart": restarted} {
		if w := servertest.Refresh(t, s, token); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestNobodySignsUpByACodeSentBeforeTheUserWasDeleted(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, `
connections: [{name: email, strategy: email, enabled_clients: ["*"], options: {disable_signup: true}}]
users: [{email: ada@example.com}]
`)})
	code := servertest.Start(t, s, "ada@example.com")
	if err := s.DeleteUser(servertest.UserOf(t, s, "ada@example.com").UserID); err != nil {
		t.Fatal(err)
	}
	if w := servertest.Redeem(t, s, "ada@example.com", code, nil); w.Code != http.StatusForbidden || len(s.Users()) != 0 {
		t.Errorf("%d %s, %d users", w.Code, w.Body, len(s.Users()))
	}
}

// The organizations of a user are those whose member the user is. Roles alone make no
// member.
func TestTheActivityNamesTheOrganizationsOfAMember(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, `
roles: [{name: admin}]
organizations:
  - {id: org_1, name: acme, members: [{user: ada@example.com, roles: [admin]}]}
  - {id: org_2, name: other, members: [{user: ada@example.com, roles: [admin], joined: false}]}
`)})
	got := servertest.DecodeAnswer[struct {
		Organizations []struct{ ID, Name string }
	}](t, servertest.Call(t, s, "GET", "/_mock/users/ada@example.com/activity", nil))
	if len(got.Organizations) != 1 || got.Organizations[0].ID != "org_1" || got.Organizations[0].Name != "acme" {
		t.Errorf("the organizations are %v", got.Organizations)
	}
}
