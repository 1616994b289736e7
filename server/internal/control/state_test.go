package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// What is exported of a tenant with templates and a gateway says the same again.
func TestTemplatesAndGatewaysAreExported(t *testing.T) {
	t.Parallel()
	old := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.NamedFixture(t, "templates")})
	export := servertest.Call(t, old, "GET", "/_mock/state", nil).Body.String()
	next := servertest.New(t, server.Config{At: servertest.At2030})
	if w := servertest.Call(t, next, "PUT", "/_mock/state", export); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if again := servertest.Call(t, next, "GET", "/_mock/state", nil).Body.String(); again != export {
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
			ada := servertest.Login(t, old, "ada@example.com", servertest.Object{"scope": "openid offline_access"})
			grace := servertest.Login(t, old, "grace@example.com", servertest.Object{"scope": "openid offline_access", "audience": "https://api.acme.test/"})
			if _, err := old.AddUser(fixtures.User{Email: "carl@example.com", Claims: map[string]any{"https://acme.test/n": 1.5}, UserMetadata: map[string]any{"a": []any{"b"}}}); err != nil {
				t.Fatal(err)
			}
			bob, _ := old.AddUser(fixtures.User{Email: "bob@example.com"})
			if err := old.DeleteUser(bob.UserID); err != nil {
				t.Fatal(err)
			}
			export := servertest.Call(t, old, "GET", "/_mock/state", nil).Body.Bytes()

			state, err := fixtures.Parse("", export)
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
				if w := servertest.Call(t, next, "PUT", "/_mock/state", string(export)); w.Code != http.StatusNoContent {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if got, want := users(t, next), users(t, old); got != want {
				t.Errorf("users\n%s\nwant\n%s", got, want)
			}
			for _, login := range []servertest.Tokens{ada, grace} {
				if w := servertest.Refresh(t, next, login.RefreshToken); w.Code != http.StatusOK {
					t.Errorf("a refresh token does not go on: %d %s", w.Code, w.Body)
				}
			}
			// Codes and ids go on where they stopped: the second code, the
			// second id of the deleted user.
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

// users are all users, sorted by the order of their creation, as the control API shows them.
func users(t *testing.T, s *server.Server) string {
	t.Helper()
	var out strings.Builder
	list := servertest.DecodeAnswer[struct{ Items []json.RawMessage }](t, servertest.Call(t, s, "GET", "/_mock/users", nil))
	for _, u := range list.Items {
		fmt.Fprintf(&out, "%s\n", u)
	}
	return out.String()
}

func TestResetGoesBackToTheStart(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	before := users(t, s)
	session := servertest.Login(t, s, "grace@example.com", servertest.Object{"scope": "openid offline_access"})
	otp := servertest.Start(t, s, "ada@example.com")
	if err := s.Clock().Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	s.RotateKey()
	if w := servertest.Call(t, s, "POST", "/_mock/reset", nil); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := users(t, s); got != before {
		t.Errorf("users\n%s\nwant\n%s", got, before)
	}
	if !s.Clock().Now().Equal(servertest.At2030) || s.Clock().Running() {
		t.Errorf("the clock shows %s, running %t", s.Clock().Now(), s.Clock().Running())
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests are left", n)
	}
	if n, _ := s.Outbox().Counts(); n != 0 {
		t.Errorf("%d messages are left", n)
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

// After PUT /_mock/state a reset goes back to what was put.
func TestAfterAnImportAResetGoesBackToIt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	w := servertest.Call(t, s, "PUT", "/_mock/state", "version: 1\nextends: minimal\nusers:\n  - {email: eve@example.com}\n", servertest.Header("Content-Type", "application/yaml"))
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
	if w := servertest.Call(t, s, "PUT", "/_mock/state", `{"version":1,"users":[{"email":"x"}]}`); w.Code != http.StatusBadRequest {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := s.Users(); len(got) != 1 {
		t.Errorf("users are %v", got)
	}
}

// A tenant of any size can be put back: what GET gives, PUT takes.
func TestALargeExportCanBeImported(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	bio := strings.Repeat("x", 1000)
	for i := range 1500 {
		if _, err := s.AddUser(fixtures.User{Email: fmt.Sprintf("u%d@example.com", i), UserMetadata: map[string]any{"bio": bio}}); err != nil {
			t.Fatal(err)
		}
	}
	export := servertest.Call(t, s, "GET", "/_mock/state", nil).Body.String()
	if len(export) < 1<<20 {
		t.Fatalf("the export has only %d bytes", len(export))
	}
	if w := servertest.Call(t, s, "PUT", "/_mock/state", export); w.Code != http.StatusNoContent {
		t.Errorf("an export of %d bytes: %d %s", len(export), w.Code, w.Body)
	}
}

func TestWhatIsExportedCanBeLoaded(t *testing.T) {
	s := servertest.New(t, server.Config{})
	for _, u := range []servertest.Object{
		{"email": "x@example.com", "user_id": "weird"},
		{"email": "x@example.com", "user_id": "sms|abc"},
		{"email": "x@example.com", "connection": "sms"},
		{"phone_number": "+12025550199", "connection": "email"},
		{"email": "x@example.com", "connection": "email", "password": "Passw0rd!"},
	} {
		if w := servertest.Call(t, s, "POST", "/_mock/users", u); w.Code != http.StatusBadRequest {
			t.Errorf("%v: %d %s", u, w.Code, w.Body)
		}
	}
	for _, u := range []servertest.Object{
		{"email": "y@example.com", "phone_number": "+12025550188"},
		{"email": "z@example.com", "phone_number": "+12025550188"},
		{"phone_number": "+12025550188", "email": "y@example.com", "connection": "sms"},
		{"email": "y@example.com", "password": "Passw0rd!", "user_id": "auth0|y"},
	} {
		if w := servertest.Call(t, s, "POST", "/_mock/users", u); w.Code != http.StatusCreated {
			t.Errorf("%v: %d %s", u, w.Code, w.Body)
		}
	}
	state, err := s.State().JSON()
	if err != nil {
		t.Fatal(err)
	}
	f, err := fixtures.Parse("state", state)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(servertest.New(t, server.Config{Fixture: f}).Users()), len(s.Users()); got != want {
		t.Errorf("%d users, want %d", got, want)
	}
}
