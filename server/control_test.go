package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server/journal"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// What the control API refuses, and in which words.
func TestTheControlAPISaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	ada, _ := s.UserByAddress("ada@example.com")
	user := "/_mock/users/" + ada.UserID
	for _, tt := range []struct {
		name   string
		method string
		target string
		body   any
		status int
		says   string
	}{
		{"clock: no body", "POST", "/_mock/clock", nil, 400, "the body is empty; POST /_mock/clock takes JSON"},
		{"clock: no JSON", "POST", "/_mock/clock", `{"advance"`, 400, "malformed"},
		{"clock: a list", "POST", "/_mock/clock", `[]`, 400, "not an object"},
		{"clock: nothing asked", "POST", "/_mock/clock", `{}`, 400, "exactly one of"},
		{"clock: two things asked", "POST", "/_mock/clock", `{"advance":"3m","reset":true}`, 400, "exactly one of"},
		{"clock: no duration", "POST", "/_mock/clock", `{"advance":"soon"}`, 400, "not a duration such as 3m"},
		{"clock: a number", "POST", "/_mock/clock", `{"advance":180}`, 400, `advance: "180" is not a duration`},
		{"clock: a map", "POST", "/_mock/clock", `{"advance":{"minutes":3}}`, 400, "advance: must be a string, not a map"},
		{"clock: backwards", "POST", "/_mock/clock", `{"advance":"-3m"}`, 400, "only advances"},
		{"clock: no time", "POST", "/_mock/clock", `{"set":"tomorrow"}`, 400, "set: "},
		{"clock: a number for a time", "POST", "/_mock/clock", `{"set":1893456000}`, 400, "set: "},
		{"clock: a string for true", "POST", "/_mock/clock", `{"freeze":"yes"}`, 400, "freeze: "},
		{"clock: a list for true", "POST", "/_mock/clock", `{"reset":[]}`, 400, "reset: "},
		{"clock: an unknown field", "POST", "/_mock/clock", `{"advanced":"3m"}`, 400, `did you mean "advance"?`},
		{"clock: beyond the calendar", "POST", "/_mock/clock", `{"set":"9998-12-31T23:59:59Z"}`, 200, ""},
		{"clock: further beyond", "POST", "/_mock/clock", `{"advance":"24h"}`, 400, "year 9998"},
		{"clock: back again", "POST", "/_mock/clock", `{"set":"2030-01-01T00:00:00Z"}`, 200, ""},
		{"clock: a query", "GET", "/_mock/clock?now=1", nil, 400, `takes no query parameters, and there is "now"`},

		{"users: no body", "POST", "/_mock/users", nil, 400, "the body is empty"},
		{"users: no address", "POST", "/_mock/users", `{}`, 400, "a user needs an email or a phone_number"},
		{"users: no e-mail address", "POST", "/_mock/users", `{"email":"ada"}`, 400, `email: "ada" is not an e-mail address`},
		{"users: no phone number", "POST", "/_mock/users", `{"phone_number":"0171"}`, 400, "E.164"},
		{"users: there already", "POST", "/_mock/users", `{"email":" ADA@example.com"}`, 409, "exists already on connection email"},
		{"users: no such connection", "POST", "/_mock/users", `{"email":"a@example.com","connection":"mail"}`, 400, `there is no connection "mail"`},
		{"users: a misspelled field", "POST", "/_mock/users", `{"emial":"a@example.com"}`, 400, `did you mean "email"?`},
		{"users: a number for an address", "POST", "/_mock/users", `{"email":7}`, 400, `email: "7" is not an e-mail address`},
		{"users: a list for an address", "POST", "/_mock/users", `{"email":["a@example.com"]}`, 400, "email: must be a string, not a list"},
		{"users: a string for true", "POST", "/_mock/users", `{"email":"a@example.com","blocked":"no"}`, 400, "blocked: "},
		{"users: a list for a map", "POST", "/_mock/users", `{"email":"a@example.com","claims":[1]}`, 400, "claims: must be a map"},
		{"users: a string for a list", "POST", "/_mock/users", `{"email":"a@example.com","permissions":{"x":"read"}}`, 400, "must be a list"},
		{"users: a negative count", "POST", "/_mock/users", `{"email":"a@example.com","logins_count":-1}`, 400, "logins_count: "},
		{"users: a wrong time", "POST", "/_mock/users", `{"email":"a@example.com","created_at":"now"}`, 400, "created_at: "},
		{"users: a phone number without quotes", "POST", "/_mock/users", `{"phone_number":12025550101}`, 400, "phone_number: "},
		{"users: unknown to read", "GET", "/_mock/users/email|x", nil, 404, `there is no user "email|x"`},
		{"users: unknown to change", "PATCH", "/_mock/users/email|x", `{"name":"X"}`, 404, "there is no user"},
		{"users: unknown to delete", "DELETE", "/_mock/users/email|x", nil, 404, "there is no user"},
		{"users: a change of id", "PATCH", user, `{"user_id":"email|x"}`, 400, "cannot change"},
		{"users: a change of connection", "PATCH", user, `{"connection":"sms"}`, 400, "cannot change"},
		{"users: another's address", "PATCH", user, `{"email":"alan@example.com"}`, 409, "exists already"},
		{"users: an unknown field to change", "PATCH", user, `{"nick":"x"}`, 400, "unknown field"},
		{"users: a wrong type to change", "PATCH", user, `{"name":["x"]}`, 400, "name: must be a string"},
		{"users: an empty change", "PATCH", user, nil, 400, "the body is empty"},

		{"tokens: no body", "POST", "/_mock/tokens", nil, 400, "the body is empty"},
		{"tokens: no claims", "POST", "/_mock/tokens", `{}`, 400, "claims: required field is missing"},
		{"tokens: claims that are none", "POST", "/_mock/tokens", `{"claims":"sub"}`, 400, "claims: must be a map"},
		{"tokens: an unknown key", "POST", "/_mock/tokens", `{"claims":{"sub":"x"},"key":"rouge"}`, 400, `"rogue"`},

		{"outbox: an unknown filter", "GET", "/_mock/outbox?tp=x", nil, 400, `did you mean "to"?`},
		{"outbox: a filter given twice", "GET", "/_mock/outbox?to=x&to=y", nil, 400, "given twice"},
		{"outbox: a malformed filter", "GET", "/_mock/outbox?to=%zz", nil, 400, "malformed"},
		{"outbox: no number", "GET", "/_mock/outbox?limit=many", nil, 400, "limit: "},
		{"outbox: too few", "GET", "/_mock/outbox?limit=0", nil, 400, "limit: "},
		{"outbox: too many", "GET", "/_mock/outbox?limit=1001", nil, 400, "from 1 to 1000"},
		{"outbox: an unknown state", "GET", "/_mock/outbox?state=deliverd", nil, 400, `did you mean "delivered"?`},
		{"outbox: an unknown state to forget", "DELETE", "/_mock/outbox?state=old", nil, 400, `unknown state "old"`},
		{"outbox: no cursor", "GET", "/_mock/outbox?since=yesterday", nil, 400, "not a cursor"},
		{"outbox: a cursor of another run", "GET", "/_mock/outbox?since=e7.12", nil, 410, "from before the outbox was emptied"},
		{"outbox: no message", "GET", "/_mock/outbox/msg_00000009", nil, 404, `there is no message "msg_00000009"`},
		{"outbox: no text", "GET", "/_mock/outbox/msg_00000009/text", nil, 404, "there is no message"},
		{"outbox: nothing to expire", "POST", "/_mock/outbox/msg_00000009/expire", nil, 404, "there is no message"},
		{"outbox: nothing to deliver", "POST", "/_mock/outbox/msg_00000009/deliver", nil, 404, "there is no message"},
		{"code: no time", "GET", "/_mock/outbox/code?wait=soon", nil, 400, "wait: "},
		{"code: a negative time", "GET", "/_mock/outbox/code?wait=-1s", nil, 400, "wait: "},
		{"code: for ever", "GET", "/_mock/outbox/code?wait=1h", nil, 400, "from 0s to 1m0s"},
		{"code: no number", "GET", "/_mock/outbox/code?wait=NaN", nil, 400, "wait: "},
		{"code: an unknown state", "GET", "/_mock/outbox/code?state=x", nil, 400, "unknown state"},
		{"code: none", "GET", "/_mock/outbox/code?to=bob@example.com", nil, 404, "no live code for bob@example.com; the outbox is empty"},
		{"link: none", "GET", "/_mock/outbox/link", nil, 404, "no live link"},
		{"latest: none", "GET", "/_mock/outbox/latest", nil, 404, "no message"},
		{"stream: an unknown filter", "GET", "/_mock/outbox/stream?to=x", nil, 400, "does not know the query parameter"},

		{"state: no body", "PUT", "/_mock/state", nil, 400, ""},
		{"state: no fixture", "PUT", "/_mock/state", `{"version":1,"clients":[{"client_id":"a","grants":[]}]}`, 400, "clients[0].grants: unknown field"},
		{"state: another version", "PUT", "/_mock/state", `{"version":2}`, 400, "version: "},
		{"authority: none", "GET", "/_mock/ca.pem", nil, 404, "does not speak https"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := call(t, s, tt.method, tt.target, tt.body, ended(t))
			if w.Code != tt.status {
				t.Fatalf("%s %s: %d %s, want %d", tt.method, tt.target, w.Code, w.Body, tt.status)
			}
			if tt.status < 400 {
				return
			}
			e := decodeError(t, w)
			if !strings.Contains(e.Description, tt.says) || e.Error == "" {
				t.Errorf("it says %q %q, which lacks %q", e.Error, e.Description, tt.says)
			}
		})
	}
}

