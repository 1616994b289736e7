package shop

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

func TestLogin(t *testing.T) {
	auth := testkit.Start(t) // a tenant for this test alone; it stops with the test

	// This is what your app does: it asks for a code, and exchanges it for tokens.
	post := func(path string, form url.Values) int {
		form.Set("client_id", auth.ClientID())
		res, err := http.PostForm(auth.URL()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	post("/passwordless/start", url.Values{"connection": {"email"}, "email": {"ada@example.com"}, "send": {"code"}})
	code := auth.OTP(t, "ada@example.com") // what the e-mail says
	status := post("/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"},
		"realm":      {"email"}, "username": {"ada@example.com"}, "otp": {code},
	})
	if status != http.StatusOK {
		t.Errorf("the code %s: status %d", code, status)
	}
}
