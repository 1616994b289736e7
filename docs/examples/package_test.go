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
	app := newShop(auth.URL(), auth.ClientID())
	app.RequestCode("ada+package@example.com")
	if _, err := app.Login("ada+package@example.com", auth.OTP(t, "ada+package@example.com")); err != nil {
		t.Error(err)
	}
}