// All mistakes of a body are told at once, each with its place.
func TestEveryMistakeOfABodyIsToldAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	w := call(t, s, "POST", "/_mock/users", "{\"email\": [7],\n \"nickame\": \"x\",\n \"blocked\": \"yes\"}")
	e := decodeError(t, w)
	list, _ := e.Errors.([]any)
	if len(list) != 3 || !strings.Contains(e.Description, "(and 2 more)") {
		t.Fatalf("got %s", w.Body)
	}
	want := object{"path": "nickame", "line": 2.0, "column": 2.0}
	for name, value := range want {
		if got := list[1].(object)[name]; got != value {
			t.Errorf("the second mistake has %s %v, want %v: %s", name, got, value, w.Body)
		}
	}
	if users := s.Users(); len(users) != 4 {
		t.Errorf("a user was made of it: %v", users)
	}
}

func TestUsersAreReadMadeChangedAndForgotten(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	made := decodeAnswer[object](t, call(t, s, "POST", "/_mock/users", object{
		"email": "Grace@Example.com", "name": "Grace Hopper", "app_metadata": object{"plan": "pro"},
		"permissions": object{"https://api.acme.test/": []string{"read:orders"}},
	}))
	id, _ := made["user_id"].(string)
	if !strings.HasPrefix(id, "email|") || made["email"] != "grace@example.com" || made["nickname"] != "grace" {
		t.Fatalf("made %v", made)
	}
	read := decodeAnswer[object](t, call(t, s, "GET", "/_mock/users/"+url.PathEscape(id), nil))
	if !reflect.DeepEqual(read, made) {
		t.Errorf("read %v, made %v", read, made)
	}
	changed := decodeAnswer[object](t, call(t, s, "PATCH", "/_mock/users/"+id, object{"email": "hopper@example.com", "blocked": true}))
	if changed["email"] != "hopper@example.com" || changed["blocked"] != true || changed["name"] != "Grace Hopper" || changed["user_id"] != id {
		t.Errorf("changed to %v", changed)
	}
	if !reflect.DeepEqual(changed["app_metadata"], made["app_metadata"]) {
		t.Errorf("app_metadata became %v", changed["app_metadata"])
	}
	if _, ok := s.UserByAddress("grace@example.com"); ok {
		t.Error("the old address still finds the user")
	}
	list := decodeAnswer[struct{ Items []fixtures.User }](t, call(t, s, "GET", "/_mock/users", nil))
	if n := len(list.Items); n != 5 {
		t.Errorf("%d users, want 5", n)
	}
	if w := call(t, s, "DELETE", "/_mock/users/"+id, nil); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	if w := call(t, s, "GET", "/_mock/users/"+id, nil); w.Code != http.StatusNotFound {
		t.Errorf("after the delete: %d", w.Code)
	}
}

