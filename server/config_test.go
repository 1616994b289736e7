package server_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

func clientOf(t *testing.T, s *server.Server, id string) fixtures.Client {
	t.Helper()
	clients := s.Fixture().Clients
	i := slices.IndexFunc(clients, func(c fixtures.Client) bool { return c.ClientID == id })
	if i < 0 {
		t.Fatalf("there is no client %s", id)
	}
	return clients[i]
}

// A callback works at once: its origin may call, and a logout may lead to it.
func TestACallbackIsEveryClients(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{Callbacks: []string{"https://app.example.com:8443/cb", "com.example.app://cb"}})
	for _, id := range []string{"acme-native", "acme-web", "acme-spa"} {
		c := clientOf(t, s, id)
		if !slices.Contains(c.Callbacks, "https://app.example.com:8443/cb") || !slices.Contains(c.AllowedLogoutURLs, "https://app.example.com:8443/cb") {
			t.Errorf("%s: callbacks %q, logout URLs %q", id, c.Callbacks, c.AllowedLogoutURLs)
		}
		if got, want := slices.Contains(c.Callbacks, "com.example.app://cb"), c.AppType == "native"; got != want {
			t.Errorf("%s, which is %s, has the app's own scheme: %t", id, c.AppType, got)
		}
	}
	for origin, want := range map[string]string{"https://app.example.com:8443": "https://app.example.com:8443", "https://app.example.com": ""} {
		w := call(t, s, "OPTIONS", "/oauth/token", nil, header("Origin", origin), header("Access-Control-Request-Method", http.MethodPost))
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("a page of %s may call by %q, want %q", origin, got, want)
		}
	}
	if built, err := fixtures.Load("default"); err != nil || slices.Contains(built.Clients[0].Callbacks, "com.example.app://cb") {
		t.Errorf("the built-in fixture has changed (%v): %q", err, built.Clients[0].Callbacks)
	}
}

// Who adds a machine or an API has no place to write a client_grants entry.
func TestWhatIsAddedIsGranted(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{
		Clients: []fixtures.Client{
			{ClientID: "robot", ClientSecret: "s3cret", GrantTypes: []string{fixtures.GrantClientCredentials}},
			{ClientID: "acme-native", Name: "Mine now", TokenEndpointAuthMethod: "none", GrantTypes: []string{fixtures.GrantPasswordlessOTP}},
		},
		ResourceServers: []fixtures.ResourceServer{{Identifier: "https://mine.test/", Scopes: []fixtures.Scope{{Value: "read:it"}}}},
	})
	for _, tt := range []struct{ id, secret, audience, scope string }{
		{"robot", "s3cret", "https://mine.test/", "read:it"},
		{"robot", "s3cret", "https://api.acme.test/", "read:orders write:orders"},
		{"acme-m2m", "acme-m2m-secret", "https://mine.test/", "read:it"},
	} {
		w := call(t, s, "POST", "/oauth/token", object{"grant_type": "client_credentials", "client_id": tt.id, "client_secret": tt.secret, "audience": tt.audience})
		if got := decodeAnswer[tokens](t, w); w.Code != http.StatusOK || got.Scope != tt.scope {
			t.Errorf("%s at %s: %d %s", tt.id, tt.audience, w.Code, w.Body)
		}
	}
	if c := clientOf(t, s, "acme-native"); c.Name != "Mine now" || s.Fixture().Clients[0].ClientID != "acme-native" {
		t.Errorf("the client of the same id is not replaced where it stood: %+v", c)
	}
}
