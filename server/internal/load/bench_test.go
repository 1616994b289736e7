package load_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

const (
	startBody = `{"client_id":"acme-native","connection":"email","email":%q,"send":"code"}`
	tokenBody = `{"grant_type":"` + servertest.GrantOTP + `","client_id":"acme-native","username":%q,"otp":"123456","realm":"email","audience":%q,"scope":%q}`
	acmeAPI   = "https://api.acme.test/" // an access token for it is signed
)

// fixedCode is the configuration that login needs.
var fixedCode = server.Config{OTP: fixtures.OTP{Mode: "fixed", Code: "123456"}}

// login signs a user in by a code: one request for the start, one for the tokens.
func login(t testing.TB, s *server.Server, email, audience, scope string) {
	t.Helper()
	call(t, s, "POST", "/passwordless/start", fmt.Sprintf(startBody, email))
	call(t, s, "POST", "/oauth/token", fmt.Sprintf(tokenBody, email, audience, scope))
}

// call makes a request, which must succeed.
func call(t testing.TB, s *server.Server, method, path, body string) {
	t.Helper()
	if w := servertest.Call(t, s, method, path, body); w.Code/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

// user is the address of the nth user.
func user(n int) string { return fmt.Sprintf("user%d@example.com", n) }

// A whole login: a start and a token request.
func BenchmarkLogin(b *testing.B) {
	for _, bb := range []struct{ name, audience, scope string }{
		{"two signatures", acmeAPI, "openid profile email"},
		{"one signature", "", "openid profile email"},
		{"no signature", "", "profile"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s := servertest.New(b, fixedCode)
			b.ReportAllocs()
			for b.Loop() {
				login(b, s, "ada@example.com", bb.audience, bb.scope)
			}
		})
	}
}

// A whole login without a second factor, and one whose user gives the code of an
// authenticator app: one request more, and as many signatures. It may take 1.6 times
// as long. Both move the clock between the logins, since a code works once.
func BenchmarkSecondFactor(b *testing.B) {
	const dora = "dora@example.com"
	for _, bb := range []struct {
		name     string
		required bool
	}{{"none", false}, {"the code of an app", true}} {
		b.Run(bb.name, func(b *testing.B) {
			s := servertest.New(b, server.Config{OTP: fixedCode.OTP, At: servertest.At2030})
			if _, err := s.AddUser(fixtures.User{Email: dora, Connection: "email", MFARequired: bb.required, MFA: []fixtures.Authenticator{{Type: fixtures.FactorOTP}}}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				if err := s.Clock().Advance(tenant.TOTPPeriod); err != nil {
					b.Fatal(err)
				}
				code, _, err := s.TOTP(dora)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if !bb.required {
					login(b, s, dora, acmeAPI, "openid profile email")
					continue
				}
				call(b, s, "POST", "/passwordless/start", fmt.Sprintf(startBody, dora))
				w := servertest.Call(b, s, "POST", "/oauth/token", fmt.Sprintf(tokenBody, dora, acmeAPI, "openid profile email"))
				_, rest, _ := strings.Cut(w.Body.String(), `"mfa_token":"`)
				token, _, _ := strings.Cut(rest, `"`)
				call(b, s, "POST", "/oauth/token", `{"grant_type":"`+fixtures.GrantMFAOTP+`","client_id":"acme-native","mfa_token":"`+token+`","otp":"`+code+`"}`)
			}
		})
	}
}

func BenchmarkRequest(b *testing.B) {
	var claims strings.Builder // such a token is linear in their number
	for n := range 6_000 {
		fmt.Fprintf(&claims, `,"https://acme.test/%d":1`, n)
	}
	for _, bb := range []struct{ name, method, path, body string }{
		{"start", "POST", "/passwordless/start", fmt.Sprintf(startBody, "ada@example.com")},
		{"token", "POST", "/oauth/token", `{"grant_type":"client_credentials","client_id":"acme-m2m","client_secret":"acme-m2m-secret","audience":"` + acmeAPI + `"}`},
		{"token of 6,000 claims", "POST", "/_mock/tokens", `{"claims":{` + claims.String()[1:] + `}}`},
		{"JWKS", "GET", "/.well-known/jwks.json", ""},
		{"discovery", "GET", "/.well-known/openid-configuration", ""},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s := servertest.New(b, server.Config{})
			b.ReportAllocs()
			for b.Loop() {
				call(b, s, bb.method, bb.path, bb.body)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		servertest.New(b, server.Config{})
	}
}

// A server whose fixture file has a hundred thousand users is ready, and knows them,
// within two seconds.
func BenchmarkNewWithManyUsers(b *testing.B) {
	config := withUsers(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		if n := len(servertest.New(b, config).Users()); n != 100_000 {
			b.Fatalf("%d users", n)
		}
	}
}

// A start takes as long with 100,000 users as with 10.
func BenchmarkStartWithManyUsers(b *testing.B) {
	for _, n := range []int{10, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := servertest.New(b, withUsers(b, n))
			body := fmt.Sprintf(startBody, user(7))
			call(b, s, "POST", "/passwordless/start", body) // a tenant reads its users when it is first asked
			b.ReportAllocs()
			for b.Loop() {
				call(b, s, "POST", "/passwordless/start", body)
			}
		})
	}
}

// withUsers is the configuration of a server whose fixture file has so many users.
func withUsers(t testing.TB, n int) server.Config {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: 1\nextends: default\nusers:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {email: %s, email_verified: true, name: User %d}\n", user(i), i)
	}
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return server.Config{FixtureFile: path}
}

// The last of a hundred thousand logins take as long as the first. Of each the best of
// ten batches counts, since other programs use the machine too.
func BenchmarkManyLogins(b *testing.B) {
	for _, bb := range []struct {
		name string
		who  func(n int) string
	}{
		{"of new users", user},
		{"of one user", func(int) string { return user(0) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				s, n := servertest.New(b, fixedCode), 0
				batch := func(logins int) time.Duration {
					began := time.Now()
					for range logins {
						login(b, s, bb.who(n), "", "profile offline_access")
						n++
					}
					return time.Since(began)
				}
				best := func() time.Duration {
					took := batch(100)
					for range 9 {
						took = min(took, batch(100))
					}
					return took
				}
				first := best()
				batch(98_000)
				b.ReportMetric(float64(best())/float64(first), "last/first")
			}
		})
	}
}
