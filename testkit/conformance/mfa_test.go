package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/authentication"
	"github.com/auth0/go-auth0/authentication/mfa"
	"github.com/auth0/go-auth0/authentication/oauth"
)

// mfaMock has a user with all factors, and one who has none yet. Both need one.
func mfaMock(t *testing.T) mock {
	t.Helper()
	fixture := filepath.Join(t.TempDir(), "mfa.yaml")
	text := `version: 1
extends: default
users:
  - email: dora@example.com
    password: Passw0rd!
    mfa_required: true
    mfa: [{type: otp}, {type: phone, phone_number: "+12025550101"}, {type: push-notification}, {type: recovery-code, code: MZCRK3YX5V3AKNNYY6JEBQCL}]
  - {email: erin@example.com, password: Passw0rd!, mfa_required: true}
`
	if err := os.WriteFile(fixture, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return mockOf(t, fixture)
}

// totp is the code that the authenticator app of a user shows.
func (m mock) totp(t *testing.T, user string) string {
	t.Helper()
	var app struct{ Code string }
	if err := json.Unmarshal(m.call(t, "GET", "/_mock/users/"+user+"/totp", ""), &app); err != nil {
		t.Fatal(err)
	}
	return app.Code
}

// An eavesdropper remembers the last response of go-auth0's client.
type eavesdropper struct{ body []byte }

func (e *eavesdropper) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	e.body, err = io.ReadAll(res.Body)
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(e.body))
	return res, err
}

// recorded is the body of a response of a real tenant, which go-auth0's module has.
func recorded(t *testing.T, name string) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/auth0/go-auth0").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "test", "data", "recordings", "authentication", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, response, _ := strings.Cut(string(text), "\n      response:")
	body := regexp.MustCompile(`(?m)^        body: '(.*)'$`).FindStringSubmatch(response)
	if body == nil {
		t.Fatalf("%s has no body", name)
	}
	return body[1]
}

