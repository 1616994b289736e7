package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestRequestsWithoutAHostHaveAnIssuer(t *testing.T) {
	s := servertest.New(t, server.Config{})
	r := httptest.NewRequest(http.MethodGet, "/.well-known/openid-configuration", nil)
	r.Host = ""
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if got := servertest.DecodeAnswer[servertest.Object](t, w)["issuer"]; got != "http://localhost/" {
		t.Errorf("issuer %v", got)
	}
}

// With a pinned issuer what a back end calls follows the Host by which it asks.
func TestBehindAPinnedIssuerDiscoveryFollowsTheHost(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Issuer: "https://localhost:2884"})
	document := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "GET", "/.well-known/openid-configuration", nil, servertest.Host("mockauth0:2884")))
	if document["issuer"] != "https://localhost:2884/" || document["jwks_uri"] != "http://mockauth0:2884/.well-known/jwks.json" {
		t.Errorf("issuer %v, jwks_uri %v", document["issuer"], document["jwks_uri"])
	}
}

// X-Forwarded headers count only where they are trusted.
func TestAProxyIsBelievedOnlyIfTrusted(t *testing.T) {
	t.Parallel()
	for _, trust := range []bool{false, true} {
		s := servertest.New(t, server.Config{TrustProxy: trust})
		document := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "GET", "/.well-known/openid-configuration", nil,
			servertest.Header("X-Forwarded-Proto", "https, http"), servertest.Header("X-Forwarded-Host", "login.acme.test, inner")))
		want := map[bool]string{false: "http://localhost:2884/", true: "https://login.acme.test/"}[trust]
		if document["issuer"] != want {
			t.Errorf("trusted %t: issuer %v, want %s", trust, document["issuer"], want)
		}
	}
}
