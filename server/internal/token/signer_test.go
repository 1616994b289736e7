package token

import (
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// What the ring writes by itself is what go-jose writes with the same signer,
// but for the order of the header, which is Auth0's here.
func TestTokensAreThoseOfGoJose(t *testing.T) {
	for _, keys := range []*Keys{fast, ordinary} {
		s := newSigner(keys.of(0), keys.kid(0))
		claims := Claims{{"iss", "http://localhost/"}, {"sub", "email|1"}, {"aud", []string{"a", "ü"}}}
		own, err := s.sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		payload, _ := claims.MarshalJSON()
		other, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: s}, (&jose.SignerOptions{}).WithType("JWT"))
		if err != nil {
			t.Fatal(err)
		}
		jws, err := other.Sign(payload)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := jws.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		for name, compact := range map[string]string{"own": own, "go-jose's": theirs} {
			parsed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, err := parsed.Verify(s.Public()); err != nil {
				t.Errorf("%s, %s keys: %v", name, keys.name, err)
			}
			if h := parsed.Signatures[0].Header; h.KeyID != keys.kid(0) || h.ExtraHeaders[jose.HeaderType] != "JWT" {
				t.Errorf("%s: header %v", name, h)
			}
		}
		if a, b := strings.Split(own, "."), strings.Split(theirs, "."); a[1] != b[1] {
			t.Errorf("payload %s, go-jose's is %s", a[1], b[1])
		}
	}
}

// The header is Auth0's, byte for byte.
func TestHeader(t *testing.T) {
	compact, err := newSigner(fast.of(0), `k"1`).sign(nil)
	if err != nil {
		t.Fatal(err)
	}
	protected, _, _ := strings.Cut(compact, ".")
	header, err := decode([]byte(protected))
	if want := `{"alg":"RS256","typ":"JWT","kid":"k\"1"}`; err != nil || string(header) != want {
		t.Errorf("%s, want %s (%v)", header, want, err)
	}
}
