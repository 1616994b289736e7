package control_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// putState puts a state, and returns what the answer says.
func putState(t *testing.T, s *server.Server, status int, state string) (says string) {
	t.Helper()
	w := servertest.Call(t, s, "PUT", "/_mock/state", state, servertest.Header("Content-Type", "application/yaml"))
	if w.Code != status {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// bodyOf is what a GET answers.
func bodyOf(t *testing.T, s *server.Server, target string) string {
	t.Helper()
	return servertest.Call(t, s, "GET", target, nil).Body.String()
}

// What is exported of a tenant with templates and a gateway says the same again.
func TestTemplatesAndGatewaysAreExported(t *testing.T) {
	t.Parallel()
	old := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.NamedFixture(t, "templates")})
	next := servertest.New(t, server.Config{At: servertest.At2030})
	export := bodyOf(t, old, "/_mock/state")
	putState(t, next, http.StatusNoContent, export)
	if again := bodyOf(t, next, "/_mock/state"); again != export {
		t.Errorf("exported again it is\n%s\nnot\n%s", again, export)
	}
	for _, s := range []*server.Server{old, next} {
		servertest.Start(t, s, "ada@example.com")
	}
	a, b := old.Outbox().All()[0], next.Outbox().All()[0]
	if a.HTML != b.HTML || a.Subject != b.Subject || a.From != "Acme Native <login@acme.test>" || !strings.HasPrefix(a.HTML, "<html><head><title>x</title>") {
		t.Errorf("the messages are\n%+v\n%+v", a, b)
	}
}

func TestAnExportedTenantGoesOnInAnotherServer(t *testing.T) {
	t.Parallel()
	for _, door := range []string{"PUT /_mock/state", "Config.Restore", "Config.Fixture"} {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			old := servertest.New(t, server.Config{At: servertest.At2030})
			ada := servertest.Login(t, old, "ada@example.com", nil)
			grace := servertest.Login(t, old, "grace@example.com", servertest.Object{"audience": "https://api.acme.test/"})
			servertest.Call(t, old, "POST", "/dbconnections/signup", servertest.Object{
				"client_id": "acme-native", "connection": "Username-Password-Authentication", "email": "Eve@example.com", "password": "S3cret-Loaf", "user_metadata": servertest.Object{"plan": "gold"},
			})
			if _, err := old.AddUser(fixtures.User{Email: "carl@example.com", Claims: map[string]any{"https://acme.test/n": 1.5}, UserMetadata: map[string]any{"a": []any{"b"}}}); err != nil {
				t.Fatal(err)
			}
			bob, _ := old.AddUser(fixtures.User{Email: "bob@example.com"})
			if err := old.DeleteUser(bob.UserID); err != nil {
				t.Fatal(err)
			}
			export := bodyOf(t, old, "/_mock/state")
			state, err := fixtures.Parse("", []byte(export))
			if err != nil {
				t.Fatalf("the export is no fixture: %v\n%s", err, export)
			}
			config := server.Config{At: servertest.At2030}
			switch door {
			case "Config.Restore":
				config.Restore = state
			case "Config.Fixture":
				config.Fixture = state
			}
			next := servertest.New(t, config)
			if door == "PUT /_mock/state" {
				putState(t, next, http.StatusNoContent, export)
			}
			if got, want := bodyOf(t, next, "/_mock/users"), bodyOf(t, old, "/_mock/users"); got != want {
				t.Errorf("users\n%s\nwant\n%s", got, want)
			}
			for _, login := range []servertest.Tokens{ada, grace} {
				if w := servertest.Refresh(t, next, login.RefreshToken); w.Code != http.StatusOK {
					t.Errorf("a refresh token does not go on: %d %s", w.Code, w.Body)
				}
			}
			if w := servertest.Call(t, next, "POST", "/oauth/token", servertest.Object{"grant_type": "password", "client_id": "acme-native", "username": "eve@example.com", "password": "S3cret-Loaf"}); w.Code != http.StatusOK {
				t.Errorf("a password does not go on: %d %s", w.Code, w.Body)
			}
			// Codes and ids go on where they stopped: ada's second code, and a second
			// id for the deleted user.
			if got, want := servertest.Start(t, next, "ada@example.com"), servertest.Start(t, old, "ada@example.com"); got != want {
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

func TestResetGoesBackToTheStart(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Scenarios: []string{"email-duplicate"}})
	before := bodyOf(t, s, "/_mock/users")
	session := servertest.Login(t, s, "grace@example.com", nil)
	otp := servertest.Start(t, s, "ada@example.com")
	if err := s.Clock().Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	s.RotateKey()
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited"})
	if w := servertest.Call(t, s, "POST", "/_mock/reset", nil); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := bodyOf(t, s, "/_mock/users"); got != before {
		t.Errorf("users\n%s\nwant\n%s", got, before)
	}
	if !s.Clock().Now().Equal(servertest.At2030) || s.Clock().Running() {
		t.Errorf("the clock shows %s, running %t", s.Clock().Now(), s.Clock().Running())
	}
	if n, _ := s.Outbox().Counts(); n != 0 || len(s.Requests()) != 0 {
		t.Errorf("%d messages and %d requests are left", n, len(s.Requests()))
	}
	if on := s.Scenarios(); len(on) != 1 || on[0].Name != "email-duplicate" || on[0].Rules[0].Matched != 0 {
		t.Errorf("scenarios: %+v", on)
	}
	if w := servertest.Refresh(t, s, session.RefreshToken); w.Code != http.StatusForbidden {
		t.Errorf("an old refresh token still works: %d", w.Code)
	}
	if w := servertest.Redeem(t, s, "ada@example.com", otp, nil); w.Code != http.StatusForbidden {
		t.Errorf("an old code still works: %d", w.Code)
	}
	if again := servertest.Start(t, s, "ada@example.com"); again != otp {
		t.Errorf("the first code is %s, was %s", again, otp)
	}
}

// After PUT /_mock/state a reset goes back to what was put. A state with
// mistakes changes nothing.
func TestAfterAnImportAResetGoesBackToIt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	putState(t, s, http.StatusNoContent, "version: 1\nextends: minimal\nusers:\n  - {email: eve@example.com}\n")
	if err := s.DeleteUser(s.Users()[0].UserID); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	putState(t, s, http.StatusBadRequest, `{"version":1,"users":[{"email":"x"}]}`)
	if got := s.Users(); len(got) != 1 || got[0].Email != "eve@example.com" {
		t.Errorf("users are %v", got)
	}
}