// A password can be set and is never shown.
func TestPasswordsAreNotShown(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	made := call(t, s, "POST", "/_mock/users", object{"email": "eve@example.com", "password": "Tr0ub4dor&3"})
	all := call(t, s, "GET", "/_mock/users", nil)
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
	s := newServer(t, server.Config{})
	ada, _ := s.UserByAddress("ada@example.com")
	w := call(t, s, "PATCH", "/_mock/users/"+ada.UserID, object{"permissions": object{"https://api.acme.test/": []string{"write:orders"}}, "name": "X"})
	if w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	s.Reset()
	if again, _ := s.UserByAddress("ada@example.com"); !reflect.DeepEqual(again.Permissions, ada.Permissions) || again.Name != ada.Name {
		t.Errorf("after the reset: %+v, want %+v", again, ada)
	}
}

func TestTheClockIsMovedStoppedAndResetOverHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, server.Config{})
		type state struct {
			Now     time.Time
			Running bool
			Offset  string
		}
		move := func(body string) state {
			t.Helper()
			return decodeAnswer[state](t, call(t, s, "POST", "/_mock/clock", body))
		}
		want := func(got state, now time.Time, running bool, offset string) {
			t.Helper()
			if !got.Now.Equal(now) || got.Running != running || got.Offset != offset {
				t.Errorf("the clock is %+v, want %v running=%t offset %s", got, now, running, offset)
			}
		}
		began := time.Now()
		want(decodeAnswer[state](t, call(t, s, "GET", "/_mock/clock", nil)), began, true, "0s")
		want(move(`{"advance":"3m"}`), began.Add(3*time.Minute), true, "3m0s")
		want(move(`{"freeze":true}`), began.Add(3*time.Minute), false, "")
		want(move(`{"advance":"1h"}`), began.Add(63*time.Minute), false, "")
		want(move(`{"freeze":false}`), began.Add(63*time.Minute), true, "1h3m0s")
		want(move(`{"set":"2030-01-01T01:00:00+01:00"}`), at2030, false, "") // an offset from real time would differ from run to run
		want(move(`{"reset":true}`), began, true, "0s")
	})
}

