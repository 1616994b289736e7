package testkit_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

// A second tenant is at a name of its own, on the same listener. Users, codes and all else
// are its own, and its tokens have its issuer.
func TestASecondTenant(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]testkit.Option{
		"on a port": nil,
		"in memory": {testkit.InMemory("tenant.example.com")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := testkit.Start(t, opts...)
			w3 := first.Tenant(t, "w3", testkit.Users(fixtures.User{Email: "eve@example.com"}))
			verify := func(auth *testkit.Auth0, issuer string) {
				t.Helper()
				tokens := auth.Tokens(t, "eve@example.com")
				if _, _, err := newAPI(issuer, "https://api.acme.test/", "", auth.Client()).verify(tokens.AccessToken); err != nil {
					t.Errorf("%s: %v", issuer, err)
				}
			}
			verify(w3, w3.Issuer())
			if n := len(first.Server().Requests()); n != 0 {
				t.Errorf("the first tenant has %d requests", n)
			}
			verify(first, first.Issuer())
			if w3.Issuer() == first.Issuer() || w3.Domain() == first.Domain() {
				t.Errorf("both are at %s", w3.Domain())
			}
			for _, auth := range []*testkit.Auth0{first, w3} {
				for _, url := range []string{auth.URL(), auth.TLSURL()} {
					res, err := auth.Client().Get(url + "/_mock/tenants")
					if err != nil {
						t.Fatal(err)
					}
					_ = res.Body.Close()
					if res.StatusCode != http.StatusOK {
						t.Errorf("%s: %s", url, res.Status)
					}
				}
			}
			if w3.ClientID() != first.ClientID() {
				t.Errorf("the client is %s", w3.ClientID())
			}
		})
	}
}

// The name is free when the test of the tenant has ended.
func TestATenantEndsWithItsTest(t *testing.T) {
	t.Parallel()
	first := testkit.Start(t, testkit.InMemory("tenant.example.com"))
	for range 2 {
		r := &recorder{}
		r.run(func() { first.Tenant(r, "w3") })
		if r.failed {
			t.Error(r.log.String())
		}
	}
	if n := len(first.Server().Tenants()); n != 1 {
		t.Errorf("%d tenants are left", n)
	}
}

// A tenant can have another fixture, and its issuer can be pinned to https.
func TestOptionsOfATenant(t *testing.T) {
	t.Parallel()
	first := testkit.Start(t)
	w3 := first.Tenant(t, "w3", testkit.FixtureYAML("{version: 1, clients: [{client_id: other}], connections: [{name: email, strategy: email}]}"), testkit.PinTLS())
	if got := w3.ClientID(); got != "other" {
		t.Errorf("the client is %s", got)
	}
	if want := w3.TLSURL() + "/"; w3.Issuer() != want || !strings.HasPrefix(want, "https://w3.localhost:") {
		t.Errorf("the issuer is %s, want %s", w3.Issuer(), want)
	}
	for name, opt := range map[string]testkit.Option{"W3": nil, "w3": nil, "w4": testkit.InMemory("x.example.com")} {
		r := &recorder{}
		r.run(func() {
			if opt == nil {
				first.Tenant(r, name)
			} else {
				first.Tenant(r, name, opt)
			}
		})
		if !r.failed || !strings.Contains(r.log.String(), "testkit: ") {
			t.Errorf("tenant %s: %q", name, r.log.String())
		}
	}
}
