package command

import (
	"strings"
	"testing"
)

func TestOTP(t *testing.T) {
	t.Parallel()
	long := write(t, "long.yaml", "version: 1\nconnections: [{name: email, strategy: email, enabled_clients: [\"*\"], options: {totp: {length: 8}}}, {name: other, strategy: email}]\nclients: [{client_id: x, app_type: native}]\n")
	for _, c := range []struct {
		args string
		code string
	}{
		{"--email ada@example.com --seed dev", "241272"},
		{"--email ada@example.com --seed dev --n 2", "361243"},
		{"--email ada@example.com --seed dev --n 3", "818818"},
		{"--email ADA@Example.com --seed dev --connection email", "241272"},
		{"--phone +14155550100 --seed dev", "359427"},
		{"--email ada@example.com --seed dev --fixture " + long, "08241272"},
		{"--email ada@example.com --otp fixed:000000", "000000"},
	} {
		if got := run(t, environ(), append([]string{"otp"}, strings.Fields(c.args)...)...); got != (result{out: c.code + "\n"}) {
			t.Errorf("%s: %+v, want %s", c.args, got, c.code)
		}
	}
	if got := run(t, environ("MOCKAUTH0_SEED=dev", "MOCKAUTH0_N=2"), "otp", "--email", "ada@example.com"); got.out != "361243\n" {
		t.Errorf("by twins: %+v", got)
	}
	refused(t, environ(), "the fixture "+long+" has no connection of strategy sms; add one to it", "otp", "--phone", "+12025550101", "--fixture", long)
}

// The code of an authenticator app follows from the fixture and the clock.
func TestOTPOfAnApp(t *testing.T) {
	t.Parallel()
	fixture := write(t, "mfa.yaml", "version: 1\nextends: default\nusers: [{email: ada@example.com, mfa: [{type: otp, secret: JBSWY3DPEHPK3PXP}]}, {email: bob@example.com}]\n")
	if got := run(t, environ(), "otp", "--totp", "ADA@example.com", "--fixture", fixture, "--clock", "2030-01-01T00:00:00Z"); got != (result{out: "098407\n"}) {
		t.Errorf("%+v", got)
	}
	refused(t, environ(), "--totp bob@example.com: user bob@example.com has no authenticator app: mfa of the user has no factors; add {type: otp} to it, or enroll one", "otp", "--totp", "bob@example.com", "--fixture", fixture)
	refused(t, environ(), "otp prints one code: give --totp alone, or --email or --phone", "otp", "--totp", "ada@example.com", "--email", "ada@example.com", "--fixture", fixture)
}

// The code is the one that a server sends.
func TestOTPOfServer(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ(), "--seed", "dev")
	if status, body := post(t, s.url+"/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"}); status != 200 {
		t.Fatal(status, body)
	}
	if _, code := get(t, s.url+"/_mock/outbox/code?to=ada@example.com"); code != "241272\n" {
		t.Errorf("the code is %s", code)
	}
}