func TestMintedTokensVerifyAndForgedOnesDoNot(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	mint := func(body object) string {
		t.Helper()
		return decodeAnswer[struct{ Token string }](t, call(t, s, "POST", "/_mock/tokens", body)).Token
	}
	filled := claims(t, s, mint(object{"claims": object{"sub": "x"}}))
	if want := (object{"iss": "http://localhost:2884/", "sub": "x", "iat": 1893456000.0, "exp": 1893542400.0}); !reflect.DeepEqual(filled, want) {
		t.Errorf("filled in: %v, want %v", filled, want)
	}
	own := object{"iss": "https://other/", "sub": "x", "aud": []any{"a", "b"}, "iat": 1.0, "exp": 2.5, "n": 1e21, "deep": object{"a": []any{nil, true}}}
	if got := claims(t, s, mint(object{"claims": own})); !reflect.DeepEqual(got, own) {
		t.Errorf("one's own claims: %v, want %v", got, own)
	}
	forged := mint(object{"claims": object{"sub": "x"}, "key": "rogue"})
	if _, err := verifyErr(jwks(t, s), forged); err == nil {
		t.Error("a forged token verifies")
	}
	inGo, err := s.MintToken("https://tenant.test/", object{"sub": "y"})
	if got := claims(t, s, inGo); err != nil || got["iss"] != "https://tenant.test/" {
		t.Errorf("minted in Go: %v %v", got, err)
	}
	pinned := newServer(t, server.Config{Issuer: "https://pinned.test"})
	token := decodeAnswer[struct{ Token string }](t, call(t, pinned, "POST", "/_mock/tokens", object{"claims": object{"sub": "x"}})).Token
	if got := claims(t, pinned, token)["iss"]; got != "https://pinned.test/" {
		t.Errorf("with a pinned issuer iss is %v", got)
	}
}

