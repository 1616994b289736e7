package testkit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const otpGrant = "http://auth0.com/oauth/grant-type/passwordless/otp"

// An app is the code under test: it knows a base URL and a client, no more.
type app struct {
	client *http.Client
	base   string
	id     string
}

func (a app) call(t testing.TB, path string, params map[string]string) (status int, answer map[string]any) {
	t.Helper()
	body, _ := json.Marshal(params)
	res, err := a.client.Post(a.base+path, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

func (a app) start(t testing.TB, email, send string) {
	t.Helper()
	if status, answer := a.call(t, "/passwordless/start", map[string]string{"client_id": a.id, "connection": "email", "email": email, "send": send}); status != 200 {
		t.Fatalf("start: %d %v", status, answer)
	}
}

func (a app) login(t testing.TB, email, otp string) (status int, answer map[string]any) {
	t.Helper()
	return a.call(t, "/oauth/token", map[string]string{"grant_type": otpGrant, "client_id": a.id, "username": email, "otp": otp, "realm": "email", "scope": "openid profile email"})
}

func TestLoginOverHTTPAndHTTPS(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	for _, base := range []string{auth.URL(), auth.TLSURL()} {
		a := app{auth.Client(), base, auth.ClientID()}
		a.start(t, "ada@example.com", "code")
		status, answer := a.login(t, "ada@example.com", auth.OTP(t, "ada@example.com"))
		if status != 200 {
			t.Fatalf("%s: %d %v", base, status, answer)
		}
		if got, want := claim(t, answer["id_token"].(string), "iss"), base+"/"; got != want {
			t.Errorf("iss %v, want %v: it follows the scheme", got, want)
		}
		// Whichever of the two gave the token, both take it.
		for _, other := range []string{auth.URL(), auth.TLSURL()} {
			if profile := userinfo(t, auth, other, answer["access_token"].(string)); profile["email"] != "ada@example.com" {
				t.Errorf("a token of %s opens %v at %s", base, profile, other)
			}
		}
	}
	if auth.Issuer() != auth.URL()+"/" || auth.TLSIssuer() != auth.TLSURL()+"/" {
		t.Errorf("issuers %s and %s", auth.Issuer(), auth.TLSIssuer())
	}
}

func userinfo(t testing.TB, auth *testkit.Auth0, base, token string) (profile map[string]any) {
	t.Helper()
	req, _ := http.NewRequest("GET", base+"/userinfo", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := auth.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		t.Fatalf("userinfo at %s: %s", base, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(&profile); err != nil {
		t.Fatal(err)
	}
	return profile
}

func TestIssuerCanBePinned(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts []testkit.Option
		want func(*testkit.Auth0) string
	}{
		"to https":     {[]testkit.Option{testkit.PinTLS()}, func(a *testkit.Auth0) string { return a.TLSURL() + "/" }},
		"to any other": {[]testkit.Option{testkit.PinIssuer("https://login.acme.test")}, func(*testkit.Auth0) string { return "https://login.acme.test/" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t, tt.opts...)
			want := tt.want(auth)
			a := app{auth.Client(), auth.URL(), auth.ClientID()}
			a.start(t, "ada@example.com", "code")
			_, answer := a.login(t, "ada@example.com", auth.OTP(t, "ada@example.com"))
			if got := claim(t, answer["id_token"].(string), "iss"); got != want || auth.Issuer() != want || auth.TLSIssuer() != want {
				t.Errorf("iss %v, Issuer %s, TLSIssuer %s, want %s", got, auth.Issuer(), auth.TLSIssuer(), want)
			}
		})
	}
}

func TestEachTestHasATenantOfItsOwn(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			auth := testkit.Start(t)
			a := app{auth.Client(), auth.URL(), auth.ClientID()}
			a.start(t, "ada@example.com", "code")
			if got := auth.OTP(t, "ada@example.com"); got != "897596" {
				t.Errorf("the first code of ada@example.com is %s, want 897596: somebody else's tenant", got)
			}
			auth.Client().CloseIdleConnections()
		})
	}
	wg.Wait()
}

func TestMagicLinkAndExpire(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	a := app{auth.Client(), auth.URL(), auth.ClientID()}
	a.start(t, "ada@example.com", "link")
	link, err := url.Parse(auth.MagicLink(t, "ada@example.com"))
	if err != nil || link.Path != "/passwordless/verify_redirect" || link.Query().Get("verification_code") == "" {
		t.Errorf("link %v, %v", link, err)
	}
	a.start(t, "ada@example.com", "code")
	otp := auth.OTP(t, "ada@example.com")
	auth.Expire(t, "ada@example.com")
	if status, answer := a.login(t, "ada@example.com", otp); status != 403 || answer["error_description"] != "The verification code has expired. Please try to login again." {
		t.Errorf("an expired code: %d %v", status, answer)
	}
}

