package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestTheIssuerFollowsTheRequestUnlessItIsPinned(t *testing.T) {
	t.Parallel()
	forwarded := []servertest.Change{servertest.Header("X-Forwarded-Proto", "https, http"), servertest.Header("X-Forwarded-Host", "login.acme.test, inner")}
	for _, tt := range []struct {
		config       server.Config
		changes      []servertest.Change
		issuer, keys string
	}{
		{server.Config{}, []servertest.Change{servertest.Host("")}, "http://localhost/", "http://localhost"},
		{server.Config{}, forwarded, "http://localhost:2884/", "http://localhost:2884"}, // the proxy is not trusted
		{server.Config{TrustProxy: true}, forwarded, "https://login.acme.test/", "https://login.acme.test"},
		// What a back end calls follows the Host, so that it reaches the mock.
		{server.Config{Issuer: "https://localhost:2884"}, []servertest.Change{servertest.Host("mockauth0:2884")}, "https://localhost:2884/", "http://mockauth0:2884"},
	} {
		w := servertest.Call(t, servertest.New(t, tt.config), "GET", "/.well-known/openid-configuration", nil, tt.changes...)
		document := servertest.DecodeAnswer[servertest.Object](t, w)
		if document["issuer"] != tt.issuer || document["jwks_uri"] != tt.keys+"/.well-known/jwks.json" {
			t.Errorf("%+v: issuer %v, jwks_uri %v", tt.config, document["issuer"], document["jwks_uri"])
		}
	}
}

// A Go test may call the handler with a client's request, whose Body is nil.
func TestARequestMayHaveNoBody(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest(http.MethodGet, "http://localhost/.well-known/jwks.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	servertest.New(t, server.Config{}).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