func TestAfterARotationOldTokensVerifyAndNewOnesHaveTheNextKey(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	kids := func() (list []string) {
		t.Helper()
		var set struct{ Keys []struct{ Kid string } }
		if err := json.Unmarshal(jwks(t, s), &set); err != nil {
			t.Fatal(err)
		}
		for _, k := range set.Keys {
			list = append(list, k.Kid)
		}
		return list
	}
	old := login(t, s, "ada@example.com", nil).IDToken
	first := kids()
	if len(first) != 2 {
		t.Fatalf("the key set holds %q, want the current and the next key", first)
	}
	rotated := decodeAnswer[struct{ Kid string }](t, call(t, s, "POST", "/_mock/keys/rotate", nil))
	if second := kids(); rotated.Kid != first[1] || second[0] != first[1] || second[2] != first[0] || len(second) != 3 {
		t.Errorf("after the rotation to %s the key set holds %q, before %q", rotated.Kid, second, first)
	}
	verify(t, jwks(t, s), old)
	verify(t, jwks(t, s), login(t, s, "ada@example.com", nil).IDToken)
	s.RotateKey()
	if _, err := verifyErr(jwks(t, s), old); err == nil {
		t.Error("two rotations later the old token still verifies")
	}
	s.Reset()
	if got := kids(); !reflect.DeepEqual(got, first) {
		t.Errorf("after a reset the key set holds %q, want %q", got, first)
	}
}

func TestAnExportedTenantGoesOnInAnotherServer(t *testing.T) {
	t.Parallel()
	for _, door := range []string{"PUT /_mock/state", "Config.Restore", "Config.Fixture"} {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			old := newServer(t, server.Config{At: at2030})
			ada := login(t, old, "ada@example.com", object{"scope": "openid offline_access"})
			grace := login(t, old, "grace@example.com", object{"scope": "openid offline_access", "audience": "https://api.acme.test/"})
			if _, err := old.AddUser(fixtures.User{Email: "carl@example.com", Claims: map[string]any{"https://acme.test/n": 1.5}, UserMetadata: map[string]any{"a": []any{"b"}}}); err != nil {
				t.Fatal(err)
			}
			bob, _ := old.AddUser(fixtures.User{Email: "bob@example.com"})
			if err := old.DeleteUser(bob.UserID); err != nil {
				t.Fatal(err)
			}
			export := call(t, old, "GET", "/_mock/state", nil).Body.Bytes()

			state, err := fixtures.Parse("", export)
			if err != nil {
				t.Fatalf("the export is no fixture: %v\n%s", err, export)
			}
			config := server.Config{At: at2030}
			switch door {
			case "Config.Restore":
				config.Restore = state
			case "Config.Fixture":
				config.Fixture = state
			}
			next := newServer(t, config)
			if door == "PUT /_mock/state" {
				if w := call(t, next, "PUT", "/_mock/state", string(export)); w.Code != http.StatusNoContent {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if got, want := users(t, next), users(t, old); got != want {
				t.Errorf("users\n%s\nwant\n%s", got, want)
			}
			for _, login := range []tokens{ada, grace} {
				if w := refresh(t, next, login.RefreshToken); w.Code != http.StatusOK {
					t.Errorf("a refresh token does not go on: %d %s", w.Code, w.Body)
				}
			}
			// Codes and ids go on where they stopped: the second code, the
			// second id of the deleted user.
			if got, want := start(t, next, "ada@example.com"), start(t, old, "ada@example.com"); got != want {
				t.Errorf("the next code is %s, want %s", got, want)
			}
			again, err := next.AddUser(fixtures.User{Email: "bob@example.com"})
			if err != nil || again.UserID == bob.UserID {
				t.Errorf("the deleted user comes back as %s, was %s (%v)", again.UserID, bob.UserID, err)
			}
			if _, live := next.Outbox().Latest(outbox.To("grace@example.com")); live {
				t.Error("messages are in the export")
			}
		})
	}
}