// A user that could not be in a fixture is refused. All others are put back by
// an export, however large it is.
func TestWhatIsExportedCanBeLoaded(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	for status, users := range map[int][]servertest.Object{
		http.StatusBadRequest: {
			{"email": "x@example.com", "user_id": "weird"},
			{"email": "x@example.com", "user_id": "sms|abc"},
			{"email": "x@example.com", "connection": "sms"},
			{"phone_number": "+12025550199", "connection": "email"},
			{"email": "x@example.com", "connection": "email", "password": "Passw0rd!"},
		},
		http.StatusCreated: {
			{"email": "y@example.com", "phone_number": "+12025550188"},
			{"email": "z@example.com", "phone_number": "+12025550188"},
			{"phone_number": "+12025550188", "email": "y@example.com", "connection": "sms"},
			{"email": "y@example.com", "password": "Passw0rd!", "user_id": "auth0|y"},
		},
	} {
		for _, u := range users {
			if w := servertest.Call(t, s, "POST", "/_mock/users", u); w.Code != status {
				t.Errorf("%v: %d %s", u, w.Code, w.Body)
			}
		}
	}
	if _, err := s.AddUser(fixtures.User{Email: "large@example.com", UserMetadata: map[string]any{"bio": strings.Repeat("x", 2<<20)}}); err != nil {
		t.Fatal(err)
	}
	next := servertest.New(t, server.Config{})
	if w := servertest.Call(t, next, "PUT", "/_mock/state", bodyOf(t, s, "/_mock/state")); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if bodyOf(t, next, "/_mock/users") != bodyOf(t, s, "/_mock/users") {
		t.Error("the users are others")
	}
}
