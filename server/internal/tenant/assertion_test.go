package tenant_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// indented is a public key in PEM form, as it stands in a fixture.
func indented(t testing.TB, name string) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&servertest.KeyOf(t, name).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	return strings.ReplaceAll(text, "\n", "\n              ")
}

// withAssertions is a tenant whose client backend signs assertions: with key 2
// by RS256, with key 3 by PS256 until 2031.
func withAssertions(t testing.TB) *server.Server {
	t.Helper()
	return servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `
clients:
  - client_id: backend
    grant_types: [client_credentials, "http://auth0.com/oauth/grant-type/passwordless/otp", refresh_token, authorization_code]
    callbacks: ["http://localhost:*"]
    client_authentication_methods:
      private_key_jwt:
        credentials:
          - kid: key-2
            pem: |
              `+indented(t, "2")+`
          - alg: PS256
            expires_at: 2031-01-01T00:00:00Z
            pem: |
              `+indented(t, "3")+`
client_grants:
  - {client_id: backend, audience: https://api.acme.test/, scope: ["read:orders"]}
`)})
}

// assert makes an assertion, by nothing but crypto/rsa.
func assert(t testing.TB, key *rsa.PrivateKey, header, claims servertest.Object) string {
	t.Helper()
	encode := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	signed := encode(header) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	var signature []byte
	var err error
	if header["alg"] == "PS256" {
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
	} else {
		signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// claimsWith are the claims that Auth0 asks for, with changes. nil removes a claim.
func claimsWith(changes servertest.Object) servertest.Object {
	claims := servertest.Object{"iss": "backend", "sub": "backend", "aud": "http://localhost:2884/", "jti": "one", "exp": servertest.At2030.Unix() + 60}
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// askBy asks for a token of the client's own by an assertion.
func askBy(t testing.TB, s *server.Server, assertion string, more url.Values) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {"https://api.acme.test/"}, "client_assertion_type": {jwtBearer}, "client_assertion": {assertion}}
	maps.Copy(form, more)
	return servertest.Call(t, s, "POST", "/oauth/token", form)
}

func TestWhichAssertionsAuthenticateAClient(t *testing.T) {
	t.Parallel()
	with, second := claimsWith, func(n int64) int64 { return servertest.At2030.Unix() + n }
	for name, tt := range map[string]struct {
		key            string
		header, claims servertest.Object
		form           url.Values
		want           string // in the hint; "" is a token
	}{
		"as it should be":             {claims: with(nil)},
		"without a kid":               {header: servertest.Object{"alg": "RS256"}, claims: with(nil)},
		"by the other key":            {key: "3", header: servertest.Object{"alg": "PS256"}, claims: with(nil)},
		"for the token endpoint":      {claims: with(servertest.Object{"aud": []string{"x", "http://localhost:2884/oauth/token"}})},
		"with the client_id":          {claims: with(nil), form: url.Values{"client_id": {"backend"}}},
		"a little early":              {claims: with(servertest.Object{"iat": second(10), "nbf": second(10)})},
		"of five minutes":             {claims: with(servertest.Object{"exp": second(300)})},
		"another's key":               {key: "rogue", claims: with(nil), want: "none of the client's credentials signed it"},
		"another algorithm":           {key: "3", claims: with(nil), header: servertest.Object{"alg": "RS256"}, want: "none of the client's credentials signed it"},
		"another kid":                 {claims: with(nil), header: servertest.Object{"alg": "RS256", "kid": "key-9"}, want: "none of the client's credentials signed it"},
		"alg none":                    {claims: with(nil), header: servertest.Object{"alg": "none"}, want: "no token signed with"},
		"alg HS256":                   {claims: with(nil), header: servertest.Object{"alg": "HS256"}, want: "no token signed with"},
		"another issuer":              {claims: with(servertest.Object{"iss": "acme-web"}), want: "both must be the client_id"},
		"another subject":             {claims: with(servertest.Object{"sub": "acme-web"}), form: url.Values{"client_id": {"backend"}}, want: "both must be the client_id"},
		"for another server":          {claims: with(servertest.Object{"aud": "https://acme.eu.auth0.com/"}), want: "must be the issuer, http://localhost:2884/"},
		"without an audience":         {claims: with(servertest.Object{"aud": nil}), want: "must be the issuer"},
		"without a jti":               {claims: with(servertest.Object{"jti": nil}), want: "no jti"},
		"with a jti that is too long": {claims: with(servertest.Object{"jti": strings.Repeat("x", 65)}), want: "longer than 64"},
		"without an expiry":           {claims: with(servertest.Object{"exp": nil}), want: "no exp"},
		"too late":                    {claims: with(servertest.Object{"exp": second(0)}), want: "it expired at 2030-01-01T00:00:00Z"},
		"far too late":                {claims: with(servertest.Object{"exp": -1e300}), want: "it expired"},
		"of a day":                    {claims: with(servertest.Object{"exp": second(86400)}), want: "more than 5 minutes"},
		"of an age":                   {claims: with(servertest.Object{"exp": 1e300}), want: "more than 5 minutes"},
		"too early":                   {claims: with(servertest.Object{"nbf": second(11)}), want: "later than the tenant's clock"},
		"an expiry that is none":      {claims: with(servertest.Object{"exp": "soon"}), want: "its claims cannot be read"},
		"too long":                    {claims: with(servertest.Object{"x": strings.Repeat("x", 2048)}), form: url.Values{"client_id": {"backend"}}, want: "takes 2048 at most"},
		"another type":                {claims: with(nil), form: url.Values{"client_assertion_type": {"jwt"}}, want: "client_assertion_type is"},
		"a secret instead":            {form: url.Values{"client_id": {"backend"}, "client_secret": {"x"}}, want: "sent no client_assertion"},
	} {
		s := withAssertions(t)
		header, key, assertion := tt.header, tt.key, ""
		if header == nil {
			header = servertest.Object{"alg": "RS256", "kid": "key-2"}
		}
		if key == "" {
			key = "2"
		}
		if tt.claims != nil {
			assertion = assert(t, servertest.KeyOf(t, key), header, tt.claims)
		}
		w := askBy(t, s, assertion, tt.form)
		if tt.want == "" {
			servertest.DecodeAnswer[servertest.Tokens](t, w)
			continue
		}
		if e := servertest.DecodeError(t, w); w.Code != http.StatusUnauthorized || e.Error != "access_denied" || e.Description != "Unauthorized" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if got := s.Requests()[0].Hint; !strings.Contains(got, tt.want) {
			t.Errorf("%s: the hint is %q, which does not say %q", name, got, tt.want)
		}
	}
}

// An assertion is good for one call. A forged one does not use the jti up. A
// credential counts until its expires_at.
func TestAnAssertionIsGoodForOneCall(t *testing.T) {
	t.Parallel()
	s := withAssertions(t)
	send := func(want int, what, key, alg string, claims servertest.Object) {
		t.Helper()
		if w := askBy(t, s, assert(t, servertest.KeyOf(t, key), servertest.Object{"alg": alg}, claims), nil); w.Code != want {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	send(401, "a forged one", "rogue", "RS256", claimsWith(nil))
	send(200, "a good one", "2", "RS256", claimsWith(nil))
	send(401, "the same again", "2", "RS256", claimsWith(nil))
	send(200, "another", "2", "RS256", claimsWith(servertest.Object{"jti": "two"}))
	if err := s.Clock().Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	send(401, "the same after its time", "2", "RS256", claimsWith(nil))

	s.Clock().Set(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	later := claimsWith(servertest.Object{"jti": "three", "exp": s.Clock().Now().Unix() + 60})
	send(401, "by a credential that has expired", "3", "PS256", later)
	send(200, "by one that has not", "2", "RS256", later)
}

// All endpoints that authenticate a client take assertions.
func TestAssertionsAtOtherEndpoints(t *testing.T) {
	t.Parallel()
	s := withAssertions(t)
	n := 0
	sign := func() string {
		n++
		return assert(t, servertest.KeyOf(t, "2"), servertest.Object{"alg": "RS256"}, claimsWith(servertest.Object{"jti": fmt.Sprint(n)}))
	}
	proof := func(more url.Values) url.Values {
		maps.Copy(more, url.Values{"client_id": {"backend"}, "client_assertion_type": {jwtBearer}, "client_assertion": {sign()}})
		return more
	}
	begin := servertest.Object{"client_id": "backend", "connection": "email", "email": "ada@example.com", "send": "code", "client_assertion_type": jwtBearer, "client_assertion": sign()}
	if w := servertest.Call(t, s, "POST", "/passwordless/start", begin); w.Code != 200 {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	if e := servertest.DecodeError(t, servertest.Call(t, s, "POST", "/passwordless/start", begin)); e.Error != "access_denied" {
		t.Errorf("the same again: %+v", e)
	}
	delete(begin, "client_assertion")
	if e := servertest.DecodeError(t, servertest.Call(t, s, "POST", "/passwordless/start", begin)); e.Description != "Client authentication is required" {
		t.Errorf("without: %+v", e)
	}
	code := servertest.Live(t, s, "ada@example.com")
	got := servertest.DecodeAnswer[servertest.Tokens](t, servertest.Call(t, s, "POST", "/oauth/token", proof(url.Values{
		"grant_type": {servertest.GrantOTP}, "username": {"ada@example.com"}, "otp": {code}, "realm": {"email"}, "scope": {"openid offline_access"},
	})))
	if w := servertest.Call(t, s, "POST", "/oauth/par", proof(url.Values{"response_type": {"code"}, "redirect_uri": {"http://localhost:3000/"}})); w.Code != 201 {
		t.Errorf("par: %d %s", w.Code, w.Body)
	}
	if w := servertest.Call(t, s, "POST", "/oauth/revoke", proof(url.Values{"token": {got.RefreshToken}})); w.Code != 200 {
		t.Errorf("revoke: %d %s", w.Code, w.Body)
	}
	w := servertest.Call(t, s, "POST", "/oauth/token", proof(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.RefreshToken}}))
	if e := servertest.DecodeError(t, w); e.Error != "invalid_grant" {
		t.Errorf("refresh after revoke: %+v", e)
	}
}
