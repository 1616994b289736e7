package servertest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// KeyOf is one of the embedded keys, which stands for a client's own.
func KeyOf(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(fixtures.Key(name))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// A JWK is a key of the key set.
type JWK struct{ Kid, N, E, Alg string }

// JWKS is the key set that the server publishes.
func JWKS(t testing.TB, s *server.Server) []JWK {
	t.Helper()
	w := Call(t, s, "GET", "/.well-known/jwks.json", nil)
	var set struct{ Keys []JWK }
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil || w.Code != http.StatusOK {
		t.Fatalf("key set: %d %s", w.Code, w.Body)
	}
	return set.Keys
}

// Verify returns the payload of a token that one of the keys signed. It uses
// nothing but crypto/rsa, so that the server's own code checks nothing here.
func Verify(keys []JWK, compact string) ([]byte, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("not three parts")
	}
	raw := make([][]byte, 3)
	for i, part := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return nil, err
		}
	}
	var head struct{ Alg, Kid string }
	if err := json.Unmarshal(raw[0], &head); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	for _, k := range keys {
		n, _ := base64.RawURLEncoding.DecodeString(k.N)
		e, _ := base64.RawURLEncoding.DecodeString(k.E)
		public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if k.Kid == head.Kid && head.Alg == "RS256" && rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], raw[2]) == nil {
			return raw[1], nil
		}
	}
	return nil, errors.New("the signature is by none of the keys")
}

// VerifyShared returns the payload of a token that a secret of the fixture signed by
// HS256. Like Verify it uses none of the server's own code.
func VerifyShared(f *fixtures.Fixture, compact string) ([]byte, error) {
	end := max(0, strings.LastIndex(compact, "."))
	input, signature := compact[:end], strings.TrimPrefix(compact[end:], ".")
	header, payload, ok := strings.Cut(input, ".")
	head, err := base64.RawURLEncoding.DecodeString(header)
	if !ok || err != nil || !strings.Contains(string(head), `"HS256"`) {
		return nil, errors.New("no HS256")
	}
	var secrets []string
	for _, api := range f.ResourceServers {
		secrets = append(secrets, api.SigningSecret)
	}
	for _, client := range f.Clients {
		secrets = append(secrets, client.ClientSecret)
	}
	for _, secret := range secrets {
		hash := hmac.New(sha256.New, []byte(secret))
		hash.Write([]byte(input))
		if secret != "" && base64.RawURLEncoding.EncodeToString(hash.Sum(nil)) == signature {
			return base64.RawURLEncoding.DecodeString(payload)
		}
	}
	return nil, errors.New("the signature is by none of the secrets")
}

// Claims are the claims of a token that one of the server's keys must have signed.
func Claims(t testing.TB, s *server.Server, compact string) (claims Object) {
	t.Helper()
	payload, err := Verify(JWKS(t, s), compact)
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, compact)
	}
	return claims
}
