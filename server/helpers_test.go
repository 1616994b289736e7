package server_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at2030 is where the clocks of these tests stand.
var at2030 = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func newServer(t testing.TB, config server.Config) *server.Server {
	t.Helper()
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A change alters a request before it is sent.
type change func(*http.Request)

func header(name, value string) change {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// ended makes a request whose client is gone: an answer that waits comes at once.
func ended(t testing.TB) change {
	t.Helper()
	return func(r *http.Request) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		*r = *r.WithContext(ctx)
	}
}

func host(name string) change { return func(r *http.Request) { r.Host = name } }

// call sends a request as localhost:2884 gets it. A body of type url.Values is
// a form, a string is sent as JSON, anything else is encoded as JSON.
func call(t testing.TB, h http.Handler, method, target string, body any, changes ...change) *httptest.ResponseRecorder {
	t.Helper()
	var payload, contentType string
	switch b := body.(type) {
	case nil:
	case url.Values:
		payload, contentType = b.Encode(), "application/x-www-form-urlencoded"
	case string:
		payload, contentType = b, "application/json"
	default:
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		payload, contentType = string(data), "application/json"
	}
	r := httptest.NewRequest(method, target, strings.NewReader(payload))
	r.Host = "localhost:2884"
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, c := range changes {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// decodeAnswer reads an answer's JSON into a value, and fails unless it is a success.
func decodeAnswer[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var value T
	if w.Code/100 != 2 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return value
}

// object is what any JSON object becomes.
type object = map[string]any

// tokens is the answer of the token endpoint.
type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	Scope        string `json:"scope"`
	ExpiresIn    int64  `json:"expires_in"`
}

const otpGrant = "http://auth0.com/oauth/grant-type/passwordless/otp"

// start asks for a code and returns it.
func start(t testing.TB, s *server.Server, email string) string {
	t.Helper()
	return startAs(t, s, "acme-native", email)
}

func startAs(t testing.TB, s *server.Server, client, email string) string {
	t.Helper()
	w := call(t, s, "POST", "/passwordless/start", object{"client_id": client, "connection": "email", "email": email, "send": "code"})
	if w.Code != http.StatusOK {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	w = call(t, s, "GET", "/_mock/outbox/code?to="+url.PathEscape(email), nil)
	if w.Code != http.StatusOK {
		t.Fatalf("code: %d %s", w.Code, w.Body)
	}
	return strings.TrimSpace(w.Body.String())
}

func redeem(t testing.TB, s *server.Server, email, otp string, more object) *httptest.ResponseRecorder {
	t.Helper()
	body := object{"grant_type": otpGrant, "client_id": "acme-native", "username": email, "otp": otp, "realm": "email"}
	maps.Copy(body, more)
	return call(t, s, "POST", "/oauth/token", body)
}

// login is a whole login by e-mail code.
func login(t testing.TB, s *server.Server, email string, more object) tokens {
	t.Helper()
	return decodeAnswer[tokens](t, redeem(t, s, email, start(t, s, email), more))
}

func refresh(t testing.TB, s *server.Server, token string) *httptest.ResponseRecorder {
	t.Helper()
	return refreshAs(t, s, "acme-native", token)
}

func refreshAs(t testing.TB, s *server.Server, client, token string) *httptest.ResponseRecorder {
	t.Helper()
	return call(t, s, "POST", "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {client}, "refresh_token": {token}})
}

// wireError is the body of a refusal.
type wireError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Errors      any    `json:"errors"`
}

func decodeError(t testing.TB, w *httptest.ResponseRecorder) (e wireError) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code < 400 {
		t.Fatalf("status %d is no refusal: %s", w.Code, w.Body)
	}
	return e
}

// jwks is the key set that the server serves.
func jwks(t testing.TB, s *server.Server) []byte {
	t.Helper()
	w := call(t, s, "GET", "/.well-known/jwks.json", nil)
	if w.Code != http.StatusOK {
		t.Fatalf("key set: %d %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

var errNotSigned = errors.New("the signature is by none of the keys")

// verify returns the payload of a token that a key of the set signed.
func verify(t testing.TB, keySet []byte, compact string) []byte {
	t.Helper()
	payload, err := verifyErr(keySet, compact)
	if err != nil {
		t.Fatalf("%v: %s", err, compact)
	}
	return payload
}

// verifyErr uses nothing but crypto/rsa, so that what the server signs is
// checked by other code than the server's.
func verifyErr(keySet []byte, compact string) ([]byte, error) {
	var set struct {
		Keys []struct{ Kid, N, E, Alg string }
	}
	if err := json.Unmarshal(keySet, &set); err != nil {
		return nil, err
	}
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("not three parts")
	}
	raw := make([][]byte, 3)
	for i, part := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return nil, err
		}
	}
	var head struct{ Alg, Kid string }
	if err := json.Unmarshal(raw[0], &head); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	for _, k := range set.Keys {
		n, _ := base64.RawURLEncoding.DecodeString(k.N)
		e, _ := base64.RawURLEncoding.DecodeString(k.E)
		public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if k.Kid == head.Kid && head.Alg == "RS256" && rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], raw[2]) == nil {
			return bytes.Clone(raw[1]), nil
		}
	}
	return nil, errNotSigned
}

// claims are the claims of a token, its signature verified.
func claims(t testing.TB, s *server.Server, compact string) object {
	t.Helper()
	var out object
	if err := json.Unmarshal(verify(t, jwks(t, s), compact), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func signIn(t *testing.T, s *server.Server, email string) tokens {
	t.Helper()
	return decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", object{
		"grant_type": otpGrant, "client_id": "acme-native", "username": email, "otp": start(t, s, email), "realm": "email",
		"scope": "openid profile email offline_access",
	}))
}

func userOf(t *testing.T, s *server.Server, email string) fixtures.User {
	t.Helper()
	u, ok := s.UserByAddress(email)
	if !ok {
		t.Fatalf("there is no user %s", email)
	}
	return u
}
