package tenant_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

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
