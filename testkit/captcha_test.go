package testkit_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// In a tenant that asks for captchas a test signs in and gets tokens as in any other,
// and can solve them itself.
func TestCaptcha(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML("version: 1\nextends: default\nattack_protection: {captcha: {policy: always}}\n"))
	app := httptest.NewServer(newWebApp(auth))
	defer app.Close()
	for _, user := range []string{"ada@example.com", "dora@example.com"} { // by a code, by a password
		res := auth.SignIn(t, nil, app.URL+"/login", user)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", user, res.Status)
		}
	}
	if tokens := auth.Tokens(t, "ada@example.com"); tokens.AccessToken == "" {
		t.Error("there is no access token")
	}

	start := func(captcha string) int {
		t.Helper()
		res, err := auth.Client().PostForm(auth.URL()+"/passwordless/start", url.Values{
			"client_id": {"acme-spa"}, "connection": {"email"}, "email": {"grace@example.com"}, "state": {"mine"}, "captcha": {captcha},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	for _, state := range []string{"other", "mine"} {
		res, err := auth.Client().PostForm(auth.URL()+"/passwordless/challenge", url.Values{"state": {state}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	answer := auth.Captcha(t, "mine")
	if auth.Captcha(t, "") != answer || auth.Captcha(t, "other") == answer {
		t.Error("the newest captcha is not that of the state mine")
	}
	for i, want := range []int{http.StatusUnauthorized, http.StatusOK, http.StatusUnauthorized} {
		typed := []string{auth.Captcha(t, "other"), strings.ToLower(answer), answer}[i]
		if got := start(typed); got != want {
			t.Errorf("start %d with %s: %d, want %d", i+1, typed, got, want)
		}
	}
}
