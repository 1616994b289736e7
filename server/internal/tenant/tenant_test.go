package tenant

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/outbox"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func newTenant(t testing.TB) *Tenant {
	t.Helper()
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	stopped, at := false, *f
	at.Clock = fixtures.Clock{Start: noon, Running: &stopped}
	return New(&at, token.Embedded("fast"))
}

func TestOfPresetsTheMostParticularCounts(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	f := *tn.Fixture()
	f.OTP.Presets = map[string]string{"*": "0000", "*@example.com": "1111", "qa+*@example.com": "2222", "qa+1@example.com": "3333"}
	tn.Put(&f, tn.Keys.Keys())
	for recipient, want := range map[string]string{"qa+1@example.com": "3333", "qa+2@example.com": "2222", "ada@example.com": "1111", "ada@acme.test": "0000"} {
		if got, err := tn.PredictOTP("email", recipient, 7); got != want || err != nil {
			t.Errorf("%s gets %q (%v), want %q", recipient, got, err, want)
		}
	}
}

// The same as over HTTP, with nothing in between that would pull the two apart.
func TestOfTwoThatRedeemACodeAtOnceOneWins(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	c, _ := tn.Setup().Client("acme-native")
	conn, _ := tn.Setup().Connection("email")
	for round := range 500 {
		var code string
		_, err := tn.Challenge(ChallengeRequest{Connection: conn, Recipient: "ada@example.com", Now: noon, Compose: func(s Secret) outbox.Message {
			code = s.Code
			return outbox.Message{To: "ada@example.com", Recipients: []string{"ada@example.com"}}
		}})
		if err != nil {
			t.Fatal(err)
		}
		var there, won atomic.Int32
		var done sync.WaitGroup
		for range 2 {
			done.Go(func() {
				for there.Add(1); there.Load() < 2; { // both set off within a few nanoseconds
					runtime.Gosched()
				}
				if _, err := tn.RedeemOTP(TokenRequest{Client: c, Now: noon}, "email", "ada@example.com", code); err == nil {
					won.Add(1)
				}
			})
		}
		done.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d of 2 redeemed the code", round, won.Load())
		}
	}
}

func TestChallengesAreBoundedAndCounted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.mu.Lock()
	tn.challenges.bounded.max = 2
	for i := range 5 {
		tn.challenges.bounded.put(challengeKey{"email", fmt.Sprint(i)}, &challenge{n: 1})
	}
	tn.mu.Unlock()
	if c := tn.Counts(); c.Challenges != 2 || c.DroppedChallenges != 3 {
		t.Errorf("%+v", c)
	}
}
