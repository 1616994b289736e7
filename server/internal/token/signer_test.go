package token

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// go-jose reads and verifies the tokens. Their header is Auth0's, byte for byte,
// and so is the form of a kid. Equal claims give equal bytes.
func TestSignedTokensAreAuth0Shaped(t *testing.T) {
	claims := Claims{{"iss", "http://localhost/"}, {"nickname", "a&<b"}, {"aud", []string{"a", "ü"}}}
	for _, keys := range []*Keys{fast, ordinary} {
		s := signer{keys.of(0).key, `k"<1`}
		compact, err := s.sign(JWT, claims)
		if again, _ := s.sign(JWT, claims); err != nil || again != compact {
			t.Fatalf("%s keys: %v, then %s", keys.name, err, again)
		}
		parsed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		payload, err := parsed.Verify(keys.of(0).public())
		if want := `{"iss":"http://localhost/","nickname":"a&<b","aud":["a","ü"]}`; err != nil || string(payload) != want {
			t.Errorf("%s keys: payload %s, want %s (%v)", keys.name, payload, want, err)
		}
		protected, _, _ := strings.Cut(compact, ".")
		header, err := base64.RawURLEncoding.DecodeString(protected)
		if want := `{"alg":"RS256","typ":"JWT","kid":"k\"<1"}`; err != nil || string(header) != want {
			t.Errorf("%s keys: header %s, want %s (%v)", keys.name, header, want, err)
		}
		if kid := keys.kid(0); len(kid) != 21 {
			t.Errorf("%s keys: the kid %q has not 21 characters", keys.name, kid)
		}
	}
}
