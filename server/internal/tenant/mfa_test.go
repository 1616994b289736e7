package tenant

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// mfaTenant has a user dora whose logins need a second factor.
func mfaTenant(t testing.TB) *Tenant {
	t.Helper()
	tn := newTenant(t)
	_, err := tn.UpdateUser(tn.userNamed(t, "dora@example.com").UserID, func(u *fixtures.User) error {
		u.MFARequired = true
		u.MFA = []fixtures.Authenticator{
			{Type: fixtures.FactorOTP, Secret: "JBSWY3DPEHPK3PXP"},
			{Type: fixtures.FactorPhone, PhoneNumber: "+12025550101"},
			{Type: fixtures.FactorPush, Secret: "GEZDGNBVGY3TQOJQ"},
			{Type: fixtures.FactorRecovery, Code: "MZCRK3YX5V3AKNNYY6JEBQCL"},
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tn
}

func (t *Tenant) userNamed(tb testing.TB, address string) fixtures.User {
	tb.Helper()
	u, ok := t.UserByAddress(address)
	if !ok {
		tb.Fatalf("there is no user %s", address)
	}
	return u
}

// secondStepOf signs dora in by password and returns the mfa_token.
func secondStepOf(t testing.TB, tn *Tenant) string {
	t.Helper()
	native, _ := tn.Setup().Client("acme-native")
	l, err := tn.RedeemPassword(TokenRequest{Client: native, Scope: "openid offline_access", Now: tn.Clock.Now()}, "", "dora@example.com", "Passw0rd!")
	if l != nil || err == nil {
		t.Fatalf("a login without a second factor: %v", err)
	}
	tn.mu.Lock()
	defer tn.mu.Unlock()
	return tn.secondSteps.order.Back().Value.(*entry[string, *secondStep]).key
}

// Of 10,000 that use a second factor at once, one succeeds, whatever the factor is.
func TestOfTenThousandSecondFactorsOneWins(t *testing.T) {
	t.Parallel()
	for name, give := range map[string]func(*testing.T, *Tenant) func(i int) (token string, p Proof){
		"an mfa_token with an app's code": func(t *testing.T, tn *Tenant) func(int) (string, Proof) {
			t.Helper()
			mfaToken, code := secondStepOf(t, tn), totpCode("JBSWY3DPEHPK3PXP", totpPeriod(noon))
			return func(int) (string, Proof) { return mfaToken, Proof{OTP: code} }
		},
		"an app's code, in logins of their own": func(t *testing.T, tn *Tenant) func(int) (string, Proof) {
			t.Helper()
			var tokens []string
			for range 10_000 {
				tokens = append(tokens, secondStepOf(t, tn))
			}
			code := totpCode("JBSWY3DPEHPK3PXP", totpPeriod(noon))
			return func(i int) (string, Proof) { return tokens[i], Proof{OTP: code} }
		},
		"the code of a message": func(t *testing.T, tn *Tenant) func(int) (string, Proof) {
			t.Helper()
			token := secondStepOf(t, tn)
			oob, code := startOOB(t, tn, token, ChannelSMS)
			return func(int) (string, Proof) { return token, Proof{OOBCode: oob, BindingCode: code} }
		},
		"a push notification": func(t *testing.T, tn *Tenant) func(int) (string, Proof) {
			t.Helper()
			token := secondStepOf(t, tn)
			oob, _ := startOOB(t, tn, token, ChannelPush)
			if err := tn.AnswerPush("dora@example.com", true); err != nil {
				t.Fatal(err)
			}
			return func(int) (string, Proof) { return token, Proof{OOBCode: oob} }
		},
		"a recovery code, in logins of their own": func(t *testing.T, tn *Tenant) func(int) (string, Proof) {
			t.Helper()
			var tokens []string
			for range 10_000 {
				tokens = append(tokens, secondStepOf(t, tn))
			}
			return func(i int) (string, Proof) { return tokens[i], Proof{RecoveryCode: "MZCRK3YX5V3AKNNYY6JEBQCL"} }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := mfaTenant(t)
			native, _ := tn.Setup().Client("acme-native")
			use := give(t, tn)
			var won atomic.Int32
			var done sync.WaitGroup
			for i := range 10_000 {
				done.Go(func() {
					token, proof := use(i)
					if _, err := tn.RedeemMFA(TokenRequest{Client: native, Now: noon}, token, proof); err == nil {
						won.Add(1)
					}
				})
			}
			done.Wait()
			if won.Load() != 1 {
				t.Errorf("%d of 10,000 succeed", won.Load())
			}
		})
	}
}

// startOOB starts a message or a notification and returns its oob_code and its code.
func startOOB(t testing.TB, tn *Tenant, token, channel string) (oobCode, code string) {
	t.Helper()
	step := StepRequest{Step: token, Now: tn.Clock.Now()}
	second, err := tn.SecondStep(step)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range second.Authenticators {
		if a.Channel != channel {
			continue
		}
		oob, err := tn.StartOOB(OOBRequest{StepRequest: step, Authenticator: a.ID, Compose: func(s OOBSecret) outbox.Message {
			code = s.Code
			return outbox.Message{Kind: outbox.SMS, To: s.To, Code: s.Code, CreatedAt: s.Now, ExpiresAt: s.Expires}
		}})
		if err != nil {
			t.Fatal(err)
		}
		return oob.Code, code
	}
	t.Fatalf("dora has no authenticator of channel %s", channel)
	return "", ""
}

// What second steps and messages take is bounded. The oldest are forgotten, and
// counted.
func TestSecondStepsAreBounded(t *testing.T) {
	t.Parallel()
	tn := mfaTenant(t)
	first := secondStepOf(t, tn)
	tn.mu.Lock()
	tn.secondSteps.max, tn.oob.max, tn.totpUsed.max = 3, 3, 3
	tn.mu.Unlock()
	for range 4 {
		startOOB(t, tn, secondStepOf(t, tn), ChannelSMS)
	}
	if n, m := tn.secondSteps.len(), tn.oob.len(); n != 3 || m != 3 || tn.secondSteps.dropped != 2 {
		t.Errorf("%d steps, %d messages, %d dropped", n, m, tn.secondSteps.dropped)
	}
	if _, err := tn.SecondStep(StepRequest{Step: first, Now: noon}); err == nil || !strings.Contains(err.Error(), "Malformed mfa_token") {
		t.Errorf("the first step: %v", err)
	}
}

// A step lasts ten minutes of the tenant's clock. One that has lapsed stays so when
// the clock goes back.
func TestASecondStepLapses(t *testing.T) {
	t.Parallel()
	tn := mfaTenant(t)
	token := secondStepOf(t, tn)
	for _, tt := range []struct {
		advance time.Duration
		want    string
	}{{10*time.Minute - time.Second, ""}, {time.Second, "mfa_token is expired"}} {
		if err := tn.Clock.Advance(tt.advance); err != nil {
			t.Fatal(err)
		}
		if _, err := tn.SecondStep(StepRequest{Step: token, Now: tn.Clock.Now()}); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("after %s: %v, want %q", tt.advance, err, tt.want)
		}
	}
	tn.Clock.Set(noon)
	if _, err := tn.SecondStep(StepRequest{Step: token, Now: noon}); err == nil {
		t.Error("it works again after the clock went back")
	}
}

// Codes, secrets and IDs derive from names, and no count gives the same twice, nor
// after an export.
func TestSecretsOfFactorsDeriveFromNames(t *testing.T) {
	t.Parallel()
	enroll := func(tn *Tenant) string {
		token := secondStepOf(t, tn)
		step, _ := tn.secondSteps.get(token)
		step.managed = true // so that dora may enroll others
		var all []string
		for _, factor := range []string{fixtures.FactorOTP, fixtures.FactorOTP, fixtures.FactorPush} {
			e, err := tn.Enroll(EnrollRequest{StepRequest: StepRequest{Step: token, Now: noon}, Factor: factor})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e.Authenticator.ID, e.Secret)
		}
		_, code := startOOB(t, tn, token, ChannelSMS)
		return fmt.Sprint(append(all, code))
	}
	one, other := mfaTenant(t), mfaTenant(t)
	if a, b := enroll(one), enroll(other); a != b {
		t.Errorf("two tenants:\n%s\n%s", a, b)
	}
	again := New(one.Export(), token.Embedded("fast"))
	if a, b := enroll(one), enroll(again); a != b {
		t.Errorf("after an export:\n%s\n%s", a, b)
	}
}

