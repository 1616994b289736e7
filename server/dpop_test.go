package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// machineToken is a token request of acme-m2m.
var machineToken = servertest.Object{
	"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": "https://api.acme.test/",
}

// proofAt is the claims of a proof for the token endpoint.
func proofAt(at time.Time, jti string) servertest.Object {
	return servertest.Object{"jti": jti, "htm": "POST", "htu": "http://localhost:2884/oauth/token", "iat": at.Unix()}
}

// withProof sends a request of acme-m2m with a proof.
func withProof(t *testing.T, s *server.Server, proof string, more ...servertest.Change) *httptest.ResponseRecorder {
	t.Helper()
	return servertest.Call(t, s, "POST", "/oauth/token", machineToken, append(more, servertest.Header("DPoP", proof))...)
}

// A proof is for one method and one address, and for now: by the tenant's clock, which
// stands in 2030, or by the machine's.
func TestAProofIsForOneRequest(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	key, n := servertest.NewProofKey(t, "app"), 0
	for _, tt := range []struct {
		claim string
		value any
		why   string // "": the proof is accepted
	}{
		{"htm", "POST", ""},
		{"htm", "post", `its htm is "post", and the method is POST`},
		{"htm", "GET", "its htm"},
		{"htm", nil, "its htm"},
		{"htu", "http://localhost:2884/oauth/token?a=b#c", ""},
		{"htu", "http://LOCALHOST:2884/oauth/token", ""},
		{"htu", "HTTP://localhost:2884/oauth/%74oken", ""},
		{"htu", "http://localhost:2884/oauth%2Ftoken", "its htu"},
		{"htu", "http://localho\u017ft:2884/oauth/token", "its htu"}, // a long s
		{"htu", "http://elsewhere.test@localhost:2884/oauth/token", "its htu"},
		{"htu", "http://localhost.:2884/oauth/token", "its htu"},
		{"htu", "http://localhost:2884/oauth/./token", "its htu"},
		{"htu", "http://localhost:2884/oauth/token/", "its htu"},
		{"htu", "http://localhost:2884/userinfo", "its htu"},
		{"htu", "https://localhost:2884/oauth/token", "start with --trust-proxy"},
		{"htu", "http://localhost/oauth/token", "its htu"},
		{"htu", "http://auth.acme.test/oauth/token", "its htu"},
		{"htu", "/oauth/token", "its htu"},
		{"htu", "http://[", "its htu"},
		{"htu", nil, "its htu"},
		{"iat", servertest.At2030.Add(-300 * time.Second).Unix(), ""},
		{"iat", servertest.At2030.Add(30 * time.Second).Unix(), ""},
		{"iat", servertest.At2030.Add(-301 * time.Second).Unix(), "its iat is 2029-12-31T23:54:59Z"},
		{"iat", servertest.At2030.Add(31 * time.Second).Unix(), "its iat"},
		{"iat", time.Now().Unix(), ""},
		{"iat", time.Now().Add(-290 * time.Second).Unix(), ""},
		{"iat", time.Now().Add(-310 * time.Second).Unix(), "its iat"},
		{"iat", time.Now().Add(time.Minute).Unix(), "its iat"},
		{"iat", float64(servertest.At2030.Unix()) + 0.5, ""},
		{"iat", 1e300, "its iat"},
		{"iat", nil, "it has no iat"},
		{"jti", "", "it has no jti"},
		{"jti", nil, "it has no jti"},
		{"nonce", "of nobody", ""}, // a confidential client needs none
	} {
		n++
		claims := proofAt(servertest.At2030, fmt.Sprint(n))
		if claims[tt.claim] = tt.value; tt.value == nil {
			delete(claims, tt.claim)
		}
		w := withProof(t, s, key.Proof(t, claims))
		requests := s.Requests()
		if hint := requests[len(requests)-1].Hint; (w.Code == http.StatusOK) != (tt.why == "") || !strings.Contains(hint, tt.why) {
			t.Errorf("%s %v: %d %s, hint %q", tt.claim, tt.value, w.Code, w.Body, hint)
		}
		if tt.why != "" && servertest.DecodeError(t, w).Error != "invalid_dpop_proof" {
			t.Errorf("%s %v: %s", tt.claim, tt.value, w.Body)
		}
	}
	two := func(r *http.Request) { r.Header.Add("DPoP", key.Proof(t, proofAt(servertest.At2030, "second"))) }
	w := servertest.Call(t, s, "POST", "/oauth/token", machineToken, two, two)
	if servertest.DecodeError(t, w).Error != "invalid_dpop_proof" {
		t.Errorf("two proofs: %s", w.Body)
	}
}

