package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

const proofClaims = `{"jti":"1","htm":"POST","htu":"http://localhost/","iat":1893456000}`

// signProof signs a proof by go-jose, with the public key in its header.
func signProof(t testing.TB, alg jose.SignatureAlgorithm, key any, typ jose.ContentType, payload string) string {
	t.Helper()
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType(typ)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

func newP256(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// withHeader replaces the header of a token by another one.
func withHeader(compact string, header any) string {
	data, _ := json.Marshal(header)
	_, rest, _ := strings.Cut(compact, ".")
	return base64.RawURLEncoding.EncodeToString(data) + "." + rest
}

func TestAProofIsSignedByTheKeyInItsHeader(t *testing.T) {
	t.Parallel()
	p256 := newP256(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	shortKey, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	good := signProof(t, jose.ES256, p256, "dpop+jwt", proofClaims)
	jwk := jose.JSONWebKey{Key: p256.Public()}
	header := func(jwk any) map[string]any {
		return map[string]any{"alg": "ES256", "typ": "dpop+jwt", "jwk": jwk}
	}
	head, _, _ := strings.Cut(good, ".")
	unsigned := strings.TrimRight(good, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
	hmac, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("k", 32))}, (&jose.SignerOptions{}).WithType("dpop+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	shared, _ := hmac.Sign([]byte(proofClaims))
	symmetric, _ := shared.CompactSerialize()
	for name, tt := range map[string]struct{ proof, why string }{
		"ES256":                    {good, ""},
		"RS256":                    {signProof(t, jose.RS256, rsaKey, "dpop+jwt", proofClaims), ""},
		"RS256 with a short key":   {signProof(t, jose.RS256, shortKey, "dpop+jwt", proofClaims), "has 1024 bits, and needs 2048"},
		"ES384":                    {signProof(t, jose.ES384, p384, "dpop+jwt", proofClaims), "it is no token that ES256 or RS256 signed"},
		"HS256":                    {symmetric, "it is no token that ES256 or RS256 signed"},
		"none":                     {withHeader(good, map[string]any{"alg": "none", "typ": "dpop+jwt", "jwk": jwk}), "it is no token"},
		"an access token":          {signProof(t, jose.ES256, p256, "at+jwt", proofClaims), `its typ is "at+jwt", not dpop+jwt`},
		"no typ":                   {withHeader(good, map[string]any{"alg": "ES256", "jwk": jwk}), `its typ is ""`},
		"no key":                   {withHeader(good, map[string]any{"alg": "ES256", "typ": "dpop+jwt"}), "its header has no jwk"},
		"a private key":            {withHeader(good, header(jose.JSONWebKey{Key: p256})), "JWK contains private parameters"},
		"a shared key":             {withHeader(good, header(jose.JSONWebKey{Key: []byte("secret")})), "JWK contains private parameters"},
		"another key":              {withHeader(good, header(jose.JSONWebKey{Key: newP256(t).Public()})), "the key in its header did not sign it"},
		"other claims":             {head + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"jti":"2"}`)) + "." + good[strings.LastIndex(good, ".")+1:], "did not sign it"},
		"no signature":             {unsigned, "did not sign it"},
		"two parts":                {head + ".e30", "it is no token"},
		"nothing":                  {"", "it is no token"},
		"claims that are a list":   {signProof(t, jose.ES256, p256, "dpop+jwt", `[]`), "its claims cannot be read"},
		"an iat that is no number": {signProof(t, jose.ES256, p256, "dpop+jwt", `{"iat":"now"}`), "its claims cannot be read"},
		"too long":                 {signProof(t, jose.ES256, p256, "dpop+jwt", `{"jti":"`+strings.Repeat("x", maxProof)+`"}`), "bytes, and may have"},
	} {
		p, err := ReadProof(tt.proof)
		if got := fmt.Sprint(err); (err == nil) != (tt.why == "") || tt.why != "" && !strings.Contains(got, tt.why) {
			t.Errorf("%s: %v, want %q in it", name, err, tt.why)
		}
		if err == nil && (p.ID != "1" || p.Method != "POST" || p.URL != "http://localhost/" || *p.IssuedAt != 1893456000 || len(p.Key) != 43) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if p, _ := ReadProof(good); err != nil || p.Key != base64.RawURLEncoding.EncodeToString(sum) {
		t.Errorf("the key is %+v, %v", p, err)
	}
}

func FuzzReadProof(f *testing.F) {
	good := signProof(f, jose.ES256, newP256(f), "dpop+jwt", proofClaims)
	f.Add(good)
	f.Add(withHeader(good, map[string]any{"alg": "ES256", "typ": "dpop+jwt", "jwk": map[string]any{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}))
	f.Add(withHeader(good, map[string]any{"alg": "RS256", "typ": "dpop+jwt", "jwk": map[string]any{"kty": "RSA", "n": "AQ", "e": "AQ"}}))
	f.Add(withHeader(good, map[string]any{"alg": "ES256", "typ": 1, "jwk": nil}))
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ReadProof(s); err == nil && len(p.Key) != 43 {
			t.Errorf("%q: %+v", s, p)
		}
	})
}
