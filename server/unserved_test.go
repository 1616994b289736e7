package server_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/unserved"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Whoever asks for a feature that is not served is told so, in the journal and in
// the log.
func TestWhatIsNotServedIsHintedAt(t *testing.T) {
	t.Parallel()
	var log servertest.LogBuffer
	s := servertest.New(t, server.Config{At: servertest.At2030, Log: slog.New(slog.NewTextHandler(&log, nil))})
	ask := func(want, method, target string, body any, changes ...servertest.Change) {
		t.Helper()
		log.Take()
		servertest.Call(t, s, method, target, body, changes...)
		requests := s.Requests()
		if hint := requests[len(requests)-1].Hint; !strings.Contains(hint, want) {
			t.Errorf("%s %s %v: the hint is %q, want %q in it", method, target, body, hint, want)
		}
		if logged := log.Take(); !strings.Contains(logged, want) {
			t.Errorf("%s %s %v: the log says %q, want %q in it", method, target, body, logged, want)
		}
	}
	for _, f := range unserved.All() {
		serves := "mockauth0 does not serve " + f.Name
		for _, path := range f.Paths {
			ask(serves, "GET", path, nil)
			ask(serves, "POST", path+"/below", servertest.Object{})
		}
		for _, grant := range f.Grants {
			ask(serves, "POST", "/oauth/token", servertest.Object{"client_id": "acme-native", "grant_type": grant})
		}
		for _, name := range f.Parameters {
			ask("the parameter "+name+" is ignored: "+serves, "GET", "/authorize?client_id=acme-native&response_type=code&redirect_uri=com.acme.app://cb&"+name+"=x", nil)
			ask("the parameter "+name+" is ignored: "+serves, "POST", "/oauth/par", servertest.Object{
				"client_id": "acme-web", "client_secret": "acme-web-secret", "response_type": "code", "redirect_uri": "http://localhost:3000", name: "x",
			})
			ask("the parameter "+name+" is ignored: "+serves, "POST", "/oauth/token", servertest.Object{
				"client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "grant_type": "client_credentials", "audience": "https://api.acme.test/", name: []string{"x"},
			})
		}
		for _, name := range f.Headers {
			ask("the header "+name+" is ignored: "+serves, "POST", "/oauth/token", servertest.Object{
				"client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "grant_type": "client_credentials", "audience": "https://api.acme.test/",
			}, servertest.Header(name, "x"))
		}
	}
	// A refusal has its own hint, and this one behind it.
	w := servertest.Call(t, s, "GET", "/authorize?client_id=nobody&resource=x", nil)
	for _, want := range []string{"client nobody is not in the fixture", "the parameter resource is ignored"} {
		if requests := s.Requests(); !strings.Contains(requests[len(requests)-1].Hint, want) || !strings.Contains(w.Body.String(), want) {
			t.Errorf("neither journal nor page may leave out %q: %q\n%s", want, requests[len(requests)-1].Hint, w.Body)
		}
	}
}

// A token request that asks for another audience than its login has is told which
// one it gets.
func TestAnAudienceThatIsIgnoredIsHintedAt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	for _, tt := range []struct{ login, refresh, want string }{
		{"https://api.acme.test/", "https://other.test/", "the token is for the audience of the login, https://api.acme.test/"},
		{"", "https://api.acme.test/", "the token is for the audience of the login, which has none"},
		{"https://api.acme.test/", "https://api.acme.test/", ""},
		{"https://api.acme.test/", "", ""},
	} {
		more := servertest.Object{"scope": "openid offline_access"}
		if tt.login != "" {
			more["audience"] = tt.login
		}
		tokens := servertest.Login(t, s, "ada@example.com", more)
		w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
			"client_id": "acme-native", "grant_type": "refresh_token", "refresh_token": tokens.RefreshToken, "audience": tt.refresh,
		})
		requests := s.Requests()
		hint := requests[len(requests)-1].Hint
		if w.Code != http.StatusOK || (hint == "") != (tt.want == "") || !strings.Contains(hint, tt.want) {
			t.Errorf("%+v: status %d, the hint is %q", tt, w.Code, hint)
		}
	}
}

// A question for consent, which no page asks, is hinted at.
func TestIgnoredConsentIsHintedAt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	q := url.Values{"client_id": {"acme-native"}, "response_type": {"code"}, "redirect_uri": {"com.acme.app://cb"}, "prompt": {"consent"}}
	servertest.Call(t, s, "GET", "/authorize?"+q.Encode(), nil)
	if hint := s.Requests()[0].Hint; !strings.Contains(hint, "no page asks for consent") {
		t.Errorf("the hint is %q", hint)
	}
}
