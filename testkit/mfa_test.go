package testkit_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

const mfaFixture = `
version: 1
extends: default
users:
  - {email: ada@example.com, password: Passw0rd!, mfa_required: true, mfa: [{type: otp}]}
  - {email: bob@example.com, password: Passw0rd!, mfa_required: true, mfa: [{type: push-notification}, {type: phone, phone_number: "+12025550101"}]}
  - {email: dan@example.com, password: Passw0rd!, mfa: [{type: phone, phone_number: "+12025550102"}]}
`

// secondStep signs a user in by password and returns the mfa_token.
func (a app) secondStep(t testing.TB, user string) string {
	t.Helper()
	status, answer := a.call(t, "/oauth/token", map[string]string{"grant_type": "password", "client_id": a.id, "username": user, "password": "Passw0rd!"})
	token, _ := answer["mfa_token"].(string)
	if status != 403 || token == "" {
		t.Fatalf("the login of %s: %d %v", user, status, answer)
	}
	return token
}

func (a app) prove(t testing.TB, grant, token string, proof map[string]string) (status int, answer map[string]any) {
	t.Helper()
	proof["grant_type"], proof["client_id"], proof["mfa_token"] = "http://auth0.com/oauth/grant-type/"+grant, a.id, token
	return a.call(t, "/oauth/token", proof)
}

func TestTOTPSignsIn(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(mfaFixture))
	a := app{auth.Client(), auth.URL(), auth.ClientID()}
	if status, answer := a.prove(t, "mfa-otp", a.secondStep(t, "ada@example.com"), map[string]string{"otp": auth.TOTP(t, "ada@example.com")}); status != 200 || answer["access_token"] == nil {
		t.Errorf("%d %v", status, answer)
	}
}

// A test answers a push notification before or after the app asks for it.
func TestAPushIsAnswered(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(mfaFixture))
	a := app{auth.Client(), auth.URL(), auth.ClientID()}
	for _, tt := range []struct {
		answer func(testing.TB, string)
		want   int
	}{{auth.AcceptPush, 200}, {auth.RejectPush, 403}} {
		token := a.secondStep(t, "bob@example.com")
		oob := make(chan string, 1)
		go func() {
			_, challenge := a.call(t, "/mfa/challenge", map[string]string{"client_id": a.id, "mfa_token": token})
			code, _ := challenge["oob_code"].(string)
			oob <- code
		}()
		tt.answer(t, "bob@example.com")
		if status, answer := a.prove(t, "mfa-oob", token, map[string]string{"oob_code": <-oob}); status != tt.want {
			t.Errorf("%d %v", status, answer)
		}
	}
}

func TestWhatHasNoSecondFactorSaysWhich(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(mfaFixture))
	for _, tt := range []struct {
		use  func(r *recorder)
		want string
	}{
		{func(r *recorder) { auth.TOTP(r, "dan@example.com") }, "user dan@example.com has no authenticator app: mfa of the user has phone"},
		{func(r *recorder) { auth.TOTP(r, "nobody@example.com") }, `there is no user "nobody@example.com"`},
		{func(r *recorder) { auth.AcceptPush(r, "nobody@example.com") }, `there is no user "nobody@example.com"`},
	} {
		if got := failureOf(t, tt.use); !strings.Contains(got, tt.want) {
			t.Errorf("%q, want %q in it", got, tt.want)
		}
	}
}
