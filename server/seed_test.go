package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// secrets are the values that a tenant gives to prove something later. Each kind
// is given to ada or dora, and taken from whoever brings it.
var secrets = map[string]struct {
	give func(testing.TB, *server.Server) string
	take func(t testing.TB, s *server.Server, value string) bool // nil: nothing takes it yet
}{
	"code": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			return servertest.Start(t, s, "ada@example.com")
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return servertest.Redeem(t, s, "ada@example.com", value, nil).Code == http.StatusOK
		},
	},
	"opaque access token": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			return servertest.Login(t, s, "ada@example.com", nil).AccessToken
		},
		userinfoAnswers,
	},
	"JWT access token": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			return servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": "https://api.acme.test/"}).AccessToken
		},
		userinfoAnswers,
	},
	"refresh token": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			return servertest.Login(t, s, "ada@example.com", nil).RefreshToken
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return servertest.Refresh(t, s, value).Code == http.StatusOK
		},
	},
	"session": {
		sessionOf,
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return strings.Contains(silently(t, s, value).Header().Get("Location"), "code=")
		},
	},
	"code of /authorize": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			back, err := url.Parse(silently(t, s, sessionOf(t, s)).Header().Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			return back.Query().Get("code")
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return servertest.Call(t, s, "POST", "/oauth/token", url.Values{
				"grant_type": {"authorization_code"}, "client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "code": {value}, "redirect_uri": {"http://localhost:3000/cb"},
			}).Code == http.StatusOK
		},
	},
	"state of the login pages": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			return strings.TrimPrefix(servertest.NewBrowser(t, s).Begin("x"), "state=")
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return servertest.Call(t, s, "GET", "/u/login/identifier?state="+value, nil).Code == http.StatusOK
		},
	},
	"login ticket": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			return servertest.PasswordTicket(t, s)
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return strings.Contains(servertest.Call(t, s, "GET", servertest.ToAuthorize(value), nil).Header().Get("Location"), "code=")
		},
	},
	"request_uri": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			w := servertest.Call(t, s, "POST", "/oauth/par", url.Values{
				"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {"http://localhost:3000/cb"},
			})
			return servertest.DecodeAnswer[map[string]any](t, w)["request_uri"].(string)
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return servertest.Call(t, s, "GET", "/authorize?client_id=acme-web&request_uri="+url.QueryEscape(value), nil).Code == http.StatusFound
		},
	},
	"device code": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			w := servertest.Call(t, s, "POST", "/oauth/device/code", url.Values{"client_id": {"acme-native"}})
			d := servertest.DecodeAnswer[map[string]any](t, w)
			if _, err := s.ApproveDevice(d["user_code"].(string), "ada@example.com"); err != nil {
				t.Fatal(err)
			}
			return d["device_code"].(string)
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			return servertest.Call(t, s, "POST", "/oauth/token", url.Values{
				"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {"acme-native"}, "device_code": {value},
			}).Code == http.StatusOK
		},
	},
	"device cookie": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			w := servertest.PostStart(t, s, "ada@example.com", servertest.Object{
				"client_id": "acme-spa", "send": "link", "authParams": servertest.Object{"response_type": "code", "redirect_uri": "http://localhost:3000/cb"},
			})
			return cookieOf(t, w, "did")
		},
		func(t testing.TB, s *server.Server, value string) bool {
			t.Helper()
			link := servertest.Call(t, s, "GET", "/_mock/outbox/link?to=ada@example.com", nil).Body.String()
			w := servertest.Call(t, s, "GET", strings.TrimPrefix(strings.TrimSpace(link), "http://localhost:2884"), nil, servertest.Header("Cookie", "did="+value))
			return w.Code == http.StatusFound
		},
	},
	"MFA token": {
		func(t testing.TB, s *server.Server) string {
			t.Helper()
			servertest.SwitchOn(t, s, servertest.Object{"name": "mfa-required"})
			defer s.SwitchOff("mfa-required")
			w := servertest.Redeem(t, s, "ada@example.com", servertest.Start(t, s, "ada@example.com"), nil)
			_, value, found := strings.Cut(w.Body.String(), `"mfa_token":"`)
			if !found {
				t.Fatal(w.Code, w.Body)
			}
			return value
		},
		nil,
	},
}

