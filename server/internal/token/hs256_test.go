package token_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/token"
)

func TestAnHS256TokenIsVerifiedByItsSecretOnly(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	signed, err := token.SignHS256(token.JWT, claims("1"), secret)
	if err != nil {
		t.Fatal(err)
	}
	if payload, err := token.VerifyHS256(signed, secret); err != nil || !strings.Contains(string(payload), `"sub":"1"`) {
		t.Errorf("%s, %v", payload, err)
	}
	byRing, err := token.NewRing(token.Embedded("fast")).Sign(token.JWT, claims("1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]string{
		"another spelling": signed[:len(signed)-1] + string(signed[len(signed)-1]+1), "a line end": signed + "\n", "nothing": "", "RS256": byRing,
	} {
		if payload, err := token.VerifyHS256(wrong, secret); err == nil {
			t.Errorf("%s is accepted as %s", name, payload)
		}
	}
	if _, err := token.VerifyHS256(signed, []byte(strings.Repeat("x", 32))); err == nil {
		t.Error("another secret verifies it")
	}
}
