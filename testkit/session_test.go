package testkit_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/testkit"
)

// A browser with the cookies of a session is led back to the app at once, by whatever
// name the tenant is called.
func TestSession(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		user, address, want string
	}{
		"of a user":        {user: "ada@example.com", want: "Welcome, Ada Lovelace!"},
		"of a new address": {user: "new@example.com", want: "Welcome, new@example.com!"},
		"of a new number":  {user: "+12025550177", want: "Welcome, +12025550177!"},
		"over https":       {user: "dora@example.com", address: "https://127.0.0.1", want: "Welcome, Dora!"},
		"at localhost":     {user: "ada@example.com", address: "http://localhost", want: "Welcome, Ada Lovelace!"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t)
			app := newWebApp(auth)
			if tt.address != "" {
				app.auth0 = strings.Replace(auth.URL(), "http://127.0.0.1", tt.address, 1)
			}
			browser := &http.Client{Jar: auth.Session(t, tt.user), Transport: auth.Client().Transport}
			res, err := browser.Get(serve(t, app) + "/login")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if got := text(t, res); got != tt.want {
				t.Errorf("the app says %q, want %q", got, tt.want)
			}
			if held, _ := auth.Server().Outbox().Counts(); held != 0 {
				t.Error("a message was sent")
			}
		})
	}
}

func TestSessionInMemory(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.InMemory("login.acme.test"))
	browser := auth.NoRedirect()
	browser.Jar = auth.Session(t, "ada@example.com")
	res, err := browser.Get(auth.URL() + "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost/cb")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); !strings.HasPrefix(to, "http://localhost/cb?code=") {
		t.Errorf("it leads to %s", to)
	}
}

// Each session is one of its own: none ends another.
func TestSessionsBesideEachOther(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	base := serve(t, newWebApp(auth))
	browsers := map[string]*http.Client{}
	for _, user := range []string{"ada@example.com", "dora@example.com"} {
		browsers[user] = &http.Client{Jar: auth.Session(t, user)}
	}
	for user, want := range map[string]string{"ada@example.com": "Welcome, Ada Lovelace!", "dora@example.com": "Welcome, Dora!"} {
		res, err := browsers[user].Get(base + "/login")
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, res); got != want {
			t.Errorf("the app says %q, want %q", got, want)
		}
		res.Body.Close()
	}
}

func TestStartSessionWithASecondFactor(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.Users(fixtures.User{Email: "ada@example.com", Name: "Ada", MFARequired: true, MFA: []fixtures.Authenticator{{Type: fixtures.FactorOTP}}}))
	app := newWebApp(auth)
	base := serve(t, app)
	for _, mfa := range []bool{false, true} {
		cookies, err := auth.Server().StartSession("ada@example.com", server.SessionRequest{MFA: mfa, TTL: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		jar := auth.Session(t, "ada@example.com")
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Host = strings.TrimPrefix(auth.URL(), "http://")
		jar.SetCookies(req.URL, cookies)
		res, err := (&http.Client{Jar: jar}).Get(base + "/login")
		if err != nil {
			t.Fatal(err)
		}
		if back := text(t, res) == "Welcome, Ada!"; back != mfa {
			t.Errorf("mfa %t: back at the app: %t", mfa, back)
		}
		res.Body.Close()
	}
}

// A session through an organization makes a member, and an app gets the organization's
// claims from it.
func TestSessionThroughAnOrganization(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(organizationsFixture))
	browser := auth.NoRedirect()
	browser.Jar = auth.Session(t, "new@example.com", testkit.SessionRequest{Organization: "acme", TTL: time.Hour})
	res, err := browser.Get(auth.URL() + "/authorize?client_id=web&response_type=code&redirect_uri=http://localhost:3000/cb&scope=openid&organization=org_acme000000000000&prompt=none")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); !strings.HasPrefix(to, "http://localhost:3000/cb?code=") {
		t.Errorf("it leads to %s", to)
	}
	said := failureOf(t, func(t *recorder) { auth.Session(t, "ada@example.com", testkit.SessionRequest{Organization: "initech"}) })
	if !strings.Contains(said, `there is no organization "initech"`) {
		t.Error(said)
	}
}

func TestSessionOfABlockedUser(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	said := failureOf(t, func(t *recorder) { auth.Session(t, "alan@example.com") })
	if !strings.Contains(said, "testkit: Session of alan@example.com: the user alan@example.com is blocked") {
		t.Error(said)
	}
	if _, err := auth.Server().StartSession("nobody@example.com", server.SessionRequest{}); err == nil {
		t.Error("a user who is nobody is signed in")
	}
}

func TestAnAppWithASignedInUser(t *testing.T) {
	auth := testkit.Start(t)
	base := serve(t, newWebApp(auth)) // the code under test

	browser := &http.Client{Jar: auth.Session(t, "ada@example.com")}
	res, err := browser.Get(base + "/login") // no page, no code
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := text(t, res); got != "Welcome, Ada Lovelace!" {
		t.Errorf("the app says %q", got)
	}
}
