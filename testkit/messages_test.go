package testkit_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

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

func TestOTPFailsWithWhatDidArrive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth := testkit.Start(t, testkit.InMemory("tenant.example.com"))
		app{auth.Client(), auth.URL(), auth.ClientID()}.start(t, "ada@example.com", "link")
		began := time.Now()
		got := failureOf(t, func(r *recorder) { auth.OTP(r, "ada@example.com") })
		if !strings.Contains(got, "no live code for ada@example.com") || !strings.Contains(got, "it carries a link and no code") {
			t.Errorf("got %q", got)
		}
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("it waited %s", waited)
		}
	})
}

// A code whose request was refused never comes, so nobody waits for it.
func TestNobodyWaitsForACodeThatWasRefused(t *testing.T) {
	t.Parallel()
	const story = "testkit: POST /passwordless/start for bob@example.com was refused: 400 bad.connection: Connection does not exist"
	start := func(params ...string) func(*recorder, *testkit.Auth0) {
		body := map[string]string{"client_id": "acme-native", "connection": "email", "email": "bob@example.com", "send": "code"}
		for i := 0; i < len(params); i += 2 {
			body[params[i]] = params[i+1]
		}
		return func(r *recorder, auth *testkit.Auth0) {
			app{auth.Client(), auth.URL(), auth.ClientID()}.call(r, "/passwordless/start", body)
		}
	}
	otp := func(to string) func(*recorder, *testkit.Auth0) {
		return func(r *recorder, auth *testkit.Auth0) { auth.OTP(r, to) }
	}
	used := func(r *recorder, auth *testkit.Auth0) { auth.Tokens(r, "bob@example.com") }
	nowhere := start("connection", "nowhere")
	inject := func(name string) func(*recorder, *testkit.Auth0) {
		return func(r *recorder, auth *testkit.Auth0) { auth.Inject(r, name) }
	}
	type steps []func(*recorder, *testkit.Auth0)
	for name, tt := range map[string]struct {
		steps steps // the last one fails
		opts  []testkit.Option
		want  string // the beginning of the failure
		waits time.Duration
	}{
		"an unknown connection": {steps: steps{nowhere, otp("bob@example.com")}, want: story},
		"an unknown client": {
			steps: steps{start("client_id", "abc"), otp("bob@example.com")},
			want:  "testkit: POST /passwordless/start for bob@example.com was refused: 403 unauthorized_client: invalid client (client \"abc\" is not in the fixture",
		},
		"an address written otherwise": {steps: steps{start("connection", "nowhere", "email", " BOB@example.com"), otp("Bob@Example.com")}, want: story},
		"a phone number": {
			steps: steps{start("connection", "nowhere", "phone_number", "+12025550101", "email", ""), otp("+1 202 555 0101")},
			want:  "testkit: POST /passwordless/start for +12025550101 was refused: 400 bad.connection: Connection does not exist",
		},
		"a magic link":     {steps: steps{nowhere, func(r *recorder, auth *testkit.Auth0) { auth.MagicLink(r, "bob@example.com") }}, want: story},
		"a code to expire": {steps: steps{nowhere, func(r *recorder, auth *testkit.Auth0) { auth.Expire(r, "bob@example.com") }}, want: story},
		"after a login":    {steps: steps{used, nowhere, otp("bob@example.com")}, want: story},
		"while one waits": {steps: steps{func(r *recorder, auth *testkit.Auth0) {
			go func() {
				time.Sleep(time.Second)
				nowhere(&recorder{}, auth)
			}()
			auth.OTP(r, "bob@example.com")
		}}, want: story, waits: time.Second},
		"a user who is blocked": {
			steps: steps{start("email", "alan@example.com"), otp("alan@example.com")},
			want:  "testkit: POST /passwordless/start for alan@example.com sent nothing: the user is blocked\nno live code for alan@example.com; the outbox is empty",
		},
		"another recipient": {steps: steps{nowhere, otp("ada@example.com")}, want: "testkit: no live code for ada@example.com", waits: 5 * time.Second},
		"any message": { // the app may send one itself
			steps: steps{nowhere, func(r *recorder, auth *testkit.Auth0) { auth.WaitFor(r, outbox.To("bob@example.com")) }}, want: story, waits: 5 * time.Second,
		},
		"a code that was lost": {
			steps: steps{inject("email-lost"), nowhere, start(), otp("bob@example.com")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second,
		},
		"a message of another kind since": {steps: steps{nowhere, func(_ *recorder, auth *testkit.Auth0) {
			auth.Advance(t, time.Second)
			auth.Server().Outbox().Add(outbox.Message{Kind: outbox.Email, To: "bob@example.com", Text: "Welcome"})
		}, otp("bob@example.com")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second},
		"the limit of the tenant": {steps: steps{func(r *recorder, auth *testkit.Auth0) {
			for range 50 {
				start("email", "ada@example.com")(r, auth)
			}
		}, start(), otp("bob@example.com")}, opts: []testkit.Option{testkit.Fixture("strict")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second},
		"a code that was used":    {steps: steps{nowhere, used, otp("bob@example.com")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second},
		"a rate limit":            {steps: steps{inject("rate-limited"), start(), otp("bob@example.com")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second},
		"a refusal by a scenario": {steps: steps{inject("signup-disabled"), start(), otp("bob@example.com")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second},
		"a tenant that is down":   {steps: steps{inject("unavailable"), start(), otp("bob@example.com")}, want: "testkit: no live code for bob@example.com", waits: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				auth := testkit.Start(t, append(tt.opts, testkit.InMemory("tenant.example.com"))...)
				began := time.Now()
				got := failureOf(t, func(r *recorder) {
					for _, do := range tt.steps {
						do(r, auth)
					}
				})
				if !strings.HasPrefix(got, tt.want) {
					t.Errorf("got %q, want it to begin with %q", got, tt.want)
				}
				if waited := time.Since(began); waited < tt.waits || waited > tt.waits+20*time.Millisecond {
					t.Errorf("it waited %s", waited)
				}
			})
		})
	}
}

// A start that is refused does not hide a code that is live.
func TestALiveCodeIsReadWhateverWasRefusedSince(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	a := app{auth.Client(), auth.URL(), auth.ClientID()}
	a.start(t, "bob@example.com", "code")
	a.call(t, "/passwordless/start", map[string]string{"client_id": a.id, "connection": "nowhere", "email": "bob@example.com"})
	if got := auth.OTP(t, "bob@example.com"); len(got) != 6 {
		t.Errorf("code %q", got)
	}
}
