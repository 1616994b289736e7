package shop

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// newWebApp is an app that signs users in by redirect, with PKCE.
func newWebApp(t *testing.T, auth0, clientID string) *httptest.Server {
	t.Helper()
	const verifier = "a-verifier-of-at-least-forty-three-characters-"
	digest := sha256.Sum256([]byte(verifier))
	mux := http.NewServeMux()
	app := httptest.NewServer(mux)
	t.Cleanup(app.Close)
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, auth0+"/authorize?"+url.Values{
			"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {app.URL + "/callback"}, "scope": {"openid email"},
			"code_challenge": {base64.RawURLEncoding.EncodeToString(digest[:])}, "code_challenge_method": {"S256"},
		}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		res, err := http.PostForm(auth0+"/oauth/token", url.Values{
			"grant_type": {"authorization_code"}, "client_id": {clientID}, "redirect_uri": {app.URL + "/callback"},
			"code": {r.FormValue("code")}, "code_verifier": {verifier},
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		var tokens struct {
			ID string `json:"id_token"`
		}
		_ = json.NewDecoder(res.Body).Decode(&tokens)
		_, _ = io.WriteString(w, "Hello, "+emailOf(tokens.ID))
	})
	return app
}

func TestRedirectLogin(t *testing.T) {
	auth := testkit.Start(t)
	app := newWebApp(t, auth.URL(), auth.ClientID())

	res := auth.SignIn(t, nil, app.URL+"/login", "ada@example.com") // nil: a new browser
	if body, _ := io.ReadAll(res.Body); string(body) != "Hello, ada@example.com" {
		t.Errorf("the app says %q", body)
	}
}
