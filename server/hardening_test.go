package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

func signIn(t *testing.T, s *server.Server, email string) tokens {
	t.Helper()
	return decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", object{
		"grant_type": otpGrant, "client_id": "acme-native", "username": email, "otp": start(t, s, email), "realm": "email",
		"scope": "openid profile email offline_access",
	}))
}

func userOf(t *testing.T, s *server.Server, email string) fixtures.User {
	t.Helper()
	u, ok := s.UserByAddress(email)
	if !ok {
		t.Fatalf("there is no user %s", email)
	}
	return u
}

func TestAnAddressThatIsGivenUpGoesToSomebodyElse(t *testing.T) {
	s := newServer(t, server.Config{})
	first := signIn(t, s, "a@example.com")
	id := userOf(t, s, "a@example.com").UserID
	if _, err := s.UpdateUser(id, func(u *fixtures.User) error { u.Email = "b@example.com"; return nil }); err != nil {
		t.Fatal(err)
	}
	signIn(t, s, "a@example.com")
	if other := userOf(t, s, "a@example.com").UserID; other == id {
		t.Errorf("two users have the id %s", id)
	}
	if w := refresh(t, s, first.RefreshToken); w.Code != http.StatusOK {
		t.Errorf("the first user's refresh token: %d %s", w.Code, w.Body)
	}
	if n := len(s.Users()); n != 6 {
		t.Errorf("%d users, want 6", n)
	}
}

func TestADeletedUsersRefreshTokensStayDead(t *testing.T) {
	s := newServer(t, server.Config{})
	token := signIn(t, s, "ada@example.com").RefreshToken
	ada := userOf(t, s, "ada@example.com")
	if err := s.DeleteUser(ada.UserID); err != nil {
		t.Fatal(err)
	}
	if w := refresh(t, s, token); !strings.Contains(w.Body.String(), "a user who doesn't exist anymore") {
		t.Errorf("after the deletion: %s", w.Body)
	}
	state := s.State()
	if _, err := s.AddUser(ada); err != nil {
		t.Fatal(err)
	}
	if w := refresh(t, s, token); w.Code != http.StatusForbidden {
		t.Errorf("after the user_id was given again: %d", w.Code)
	}
	if w := refresh(t, newServer(t, server.Config{Restore: state}), token); w.Code != http.StatusForbidden {
		t.Errorf("after a restart: %d", w.Code)
	}
}