func userinfoAnswers(t testing.TB, s *server.Server, value string) bool {
	t.Helper()
	return servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+value)).Code == http.StatusOK
}

// sessionOf signs ada in to a browser, and returns its cookie.
func sessionOf(t testing.TB, s *server.Server) string {
	t.Helper()
	b := servertest.NewBrowser(t, s)
	page := b.Identify(b.Begin("x"), "ada@example.com")
	return cookieOf(t, b.Call("POST", page, url.Values{"code": {servertest.Live(t, s, "ada@example.com")}}), "auth0")
}

// exportOf is the state of a tenant.
func exportOf(t testing.TB, s *server.Server) string {
	t.Helper()
	return servertest.Call(t, s, "GET", "/_mock/state", nil).Body.String()
}

// silently asks for a code with nothing but a session.
func silently(t testing.TB, s *server.Server, session string) *httptest.ResponseRecorder {
	t.Helper()
	return servertest.Call(t, s, "GET", "/authorize?client_id=acme-web&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb&response_type=code&scope=openid&prompt=none", nil,
		servertest.Header("Cookie", "auth0="+session))
}

func cookieOf(t testing.TB, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	for _, c := range w.Result().Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	t.Fatalf("no cookie %s: %d %s", name, w.Code, w.Body)
	return ""
}

// long are codes that nobody guesses by chance, links that open in one browser,
// and users whose ids a stranger knows.
const long = `
connections:
  - {name: email, strategy: email, enabled_clients: ["*"], options: {totp: {length: 12}}}
  - {name: Username-Password-Authentication, strategy: auth0, enabled_clients: ["*"]}
tenant: {default_directory: Username-Password-Authentication, flags: {allow_magiclink_verify_without_session: false}}
users:
  - {user_id: email|ada, email: ada@example.com, email_verified: true}
  - {user_id: auth0|dora, email: dora@example.com, email_verified: true, password: Passw0rd!}
`

// A stranger has the program and its default seed, and so can have all that a
// tenant with this seed gives. A tenant with keys.files takes none of it.
func TestWhatTheDefaultSeedGivesIsWorthlessWhereKeysAreSecret(t *testing.T) {
	t.Parallel()
	for name, secret := range secrets {
		for _, mode := range []string{"", "otp: {mode: hmac}\n", "otp: {seed: mockauth0}\n"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				public := func() *server.Server {
					return servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, long)})
				}
				victim, stranger := public(), public()
				mine, forged := secret.give(t, victim), secret.give(t, stranger)
				if forged != mine {
					t.Fatalf("the same names give %q and %q", mine, forged)
				}
				if secret.take != nil && !secret.take(t, victim, forged) {
					t.Fatal("the stranger's value does not work where it should")
				}
				file := keysFixture(t, "3")
				file.write(naming("3") + long + mode)
				victim = servertest.New(t, server.Config{At: servertest.At2030, FixtureFile: file.path})
				mine = secret.give(t, victim)
				switch {
				case forged == mine:
					t.Error("it is the same for all")
				case secret.take == nil:
				case secret.take(t, victim, forged):
					t.Error("the stranger's is taken")
				case !secret.take(t, victim, mine):
					t.Error("the tenant's own is not taken")
				}
			})
		}
	}
}

