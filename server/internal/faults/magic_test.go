package faults_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

func TestWhichAddressesAreMagic(t *testing.T) {
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
		"ada@example.com+mock-slow":           "",
		"ada+slow@example.com":                "",
		"ada-mock-slow@example.com":           "",
		"ada+mock-slow":                       "",
		"":                                    "",
		"+15005550101":                        "",
	} {
		if got, ok := faults.MagicEmail(address); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", address, got, ok)
		}
	}
}

// Of all phone numbers, only those of the library are magic.
func TestWhichNumbersAreMagic(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, name := range scenarios.Names() {
		if phone := scenarios.MagicPhone(name); phone != "" && !b.Concerns(nil, phone) {
			t.Errorf("%s is ordinary", phone)
		}
	}
	for _, number := range []string{
		"", "+15005550100", "+15005550127", "+15005550199", "+150055501", "+1500555010", "+150055501010", "+15005550001", "+15005560101", "15005550101",
		"+12025550101", "+150055501030", "x+15005550101", "ada@example.com", "mock-otp-expired@example.com",
	} {
		if b.Concerns(nil, number) {
			t.Errorf("%s is magic", number)
		}
	}
	if !b.Concerns(nil, "ada+mock-slow@example.com") || !b.Concerns([]string{"slow"}, "") {
		t.Error("a magic address, or a header, is of no concern")
	}
	for name, want := range map[string]string{scenarios.SMSLost: "sms-lost/lost", scenarios.Unavailable: "unavailable/down"} {
		sms := func(r *faults.Request) { r.Connection = "sms" }
		b.expect(name, b.start(scenarios.MagicPhone(name), sms).Names(), want)
	}
}