func TestMintAndForge(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	good := auth.MintToken(t, map[string]any{"sub": "email|1", "aud": auth.Issuer() + "userinfo", "scope": "openid"})
	if got := claim(t, good, "iss"); got != auth.Issuer() {
		t.Errorf("iss %v, want %s", got, auth.Issuer())
	}
	ada, ok := auth.Server().UserByAddress("ada@example.com")
	if !ok {
		t.Fatal("ada is in the default fixture")
	}
	claims := map[string]any{"sub": ada.UserID, "aud": auth.Issuer() + "userinfo", "scope": "openid email"}
	if profile := userinfo(t, auth, auth.URL(), auth.MintToken(t, claims)); profile["email"] != "ada@example.com" {
		t.Errorf("a minted token opens %v", profile)
	}
	req, _ := http.NewRequest("GET", auth.URL()+"/userinfo", nil)
	req.Header.Set("Authorization", "Bearer "+auth.ForgeToken(t, claims))
	res, err := auth.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 401 {
		t.Errorf("a forged token: %s, want 401", res.Status)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t,
		testkit.Fixture("minimal"),
		testkit.Users(fixtures.User{Email: "Grace@Example.com", Name: "Grace Hopper"}),
		testkit.Clients(fixtures.Client{ClientID: "mine", GrantTypes: []string{otpGrant}, TokenEndpointAuthMethod: "none"}),
		testkit.Audience("https://api.mine.test", "read:it"),
		testkit.Seed("another"),
		testkit.OTPMode("fixed:424242"),
		testkit.At(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)),
	)
	a := app{auth.Client(), auth.URL(), "mine"}
	a.start(t, "grace@example.com", "code")
	if got := auth.OTP(t, "grace@example.com"); got != "424242" {
		t.Errorf("code %s, want the fixed one", got)
	}
	status, answer := a.call(t, "/oauth/token", map[string]string{
		"grant_type": otpGrant, "client_id": "mine", "username": "grace@example.com", "otp": "424242", "realm": "email",
		"audience": "https://api.mine.test", "scope": "openid profile read:it",
	})
	if status != 200 || answer["scope"] != "openid profile read:it" {
		t.Fatalf("%d %v", status, answer)
	}
	if got := claim(t, answer["id_token"].(string), "name"); got != "Grace Hopper" {
		t.Errorf("name %v", got)
	}
	if got := claim(t, answer["id_token"].(string), "iat"); got != float64(1893456000) {
		t.Errorf("iat %v, want that of 2030-01-01", got)
	}
}

func TestUsersReplaceTheFixturesOwn(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.Users(
		fixtures.User{Email: " ADA@example.com", Name: "Augusta"},
		fixtures.User{PhoneNumber: "+1 202 555 0101", Blocked: true},
		fixtures.User{Email: "dora@example.com", Name: "Dora too"}, // by e-mail code, beside the one with a password
	))
	var got []string
	for _, u := range auth.Server().Users() {
		got = append(got, fmt.Sprintf("%s %s%s %s %v", u.Connection, u.Email, u.PhoneNumber, u.Name, u.Blocked))
	}
	want := []string{
		"email ada@example.com Augusta false",
		"sms +12025550101 +12025550101 true",
		"email alan@example.com Alan Turing true",
		"Username-Password-Authentication dora@example.com Dora false",
		"email dora@example.com Dora too false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInMemoryWorksInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
		a := app{auth.Client(), auth.URL(), auth.ClientID()}
		a.start(t, "ada@example.com", "code")
		otp := auth.OTP(t, "ada@example.com")
		time.Sleep(3 * time.Minute) // of the bubble: nobody waits
		if status, answer := a.login(t, "ada@example.com", otp); status != 403 || !strings.Contains(fmt.Sprint(answer), "expired") {
			t.Errorf("after three minutes: %d %v", status, answer)
		}
		// A wait in one goroutine ends with the start in another.
		got := make(chan string)
		go func() { got <- auth.OTP(t, "bob@example.com") }()
		synctest.Wait()
		a.start(t, "bob@example.com", "code")
		status, answer := a.login(t, "bob@example.com", <-got)
		if status != 200 {
			t.Fatalf("%d %v", status, answer)
		}
		if iss := claim(t, answer["id_token"].(string), "iss"); iss != "https://tenant.example.com/" || auth.Issuer() != iss {
			t.Errorf("iss %v, Issuer %s", iss, auth.Issuer())
		}
		res, err := auth.Client().Get(auth.URL() + "/_mock/outbox/code?to=nobody@example.com&wait=30s")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 404 {
			t.Errorf("the control API by the tenant's own domain: %s", res.Status)
		}
		if _, err := auth.Client().Get("https://elsewhere.example.com/"); err == nil || !strings.Contains(err.Error(), "no network") {
			t.Errorf("another host: %v", err)
		}
	})
}