// users are all users, sorted by the order of their creation, as the control API shows them.
func users(t *testing.T, s *server.Server) string {
	t.Helper()
	var out strings.Builder
	list := decodeAnswer[struct{ Items []json.RawMessage }](t, call(t, s, "GET", "/_mock/users", nil))
	for _, u := range list.Items {
		fmt.Fprintf(&out, "%s\n", u)
	}
	return out.String()
}

func TestResetGoesBackToTheStart(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	before := users(t, s)
	session := login(t, s, "grace@example.com", object{"scope": "openid offline_access"})
	otp := start(t, s, "ada@example.com")
	if err := s.Clock().Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	s.RotateKey()
	if w := call(t, s, "POST", "/_mock/reset", nil); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := users(t, s); got != before {
		t.Errorf("users\n%s\nwant\n%s", got, before)
	}
	if !s.Clock().Now().Equal(at2030) || s.Clock().Running() {
		t.Errorf("the clock shows %s, running %t", s.Clock().Now(), s.Clock().Running())
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests are left", n)
	}
	if n, _ := s.Outbox().Counts(); n != 0 {
		t.Errorf("%d messages are left", n)
	}
	if w := refresh(t, s, session.RefreshToken); w.Code != http.StatusForbidden {
		t.Errorf("an old refresh token still works: %d", w.Code)
	}
	if w := redeem(t, s, "ada@example.com", otp, nil); w.Code != http.StatusForbidden {
		t.Errorf("an old code still works: %d", w.Code)
	}
	if again := start(t, s, "ada@example.com"); again != otp {
		t.Errorf("the first code is %s, was %s", again, otp)
	}
}

