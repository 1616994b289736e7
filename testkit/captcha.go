package testkit

import "testing"

// Captcha is the answer of the newest captcha that is not solved yet: of the login whose
// pages have that state in their URL, or of all if state is "". It fails t if there is
// none. A tenant asks for captchas if its fixture has attack_protection.
func (a *Auth0) Captcha(t testing.TB, state string) string {
	t.Helper()
	answer, ok := a.server.Captcha(state)
	if !ok {
		t.Fatalf("testkit: Captcha(%q): no captcha is live; open a login page or call POST /passwordless/challenge, in a tenant with attack_protection: {captcha: {policy: always}}", state)
	}
	return answer
}
