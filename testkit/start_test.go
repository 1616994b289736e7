package testkit_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

// Every test starts a server, so that what it costs to start and stop one is
// what a suite costs. Allocations tell it whatever else the machine does. Who
// gets beyond these numbers finds what with go test -bench Start -memprofile.
func TestStartIsCheap(t *testing.T) {
	if !counted {
		t.Skip("the race detector allocates, too")
	}
	for _, tt := range []struct {
		name string
		most float64
		opts []testkit.Option
	}{
		{"over TCP", 170, nil},
		{"in memory", 120, []testkit.Option{testkit.InMemory("tenant.example.com")}},
		{"with options that no fixture has to be read for", 120, []testkit.Option{
			testkit.InMemory("tenant.example.com"), testkit.Fixture("strict"), testkit.Seed("another"), testkit.At(time.Unix(0, 0)),
		}},
	} {
		got := testing.AllocsPerRun(200, func() { startAndStop(t, tt.opts...) })
		t.Logf("%s: %v allocations", tt.name, got)
		if got > tt.most {
			t.Errorf("%s: a start takes %v allocations, at most %v are allowed", tt.name, got, tt.most)
		}
	}
}

// All of these are over before any parallel test goes on, so that what is left
// is theirs. They close no idle connection themselves.
func TestAThousandStartsLeaveNoGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	var wg sync.WaitGroup
	for n := range 1000 {
		wg.Go(func() {
			r := &recorder{TB: t}
			r.run(func() {
				auth := testkit.Start(r)
				base := auth.URL()
				if n%100 == 0 {
					base = auth.TLSURL()
				}
				app{auth.Client(), base, auth.ClientID()}.start(t, "ada@example.com", "code")
			})
		})
	}
	wg.Wait()
	goleak.VerifyNone(t, before)
}

// Tenants share the fixture that they were made of, and what derives from it:
// whatever one of them is told stays its own.
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
				testkit.Clients(fixtures.Client{ClientID: name}), testkit.Audience("https://api.acme.test/", name), testkit.OTP("fixed:000000"),
			},
		}[n%3]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t, append(opts, testkit.InMemory(name+".example.com"), testkit.At(time.Unix(1e9, 0)))...)
			before := state(t, auth)
			ada, _ := auth.Server().UserByAddress("ada@example.com")
			_, err := auth.Server().UpdateUser(ada.UserID, func(u *fixtures.User) error {
				u.Name = name
				// What is there is changed in its place.
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

// state is all that a tenant knows.
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

// What a tenant makes at first use is as it was at its start.
func TestUsersAreAsOldAsTheirTenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
		time.Sleep(time.Hour) // of the bubble: nobody waits
		if ada, ok := auth.Server().UserByAddress("ada@example.com"); !ok || !ada.CreatedAt.Equal(began) {
			t.Errorf("created at %s, want %s", ada.CreatedAt, began.UTC())
		}
	})
}