// The address of a proof may leave out the usual port, and may be that of the issuer.
func TestAProofNamesTheTenantByAnyOfItsNames(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Issuer: "https://auth.acme.test/"})
	key := servertest.NewProofKey(t, "app")
	for i, htu := range []string{"http://localhost:80/oauth/token", "http://localhost/oauth/token", "https://auth.acme.test/oauth/token", "https://auth.acme.test:443/oauth/token"} {
		claims := proofAt(servertest.At2030, fmt.Sprint(i))
		claims["htu"] = htu
		if w := withProof(t, s, key.Proof(t, claims), servertest.Host("localhost")); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", htu, w.Code, w.Body)
		}
	}
}

// Of requests with the same proof one is answered, at whatever time they come. A reset
// forgets the proofs, and a proof of another time or key is another one.
func TestAProofWorksOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	key := servertest.NewProofKey(t, "app")
	const proofs, senders = 20, 4
	for i := range proofs {
		proof := key.Proof(t, proofAt(servertest.At2030, fmt.Sprint(i)))
		codes := make([]int, senders)
		var sent sync.WaitGroup
		for j := range senders {
			sent.Go(func() { codes[j] = withProof(t, s, proof).Code })
		}
		sent.Wait()
		won := 0
		for _, code := range codes {
			if code == http.StatusOK {
				won++
			}
		}
		if won != 1 {
			t.Fatalf("proof %d won %d times: %v", i, won, codes)
		}
	}
	claims := proofAt(time.Now(), "real time")
	proof := key.Proof(t, claims)
	want := func(when string, proof string, code int) {
		t.Helper()
		if w := withProof(t, s, proof); w.Code != code {
			t.Errorf("%s: %d %s", when, w.Code, w.Body)
		}
	}
	want("at first", proof, http.StatusOK)
	if err := s.Clock().Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	want("an hour later by the tenant's clock alone", proof, http.StatusBadRequest)
	want("of another key", servertest.NewProofKey(t, "other").Proof(t, claims), http.StatusOK)
	want("of another time", key.Proof(t, proofAt(servertest.At2030.Add(time.Hour), "real time")), http.StatusOK)
	s.Reset()
	want("after a reset", proof, http.StatusOK)
}

// A bound refresh token stays bound after an export.
func TestTheBindingIsExported(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, OTP: fixtures.OTP{Mode: "fixed", Code: "123456"}})
	key, n := servertest.NewProofKey(t, "app"), 0
	proof := func(nonce string) servertest.Change {
		n++
		claims := proofAt(servertest.At2030, fmt.Sprint(n))
		claims["nonce"] = nonce
		return servertest.Header("DPoP", key.Proof(t, claims))
	}
	servertest.Start(t, s, "ada@example.com")
	login := servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": "ada@example.com", "otp": "123456", "realm": "email", "scope": "openid offline_access"}
	nonce := servertest.Call(t, s, "POST", "/oauth/token", login, proof("")).Header().Get("DPoP-Nonce")
	tokens := servertest.DecodeAnswer[servertest.Tokens](t, servertest.Call(t, s, "POST", "/oauth/token", login, proof(nonce)))

	next := servertest.New(t, server.Config{Fixture: s.State()})
	refresh := servertest.Object{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": tokens.RefreshToken}
	if w := servertest.Call(t, next, "POST", "/oauth/token", refresh); servertest.DecodeError(t, w).Description != "DPoP proof does not match the refresh token binding" {
		t.Errorf("without a proof: %s", w.Body)
	}
	if w := servertest.Call(t, next, "POST", "/oauth/token", refresh, proof(nonce)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"token_type":"DPoP"`) {
		t.Errorf("with a proof: %d %s", w.Code, w.Body)
	}
}
