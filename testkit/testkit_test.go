package testkit_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A recorder stands in for the t of a test, to see what a test is told.
type recorder struct {
	testing.TB
	cleanups []func()
	failed   bool
	log      strings.Builder
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return context.Background() }
func (r *recorder) Cleanup(f func())         { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool             { return r.failed }
func (r *recorder) Log(args ...any)          { fmt.Fprintln(&r.log, args...) }
func (r *recorder) Errorf(f string, args ...any) {
	r.failed = true
	r.Log(fmt.Sprintf(f, args...))
}

func (r *recorder) Fatal(args ...any) {
	r.failed = true
	r.Log(args...)
	panic(r)
}
func (r *recorder) Fatalf(f string, args ...any) { r.Fatal(fmt.Sprintf(f, args...)) }

// run calls f until it returns or fails, and then cleans up, as a test does.
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

// failureOf is what a failing test prints.
func failureOf(t testing.TB, f func(*recorder)) string {
	t.Helper()
	r := &recorder{}
	r.run(func() { f(r) })
	if !r.failed {
		t.Error("it did not fail")
	}
	return r.log.String()
}

const otpGrant = "http://auth0.com/oauth/grant-type/passwordless/otp"

// An app is the code under test. It knows a URL and a client_id.
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

// A package may have one tenant for all its tests, which TestMain opens.
func TestOpen(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]testkit.Option{"on a port": nil, "in memory": {testkit.InMemory("login.acme.test")}} {
		auth, err := testkit.Open(opts...)
		if err != nil {
			t.Fatal(err)
		}
		health := func() error {
			res, err := auth.Client().Get(auth.URL() + "/_mock/health")
			if err == nil {
				res.Body.Close()
			}
			return err
		}
		if err := health(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for range 2 {
			if err := auth.Close(); err != nil {
				t.Errorf("%s: Close: %v", name, err)
			}
		}
		if err := health(); err == nil {
			t.Errorf("%s: after Close it still answers", name)
		}
	}
	if _, err := testkit.Open(testkit.Fixture("nowhere.yaml")); err == nil || !strings.HasPrefix(err.Error(), "testkit: ") {
		t.Errorf("a fixture that is not there: %v", err)
	}
}

// A request may hang when its test ends.
func TestCloseEndsARequestThatHangs(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]testkit.Option{"on a port": nil, "in memory": {testkit.InMemory("login.acme.test")}} {
		auth, err := testkit.Open(opts...)
		if err != nil {
			t.Fatal(err)
		}
		r := &recorder{}
		hang := auth.InjectScenario(r, scenarios.Scenario{Name: "hang", Rules: []scenarios.Rule{{
			ID: "all", When: scenarios.When{Endpoint: scenarios.AnyOf{"jwks"}}, Then: scenarios.Then{Fault: "hang"},
		}}})
		ended := make(chan error)
		go func() {
			_, err := auth.Client().Get(auth.URL() + "/.well-known/jwks.json")
			ended <- err
		}()
		for hang.Fired() == 0 {
			runtime.Gosched()
		}
		if err := auth.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err == nil {
			t.Errorf("%s: the request that hangs was answered", name)
		}
	}
}

// Client may reach an app, too, whose connection ends with the tenant.
func TestClientKeepsNoConnectionAfterTheTest(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	app := httptest.NewUnstartedServer(http.NotFoundHandler())
	app.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			close(closed)
		}
	}
	app.Start()
	defer app.Close()
	r := &recorder{}
	r.run(func() {
		res, err := testkit.Start(r).Client().Get(app.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body) // or the connection would not be kept
		res.Body.Close()
	})
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
}

// The test is not parallel, so that no goroutine of another test is counted. It
// closes no idle connection itself.
func TestAThousandTestsHaveTenantsOfTheirOwnAndLeaveNoGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	var wg sync.WaitGroup
	for n := range 1000 {
		wg.Go(func() {
			r := &recorder{}
			r.run(func() {
				auth := testkit.Start(r)
				base := auth.URL()
				if n%100 == 0 {
					base = auth.TLSURL()
				}
				app{auth.Client(), base, auth.ClientID()}.start(t, "ada@example.com", "code")
				if got := auth.OTP(r, "ada@example.com"); got != "897596" {
					t.Errorf("the first code of ada@example.com is %s, want 897596: somebody else's tenant", got)
				}
			})
		})
	}
	wg.Wait()
	goleak.VerifyNone(t, before)
}