func TestInMemoryStreamEndsWhenItsBodyIsClosed(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
	res, err := auth.Client().Get(auth.URL() + "/_mock/outbox/stream")
	if err != nil {
		t.Fatal(err)
	}
	app{auth.Client(), auth.URL(), auth.ClientID()}.start(t, "ada@example.com", "code")
	var seen []byte
	for buf := make([]byte, 512); !bytes.Contains(seen, []byte("ada@example.com")); {
		n, err := res.Body.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	res.Body.Close() // goleak sees whether the stream ends
}

// A recorder stands in for a test, to see what it is told.
type recorder struct {
	testing.TB
	cleanups []func()
	failed   bool
	log      strings.Builder
}

func (r *recorder) Helper()           {}
func (r *recorder) Cleanup(f func())  { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool      { return r.failed }
func (r *recorder) Log(args ...any)   { fmt.Fprintln(&r.log, args...) }
func (r *recorder) Fatal(args ...any) { r.Log(args...); r.failed = true; panic(r) }
func (r *recorder) Fatalf(f string, args ...any) {
	r.failed = true
	fmt.Fprintf(&r.log, f+"\n", args...)
	panic(r)
}

// run calls f as a test would, up to its failure, and then cleans up.
func (r *recorder) run(f func()) {
	defer func() {
		if p := recover(); p != nil && p != any(r) {
			panic(p)
		}
		for i := len(r.cleanups) - 1; i >= 0; i-- {
			r.cleanups[i]()
		}
	}()
	f()
}

func TestAFailedTestTellsTheStory(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	r.run(func() {
		auth := testkit.Start(r)
		a := app{auth.Client(), auth.URL(), auth.ClientID()}
		a.start(t, "ada@example.com", "code")
		a.login(t, "ada@example.com", "000000")
		r.failed = true
	})
	for _, want := range []string{
		`POST /passwordless/start {"client_id":"acme-native"`, "-> 200", "-> 403 invalid_grant: Wrong email or verification code.",
		"requests: 2\n", "outbox: 1\n", "email to ada@example.com: code 897596 (active)", "clock: ", "running",
	} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, r.log.String())
		}
	}
}

func TestAPassedTestSaysNothing(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	r.run(func() { app{testkit.Start(r).Client(), "", ""}.client.CloseIdleConnections() })
	if r.log.Len() > 0 {
		t.Error(r.log.String())
	}
}

func TestFailuresAreSentences(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts []testkit.Option
		want string
	}{
		"unknown fixture":  {[]testkit.Option{testkit.Fixture("strickt")}, `did you mean "strict"?`},
		"mistaken fixture": {[]testkit.Option{testkit.FixtureYAML("version: 1\nclient: []\n")}, `did you mean "clients"?`},
		"mistaken OTP":     {[]testkit.Option{testkit.OTPMode("fixed")}, "fixed:000000"},
		"mistaken issuer":  {[]testkit.Option{testkit.PinIssuer("localhost")}, "is not a URL"},
		"no domain":        {[]testkit.Option{testkit.InMemory("")}, "needs a domain"},
		"a URL as domain":  {[]testkit.Option{testkit.InMemory("https://login.acme.test")}, "give the domain alone"},
		"mistaken user":    {[]testkit.Option{testkit.Users(fixtures.User{Email: "nobody"})}, "nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			r.run(func() { testkit.Start(r, tt.opts...) })
			if !r.failed || !strings.Contains(r.log.String(), tt.want) {
				t.Errorf("got %q, want %q in it", r.log.String(), tt.want)
			}
		})
	}
}

func TestOTPFailsWithWhatDidArrive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{TB: t}
		r.run(func() {
			auth := testkit.Start(r, testkit.InMemory("tenant.example.com"))
			a := app{auth.Client(), auth.URL(), auth.ClientID()}
			a.start(t, "ada@example.com", "link")
			auth.OTP(r, "ada@example.com")
		})
		if got := r.log.String(); !strings.Contains(got, "no live code for ada@example.com") || !strings.Contains(got, "it carries a link and no code") {
			t.Errorf("got %q", got)
		}
	})
}

func TestNoRedirect(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	if err := auth.NoRedirect().CheckRedirect(nil, nil); err != http.ErrUseLastResponse {
		t.Error(err)
	}
	if first := auth.Client(); first != auth.Client() || first.CheckRedirect != nil {
		t.Error("Client is one client, which follows redirects")
	}
}

func TestWaitForTakesFilters(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	a := app{auth.Client(), auth.URL(), auth.ClientID()}
	a.start(t, "ada@example.com", "code")
	a.start(t, "bob@example.com", "code")
	if m := auth.WaitFor(t, outbox.To("ada@example.com"), outbox.Kind(outbox.Email)); m.Code != auth.OTP(t, "ada@example.com") {
		t.Errorf("got %+v", m)
	}
}

// claim reads one claim of a token without verifying it.
func claim(t testing.TB, token, name string) any {
	t.Helper()
	return decodeClaims(t, token)[name]
}
