package scenarios_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

// TestMagicPhone: the numbers of the table, which stay what they are, and no
// others.
func TestMagicPhone(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"+15005550101": "rate-limited", "+15005550102": "rate-limited-once", "+15005550103": "otp-expired", "+15005550104": "otp-locked",
		"+15005550105": "otp-always-wrong", "+15005550106": "sms-provider-error", "+15005550107": "sms-provider-timeout", "+15005550108": "sms-lost",
		"+15005550109": "slow", "+15005550110": "connection-reset", "+15005550111": "bad-gateway-html", "+15005550112": "unavailable",
		"+15005550113": "truncated-json", "+15005550114": "token-bad-signature", "+15005550115": "token-alg-none", "+15005550116": "token-expired",
		"+15005550117": "token-wrong-issuer", "+15005550118": "token-wrong-audience", "+15005550119": "clock-skew", "+15005550120": "jwks-rotated",
		"+15005550121": "user-blocked", "+15005550122": "mfa-required", "+15005550123": "signup-disabled", "+15005550124": "flaky", "+15005550125": "strict-client",
	}
	for number, name := range want {
		if got, ok := scenarios.MagicPhone(number); !ok || got != name {
			t.Errorf("%s: %q, %v", number, got, ok)
		}
	}
	for _, number := range []string{
		"", "+15005550100", "+15005550126", "+15005550199", "+150055501", "+1500555010", "+150055501010", "+15005550001", "+15005560101", "15005550101",
		"+12025550101", "x+15005550101", "ada@example.com",
	} {
		if got, ok := scenarios.MagicPhone(number); ok {
			t.Errorf("%s is magic: %q", number, got)
		}
	}
	listed := 0
	for i, m := range scenarios.Magic() {
		if m.Name != scenarios.Names()[i] {
			t.Errorf("%s stands for %s", m.Name, scenarios.Names()[i])
		}
		if m.Phone == "" {
			continue
		}
		if listed++; want[m.Phone] != m.Name {
			t.Errorf("the list says %s: %s", m.Phone, m.Name)
		}
	}
	if listed != len(want) {
		t.Errorf("%d numbers are listed", listed)
	}
}

// TestEveryNumberMeetsAnSMSLogin: only what cannot act on one has no number.
func TestEveryNumberMeetsAnSMSLogin(t *testing.T) {
	t.Parallel()
	for _, m := range scenarios.Magic() {
		if without := strings.HasPrefix(m.Name, "email-") || m.Name == "jwks-unavailable"; without != (m.Phone == "") {
			t.Errorf("%s: %q", m.Name, m.Phone)
		}
	}
}

func TestMagicEmail(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"ada+mock-otp-expired@example.com":    "otp-expired",
		"ada+w3+mock-slow@example.com":        "slow",
		"ada+mock-slow+mock-otp-wrong@e.com":  "otp-wrong",
		"ada+mock-nothing-of-that-name@e.com": "nothing-of-that-name",
		"ada+mock-slow+w3@example.com":        "slow+w3",
		"ada+mock-@example.com":               "",
		"ada+mock@example.com":                "",
		"ada@example.com":                     "",
		"ada@x+mock-slow.example.com":         "",
		"ada-mock-slow@example.com":           "",
		"ada+mock-slow":                       "",
		"":                                    "",
		"+15005550101":                        "",
	} {
		if got, ok := scenarios.MagicEmail(address); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", address, got, ok)
		}
	}
}

func BenchmarkMagicOfOrdinaryRecipients(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		scenarios.MagicPhone("+12025550101")
		scenarios.MagicEmail("ada.lovelace+newsletter@mail.example.com")
	}
}
