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

// say writes an answer down, to the last byte.
func say(t *testing.T, log *strings.Builder, w *httptest.ResponseRecorder) {
	t.Helper()
	fmt.Fprintln(log, w.Code)
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		fmt.Fprintln(log, name, w.Header()[name])
	}
	fmt.Fprintf(log, "%s\n\n", w.Body)
	if w.Code >= 500 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// With a seed, a stopped clock and a pinned issuer two servers answer with the
// same bytes, whatever port they are called by.
func TestEqualServersGiveEqualBytes(t *testing.T) {
	t.Parallel()
	run := func(hostport string) string {
		s := servertest.New(t, server.Config{Seed: "dev", At: servertest.At2030, Issuer: "https://tenant.test"})
		var log strings.Builder
		at := servertest.Host(hostport)
		do := func(method, target string, body any, changes ...servertest.Change) *httptest.ResponseRecorder {
			t.Helper()
			w := servertest.Call(t, s, method, target, body, append(changes, at)...)
			say(t, &log, w)
			return w
		}
		for i, send := range []string{"code", "link", "code"} {
			for _, audience := range []string{"", "https://api.acme.test/"} {
				email := fmt.Sprintf("user%d@example.com", i)
				do("POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": email, "send": send, "authParams": servertest.Object{"state": "x"}})
				m, _ := s.Outbox().Latest()
				otp, err := s.PredictOTP("email", email, 1)
				if err != nil {
					t.Fatal(err)
				}
				if m.Code != "" {
					otp = m.Code
				}
				body := servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": email, "otp": otp, "realm": "email", "scope": "openid offline_access"}
				if audience != "" {
					body["audience"] = audience
				}
				w := do("POST", "/oauth/token", body)
				if w.Code != http.StatusOK {
					continue
				}
				login := servertest.DecodeAnswer[servertest.Tokens](t, w)
				do("POST", "/oauth/token", servertest.Object{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": login.RefreshToken})
				do("GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+login.AccessToken))
			}
		}
		do("POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "sms", "phone_number": "+14155550100"})
		do("POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": "+14155550100", "otp": "359427", "realm": "sms"})
		do("POST", "/oauth/token", servertest.Object{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": "https://api.acme.test/"})
		page := servertest.Header("Origin", servertest.AppOrigin)
		for range 2 {
			w := do("POST", "/co/authenticate", servertest.WithPassword("acme-spa"), page)
			ticket := servertest.DecodeAnswer[map[string]string](t, w)["login_ticket"]
			do("GET", servertest.ToAuthorize(ticket), nil)
			w = do("POST", "/oauth/par", url.Values{"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {servertest.AppOrigin}})
			do("GET", "/authorize?client_id=acme-web&request_uri="+servertest.DecodeAnswer[struct {
				URI string `json:"request_uri"`
			}](t, w).URI, nil)
		}
		do("POST", "/dbconnections/signup", servertest.Object{"client_id": "acme-spa", "connection": "Username-Password-Authentication", "email": "eve@example.com", "password": "s3cret"})
		do("POST", "/_mock/tokens", servertest.Object{"claims": servertest.Object{"b": 1, "a": []int{2}}})
		do("POST", "/_mock/keys/rotate", nil)
		do("GET", "/.well-known/jwks.json", nil)
		do("GET", "/_mock/outbox", nil)
		do("GET", "/_mock/users", nil)
		do("GET", "/_mock/requests", nil)
		do("GET", "/_mock/state", nil)
		do("GET", "/_mock/outbox/cursor", nil)
		do("OPTIONS", "/oauth/token", nil, servertest.Header("Origin", "http://localhost:3000"))
		do("GET", "/nowhere", nil)
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

// A test that is added must not change another test's codes.
func TestWhatOneRecipientGetsDoesNotDependOnOthers(t *testing.T) {
	t.Parallel()
	alone := servertest.New(t, server.Config{At: servertest.At2030})
	want := servertest.Login(t, alone, "ada@example.com", servertest.Object{"scope": "openid email offline_access"})
	crowded := servertest.New(t, server.Config{At: servertest.At2030})
	for i := range 5 {
		servertest.Start(t, crowded, fmt.Sprintf("u%d@example.com", i))
	}
	if _, err := crowded.AddUser(fixtures.User{Email: "grace@example.com"}); err != nil {
		t.Fatal(err)
	}
	if got := servertest.Login(t, crowded, "ada@example.com", servertest.Object{"scope": "openid email offline_access"}); got.RefreshToken != want.RefreshToken || got.IDToken != want.IDToken {
		t.Errorf("alone %+v, among others %+v", want, got)
	}
}

// Nor its tickets, codes of /authorize, request_uris and the names of browsers.
func TestWhatOneBrowserGetsDoesNotDependOnOthers(t *testing.T) {
	t.Parallel()
	run := func(s *server.Server) string {
		ticket := servertest.TicketFor(t, s, servertest.WithPassword("acme-spa"))
		pushed := servertest.Call(t, s, "POST", "/oauth/par", url.Values{"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {servertest.AppOrigin}})
		began := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-spa", "connection": "email", "email": "ada@example.com"})
		return ticket + servertest.Call(t, s, "GET", servertest.ToAuthorize(ticket), nil).Header().Get("Location") + pushed.Body.String() + fmt.Sprint(began.Header()["Set-Cookie"])
	}
	want := run(servertest.New(t, server.Config{At: servertest.At2030}))
	crowded := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.Call(t, crowded, "POST", "/oauth/par", url.Values{"client_id": {"acme-web"}, "client_secret": {"acme-web-secret"}, "response_type": {"code"}, "redirect_uri": {servertest.AppOrigin + "/other"}})
	servertest.Start(t, crowded, "bob@example.com")
	servertest.Call(t, crowded, "POST", "/co/authenticate", servertest.Object{
		"client_id": "acme-spa", "credential_type": servertest.GrantOTP, "username": "bob@example.com", "otp": servertest.Start(t, crowded, "bob@example.com"), "realm": "email",
	}, servertest.Header("Origin", servertest.AppOrigin))
	if got := run(crowded); got != want {
		t.Errorf("alone\n%s\namong others\n%s", want, got)
	}
}

func TestCodesAreThoseOfTheDocumentedVectors(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Seed: "dev"})
	for n, want := range []string{"241272", "361243", "818818"} {
		if got := servertest.Start(t, s, "ada@example.com"); got != want {
			t.Errorf("code %d is %s, want %s", n+1, got, want)
		}
		if got, err := s.PredictOTP("email", "ada@example.com", int64(n)+1); err != nil || got != want {
			t.Errorf("code %d is predicted as %s (%v), want %s", n+1, got, err, want)
		}
	}
}

// Logins in a browser are part of that: pages, cookies, redirects, codes, the
// tokens in an address, magic links, a silent login and the way out.
func TestEqualBrowsersSeeEqualBytes(t *testing.T) {
	t.Parallel()
	const issuer = "https://tenant.test"
	run := func(at string) string {
		s := servertest.New(t, server.Config{Seed: "dev", At: servertest.At2030, Issuer: issuer})
		var log strings.Builder
		b := servertest.NewBrowser(t, s)
		do := func(method, target string, body any) *httptest.ResponseRecorder {
			t.Helper()
			w := b.Send(method, target, body, servertest.Host(at))
			b.Take(w)
			say(t, &log, w)
			return w
		}
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
				back := strings.Replace(w.Header().Get("Location"), "#", "?", 1)
				to, _ := url.Parse(back)
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
		link, ok := s.Outbox().Latest(outbox.WithLink())
		if !ok {
			t.Fatal("there is no link")
		}
		_, path, _ := strings.Cut(link.Link, "//")
		_, path, _ = strings.Cut(path, "/")
		do("GET", "/"+path, nil)
		do("GET", "/authorize?client_id=nobody", nil)
		for _, path := range []string{"/_mock/outbox", "/_mock/users", "/_mock/requests", "/_mock/state"} {
			do("GET", path, nil)
		}
		return log.String()
	}
	one, other := run("localhost:2884"), run("127.0.0.1:40001")
	if one != other {
		t.Error(diff(one, other))
	}
}
