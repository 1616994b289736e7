package token

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// go-jose reads and verifies the tokens, and their header is Auth0's, byte for
// byte.
func TestTokens(t *testing.T) {
	claims := Claims{{"iss", "http://localhost/"}, {"sub", "email|1"}, {"aud", []string{"a", "ü"}}}
	for _, keys := range []*Keys{fast, ordinary} {
		compact, err := signer{keys.of(0).key, `k"<1`}.sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		payload, err := parsed.Verify(keys.of(0).public())
		if want := `{"iss":"http://localhost/","sub":"email|1","aud":["a","ü"]}`; err != nil || string(payload) != want {
			t.Errorf("%s keys: payload %s, want %s (%v)", keys.name, payload, want, err)
		}
		protected, _, _ := strings.Cut(compact, ".")
		header, err := base64.RawURLEncoding.DecodeString(protected)
		if want := `{"alg":"RS256","typ":"JWT","kid":"k\"<1"}`; err != nil || string(header) != want {
			t.Errorf("%s keys: header %s, want %s (%v)", keys.name, header, want, err)
		}
	}
}
