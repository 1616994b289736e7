package servertest

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// KeyOf is one of the embedded keys, which stands here for a client's own.
func KeyOf(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(fixtures.Key(name))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// ServeBroken answers a request, and tells whether the connection was broken off.
func ServeBroken(h http.Handler, w http.ResponseWriter, r *http.Request) (broken bool) {
	defer func() {
		if p := recover(); p != nil {
			if broken = true; p != any(http.ErrAbortHandler) {
				panic(p)
			}
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// At2030 is where the clocks of these tests stand.
var At2030 = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func New(t testing.TB, config server.Config) *server.Server {
	t.Helper()
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A change alters a request before it is sent.
type Change func(*http.Request)

func Header(name, value string) Change {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Ended makes a request whose client is gone: an answer that waits comes at once.
func Ended(t testing.TB) Change {
	t.Helper()
	return func(r *http.Request) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		*r = *r.WithContext(ctx)
	}
}

func Host(name string) Change { return func(r *http.Request) { r.Host = name } }

// Call sends a request as localhost:2884 gets it. A body of type url.Values is
// a form, a string is sent as JSON, anything else is encoded as JSON.
func Call(t testing.TB, h http.Handler, method, target string, body any, changes ...Change) *httptest.ResponseRecorder {
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

// DecodeAnswer reads an answer's JSON into a value, and fails unless it is a success.
func DecodeAnswer[T any](t testing.TB, w *httptest.ResponseRecorder) T {
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

// Object is what any JSON object becomes.
type Object = map[string]any

// Tokens is the answer of the token endpoint.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	Scope        string `json:"scope"`
	ExpiresIn    int64  `json:"expires_in"`
}

const GrantOTP = "http://auth0.com/oauth/grant-type/passwordless/otp"

// Start asks for a code and returns it.
func Start(t testing.TB, s *server.Server, email string) string {
	t.Helper()
	return StartAs(t, s, "acme-native", email)
}

func StartAs(t testing.TB, s *server.Server, client, email string) string {
	t.Helper()
	w := Call(t, s, "POST", "/passwordless/start", Object{"client_id": client, "connection": "email", "email": email, "send": "code"})
	if w.Code != http.StatusOK {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	w = Call(t, s, "GET", "/_mock/outbox/code?to="+url.PathEscape(email), nil)
	if w.Code != http.StatusOK {
		t.Fatalf("code: %d %s", w.Code, w.Body)
	}
	return strings.TrimSpace(w.Body.String())
}

func Redeem(t testing.TB, s *server.Server, email, otp string, more Object) *httptest.ResponseRecorder {
	t.Helper()
	body := Object{"grant_type": GrantOTP, "client_id": "acme-native", "username": email, "otp": otp, "realm": "email"}
	maps.Copy(body, more)
	return Call(t, s, "POST", "/oauth/token", body)
}

// Login is a whole login by e-mail code.
func Login(t testing.TB, s *server.Server, email string, more Object) Tokens {
	t.Helper()
	return DecodeAnswer[Tokens](t, Redeem(t, s, email, Start(t, s, email), more))
}

func Refresh(t testing.TB, s *server.Server, token string) *httptest.ResponseRecorder {
	t.Helper()
	return RefreshAs(t, s, "acme-native", token)
}

func RefreshAs(t testing.TB, s *server.Server, client, token string) *httptest.ResponseRecorder {
	t.Helper()
	return Call(t, s, "POST", "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {client}, "refresh_token": {token}})
}

// WireError is the body of a refusal.
type WireError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Errors      any    `json:"errors"`
}

func DecodeError(t testing.TB, w *httptest.ResponseRecorder) (e WireError) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code < 400 {
		t.Fatalf("status %d is no refusal: %s", w.Code, w.Body)
	}
	return e
}

// JWKS is the key set that the server serves.
func JWKS(t testing.TB, s *server.Server) []byte {
	t.Helper()
	w := Call(t, s, "GET", "/.well-known/jwks.json", nil)
	if w.Code != http.StatusOK {
		t.Fatalf("key set: %d %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

var ErrNotSigned = errors.New("the signature is by none of the keys")

// Verify returns the payload of a token that a key of the set signed.
func Verify(t testing.TB, keySet []byte, compact string) []byte {
	t.Helper()
	payload, err := VerifyErr(keySet, compact)
	if err != nil {
		t.Fatalf("%v: %s", err, compact)
	}
	return payload
}

// VerifyErr uses nothing but crypto/rsa, so that what the server signs is
// checked by other code than the server's.
func VerifyErr(keySet []byte, compact string) ([]byte, error) {
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
	return nil, ErrNotSigned
}

// Claims are the claims of a token, its signature verified.
func Claims(t testing.TB, s *server.Server, compact string) Object {
	t.Helper()
	var out Object
	if err := json.Unmarshal(Verify(t, JWKS(t, s), compact), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func SignIn(t *testing.T, s *server.Server, email string) Tokens {
	t.Helper()
	return DecodeAnswer[Tokens](t, Call(t, s, "POST", "/oauth/token", Object{
		"grant_type": GrantOTP, "client_id": "acme-native", "username": email, "otp": Start(t, s, email), "realm": "email",
		"scope": "openid profile email offline_access",
	}))
}

func UserOf(t *testing.T, s *server.Server, email string) fixtures.User {
	t.Helper()
	u, ok := s.UserByAddress(email)
	if !ok {
		t.Fatalf("there is no user %s", email)
	}
	return u
}

type Event struct{ Name, Id, Data string }

// ReadEvent reads the next event. It is false if the stream ended before.
func ReadEvent(body *bufio.Scanner) (e Event, ok bool) {
	for body.Scan() {
		name, value, _ := strings.Cut(body.Text(), ": ")
		switch name {
		case "event":
			e.Name = value
		case "id":
			e.Id = value
		case "data":
			e.Data += value
		case "":
			if e.Name != "" {
				return e, true
			}
		}
	}
	return e, false
}

// A lockedBuffer is a log that many goroutines may write.
type LockedBuffer struct {
	Mu  sync.Mutex
	Buf bytes.Buffer
}

func (b *LockedBuffer) Write(p []byte) (int, error) {
	b.Mu.Lock()
	defer b.Mu.Unlock()
	return b.Buf.Write(p)
}

// Take returns what was written since the last time.
func (b *LockedBuffer) Take() string {
	b.Mu.Lock()
	defer b.Mu.Unlock()
	defer b.Buf.Reset()
	return b.Buf.String()
}

// An endpoint is one line of the table that GET /_mock/ shows.
type Endpoint struct{ Method, Path, Summary string }

var TableLine = regexp.MustCompile(`(?m)^([A-Z]+) +(/\S*) +(.*)$`)

func Table(t testing.TB, s *server.Server) (all []Endpoint) {
	t.Helper()
	for _, m := range TableLine.FindAllStringSubmatch(Call(t, s, "GET", "/_mock/", nil).Body.String(), -1) {
		all = append(all, Endpoint{m[1], m[2], m[3]})
	}
	if len(all) < 30 {
		t.Fatalf("the table has only %d lines", len(all))
	}
	return all
}