// The drawn seed is in the state: a tenant that goes on from it takes what was
// given before, whichever way the state comes back.
func TestADrawnSeedIsKeptInTheState(t *testing.T) {
	t.Parallel()
	file := keysFixture(t, "3")
	config := server.Config{At: servertest.At2030, FixtureFile: file.path}
	old := servertest.New(t, config)
	given := servertest.Login(t, old, "ada@example.com", nil)
	good := func(what string, s *server.Server, want bool) {
		t.Helper()
		if got := userinfoAnswers(t, s, given.AccessToken); got != want {
			t.Errorf("%s: the access token is taken: %t", what, got)
		}
		if got := servertest.Refresh(t, s, given.RefreshToken).Code == http.StatusOK; got != want {
			t.Errorf("%s: the refresh token is taken: %t", what, got)
		}
	}
	good("at first", old, true)
	exported := exportOf(t, old)
	state, err := fixtures.Parse("", []byte(exported))
	if err != nil {
		t.Fatal(err)
	}
	good("without the state", servertest.New(t, config), false)

	config.Restore = state
	good("Config.Restore", servertest.New(t, config), true)
	config.Restore = nil
	next := servertest.New(t, config)
	for range 2 {
		if w := servertest.Call(t, next, "PUT", "/_mock/state", exported); w.Code != http.StatusNoContent {
			t.Fatal(w.Code, w.Body)
		}
		good("PUT /_mock/state", next, true)
		exported = exportOf(t, next)
		next.Reset()
		good("after a reset", next, true)
	}
	whole := fileIn(t, filepath.Dir(file.path), "whole.json", exported)
	good("as the fixture itself", servertest.New(t, server.Config{At: servertest.At2030, FixtureFile: whole.path}), true)

	// A seed that the user gives is not drawn, and comes before a drawn one.
	config.Restore, config.Seed = state, "a seed of my own"
	mine := servertest.New(t, config)
	good("with another seed", mine, false)
	token := servertest.Login(t, mine, "grace@example.com", nil).AccessToken
	config.Restore = nil
	again := servertest.New(t, config)
	if servertest.Login(t, again, "grace@example.com", nil).AccessToken != token || !userinfoAnswers(t, again, token) {
		t.Error("the same seed does not give the same token")
	}
	if strings.Contains(exportOf(t, again), state.State.Seed) {
		t.Error("a drawn seed is exported of a tenant that does not use it")
	}
}

// Codes are random with keys.files, unless the fixture says how they are made.
func TestCodesAreRandomWithKeyFiles(t *testing.T) {
	t.Parallel()
	file := keysFixture(t, "3")
	for otp, want := range map[string]string{"": "random", "{mode: hmac}": "hmac", "{seed: mine}": "random", `{mode: fixed, code: "000000"}`: "fixed", "{presets: {ada@example.com: \"111111\"}}": "random"} {
		file.write(naming("3") + "otp: " + otp + "\n")
		s := servertest.New(t, server.Config{At: servertest.At2030, FixtureFile: file.path})
		if got := s.Fixture().OTP.Mode; got != want {
			t.Errorf("otp: %s has the mode %s, want %s", otp, got, want)
		}
		code := servertest.Start(t, s, "ada@example.com")
		if predicted, err := s.PredictOTP("email", "ada@example.com", 1); err == nil && predicted != code || err != nil && otp == "{mode: hmac}" {
			t.Errorf("otp: %s gives %s, and predicts %s (%v)", otp, code, predicted, err)
		}
	}
}

// A reload keeps the drawn seed. If it brings one, what came from the public seed
// before ends: sessions, codes, and logins that have begun.
func TestAReloadThatBringsASecretSeedEndsWhatCameBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := keysFixture(t, "3", "2")
		file.write("version: 1\nextends: default\n" + long)
		s := watch(t, server.Config{FixtureFile: file.path}).Server
		reload := func(text string) {
			file.write(text)
			<-time.After(time.Second)
			servertest.Call(t, s, "GET", "/_mock/", nil)
		}
		before := map[string]string{}
		for _, name := range []string{"code of /authorize", "state of the login pages", "login ticket", "request_uri", "device code", "session", "opaque access token", "refresh token", "code"} {
			before[name] = secrets[name].give(t, s)
		}
		reload(naming("3") + long)
		for name, value := range before {
			if secrets[name].take(t, s, value) {
				t.Errorf("the %s from before is taken", name)
			}
		}
		after := map[string]string{}
		for _, name := range []string{"session", "opaque access token", "refresh token", "code"} {
			after[name] = secrets[name].give(t, s)
		}
		reload(naming("3", "2") + long)
		for name, value := range after {
			if !secrets[name].take(t, s, value) {
				t.Errorf("an edit ends the %s", name)
			}
		}
		// So does a seed that came with a state.
		other := servertest.New(t, server.Config{At: servertest.At2030, FixtureFile: file.path})
		token := secrets["opaque access token"].give(t, other)
		if w := servertest.Call(t, s, "PUT", "/_mock/state", exportOf(t, other)); w.Code != http.StatusNoContent {
			t.Fatal(w.Code, w.Body)
		}
		reload(naming("2") + long)
		if !userinfoAnswers(t, s, token) {
			t.Error("an edit ends what came with a state")
		}
	})
}
