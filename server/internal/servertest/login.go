package servertest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// GrantOTP is the grant type that redeems a code.
const GrantOTP = fixtures.GrantPasswordlessOTP

// Tokens is the answer of the token endpoint.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	Scope        string `json:"scope"`
}

// PostStart asks for a code by e-mail, as acme-native.
func PostStart(t testing.TB, s *server.Server, email string, more Object, changes ...Change) *httptest.ResponseRecorder {
	t.Helper()
	body := Object{"client_id": "acme-native", "connection": "email", "email": email, "send": "code"}
	maps.Copy(body, more)
	return Call(t, s, "POST", "/passwordless/start", body, changes...)
}

// StartAs asks for a code in a client's name and returns it.
func StartAs(t testing.TB, s *server.Server, client, email string) string {
	t.Helper()
	if w := PostStart(t, s, email, Object{"client_id": client}); w.Code != http.StatusOK {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	return Live(t, s, email)
}

// Start asks for a code and returns it.
func Start(t testing.TB, s *server.Server, email string) string {
	t.Helper()
	return StartAs(t, s, "acme-native", email)
}

// Live is the live code of a recipient, as the control API tells it.
func Live(t testing.TB, s *server.Server, to string) string {
	t.Helper()
	w := Call(t, s, "GET", "/_mock/outbox/code?to="+url.PathEscape(to), nil)
	if w.Code != http.StatusOK {
		t.Fatalf("code: %d %s", w.Code, w.Body)
	}
	return strings.TrimSpace(w.Body.String())
}

// Redeem exchanges a code for tokens, as acme-native.
func Redeem(t testing.TB, s *server.Server, email, otp string, more Object) *httptest.ResponseRecorder {
	t.Helper()
	body := Object{"grant_type": GrantOTP, "client_id": "acme-native", "username": email, "otp": otp, "realm": "email"}
	maps.Copy(body, more)
	return Call(t, s, "POST", "/oauth/token", body)
}

// Login is a whole login by e-mail code. Without a scope in more, all of its
// tokens are asked for.
func Login(t testing.TB, s *server.Server, email string, more Object) Tokens {
	t.Helper()
	body := Object{"scope": "openid profile email offline_access"}
	maps.Copy(body, more)
	return DecodeAnswer[Tokens](t, Redeem(t, s, email, Start(t, s, email), body))
}

// Refresh exchanges a refresh token, as acme-native.
func Refresh(t testing.TB, s *server.Server, token string) *httptest.ResponseRecorder {
	t.Helper()
	return RefreshAs(t, s, "acme-native", token)
}

// RefreshAs exchanges a refresh token in a client's name.
func RefreshAs(t testing.TB, s *server.Server, client, token string) *httptest.ResponseRecorder {
	t.Helper()
	return Call(t, s, "POST", "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {client}, "refresh_token": {token}})
}

// UserOf is the user with an address.
func UserOf(t testing.TB, s *server.Server, email string) fixtures.User {
	t.Helper()
	u, ok := s.UserByAddress(email)
	if !ok {
		t.Fatalf("there is no user %s", email)
	}
	return u
}
