package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// With a seed, a stopped clock and a pinned issuer, two servers answer with the
// same bytes, by whatever port they are called.
func TestEqualServersGiveEqualBytes(t *testing.T) {
	t.Parallel()
	run := func(hostport string) string {
		s := servertest.New(t, server.Config{Seed: "dev", At: servertest.At2030, Issuer: "https://tenant.test"})
		var log strings.Builder
		b := servertest.NewBrowser(t, s)
		do := func(method, target string, body any, changes ...servertest.Change) *httptest.ResponseRecorder {
			t.Helper()
			w := b.Call(method, target, body, append(changes, servertest.Host(hostport))...)
			fmt.Fprintln(&log, w.Code)
			for _, name := range slices.Sorted(maps.Keys(w.Header())) {
				fmt.Fprintln(&log, name, w.Header()[name])
			}
			fmt.Fprintf(&log, "%s\n\n", w.Body)
			if w.Code >= 500 {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
			return w
		}
		calls(t, s, do)
		pages(t, s, do)
		for _, path := range []string{"/.well-known/jwks.json", "/_mock/outbox", "/_mock/outbox/cursor", "/_mock/users", "/_mock/requests", "/_mock/state"} {
			do("GET", path, nil)
		}
		return log.String()
	}
	one, other := run("localhost:2884"), run("127.0.0.1:40001")
	if one != other {
		t.Error(diff(one, other))
	}
	if strings.Contains(one, "2884") {
		t.Error("the answers of a pinned tenant name the port by which it was called")
	}
}

type exchange func(method, target string, body any, changes ...servertest.Change) *httptest.ResponseRecorder

// calls are what apps and tests ask for.
func calls(t *testing.T, s *server.Server, do exchange) {
	t.Helper()
	for i, send := range []string{"code", "link", "code"} {
		for _, audience := range []string{"", "https://api.acme.test/"} {
			email := fmt.Sprintf("user%d@example.com", i)
			do("POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": email, "send": send, "authParams": servertest.Object{"state": "x"}})
			m, _ := s.Outbox().Latest()
			if m.Code == "" { // the one in the link
				_, m.Code, _ = strings.Cut(m.Link, "verification_code=")
				m.Code = m.Code[:6]
			}
			w := do("POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": email, "otp": m.Code, "realm": "email", "scope": "openid offline_access", "audience": audience})
			login := servertest.DecodeAnswer[servertest.Tokens](t, w)
			do("POST", "/oauth/token", servertest.Object{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": login.RefreshToken})
			do("GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+login.AccessToken))
		}
	}
	do("POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "sms", "phone_number": "+14155550100"})
	do("POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": "+14155550100", "otp": "359427", "realm": "sms"})
	do("POST", "/oauth/token", servertest.Object{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": "https://api.acme.test/"})
	for range 2 {
		w := do("POST", "/co/authenticate", servertest.Object{"client_id": "acme-spa", "credential_type": "password", "username": "dora@example.com", "password": "Passw0rd!"}, servertest.Header("Origin", servertest.AppOrigin))
		do("GET", servertest.ToAuthorize(servertest.DecodeAnswer[map[string]string](t, w)["login_ticket"]), nil)
		w = do("POST", "/oauth/par", url.Values{"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {servertest.AppOrigin}})
		do("GET", "/authorize?client_id=acme-web&request_uri="+fmt.Sprint(servertest.DecodeAnswer[servertest.Object](t, w)["request_uri"]), nil)
	}
	w := do("POST", "/oauth/device/code", servertest.Object{"client_id": "acme-native", "scope": "openid offline_access"})
	d := servertest.DecodeAnswer[map[string]any](t, w)
	do("GET", fmt.Sprint("/activate?user_code=", d["user_code"]), nil)
	do("POST", fmt.Sprint("/_mock/devices/", d["user_code"]), servertest.Object{"user": "ada@example.com", "answer": "approve"})
	do("POST", "/oauth/token", servertest.Object{"grant_type": fixtures.GrantDeviceCode, "client_id": "acme-native", "device_code": d["device_code"]})
	do("POST", "/dbconnections/signup", servertest.Object{"client_id": "acme-spa", "connection": "Username-Password-Authentication", "email": "eve@example.com", "password": "s3cret"})
	do("POST", "/_mock/tokens", servertest.Object{"claims": servertest.Object{"b": 1, "a": []int{2}}})
	do("POST", "/_mock/keys/rotate", nil)
	do("OPTIONS", "/oauth/token", nil, servertest.Header("Origin", servertest.AppOrigin))
	do("GET", "/nowhere", nil)
}

// pages are what a browser shows: pages, redirects, forms of tokens, a silent
// login, a magic link and the way out.
func pages(t *testing.T, s *server.Server, do exchange) {
	t.Helper()
	for _, login := range []struct{ who, response, mode string }{
		{"ada@example.com", "code", ""}, {"+12025550101", "code id_token token", "form_post"}, {"dora@example.com", "code", "fragment"}, {"grace@example.com", "id_token", "web_message"},
	} {
		do("GET", "/v2/logout?client_id=acme-web", nil)
		f := url.Values{
			"client_id": {"acme-web"}, "redirect_uri": {"http://localhost:3000/cb"}, "response_type": {login.response}, "response_mode": {login.mode},
			"scope": {"openid profile email offline_access"}, "state": {"x"}, "nonce": {"n"}, "audience": {"https://api.acme.test/"},
		}
		w := do("GET", "/authorize?"+f.Encode(), nil)
		do("GET", w.Header().Get("Location"), nil)
		w = do("POST", w.Header().Get("Location"), url.Values{"username": {login.who}})
		proof := url.Values{"password": {"Passw0rd!"}}
		if m, ok := s.Outbox().Latest(outbox.To(login.who)); ok {
			proof = url.Values{"code": {m.Code}}
		}
		do("GET", w.Header().Get("Location"), nil)
		w = do("POST", w.Header().Get("Location"), proof)
		w = do("GET", w.Header().Get("Location"), nil)
		if w.Code >= http.StatusBadRequest {
			t.Fatalf("%s is not signed in: %d %s", login.who, w.Code, w.Body)
		}
		if login.response == "code" {
			to, _ := url.Parse(strings.Replace(w.Header().Get("Location"), "#", "?", 1))
			do("POST", "/oauth/token", servertest.Object{
				"grant_type": "authorization_code", "client_id": "acme-web", "client_secret": "acme-web-secret",
				"code": to.Query().Get("code"), "redirect_uri": "http://localhost:3000/cb",
			})
		}
		f.Set("prompt", "none")
		do("GET", "/authorize?"+f.Encode(), nil)
	}
	do("POST", "/passwordless/start", servertest.Object{
		"client_id": "acme-web", "client_secret": "acme-web-secret", "connection": "email", "email": "ada@example.com", "send": "link",
		"authParams": servertest.Object{"redirect_uri": "http://localhost:3000/cb", "response_type": "code"},
	})
	link, _ := s.Outbox().Latest(outbox.WithLink())
	do("GET", strings.TrimPrefix(link.Link, "https://tenant.test"), nil)
	do("GET", "/authorize?client_id=nobody", nil)
}

// A test that is added does not change what other tests get: codes, tokens,
// tickets, request_uris and the names of browsers.
func TestWhatOneGetsDoesNotDependOnOthers(t *testing.T) {
	t.Parallel()
	run := func(crowd func(*server.Server)) string {
		s := servertest.New(t, server.Config{At: servertest.At2030})
		crowd(s)
		login := servertest.Login(t, s, "ada@example.com", nil)
		ticket := servertest.PasswordTicket(t, s)
		pushed := servertest.Call(t, s, "POST", "/oauth/par", url.Values{"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {servertest.AppOrigin}})
		device := servertest.Call(t, s, "POST", "/oauth/device/code", url.Values{"client_id": {"acme-native"}})
		began := servertest.PostStart(t, s, "ada@example.com", servertest.Object{"client_id": "acme-spa"})
		if again := servertest.Login(t, s, "ada@example.com", nil); again.AccessToken == login.AccessToken {
			t.Error("two logins have the same opaque access token")
		}
		return fmt.Sprintln(login, ticket, servertest.Call(t, s, "GET", servertest.ToAuthorize(ticket), nil).Header()["Location"], pushed.Body, device.Body, began.Header()["Set-Cookie"])
	}
	alone := run(func(*server.Server) {})
	among := run(func(s *server.Server) {
		servertest.Call(t, s, "POST", "/oauth/par", url.Values{"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {servertest.AppOrigin + "/other"}})
		for i := range 5 {
			servertest.Login(t, s, fmt.Sprintf("u%d@example.com", i), nil)
		}
		if _, err := s.AddUser(fixtures.User{Email: "grace@example.com"}); err != nil {
			t.Fatal(err)
		}
		servertest.Call(t, s, "POST", "/co/authenticate", servertest.Object{
			"client_id": "acme-spa", "credential_type": servertest.GrantOTP, "username": "bob@example.com", "otp": servertest.Start(t, s, "bob@example.com"), "realm": "email",
		}, servertest.Header("Origin", servertest.AppOrigin))
	})
	if alone != among {
		t.Errorf("alone\n%s\namong others\n%s", alone, among)
	}
}
