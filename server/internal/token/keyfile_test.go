package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// embeddedKey is one of the ordinary embedded keys, as somebody's own.
func embeddedKey(name string) (key *rsa.PrivateKey, file []byte) {
	file = fixtures.Key(name)
	block, _ := pem.Decode(file)
	return must(x509.ParsePKCS8PrivateKey(block.Bytes)).(*rsa.PrivateKey), file
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ofFiles writes key files beside a fixture that names them, and reads them.
func ofFiles(t *testing.T, files ...string) (*token.Keys, error) {
	t.Helper()
	dir := t.TempDir()
	f := &fixtures.Fixture{Source: filepath.Join(dir, "mockauth0.yaml")}
	for i, text := range files {
		name := "key" + string(rune('1'+i))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f.Keys.Files = append(f.Keys.Files, name)
	}
	return token.OfFixture(f)
}

func TestKeyFilesSignInTurn(t *testing.T) {
	key, file := embeddedKey("1")
	other, _ := embeddedKey("2")
	jwk := must(json.Marshal(jose.JSONWebKey{Key: key, KeyID: "mine", Algorithm: "RS256", Use: "sig"}))
	for _, c := range []struct{ name, text, kid string }{
		{"PKCS #8 with a certificate", string(file), ""},
		{"PKCS #8", pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key))), ""},
		{"PKCS #1", pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), ""},
		{"JWK", string(jwk), "mine"},
	} {
		second := pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(other))
		ring, again := token.NewRing(must(ofFiles(t, c.text, second))), token.NewRing(must(ofFiles(t, c.text, second)))
		if string(again.JWKS()) != string(ring.JWKS()) {
			t.Errorf("%s: the same files give another key set", c.name)
		}
		if kid := ring.KeyID(); c.kid != "" && kid != c.kid {
			t.Errorf("%s: kid %q, want %q", c.name, kid, c.kid)
		}
		if cert := must(x509.ParseCertificate(ring.Certificate())); !key.PublicKey.Equal(cert.PublicKey) {
			t.Errorf("%s: the certificate is another key's", c.name)
		}
		for _, signs := range []*rsa.PrivateKey{key, other} { // a rotation goes to the next file
			signed := must(ring.Sign(token.JWT, claims("1")))
			jws := must(jose.ParseSignedCompact(signed, []jose.SignatureAlgorithm{jose.RS256}))
			_, err := jws.Verify(&signs.PublicKey)
			if err := errors.Join(err, verifyWithJWKS(t, ring.JWKS(), signed)); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			ring.Rotate(time.Time{})
		}
		var set jose.JSONWebKeySet
		if err := json.Unmarshal(ring.JWKS(), &set); err != nil || len(set.Keys) != 3 {
			t.Fatal(err, len(set.Keys))
		}
		for _, k := range set.Keys {
			if n := k.Key.(*rsa.PublicKey).N; n.Cmp(key.N) != 0 && n.Cmp(other.N) != 0 {
				t.Errorf("%s: a key is published that is in no file: anyone might sign with it", c.name)
			}
		}
	}
}

func TestOneKeyFileRotatesToItself(t *testing.T) {
	_, file := embeddedKey("1")
	ring := token.NewRing(must(ofFiles(t, string(file))))
	before := ring.KeyID()
	if after := ring.Rotate(time.Time{}); after == before || after != ring.KeyID() {
		t.Errorf("kid %q after %q", after, before)
	}
	signed := must(ring.Sign(token.JWT, claims("1")))
	if err := verifyWithJWKS(t, ring.JWKS(), signed); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoKeyFileIsRefused(t *testing.T) {
	key, file := embeddedKey("1")
	_, another := embeddedKey("2")
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	elliptical := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	block, _ := pem.Decode(file)
	_, certificate, _ := strings.Cut(string(another), "-----END PRIVATE KEY-----")
	damaged := *key
	damaged.D = new(big.Int).Add(key.D, big.NewInt(2))
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "there is no private key in it"},
		{"prose", "my key", "there is no private key in it"},
		{"only a certificate", certificate, "there is no private key in it"},
		{"public", pemOf("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&key.PublicKey))), "that is a public key; to sign takes the private one"},
		{"encrypted", pemOf("ENCRYPTED PRIVATE KEY", []byte{1}), "the key is encrypted; openssl pkey"},
		{"half", pemOf("PRIVATE KEY", block.Bytes[:100]), "no key that can be read"},
		{"cut", string(file[:900]), "begins in it that does not end well"},
		{"two", string(file) + string(another), "there are two private keys in it"},
		{"large", strings.Repeat("# \n", 30_000) + string(file), "larger than 64 KiB"},
		{"for encryption", string(must(json.Marshal(jose.JSONWebKey{Key: key, Use: "enc", Algorithm: "RSA-OAEP"}))), `use "enc" and alg "RSA-OAEP"`},
		{"EC", pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(elliptical))), "that is no RSA key; tokens are signed with RS256"},
		{"EC, by OpenSSL", pemOf("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(elliptical))), "that is no RSA key"},
		{"small", pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), "1024 bits; RS256 asks for 2,048"},
		{"damaged", string(must(json.Marshal(jose.JSONWebKey{Key: &damaged}))), "is no whole JWK"},
		{"another's certificate", pemOf("PRIVATE KEY", block.Bytes) + certificate, "the certificate is not that of the key"},
		{"public JWK", string(must(json.Marshal(jose.JSONWebKey{Key: &key.PublicKey}))), "that is a public key"},
		{"EC JWK", string(must(json.Marshal(jose.JSONWebKey{Key: elliptical}))), "that is no RSA key"},
		{"a set", `{"keys":[]}`, "that is no whole JWK"},
		{"JSON", `{"a":`, "that is no whole JWK"},
	} {
		_, err := ofFiles(t, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "keys.files[0]") {
			t.Errorf("%s: %v, want %q at keys.files[0]", c.name, err, c.want)
		}
		if err != nil && c.text != "" && strings.Contains(err.Error(), c.text[:min(len(c.text), 40)]) {
			t.Errorf("%s: the message repeats what the file holds", c.name)
		}
	}
	mine := string(must(json.Marshal(jose.JSONWebKey{Key: key, KeyID: "mine"})))
	theirs, _ := embeddedKey("2")
	for _, c := range []struct{ name, second, want string }{
		{"the same key twice", string(file), "key1, too; give each key once"},
		{"the same kid twice", string(must(json.Marshal(jose.JSONWebKey{Key: theirs, KeyID: "mine"}))), `has the kid "mine" of `},
	} {
		if _, err := ofFiles(t, mine, c.second); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "keys.files[1]") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	f := &fixtures.Fixture{Keys: fixtures.Keys{Files: []string{filepath.Join(t.TempDir(), "none.pem"), t.TempDir(), os.DevNull}}}
	_, err := token.OfFixture(f)
	if err == nil || !strings.Contains(err.Error(), "there is no file") || !strings.Contains(err.Error(), "is a directory") || !strings.Contains(err.Error(), "and no file") {
		t.Errorf("files that cannot be read: %v", err)
	}
}
