package server_test

import (
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// codes starts a login n times and returns the codes that were sent.
func codes(t *testing.T, s *server.Server, to string, n int) (sent []string) {
	t.Helper()
	for range n {
		sent = append(sent, start(t, s, to))
	}
	return sent
}

func TestHowCodesAreMade(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		otp  string
		to   string
		want []string
	}{
		"hmac, the documented vectors":       {"", "ada@example.com", []string{"241272", "361243", "818818"}},
		"fixed":                              {"fixed:000042", "ada@example.com", []string{"000042", "000042"}},
		"sequence, and round again":          {"sequence:111111,222222", "ada@example.com", []string{"111111", "222222", "111111"}},
		"a preset wins over the mode":        {"fixed:000042", "qa+1@example.com", []string{"000000", "000000"}},
		"an exact preset wins over patterns": {"", "qa+boss@example.com", []string{"999999"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := fixtures.Parse("", []byte(`
version: 1
extends: default
otp: {seed: dev, presets: {"qa+*@example.com": "000000", "qa+boss@example.com": "999999"}}
`))
			if err != nil {
				t.Fatal(err)
			}
			otp, err := fixtures.ParseOTP(tt.otp)
			if err != nil {
				t.Fatal(err)
			}
			s := newServer(t, server.Config{Fixture: f, OTP: otp})
			if got := codes(t, s, tt.to, len(tt.want)); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for n, want := range tt.want {
				if got, err := s.PredictOTP("email", tt.to, int64(n+1)); got != want || err != nil {
					t.Errorf("PredictOTP %d: %q, %v, want %q", n+1, got, err, want)
				}
			}
		})
	}
}

func TestASequenceIsEachRecipientsOwn(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{OTP: fixtures.OTP{Mode: "sequence", Codes: []string{"111111", "222222"}}})
	got := append(codes(t, s, "ada@example.com", 2), codes(t, s, "bob@example.com", 1)...)
	if want := []string{"111111", "222222", "111111"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRandomCodesAreNobodysGuess(t *testing.T) {
	t.Parallel()
	a := newServer(t, server.Config{OTP: fixtures.OTP{Mode: "random"}})
	b := newServer(t, server.Config{OTP: fixtures.OTP{Mode: "random"}})
	first, second := codes(t, a, "ada@example.com", 8), codes(t, b, "ada@example.com", 8)
	if slices.Equal(first, second) {
		t.Errorf("two servers drew the same eight codes: %q", first)
	}
	for _, code := range append(first, second...) {
		if len(code) != 6 {
			t.Errorf("%q has not six digits", code)
		}
	}
	if _, err := a.PredictOTP("email", "ada@example.com", 1); err == nil {
		t.Error("a random code was predicted")
	}
	m, _ := a.Outbox().Latest(outbox.To("ada@example.com"))
	if w := redeem(t, a, "ada@example.com", m.Code, nil); w.Code != 200 {
		t.Errorf("a random code is refused: %s", w.Body)
	}
}
