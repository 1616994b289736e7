package server_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// The claim picture is Auth0's, which names a picture on another host. No page of the
// mock loads one, whatever the user and her mail say.
func TestNoPageLoadsARemotePicture(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	message := s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"ada@example.com"}, HTML: `<img src="https://pictures.test/x.png">`})
	b := servertest.NewBrowser(t, s)
	query := b.Begin("x")
	code := b.Identify(query, "ada@example.com")
	remote := regexp.MustCompile(`(?i)(img-src|default-src)[^;]*(\*|https?:)`)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"inbox":      servertest.Call(t, s, "GET", "/_mock/", nil, servertest.Header("Accept", "text/html")),
		"message":    servertest.Call(t, s, "GET", "/_mock/outbox/"+message.ID+"/html", nil),
		"identifier": b.Call("GET", "/u/login/identifier?"+query, nil),
		"code":       b.Call("GET", code, nil),
		"error":      servertest.Call(t, s, "GET", "/authorize", nil),
	} {
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || remote.MatchString(policy) {
			t.Errorf("%s: %d with the policy %q", name, w.Code, policy)
		}
		if name != "message" && regexp.MustCompile(`(?i)(src|srcset|href)="https?://[^"]*(gravatar|cdn\.auth0)`).MatchString(w.Body.String()) {
			t.Errorf("%s: the page names a remote picture\n%s", name, w.Body)
		}
	}
}
