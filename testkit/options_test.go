package testkit_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

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
	tokens := auth.Tokens(t, "grace@example.com")
	if got := auth.Server().Outbox().All()[0].Code; got != "424242" {
		t.Errorf("code %s, want the fixed one", got)
	}
	if got := strings.Join(tokens.Scopes, " "); got != "openid profile email read:it" {
		t.Errorf("scopes %s", got)
	}
	if tokens.Claims["aud"] != "mine" || tokens.Claims["name"] != "Grace Hopper" || tokens.Claims["iat"] != float64(1893456000) { // 2030-01-01
		t.Errorf("claims %v", tokens.Claims)
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.Seed("dev"))
	app{auth.Client(), auth.URL(), auth.ClientID()}.start(t, "ada@example.com", "code")
	if got := auth.OTP(t, "ada@example.com"); got != "241272" {
		t.Errorf("code %s, want the first one of the seed dev", got)
	}
}

// The test passes if such a failure never happens, unlike one of Inject.
func TestScenarioIsOnFromTheStart(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	r.run(func() {
		auth := testkit.Start(r, testkit.Scenario("otp-expired"))
		if got := failureOf(t, func(r *recorder) { auth.Tokens(r, "ada@example.com") }); !strings.Contains(got, "[otp-expired") {
			t.Errorf("got %q", got)
		}
		testkit.Start(r, testkit.Scenario("otp-expired"))
	})
	if r.failed {
		t.Error(r.log.String())
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
		"sms +12025550101  true",
		"email alan@example.com Alan Turing true",
		"Username-Password-Authentication dora@example.com Dora false",
		"email dora@example.com Dora too false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
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

func TestAWrongOptionFailsTheTest(t *testing.T) {
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
		"a port alone":     {[]testkit.Option{testkit.InMemory(":8443/")}, "give the domain alone"},
		"not in ASCII":     {[]testkit.Option{testkit.InMemory("bücher.test")}, "in ASCII"},
		"mistaken user":    {[]testkit.Option{testkit.Users(fixtures.User{Email: "nobody"})}, "nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := failureOf(t, func(r *recorder) { testkit.Start(r, tt.opts...) }); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestInMemoryWorksInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
		a := app{auth.Client(), auth.URL(), auth.ClientID()}
		a.start(t, "ada@example.com", "code")
		otp := auth.OTP(t, "ada@example.com")
		time.Sleep(3 * time.Minute) // in a bubble this takes no time
		if status, answer := a.login(t, "ada@example.com", otp); status != 403 || !strings.Contains(fmt.Sprint(answer), "expired") {
			t.Errorf("after three minutes: %d %v", status, answer)
		}
		// OTP waits in one goroutine for a start in another.
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
	res.Body.Close() // goleak checks that this ends the stream
}

// Keywords are those of the export, before or behind the option that names it. Others, as
// those of the environment, are not.
func TestKeywordsOfAnExport(t *testing.T) {
	t.Setenv("HOST", "env.test")
	dir := t.TempDir()
	export := "tenant: {friendly_name: \"##NAME## at ##HOST##\"}\nclientGrants: []\nclients:\n  - {name: Web, app_type: regular_web, callbacks: @@URLS@@}\n"
	if err := os.WriteFile(filepath.Join(dir, "tenant.yaml"), []byte(export), 0o600); err != nil {
		t.Fatal(err)
	}
	keywords := testkit.Keywords(fixtures.Keywords{"NAME": "Bakery", "URLS": []string{"http://localhost:3000/cb"}})
	for _, opts := range [][]testkit.Option{{keywords, testkit.Fixture(dir)}, {testkit.Fixture(dir), keywords}} {
		f := testkit.Start(t, opts...).Server().Fixture()
		if got := f.Clients[0].Callbacks; !slices.Equal(got, []string{"http://localhost:3000/cb"}) || strings.Contains(f.Tenant.FriendlyName, "env.test") {
			t.Errorf("the callbacks are %q, and the tenant is %q", got, f.Tenant.FriendlyName)
		}
	}
}