// After PUT /_mock/state a reset goes back to what was put.
func TestAfterAnImportAResetGoesBackToIt(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	w := call(t, s, "PUT", "/_mock/state", "version: 1\nextends: minimal\nusers:\n  - {email: eve@example.com}\n", header("Content-Type", "application/yaml"))
	if w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := s.DeleteUser(s.Users()[0].UserID); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	if got := s.Users(); len(got) != 1 || got[0].Email != "eve@example.com" {
		t.Errorf("users are %v", got)
	}
	// A fixture with mistakes changes nothing.
	if w := call(t, s, "PUT", "/_mock/state", `{"version":1,"users":[{"email":"x"}]}`); w.Code != http.StatusBadRequest {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := s.Users(); len(got) != 1 {
		t.Errorf("users are %v", got)
	}
}

// A tenant of any size can be put back: what GET gives, PUT takes.
func TestALargeExportCanBeImported(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	bio := strings.Repeat("x", 1000)
	for i := range 1500 {
		if _, err := s.AddUser(fixtures.User{Email: fmt.Sprintf("u%d@example.com", i), UserMetadata: map[string]any{"bio": bio}}); err != nil {
			t.Fatal(err)
		}
	}
	export := call(t, s, "GET", "/_mock/state", nil).Body.String()
	if len(export) < 1<<20 {
		t.Fatalf("the export has only %d bytes", len(export))
	}
	if w := call(t, s, "PUT", "/_mock/state", export); w.Code != http.StatusNoContent {
		t.Errorf("an export of %d bytes: %d %s", len(export), w.Code, w.Body)
	}
}

func TestTheJournalKeepsTheLastThousandAndCountsTheRest(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	const n = 2345
	for i := range n {
		call(t, s, "GET", fmt.Sprintf("/nowhere/%d", i), nil)
	}
	journal := decodeAnswer[struct {
		Items   []journal.Request
		Dropped int
	}](t, call(t, s, "GET", "/_mock/requests", nil))
	if len(journal.Items) != 1000 || journal.Dropped != n-1000 {
		t.Fatalf("%d kept, %d dropped", len(journal.Items), journal.Dropped)
	}
	if first, last := journal.Items[0].Path, journal.Items[999].Path; first != "/nowhere/1345" || last != "/nowhere/2344" {
		t.Errorf("kept are %s to %s", first, last)
	}
	health := decodeAnswer[struct {
		Requests        int `json:"requests"`
		DroppedRequests int `json:"dropped_requests"`
	}](t, call(t, s, "GET", "/_mock/health", nil))
	if health.Requests != 1000 || health.DroppedRequests != n-1000 {
		t.Errorf("health says %+v", health)
	}
	if w := call(t, s, "DELETE", "/_mock/requests", nil); w.Code != http.StatusNoContent {
		t.Errorf("delete: %d", w.Code)
	}
	if left := s.Requests(); len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
}

// Secrets that a request carries are not in the journal, wherever they stand.
func TestTheJournalShowsNoSecrets(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	const secret = "s3cr3t-value"
	for _, name := range []string{"client_secret", "client_assertion", "password", "refresh_token", "access_token", "token", "code", "code_verifier"} {
		call(t, s, "POST", "/oauth/token", object{name: secret})
		call(t, s, "POST", "/oauth/token", url.Values{name: {secret}})
		call(t, s, "POST", "/oauth/token?"+name+"="+secret, nil)
		call(t, s, "POST", "/passwordless/start", object{"authParams": object{name: secret}})
		call(t, s, "POST", "/oauth/token", object{name: []string{secret}})
	}
	call(t, s, "GET", "/userinfo", nil, header("Authorization", "Bearer "+secret))
	call(t, s, "POST", "/oauth/token", nil, header("Authorization", "Basic YTpzM2NyM3QtdmFsdWU="))
	if body := call(t, s, "GET", "/_mock/requests", nil).Body.String(); strings.Contains(body, secret) {
		t.Errorf("the journal shows it: %s", body)
	}
}

// What a hint says helps the developer and is never on the wire of Auth0.
func TestHintsAreInTheJournalOnly(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	w := call(t, s, "POST", "/passwordless/start", object{"client_id": "abc", "connection": "email", "email": "ada@example.com"})
	if strings.Contains(w.Body.String(), "--client") {
		t.Errorf("the answer is %s", w.Body)
	}
	if got := s.Requests()[0].Hint; got != `client "abc" is not in the fixture; add --client abc (in Go, testkit.Clients)` {
		t.Errorf("the hint is %q", got)
	}
}

// A change to nothing is a change: what is given empty becomes empty, what is
// absent stays.
func TestAUsersPermissionsCanBeEmptied(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	ada, _ := s.UserByAddress("ada@example.com")
	if len(ada.Permissions) == 0 {
		t.Fatal("ada of the default fixture has permissions")
	}
	call(t, s, "PATCH", "/_mock/users/"+ada.UserID, `{"permissions":{}}`)
	changed, _ := s.User(ada.UserID)
	if len(changed.Permissions) != 0 || changed.Name != ada.Name {
		t.Errorf("permissions %v, name %q", changed.Permissions, changed.Name)
	}
}