var anyText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(:)?`)

// shape is a JSON text without its values: the names of its members, in their order.
func shape(body string) string {
	return anyText.ReplaceAllStringFunc(body, func(text string) string {
		if strings.HasSuffix(text, ":") {
			return text
		}
		return `""`
	})
}

// isLike compares the last response with a recorded one.
func (e *eavesdropper) isLike(t *testing.T, recording string) {
	t.Helper()
	if got, want := shape(string(e.body)), shape(recorded(t, recording)); got != want {
		t.Errorf("%s\n got %s\nwant %s", recording, got, want)
	}
}

// go-auth0's MFA client enrolls, lists, challenges, proves and removes. The responses
// have the form of those that go-auth0 recorded. It enrolls for confidential clients
// only.
func TestGoAuth0MFA(t *testing.T) {
	t.Parallel()
	needCertFile(t)
	m := mfaMock(t)
	heard := new(eavesdropper)
	a := connect(t, m, "acme-web", "acme-web-secret", authentication.WithClient(&http.Client{Transport: heard}))
	ctx := within(t)
	goAuth0Enrolls(ctx, t, m, a, heard)
	goAuth0Proves(ctx, t, m, a, heard)
}

// mfaToken signs in by password, and returns the mfa_token of the refusal.
func mfaToken(ctx context.Context, t *testing.T, a *authentication.Authentication, user, audience, scope string) string {
	t.Helper()
	_, err := a.OAuth.LoginWithPassword(ctx, oauth.LoginWithPasswordRequest{Username: user, Password: "Passw0rd!", Audience: audience, Scope: scope}, oauth.IDTokenValidationOptions{})
	var refused *authentication.Error
	if !errors.As(err, &refused) || refused.StatusCode != 403 || refused.Err != "mfa_required" || refused.GetMFAToken() == "" {
		t.Fatalf("the login: %v", err)
	}
	return refused.GetMFAToken()
}

func goAuth0Enrolls(ctx context.Context, t *testing.T, m mock, a *authentication.Authentication, heard *eavesdropper) {
	t.Helper()
	const user, phone = "erin@example.com", "+12025550102"
	// 1. The first factor, with the mfa_token. A text message brings recovery codes.
	token := mfaToken(ctx, t, a, user, "", "openid")
	sms, err := a.MFA.AddAuthenticator(ctx, token, mfa.AddAuthenticatorRequest{AuthenticatorTypes: []string{"oob"}, OOBChannels: []string{"sms"}, PhoneNumber: phone})
	if err != nil || sms.BindingMethod != "prompt" || len(sms.RecoveryCodes) != 1 {
		t.Fatalf("a phone: %+v, %v", sms, err)
	}
	heard.isLike(t, "TestMFAAddAuthenticator/Should_return_response_for_OOB_(SMS_channel)")
	if _, err := a.MFA.VerifyWithOOB(ctx, mfa.VerifyWithOOBRequest{MFAToken: token, OOBCode: sms.OOBCode, BindingCode: m.code(t, phone)}); err != nil {
		t.Fatal(err)
	}
	// 2. More factors, with an access token of the MFA API.
	token = mfaToken(ctx, t, a, user, "https://"+m.domain+"/mfa/", "enroll read:authenticators remove:authenticators")
	challenge, err := a.MFA.Challenge(ctx, mfa.ChallengeRequest{MFAToken: token, ChallengeType: "oob"})
	if err != nil || challenge.ChallengeType != "oob" || challenge.BindingMethod != "prompt" {
		t.Fatalf("%+v, %v", challenge, err)
	}
	tokens, err := a.MFA.VerifyWithOOB(ctx, mfa.VerifyWithOOBRequest{MFAToken: token, OOBCode: challenge.OOBCode, BindingCode: m.code(t, phone)})
	if err != nil || tokens.ExpiresIn != 600 {
		t.Fatalf("%+v, %v", tokens, err)
	}
	app, err := a.MFA.AddAuthenticator(ctx, tokens.AccessToken, mfa.AddAuthenticatorRequest{AuthenticatorTypes: []string{"otp"}})
	if err != nil || app.Secret == "" {
		t.Fatalf("an app: %+v, %v", app, err)
	}
	heard.isLike(t, "TestMFAAddAuthenticator/Should_return_response_for_OTP")
	if _, err := a.MFA.VerifyWithOTP(ctx, mfa.VerifyWithOTPRequest{MFAToken: tokens.AccessToken, OTP: m.totp(t, user)}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.MFA.AddAuthenticator(ctx, tokens.AccessToken, mfa.AddAuthenticatorRequest{AuthenticatorTypes: []string{"oob"}, OOBChannels: []string{"auth0"}}); err != nil {
		t.Fatalf("a push: %v", err)
	}
	heard.isLike(t, "TestMFAAddAuthenticator/Should_return_response_for_OOB_(Auth0_channel)")
	// 3. The list, and one that goes with its twin.
	all, err := a.MFA.ListAuthenticators(ctx, tokens.AccessToken)
	if err != nil || len(all) != 6 { // sms, voice, recovery-code, totp, push, its totp
		t.Fatalf("%+v, %v", all, err)
	}
	list := strings.ReplaceAll(shape(string(heard.body)), "true", "false")
	for element := range strings.SplitSeq(strings.Trim(recorded(t, "TestMFAListAuthenticators"), "[]"), "},{") {
		element = shape("{" + strings.Trim(element, "{}") + "}")
		withType := strings.ReplaceAll(strings.Replace(element, "{", `{"type":"",`, 1), "true", "false")
		if !strings.Contains(list, withType) {
			t.Errorf("the list has nothing like %s: %s", withType, list)
		}
	}
	if err := a.MFA.DeleteAuthenticator(ctx, tokens.AccessToken, all[0].ID); err != nil {
		t.Fatal(err)
	}
	if rest, err := a.MFA.ListAuthenticators(ctx, tokens.AccessToken); err != nil || len(rest) != 4 {
		t.Errorf("after %s is removed: %+v, %v", all[0].ID, rest, err)
	}
}

func goAuth0Proves(ctx context.Context, t *testing.T, m mock, a *authentication.Authentication, heard *eavesdropper) {
	t.Helper()
	refused := func(err error, status int, code, message string) {
		t.Helper()
		var e *authentication.Error
		if want := (authentication.Error{StatusCode: status, Err: code, Message: message}); !errors.As(err, &e) || *e != want {
			t.Errorf("%v, want %v", err, &want)
		}
	}
	const user = "dora@example.com"
	// 1. The code of an app.
	token := mfaToken(ctx, t, a, user, "", "openid profile")
	if c, err := a.MFA.Challenge(ctx, mfa.ChallengeRequest{MFAToken: token, ChallengeType: "otp"}); err != nil || c.ChallengeType != "otp" {
		t.Errorf("%+v, %v", c, err)
	}
	heard.isLike(t, "TestMFAChallenge/Should_make_a_challenge_request_using_OTP")
	_, err := a.MFA.VerifyWithOTP(ctx, mfa.VerifyWithOTPRequest{MFAToken: token, OTP: "000000"})
	refused(err, 403, "invalid_grant", "Invalid otp_code.")
	if tokens, err := a.MFA.VerifyWithOTP(ctx, mfa.VerifyWithOTPRequest{MFAToken: token, OTP: m.totp(t, user)}); err != nil || tokens.AccessToken == "" {
		t.Errorf("%+v, %v", tokens, err)
	}
	_, err = a.MFA.VerifyWithOTP(ctx, mfa.VerifyWithOTPRequest{MFAToken: token, OTP: m.totp(t, user)})
	refused(err, 403, "invalid_grant", "Malformed mfa_token")
	// 2. A push notification: pending, then accepted; rejected.
	for answer, want := range map[string]string{"accept": "", "reject": "MFA Authorization rejected."} {
		token := mfaToken(ctx, t, a, user, "", "openid profile")
		all, err := a.MFA.ListAuthenticators(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		id := ""
		for _, one := range all {
			if one.OOBChannel == "auth0" {
				id = one.ID
			}
		}
		challenge, err := a.MFA.Challenge(ctx, mfa.ChallengeRequest{MFAToken: token, ChallengeType: "oob", AuthenticatorID: id})
		if err != nil {
			t.Fatal(err)
		}
		heard.isLike(t, "TestMFAChallenge/Should_make_a_challenge_request_using_OOB")
		proof := mfa.VerifyWithOOBRequest{MFAToken: token, OOBCode: challenge.OOBCode}
		_, err = a.MFA.VerifyWithOOB(ctx, proof)
		refused(err, 400, "authorization_pending", "Authorization pending: please repeat the request in a few seconds.")
		heard.isLike(t, "TestMFAVerifyWithOOB/Should_return_an_error_when_requesting_before_authorizing")
		m.call(t, "POST", "/_mock/push", `{"user":"dora@example.com","answer":"`+answer+`"}`)
		if _, err = a.MFA.VerifyWithOOB(ctx, proof); want != "" {
			refused(err, 403, "invalid_grant", want)
		} else if err != nil {
			t.Error(err)
		}
	}
	// 3. A recovery code, and the next one.
	code := recoveryCodeOf(t, m, user)
	token = mfaToken(ctx, t, a, user, "", "openid profile")
	next, err := a.MFA.VerifyWithRecoveryCode(ctx, mfa.VerifyWithRecoveryCodeRequest{MFAToken: token, RecoveryCode: code})
	if err != nil || next.RecoveryCode == "" || next.RecoveryCode == code || next.RecoveryCode != recoveryCodeOf(t, m, user) {
		t.Errorf("%+v, %v", next, err)
	}
}

// recoveryCodeOf is the recovery code that a user has now.
func recoveryCodeOf(t *testing.T, m mock, user string) string {
	t.Helper()
	var u struct{ MFA []struct{ Type, Code string } }
	if err := json.Unmarshal(m.call(t, "GET", "/_mock/users/"+user, ""), &u); err != nil {
		t.Fatal(err)
	}
	for _, a := range u.MFA {
		if a.Type == "recovery-code" {
			return a.Code
		}
	}
	t.Fatalf("%s has no recovery code", user)
	return ""
}
