package shop

import (
	"os"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

var auth *testkit.Auth0

func TestMain(m *testing.M) {
	var err error
	if auth, err = testkit.Open(testkit.Seed("shop")); err != nil {
		panic(err)
	}
	status := m.Run()
	auth.Close()
	os.Exit(status)
}

func TestOneTenantForThePackage(t *testing.T) {
	if tokens := auth.Tokens(t, "ada@example.com"); tokens.Claims["email"] != "ada@example.com" {
		t.Errorf("the ID token says %v", tokens.Claims)
	}
}
