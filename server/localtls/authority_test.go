package localtls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"
)

func TestParseKey(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	other := encode("EC PARAMETERS", []byte{1}) // as openssl writes before the key
	if key, err := parseKey(append(other, encode("EC PRIVATE KEY", ecDER)...)); err != nil || !ec.PublicKey.Equal(key.Public()) {
		t.Errorf("EC: %v", err)
	}
	if key, err := parseKey(encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small))); err != nil || !small.PublicKey.Equal(key.Public()) {
		t.Errorf("RSA: %v", err)
	}
	for name, bad := range map[string][]byte{"damaged": encode("EC PRIVATE KEY", ecDER[:20]), "no key": other, "nothing": nil} {
		if key, err := parseKey(bad); err == nil {
			t.Errorf("%s: a key of type %T", name, key)
		}
	}
}
