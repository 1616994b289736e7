package testkit_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

func TestLoginOverHTTPAndHTTPS(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	for _, base := range []string{auth.URL(), auth.TLSURL()} {
		a := app{auth.Client(), base, auth.ClientID()}
		a.start(t, "ada@example.com", "code")
		status, answer := a.login(t, "ada@example.com", auth.OTP(t, "ada@example.com"))
		if status != 200 {
			t.Fatalf("%s: %d %v", base, status, answer)
		}
		if got, want := claim(t, answer["id_token"].(string), "iss"), base+"/"; got != want {
			t.Errorf("iss %v, want %v: it follows the scheme", got, want)
		}
		// Whichever of the two gave the token, both take it.
		for _, other := range []string{auth.URL(), auth.TLSURL()} {
			if status, profile := userinfo(t, auth, other, answer["access_token"].(string)); status != 200 || profile["email"] != "ada@example.com" {
				t.Errorf("a token of %s opens %d %v at %s", base, status, profile, other)
			}
		}
	}
	if auth.Issuer() != auth.URL()+"/" || auth.TLSIssuer() != auth.TLSURL()+"/" {
		t.Errorf("issuers %s and %s", auth.Issuer(), auth.TLSIssuer())
	}
}

func userinfo(t testing.TB, auth *testkit.Auth0, base, token string) (status int, profile map[string]any) {
	t.Helper()
	req, _ := http.NewRequest("GET", base+"/userinfo", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := auth.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_ = json.NewDecoder(res.Body).Decode(&profile) // a refusal may have no body
	return res.StatusCode, profile
}

func TestClientSecretIsOfTheClientThatClientIDNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts       []testkit.Option
		id, secret string
	}{
		{nil, "acme-native", ""},
		{[]testkit.Option{testkit.Clients(fixtures.Client{ClientID: "acme-web", ClientSecret: "changed"}, fixtures.Client{ClientID: "b", ClientSecret: "c"})}, "acme-web", "changed"},
		{[]testkit.Option{testkit.FixtureYAML("version: 1\nclients: [{client_id: a, client_secret: b}]\n")}, "a", "b"},
		{[]testkit.Option{testkit.FixtureYAML("version: 1\n")}, "", ""},
	} {
		auth := testkit.Start(t, tt.opts...)
		if auth.ClientID() != tt.id || auth.ClientSecret() != tt.secret {
			t.Errorf("client %q has the secret %q, want %q and %q", auth.ClientID(), auth.ClientSecret(), tt.id, tt.secret)
		}
	}
}

func TestNoRedirect(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	if err := auth.NoRedirect().CheckRedirect(nil, nil); err != http.ErrUseLastResponse {
		t.Error(err)
	}
	if first := auth.Client(); first != auth.Client() || first.CheckRedirect != nil {
		t.Error("Client is one client, which follows redirects")
	}
}

func TestAdvanceGoesForwardOnly(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.At(time.Unix(1e9, 0)))
	auth.Advance(t, time.Hour)
	if got := auth.Server().Clock().Now().Unix(); got != 1e9+3600 {
		t.Errorf("after an hour it is %d", got)
	}
	if got := failureOf(t, func(r *recorder) { auth.Advance(r, -time.Second) }); !strings.Contains(got, "testkit: ") {
		t.Errorf("going back: %q", got)
	}
}
