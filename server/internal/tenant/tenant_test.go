package tenant

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

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

// rounds is how often two do the same at once.
func rounds() int {
	if testing.Short() {
		return 1_000
	}
	return 10_000
}

// Of two that use a code, a rotating refresh token, a ticket, a DPoP proof or a
// request_uri at once, one succeeds. Both call the tenant itself, with nothing in between that
// would pull them apart.
func TestOfTwoAtOnceOneWins(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	native, _ := tn.Setup().Client("acme-native")
	spa, _ := tn.Setup().Client("acme-spa")
	conn := tn.Setup().connections["email"]
	ada := tn.Users()[0]
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	proofKey, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	proofs := 0
	for name, give := range map[string]func() (use func() error){
		"a code": func() func() error {
			var code string
			_, err := tn.Challenge(ChallengeRequest{Connection: conn, Recipient: "ada@example.com", Now: noon, Compose: func(s Secret) outbox.Message {
				code = s.Code
				return outbox.Message{To: "ada@example.com", Recipients: []string{"ada@example.com"}}
			}})
			if err != nil {
				t.Fatal(err)
			}
			return func() error {
				_, err := tn.RedeemOTP(TokenRequest{Client: native, Now: noon}, "email", "ada@example.com", code)
				return err
			}
		},
		"an auth_session": func() func() error {
			session, code := startSession(tn, native, "new@example.com", noon)
			return func() error {
				_, err := tn.RedeemOTPSession(TokenRequest{Client: native, Now: noon}, session.ID, code)
				return err
			}
		},
		"a refresh token": func() func() error {
			tn.mu.Lock()
			defer tn.mu.Unlock()
			compact := tn.newFamilyLocked(&Login{Client: spa, User: &ada, GrantTypes: []string{"password"}}, noon)
			return func() error {
				_, err := tn.Refresh(TokenRequest{Client: spa, Now: noon}, compact)
				return err
			}
		},
		"a ticket": func() func() error {
			ticket, err := tn.TicketForPassword(TokenRequest{Client: spa, Now: noon}, "", "dora@example.com", "Passw0rd!")
			if err != nil {
				t.Fatal(err)
			}
			return func() error {
				_, err := tn.RedeemTicket(Authorization{Client: spa, Now: noon}, ticket.ID, "", "")
				return err
			}
		},
		"a DPoP proof": func() func() error {
			proofs++
			signed, err := proofKey.Sign(fmt.Appendf(nil, `{"jti":"%d","htm":"POST","htu":"https://acme.test/oauth/token","iat":%d}`, proofs, noon.Unix()))
			if err != nil {
				t.Fatal(err)
			}
			proof, err := signed.CompactSerialize()
			if err != nil {
				t.Fatal(err)
			}
			return func() error {
				_, err := tn.CheckProof(ProofUse{Proofs: []string{proof}, Method: "POST", URLs: []string{"https://acme.test/oauth/token"}, Now: noon})
				return err
			}
		},
		"a request_uri": func() func() error {
			uri := tn.Push(spa, nil, noon)
			return func() error {
				_, err := tn.Pushed(uri, spa.ClientID, noon)
				return err
			}
		},
	} {
		for round := range rounds() {
			use := give()
			var there, won atomic.Int32
			var done sync.WaitGroup
			for range 2 {
				done.Go(func() {
					for there.Add(1); there.Load() < 2; { // both set off within a few nanoseconds
						runtime.Gosched()
					}
					if use() == nil {
						won.Add(1)
					}
				})
			}
			done.Wait()
			if won.Load() != 1 {
				t.Fatalf("%s, round %d: %d of 2 succeed", name, round, won.Load())
			}
		}
	}
}