// A restart keeps what a user of the fixture has enrolled, unless the fixture says
// which factors the user has.
func TestARestartKeepsEnrolments(t *testing.T) {
	t.Parallel()
	before := mfaTenant(t)
	after := newTenant(t)
	after.Restore(before.Export())
	if have := after.userNamed(t, "dora@example.com").MFA; len(have) != 4 {
		t.Errorf("dora has %+v", have)
	}
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	edited := *f
	edited.Users = []fixtures.User{{Email: "dora@example.com", Password: "Passw0rd!", MFA: []fixtures.Authenticator{{Type: fixtures.FactorOTP}}}}
	after = New(&edited, token.Embedded("fast"))
	after.Restore(before.Export())
	if have := after.userNamed(t, "dora@example.com").MFA; len(have) != 1 {
		t.Errorf("with mfa in the fixture dora has %+v", have)
	}
}

// What a step waits for ends with the authenticator: the code of a message does not
// prove a number that the user does not have any more.
func TestTheCodeOfARemovedAuthenticatorProvesNothing(t *testing.T) {
	t.Parallel()
	for name, mfa := range map[string][]fixtures.Authenticator{
		"removed":   {{Type: fixtures.FactorOTP, Secret: "JBSWY3DPEHPK3PXP"}},
		"of others": {{ID: "dev_0000000000000000", Type: fixtures.FactorPhone, PhoneNumber: "+12025550109"}},
	} {
		tn := mfaTenant(t)
		dora := tn.userNamed(t, "dora@example.com")
		set := func(mfa []fixtures.Authenticator) {
			if _, err := tn.UpdateUser(dora.UserID, func(u *fixtures.User) error { u.MFA = mfa; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		set([]fixtures.Authenticator{{ID: "dev_0000000000000000", Type: fixtures.FactorPhone, PhoneNumber: "+12025550101"}})
		token := secondStepOf(t, tn)
		oob, code := startOOB(t, tn, token, ChannelSMS)
		set(mfa)
		native, _ := tn.Setup().Client("acme-native")
		if _, err := tn.RedeemMFA(TokenRequest{Client: native, Now: noon}, token, Proof{OOBCode: oob, BindingCode: code}); err == nil || !strings.Contains(err.Error(), "Malformed oob_code") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// When the clock goes back, an app's codes work that were not used, and those that were
// used do not. An app that polls has not been too fast.
func TestSecondFactorsAfterTheClockWentBack(t *testing.T) {
	t.Parallel()
	tn := mfaTenant(t)
	native, _ := tn.Setup().Client("acme-native")
	prove := func(at time.Time) error {
		tn.Clock.Set(at)
		_, err := tn.RedeemMFA(TokenRequest{Client: native, Now: at}, secondStepOf(t, tn), Proof{OTP: totpCode("JBSWY3DPEHPK3PXP", totpPeriod(at))})
		return err
	}
	for i, tt := range []struct {
		at   time.Time
		good bool
	}{{noon, true}, {noon.Add(time.Hour), true}, {noon, false}, {noon.Add(time.Minute), true}, {noon.Add(time.Hour), false}} {
		if err := prove(tt.at); (err == nil) != tt.good {
			t.Errorf("code %d: %v", i, err)
		}
	}
	c := oobChallenge{}
	for i, at := range []time.Time{noon, noon.Add(-time.Hour)} {
		if err := c.poll(at, true); !errors.Is(err, refusal.AuthorizationPending) {
			t.Errorf("poll %d: %v", i, err)
		}
	}
}

// A user who gets the user_id of a deleted one gets nothing of that one's second steps.
func TestAnotherUserWithTheSameIDHasNoSecondSteps(t *testing.T) {
	t.Parallel()
	tn := mfaTenant(t)
	dora := tn.userNamed(t, "dora@example.com")
	token, browser := secondStepOf(t, tn), tn.RememberBrowser(dora.UserID, noon)
	native, _ := tn.Setup().Client("acme-native")
	proof := Proof{OTP: totpCode("JBSWY3DPEHPK3PXP", totpPeriod(noon))}
	if _, err := tn.RedeemMFA(TokenRequest{Client: native, Now: noon}, secondStepOf(t, tn), proof); err != nil {
		t.Fatal(err)
	}
	if err := tn.DeleteUser(dora.UserID); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.AddUser(dora); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.SecondStep(StepRequest{Step: token, Now: noon}); err == nil {
		t.Error("the mfa_token of the deleted user works")
	}
	if need := tn.SecondFactor(Authorization{Client: native, Now: noon}, Transaction{}, Session{UserID: dora.UserID}, []string{browser}); !need.Due {
		t.Error("the browser of the deleted user is known")
	}
	if _, err := tn.RedeemMFA(TokenRequest{Client: native, Now: noon}, secondStepOf(t, tn), proof); err != nil {
		t.Errorf("a code of the deleted user counts as used: %v", err)
	}
}

// The code that the mock tells is one that works: not that of an app whose enrolment
// was given up, or whose factor is off.
func TestTOTPIsOfAnAppThatWorks(t *testing.T) {
	t.Parallel()
	no := false
	const abandoned, newest, good = "JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ", "KRUGKIDROVUWG2ZA"
	for name, tt := range map[string]struct {
		mfa  []fixtures.Authenticator
		want string
	}{
		"confirmed after one given up":  {[]fixtures.Authenticator{{ID: "dev_0000000000000001", Type: fixtures.FactorOTP, Secret: abandoned, Active: &no}, {ID: "dev_0000000000000002", Type: fixtures.FactorPush, Secret: good}}, good},
		"confirmed before one given up": {[]fixtures.Authenticator{{ID: "dev_0000000000000001", Type: fixtures.FactorOTP, Secret: good}, {ID: "dev_0000000000000002", Type: fixtures.FactorPush, Secret: abandoned, Active: &no}}, good},
		"none confirmed":                {[]fixtures.Authenticator{{ID: "dev_0000000000000001", Type: fixtures.FactorOTP, Secret: abandoned, Active: &no}, {ID: "dev_0000000000000002", Type: fixtures.FactorPush, Secret: newest, Active: &no}}, newest},
	} {
		tn := newTenant(t)
		if _, err := tn.UpdateUser(tn.userNamed(t, "dora@example.com").UserID, func(u *fixtures.User) error { u.MFA = tt.mfa; return nil }); err != nil {
			t.Fatal(err)
		}
		if code, _, err := tn.TOTP("dora@example.com"); err != nil || code != totpCode(tt.want, totpPeriod(noon)) {
			t.Errorf("%s: %s %v", name, code, err)
		}
	}
}

// A remembered browser of one user is forgotten, and those of others are not.
func TestBrowsersAreForgotten(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	ada, bob := tn.Users()[0], tn.Users()[1]
	of, other := tn.RememberBrowser(ada.UserID, noon), tn.RememberBrowser(bob.UserID, noon)
	tn.ForgetBrowsers(ada.UserID)
	if _, ok := tn.remembered.get(of); ok {
		t.Error("the browser is remembered")
	}
	if _, ok := tn.remembered.get(other); !ok {
		t.Error("the browser of another user is forgotten")
	}
}
