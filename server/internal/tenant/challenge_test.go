package tenant_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// codes starts a login n times and returns the codes that were sent.
func codes(t *testing.T, s *server.Server, to string, n int) (sent []string) {
	t.Helper()
	for range n {
		sent = append(sent, servertest.Start(t, s, to))
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
			s := servertest.New(t, server.Config{Fixture: f, OTP: otp})
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
	s := servertest.New(t, server.Config{OTP: fixtures.OTP{Mode: "sequence", Codes: []string{"111111", "222222"}}})
	got := append(codes(t, s, "ada@example.com", 2), codes(t, s, "bob@example.com", 1)...)
	if want := []string{"111111", "222222", "111111"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRandomCodesAreNobodysGuess(t *testing.T) {
	t.Parallel()
	a := servertest.New(t, server.Config{OTP: fixtures.OTP{Mode: "random"}})
	b := servertest.New(t, server.Config{OTP: fixtures.OTP{Mode: "random"}})
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
	if w := servertest.Redeem(t, a, "ada@example.com", m.Code, nil); w.Code != 200 {
		t.Errorf("a random code is refused: %s", w.Body)
	}
}

func TestOfManyThatRedeemACodeAtOnceExactlyOneWins(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	for round := range 100 {
		email := fmt.Sprintf("u%d@example.com", round)
		otp := servertest.Start(t, s, email)
		var won atomic.Int32
		var ready, done sync.WaitGroup
		ready.Add(1)
		for range 4 {
			done.Go(func() {
				ready.Wait()
				if w := servertest.Redeem(t, s, email, otp, servertest.Object{"scope": "email"}); w.Code == http.StatusOK {
					won.Add(1)
				}
			})
		}
		ready.Done()
		done.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d of 4 requests redeemed the code", round, won.Load())
		}
	}
}

func TestOfManyThatUseARotatingRefreshTokenAtOnceExactlyOneWins(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.NamedFixture(t, "refresh")})
	for round := range 20 {
		email := fmt.Sprintf("u%d@example.com", round)
		login := servertest.DecodeAnswer[servertest.Tokens](t, servertest.Redeem(t, s, email, servertest.StartAs(t, s, "rotating", email), servertest.Object{"client_id": "rotating", "scope": "email offline_access"}))
		var won atomic.Int32
		var ready, done sync.WaitGroup
		ready.Add(1)
		for range 2 {
			done.Go(func() {
				ready.Wait()
				if w := servertest.RefreshAs(t, s, "rotating", login.RefreshToken); w.Code == http.StatusOK {
					won.Add(1)
				}
			})
		}
		ready.Done()
		done.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d of 2 requests got a successor", round, won.Load())
		}
	}
}

// model is what passwordless login is: at most one live code for an address.
type model struct {
	code    string
	live    bool
	tries   int
	expires time.Time
}

func (m *model) start(code string, now time.Time) {
	*m = model{code: code, live: true, expires: now.Add(180 * time.Second)}
}

// redeem is the answer to a try, as status and words.
func (m *model) redeem(otp string, now time.Time) (int, string) {
	const wrong, tooMany, expired = "Wrong email or verification code.",
		"You've reached the maximum number of attempts. Please try to login again.",
		"The verification code has expired. Please try to login again."
	switch {
	case m.tries == 3:
		return 403, tooMany
	case !m.live:
		return 403, wrong
	case !now.Before(m.expires):
		return 403, expired
	case otp != m.code:
		if m.tries++; m.tries == 3 {
			return 403, tooMany
		}
		return 403, wrong
	}
	m.live = false
	return 200, ""
}

func TestRandomStartsAndTriesAnswerAsTheModel(t *testing.T) {
	t.Parallel()
	addresses := []string{"ada@example.com", "grace@example.com"}
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, server.Config{At: servertest.At2030})
			random := rand.New(rand.NewPCG(seed, 0))
			models := map[string]*model{addresses[0]: {}, addresses[1]: {}}
			redeemed := map[string]bool{}
			sent := []string{"000000"}
			for step := range 200 {
				address := addresses[random.IntN(len(addresses))]
				m, now := models[address], s.Clock().Now()
				switch action := random.IntN(10); {
				case action < 3:
					m.start(servertest.Start(t, s, address), now)
					sent = append(sent, m.code)
				case action < 5:
					if err := s.Clock().Advance(time.Duration(random.IntN(120)) * time.Second); err != nil {
						t.Fatal(err)
					}
				default:
					otp := sent[random.IntN(len(sent))]
					if action == 9 && m.code != "" {
						otp = m.code
					}
					status, words := m.redeem(otp, now)
					w := servertest.Redeem(t, s, address, otp, servertest.Object{"scope": "email"})
					var got servertest.WireError
					if w.Code == http.StatusOK {
						key := address + m.expires.String() + otp
						if redeemed[key] {
							t.Fatalf("step %d: the code %s of %s was redeemed twice", step, otp, address)
						}
						redeemed[key] = true
					} else {
						got = servertest.DecodeError(t, w)
					}
					if w.Code != status || got.Description != words {
						t.Fatalf("step %d: %s with %s at %s answers %d %q, the model %d %q", step, address, otp, now, w.Code, got.Description, status, words)
					}
				}
			}
		})
	}
}
