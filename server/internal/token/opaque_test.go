package token_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/mockauth0/mockauth0/server/internal/token"
)

func TestAnOpaqueTokenIsOpenedByItsKeyOnly(t *testing.T) {
	o := token.NewOpaque([32]byte{1})
	sealed := o.Seal("https://localhost:2884/", []byte(`{"sub":"email|1"}`))
	parts := strings.Split(sealed, ".")
	if len(parts) != 5 || parts[1] != "" {
		t.Fatalf("%s: want five parts, the second empty", sealed)
	}
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	if got, want := string(header), `{"alg":"dir","enc":"A256GCM","iss":"https://localhost:2884/"}`; got != want {
		t.Errorf("header %s, want %s", got, want)
	}
	payload, err := o.Open(sealed)
	if err != nil || string(payload) != `{"sub":"email|1"}` {
		t.Errorf("Open: %s, %v", payload, err)
	}
	// Any JOSE library that holds the key can open it.
	jwe, err := jose.ParseEncryptedCompact(sealed, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		t.Fatal(err)
	}
	key := [32]byte{1}
	if plain, err := jwe.Decrypt(key[:]); err != nil || string(plain) != `{"sub":"email|1"}` {
		t.Errorf("go-jose opens it as %s, %v", plain, err)
	}
	for name, bad := range map[string]string{
		"other key":  token.NewOpaque([32]byte{2}).Seal("i", []byte("x")),
		"empty":      "",
		"four parts": strings.Join(parts[:4], "."),
		"bent":       parts[0] + ".." + parts[2] + "." + parts[3] + ".AAAAAAAAAAAAAAAAAAAAAA",
		"no nonce":   parts[0] + "..." + parts[3] + "." + parts[4],
		"short":      parts[0] + ".." + parts[2] + "." + parts[3] + ".AA",
	} {
		if _, err := o.Open(bad); !errors.Is(err, token.ErrNotOpaque) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
