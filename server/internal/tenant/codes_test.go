package tenant_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestHowCodesAreMade(t *testing.T) {
	t.Parallel()
	ada, bob := "ada@example.com", "bob@example.com"
	for name, tt := range map[string]struct {
		mode     string
		to, want []string
	}{
		"hmac, the documented vectors":     {"", []string{ada, ada, ada}, []string{"241272", "361243", "818818"}},
		"fixed":                            {"fixed:000042", []string{ada, ada}, []string{"000042", "000042"}},
		"a sequence, each recipient's own": {"sequence:111111,222222", []string{ada, ada, bob, ada}, []string{"111111", "222222", "111111", "111111"}},
		"a preset wins over the mode":      {"fixed:000042", []string{"qa+1@example.com", "qa+1@example.com"}, []string{"000000", "000000"}},
	} {
		otp, err := fixtures.ParseOTP(tt.mode)
		if err != nil {
			t.Fatal(err)
		}
		s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, `otp: {seed: dev, presets: {"qa+*@example.com": "000000"}}`), OTP: otp})
		nth := map[string]int64{}
		for i, to := range tt.to {
			nth[to]++
			got := servertest.Start(t, s, to)
			predicted, err := s.PredictOTP("email", to, nth[to])
			if got != tt.want[i] || predicted != got || err != nil {
				t.Errorf("%s, start %d: the code is %s, predicted %q (%v), want %s", name, i+1, got, predicted, err, tt.want[i])
			}
		}
	}
}

func TestTheMostExactPresetCounts(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, `otp:
  {mode: fixed, code: "000000", presets: {qa+1@example.com: "1", "qa+*@example.com": "2", "*@example.com": "3", "*a@example.com": "4", "*b@example.com": "5", "+1202*": "6"}}`)})
	for to, want := range map[string]string{
		" QA+1@example.com": "1", "qa+2@example.com": "2", "ada@example.com": "4", "bob@example.com": "5", "eve@example.com": "3",
		"+1 (202) 555-0101": "6", "+4420": "000000", "ada@example.org": "000000",
	} {
		if got, err := s.PredictOTP("email", to, 1); got != want || err != nil {
			t.Errorf("the code of %q is %q (%v), want %q", to, got, err, want)
		}
	}
}

func TestRandomCodesCannotBePredicted(t *testing.T) {
	t.Parallel()
	a := servertest.New(t, server.Config{OTP: fixtures.OTP{Mode: "random"}})
	b := servertest.New(t, server.Config{OTP: fixtures.OTP{Mode: "random"}})
	var first, second []string
	for range 8 {
		first, second = append(first, servertest.Start(t, a, "ada@example.com")), append(second, servertest.Start(t, b, "ada@example.com"))
	}
	if slices.Equal(first, second) || slices.ContainsFunc(append(first, second...), func(code string) bool { return len(code) != 6 }) {
		t.Errorf("two servers drew the codes %q and %q", first, second)
	}
	if _, err := a.PredictOTP("email", "ada@example.com", 1); err == nil {
		t.Error("a random code was predicted")
	}
	if w := servertest.Redeem(t, a, "ada@example.com", first[7], nil); w.Code != http.StatusOK {
		t.Errorf("a random code is refused: %s", w.Body)
	}
}
