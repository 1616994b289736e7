package login_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The journal tells why a silent login in a frame finds no cookie: a browser may
// have kept it back, where the app and the tenant are different sites.
func TestASilentLoginSaysWhyItFindsNobody(t *testing.T) {
	t.Parallel()
	for app, want := range map[string]string{
		"http://localhost:3000":  "the browser is not signed in to the tenant",
		"https://localhost:3000": "the app, at https://localhost:3000, and the tenant, at http://localhost:2884, differ in scheme or host name",
		"http://127.0.0.1:3000":  "the app, at http://127.0.0.1:3000, and the tenant, at http://localhost:2884, differ in scheme or host name",
	} {
		s := servertest.New(t, server.Config{At: servertest.At2030})
		servertest.Call(t, s, "GET", "/authorize?client_id=acme-spa&response_type=code&response_mode=web_message&prompt=none&redirect_uri="+app, nil,
			servertest.Host("localhost:2884"), servertest.Header("Sec-Fetch-Dest", "iframe"))
		requests := s.Requests()
		if hint := requests[len(requests)-1].Hint; !strings.Contains(hint, want) {
			t.Errorf("%s: the hint is %q, want %q", app, hint, want)
		}
	}
}
