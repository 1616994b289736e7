package server_test

import (
	"net/http"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// signatures is how many tokens the server has signed.
func signatures(t *testing.T, s *server.Server) int64 {
	t.Helper()
	return decodeAnswer[struct {
		Signatures int64 `json:"signatures"`
	}](t, call(t, s, "GET", "/_mock/health", nil)).Signatures
}

// Signatures are what a login costs: there are as many as there are signed
// tokens in the answer, and none is made that nobody gets.
func TestEachSignatureIsGivenToSomebody(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	const api = "https://api.acme.test/"
	kept := login(t, s, "ada@example.com", object{"audience": api, "scope": "openid offline_access"})
	signIn := func(more object) func() {
		return func() { login(t, s, "ada@example.com", more) }
	}
	for _, c := range []struct {
		name string
		do   func()
		want int64
	}{
		{"a login for an API", signIn(object{"audience": api}), 2},
		{"a login for an API, without openid", signIn(object{"audience": api, "scope": "read:orders"}), 1},
		{"a login for no API", signIn(nil), 1},
		{"a login for no API, without openid", signIn(object{"scope": "profile"}), 0},
		{"a refresh", func() { refresh(t, s, kept.RefreshToken) }, 2},
		{"a client's own token", func() {
			call(t, s, "POST", "/oauth/token", object{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": api})
		}, 1},
		{"a start and a wrong code", func() {
			start(t, s, "grace@example.com")
			if w := redeem(t, s, "grace@example.com", "000000", object{"audience": api}); w.Code != http.StatusForbidden {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}, 0},
		{"a profile", func() { call(t, s, "GET", "/userinfo", nil, header("Authorization", "Bearer "+kept.AccessToken)) }, 0},
		{"the key set", func() { jwks(t, s) }, 0},
	} {
		before := signatures(t, s)
		c.do()
		if got := signatures(t, s) - before; got != c.want {
			t.Errorf("%s: %d signatures, want %d", c.name, got, c.want)
		}
	}
}