func TestWhoSignedUpAgainKeepsItsIDAfterARestart(t *testing.T) {
	s := newServer(t, server.Config{})
	if err := s.DeleteUser(userOf(t, s, "ada@example.com").UserID); err != nil {
		t.Fatal(err)
	}
	token := signIn(t, s, "ada@example.com").RefreshToken
	again := newServer(t, server.Config{Restore: s.State()})
	if w := refresh(t, again, token); w.Code != http.StatusOK {
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
	s := newServer(t, server.Config{Fixture: f})
	code := start(t, s, "ada@example.com")
	if err := s.DeleteUser(userOf(t, s, "ada@example.com").UserID); err != nil {
		t.Fatal(err)
	}
	w := call(t, s, "POST", "/oauth/token", object{"grant_type": otpGrant, "client_id": "acme-native", "username": "ada@example.com", "otp": code, "realm": "email"})
	if w.Code != http.StatusForbidden || len(s.Users()) != 0 {
		t.Errorf("%d %s, %d users", w.Code, w.Body, len(s.Users()))
	}
}

func TestUsersShareNothing(t *testing.T) {
	s := newServer(t, server.Config{})
	ada := userOf(t, s, "ada@example.com")
	const api = "https://api.acme.test/"
	ada.Permissions[api][0] = "write:orders"
	if _, err := s.UpdateUser(ada.UserID, func(u *fixtures.User) error { u.Permissions["other"] = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	for name, s := range map[string]*server.Server{"after a reset": s, "another server": newServer(t, server.Config{})} {
		if got := userOf(t, s, "ada@example.com").Permissions; len(got) != 1 || got[api][0] != "read:orders" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestABlankScopeAsksForNothingInParticular(t *testing.T) {
	s := newServer(t, server.Config{})
	in := signIn(t, s, "ada@example.com")
	out := decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", object{
		"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": in.RefreshToken, "scope": " ",
	}))
	if out.Scope != in.Scope {
		t.Errorf("scope %q, want %q", out.Scope, in.Scope)
	}
}

func TestTheJournalKeepsNoMoreThanItShows(t *testing.T) {
	const calls, size = 60, 500_000
	long := func(c byte) string { return strings.Repeat(string(c), size) }
	for name, do := range map[string]func(s *server.Server, n int){
		"a long client_id": func(s *server.Server, _ int) {
			call(t, s, "POST", "/oauth/token", object{"grant_type": "x", "client_id": long('a')})
		},
		"a long method": func(s *server.Server, _ int) { call(t, s, long('M'), "/oauth/token", nil) },
		"a long query":  func(s *server.Server, _ int) { call(t, s, "GET", "/userinfo?a="+long('a'), nil) },
		"a long form": func(s *server.Server, n int) {
			call(t, s, "POST", "/passwordless/start", url.Values{
				"client_id": {"acme-native"}, "connection": {"email"}, "email": {"u" + strconv.Itoa(n) + "@example.com"}, "state": {long('a')},
			})
		},
	} {
		s := newServer(t, server.Config{})
		before := heapBytes()
		for n := range calls {
			do(s, n)
		}
		if grown := int64(heapBytes()) - int64(before); grown > calls*size/4 {
			t.Errorf("%s: %d calls keep %d bytes", name, calls, grown)
		}
		runtime.KeepAlive(s)
	}
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestPagesElsewhere(t *testing.T) {
	s := newServer(t, server.Config{})
	for _, origin := range []string{"http://8.8.8.8", "http://[::ffff:8.8.8.8]", "chrome-extension://abcdefgh", "//localhost"} {
		if w := call(t, s, "GET", "/_mock/outbox", nil, header("Origin", origin)); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", origin, w.Code)
		}
	}
	for _, origin := range []string{"http://127.0.0.1:3000", "http://192.168.1.7:3000", "http://[::1]"} {
		if w := call(t, s, "GET", "/_mock/outbox", nil, header("Origin", origin)); w.Code != http.StatusOK {
			t.Errorf("%s: %d", origin, w.Code)
		}
	}
	w := call(t, s, "GET", "/_mock/health", nil, header("Origin", "https://evil.example"))
	if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusOK || got != "" {
		t.Errorf("health: %d, and %q may read it", w.Code, got)
	}
}

func TestARequestWithoutABody(t *testing.T) {
	r, err := http.NewRequest(http.MethodGet, "http://localhost/.well-known/jwks.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	newServer(t, server.Config{}).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

func TestTheClockGoesFarAndOnlyForward(t *testing.T) {
	s := newServer(t, server.Config{})
	last := s.Clock().Now()
	for range 4 { // 292 years each
		if w := call(t, s, "POST", "/_mock/clock", object{"advance": "2562047h"}); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		now := s.Clock().Now()
		if !now.After(last) {
			t.Fatalf("it went from %s to %s", last, now)
		}
		last = now
	}
	s.Clock().Set(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC))
	s.Clock().Run()
	if year := s.Clock().Now().Year(); year != 9000 {
		t.Errorf("it runs on in the year %d", year)
	}
	w := call(t, s, "POST", "/_mock/clock", object{"set": "9999-12-31T23:59:59-12:00"})
	if w.Code != http.StatusBadRequest {
		t.Errorf("set beyond the calendar: %d", w.Code)
	}
	if w := call(t, s, "GET", "/_mock/health", nil); w.Code != http.StatusOK {
		t.Errorf("health: %d", w.Code)
	}
}

func TestManyClaimsTakeAsLongAsTheirNumber(t *testing.T) {
	claims := object{}
	for n := range 60_000 { // took 6 s when it grew with the square
		claims["https://acme.test/"+strconv.Itoa(n)] = 1
	}
	s := newServer(t, server.Config{})
	begun := time.Now()
	if _, err := s.MintToken("http://localhost/", claims); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
}

func userinfoOf(t *testing.T, s *server.Server, accessToken string) (status int, profile object) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/userinfo", nil)
	r.Header.Set("Authorization", "Bearer "+accessToken)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		profile = decodeAnswer[object](t, w)
	}
	return w.Code, profile
}

// All tenants sign with the same embedded keys, so that a pinned issuer is
// what tells their tokens apart.
func TestATenantWithAPinnedIssuerOpensOnlyForItsOwnTokens(t *testing.T) {
	a := newServer(t, server.Config{Issuer: "https://a.test/"})
	b := newServer(t, server.Config{Issuer: "https://b.test/"})
	token := signIn(t, a, "ada@example.com").AccessToken
	if status, _ := userinfoOf(t, a, token); status != http.StatusOK {
		t.Errorf("its own token: %d", status)
	}
	if status, _ := userinfoOf(t, b, token); status != http.StatusUnauthorized {
		t.Errorf("the other tenant's token: %d", status)
	}
	ada := userOf(t, b, "ada@example.com").UserID
	for issuer, want := range map[string]int{"https://b.test/": 200, "https://a.test/": 401} {
		minted, err := b.MintToken(issuer, map[string]any{"sub": ada, "aud": issuer + "userinfo", "scope": "openid"})
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := userinfoOf(t, b, minted); status != want {
			t.Errorf("a token of %s at https://b.test/: %d, want %d", issuer, status, want)
		}
	}
}

func TestATokenDoesNotDependOnWhoElseSignedIn(t *testing.T) {
	config := server.Config{Seed: "dev", At: at2030, Issuer: "https://a.test/"}
	alone, together := newServer(t, config), newServer(t, config)
	signIn(t, together, "bob@example.com")
	want, got := signIn(t, alone, "ada@example.com"), signIn(t, together, "ada@example.com")
	if want.AccessToken != got.AccessToken || want.IDToken != got.IDToken || want.RefreshToken != got.RefreshToken {
		t.Error("ada's tokens are others after bob has signed in")
	}
	if again := signIn(t, alone, "ada@example.com"); again.AccessToken == want.AccessToken {
		t.Error("two logins have the same opaque access token")
	}
}

func TestWhatIsExportedCanBeLoaded(t *testing.T) {
	s := newServer(t, server.Config{})
	for _, u := range []object{
		{"email": "x@example.com", "user_id": "weird"},
		{"email": "x@example.com", "user_id": "sms|abc"},
		{"email": "x@example.com", "connection": "sms"},
		{"phone_number": "+12025550199", "connection": "email"},
		{"email": "x@example.com", "connection": "email", "password": "Passw0rd!"},
	} {
		if w := call(t, s, "POST", "/_mock/users", u); w.Code != http.StatusBadRequest {
			t.Errorf("%v: %d %s", u, w.Code, w.Body)
		}
	}
	for _, u := range []object{
		{"email": "y@example.com", "phone_number": "+12025550188"},
		{"email": "z@example.com", "phone_number": "+12025550188"},
		{"phone_number": "+12025550188", "email": "y@example.com", "connection": "sms"},
		{"email": "y@example.com", "password": "Passw0rd!", "user_id": "auth0|y"},
	} {
		if w := call(t, s, "POST", "/_mock/users", u); w.Code != http.StatusCreated {
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
	if got, want := len(newServer(t, server.Config{Fixture: f}).Users()), len(s.Users()); got != want {
		t.Errorf("%d users, want %d", got, want)
	}
}

func TestCustomClaimsAreAlikeInTokensAndAtUserinfo(t *testing.T) {
	s := newServer(t, server.Config{Users: []fixtures.User{{
		Email: "ada@example.com", Name: "Ada",
		Claims: map[string]any{"email": "other@example.com", "https://acme.test/plan": "pro", "sub": "x", "org_id": "x", "iss": "x"},
	}}})
	got := signIn(t, s, "ada@example.com")
	status, profile := userinfoOf(t, s, got.AccessToken)
	if status != http.StatusOK {
		t.Fatal(status)
	}
	for where, c := range map[string]object{"ID token": claims(t, s, got.IDToken), "/userinfo": profile} {
		if c["email"] != "other@example.com" || c["https://acme.test/plan"] != "pro" || c["name"] != "Ada" {
			t.Errorf("%s: %v", where, c)
		}
		if c["sub"] == "x" || c["iss"] == "x" || c["org_id"] != nil {
			t.Errorf("%s: a restricted claim was replaced: %v", where, c)
		}
	}
}

func TestRequestsWithoutAHostHaveAnIssuer(t *testing.T) {
	s := newServer(t, server.Config{})
	r := httptest.NewRequest(http.MethodGet, "/.well-known/openid-configuration", nil)
	r.Host = ""
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := decodeAnswer[object](t, w)["issuer"]; got != "http://localhost/" {
		t.Errorf("issuer %v", got)
	}
}