// Tenants share the memory of a fixture, but no tenant sees what another changes.
func TestTenantsDoNotSeeEachOthersData(t *testing.T) {
	t.Parallel()
	pristine := builtIn(t)
	for n := range 24 {
		name := fmt.Sprintf("tenant-%02d", n)
		opts := [][]testkit.Option{
			nil,
			{testkit.Fixture("strict"), testkit.Scenario("rate-limited-once")},
			{
				testkit.Users(fixtures.User{Email: "ada@example.com", Claims: map[string]any{"of": name}}),
				testkit.Clients(fixtures.Client{ClientID: name}), testkit.Audience("https://api.acme.test/", name), testkit.OTPMode("fixed:000000"),
			},
		}[n%3]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t, append(opts, testkit.InMemory(name+".example.com"), testkit.At(time.Unix(1e9, 0)))...)
			before := state(t, auth)
			ada, _ := auth.Server().UserByAddress("ada@example.com")
			_, err := auth.Server().UpdateUser(ada.UserID, func(u *fixtures.User) error {
				u.Name = name
				// The maps are changed in place, not replaced.
				u.Claims, u.Permissions = orEmpty(u.Claims), orEmpty(u.Permissions)
				u.Claims[name] = name
				u.Permissions["https://api.acme.test/"] = append(u.Permissions["https://api.acme.test/"], name)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := auth.Server().AddUser(fixtures.User{Email: name + "@example.com"}); err != nil {
				t.Error(err)
			}
			after := state(t, auth)
			if strings.Count(after, name) < 4 || strings.Contains(strings.ReplaceAll(after, name, ""), "tenant-") {
				t.Errorf("%s is to have its own users, and nobody else's:\n%s", name, after)
			}
			auth.Server().Reset()
			if again := state(t, auth); again != before {
				t.Errorf("after a reset it is\n%s\nit was\n%s", again, before)
			}
		})
	}
	t.Cleanup(func() {
		if now := builtIn(t); now != pristine {
			t.Errorf("the built-in fixtures have changed:\n%s\nthey were\n%s", now, pristine)
		}
	})
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// state is everything that a tenant knows.
func state(t testing.TB, auth *testkit.Auth0) string {
	t.Helper()
	text, err := auth.Server().State().JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func builtIn(t testing.TB) string {
	t.Helper()
	var all []string
	for _, name := range fixtures.Names() {
		f, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.JSON()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return strings.Join(all, "\n")
}

// Users are made at first use, and are as old as the tenant.
func TestUsersAreAsOldAsTheirTenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
		time.Sleep(time.Hour) // in a bubble this takes no time
		if ada, ok := auth.Server().UserByAddress("ada@example.com"); !ok || !ada.CreatedAt.Equal(began) {
			t.Errorf("created at %s, want %s", ada.CreatedAt, began.UTC())
		}
	})
}

func TestAFailedTestTellsTheStory(t *testing.T) {
	t.Parallel()
	r := &recorder{}
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

func TestAFailedTestTellsWhoDoesNotTrustTheCertificate(t *testing.T) {
	t.Parallel()
	report := failureOf(t, func(r *recorder) {
		auth := testkit.Start(r)
		conn, err := net.Dial("tcp", auth.Domain())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		stranger := tls.Client(conn, &tls.Config{ServerName: "127.0.0.1", RootCAs: x509.NewCertPool()})
		if err := stranger.Handshake(); err == nil {
			t.Error("a client without the authority must refuse the certificate")
		}
		_, _ = io.Copy(io.Discard, conn) // until the tenant has noted it and closes the connection
		r.failed = true
	})
	if want := "https: handshakes that failed: 1: a client broke the https handshake off"; !strings.Contains(report, want) {
		t.Errorf("the report lacks %q:\n%s", want, report)
	}
}

func TestAFailedTestSaysThatNothingReachedItsTenantInMemory(t *testing.T) {
	t.Parallel()
	const hint = "no request reached the tenant: it is in memory, and only auth.Client() reaches it\n"
	for _, isReached := range []bool{false, true} {
		report := failureOf(t, func(r *recorder) {
			auth := testkit.Start(r, testkit.InMemory("login.acme.test"))
			if isReached {
				res, err := auth.Client().Get(auth.URL() + "/_mock/health")
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
			}
			r.failed = true
		})
		if strings.Contains(report, hint) == isReached {
			t.Errorf("reached %v, and the report is\n%s", isReached, report)
		}
	}
}

func TestAPassedTestSaysNothing(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	r.run(func() { testkit.Start(r) })
	if r.log.Len() > 0 {
		t.Error(r.log.String())
	}
}
