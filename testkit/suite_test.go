package testkit_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// A suite of 500 tests as people write them, in parallel: each has a server of
// its own and signs three users in, whose tokens it verifies.
func BenchmarkSuiteOf500(b *testing.B) {
	for b.Loop() {
		tests := make(chan int)
		var wg sync.WaitGroup
		for range runtime.GOMAXPROCS(0) { // as many as go test lets run at a time
			wg.Go(func() {
				for n := range tests {
					r := &recorder{TB: b}
					r.run(func() { signThreeIn(r, n) })
					if r.failed {
						b.Error(r.log.String())
					}
				}
			})
		}
		for n := range 500 {
			tests <- n
		}
		close(tests)
		wg.Wait()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/suite")
}

func signThreeIn(t testing.TB, n int) {
	t.Helper()
	auth := testkit.Start(t)
	a, v := app{auth.Client(), auth.URL(), auth.ClientID()}, verifier{auth: auth}
	for _, name := range []string{"ada", "bob", fmt.Sprint("user", n)} {
		email := name + "@example.com"
		a.start(t, email, "code")
		status, answer := a.call(t, "/oauth/token", map[string]string{
			"grant_type": otpGrant, "client_id": a.id, "username": email, "otp": auth.OTP(t, email), "realm": "email",
			"scope": "openid profile email", "audience": "https://api.acme.test/",
		})
		if status != 200 {
			t.Fatalf("%d %v", status, answer)
		}
		for _, token := range []string{"id_token", "access_token"} {
			if err := v.verify(answer[token].(string)); err != nil {
				t.Fatalf("%s of %s: %v", token, email, err)
			}
		}
	}
}

// A verifier is what an app's library does, with nothing of the mock's: it
// fetches the key set once, and checks signature and issuer.
type verifier struct {
	auth *testkit.Auth0
	keys map[string]*rsa.PublicKey
}

func (v *verifier) fetch() error {
	res, err := v.auth.Client().Get(v.auth.URL() + "/.well-known/jwks.json")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var set struct{ Keys []struct{ Kid, N, E string } }
	if err := json.NewDecoder(res.Body).Decode(&set); err != nil {
		return err
	}
	v.keys = map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if errN != nil || errE != nil {
			return fmt.Errorf("the key %s is no key", k.Kid)
		}
		v.keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	return nil
}

func (v *verifier) verify(token string) error {
	if v.keys == nil {
		if err := v.fetch(); err != nil {
			return err
		}
	}
	signed, signature, _ := strings.Cut(token, ".")
	claims, signature, _ := strings.Cut(signature, ".")
	head, errHead := base64.RawURLEncoding.DecodeString(signed)
	raw, errSignature := base64.RawURLEncoding.DecodeString(signature)
	var header struct{ Alg, Kid string }
	if errHead != nil || errSignature != nil || json.Unmarshal(head, &header) != nil || header.Alg != "RS256" || v.keys[header.Kid] == nil {
		return fmt.Errorf("%q is no token of %s", token, v.auth.Issuer())
	}
	sum := sha256.Sum256([]byte(signed + "." + claims))
	if err := rsa.VerifyPKCS1v15(v.keys[header.Kid], crypto.SHA256, sum[:], raw); err != nil {
		return err
	}
	var issued struct{ Iss string }
	if err := payload(token, &issued); err != nil || issued.Iss != v.auth.Issuer() {
		return fmt.Errorf("iss %q, %v", issued.Iss, err)
	}
	return nil
}
