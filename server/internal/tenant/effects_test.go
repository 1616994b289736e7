package tenant_test

import (
	"net/http"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A message that waits for the next one goes on waiting while the user is
// blocked, because nothing is sent to a blocked user.
func TestAHeldMessageOutlivesABlockedStart(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-out-of-order", "times": 1})
	user := servertest.UserOf(t, s, "ada@example.com").UserID
	for step, want := range []struct {
		blocked           bool
		queued, delivered int
	}{{false, 1, 0}, {true, 1, 0}, {false, 0, 2}} {
		servertest.Call(t, s, "PATCH", "/_mock/users/"+user, servertest.Object{"blocked": want.blocked})
		w := servertest.PostStart(t, s, "ada@example.com", nil)
		queued, delivered := s.Outbox().All(outbox.State(outbox.Queued)), s.Outbox().All(outbox.State(outbox.Delivered))
		if w.Code != http.StatusOK || len(queued) != want.queued || len(delivered) != want.delivered {
			t.Errorf("start %d: %d, %d messages are held and %d have arrived, want %+v", step+1, w.Code, len(queued), len(delivered), want)
		}
	}
}

// The keys rotate before they sign a token. They do not sign an opaque access
// token, nor the ID token of a client with HS256.
func TestTheKeysRotateForATokenThatTheySign(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		alg, scope, audience string
		want                 int64
	}{
		{"RS256", "openid", "", 1},
		{"RS256", "name", "", 0},
		{"RS256", "name", "https://api.acme.test/", 1},
		{"HS256", "openid", "", 0},
		{"HS256", "openid", "https://api.acme.test/", 1},
	} {
		s := servertest.New(t, server.Config{At: servertest.At2030, Clients: []fixtures.Client{{
			ClientID: "acme-native", ClientSecret: "a-secret-of-at-least-thirty-two-bytes", TokenEndpointAuthMethod: "none",
			GrantTypes: []string{fixtures.GrantPasswordlessOTP}, JWTConfiguration: fixtures.JWTConfig{Alg: c.alg},
		}}})
		servertest.SwitchOn(t, s, "version: 1\nname: rotating\nrules: [{id: a, when: {endpoint: oauth.token}, then: {keys: rotate}}]\n")
		servertest.Login(t, s, "ada@example.com", servertest.Object{"scope": c.scope, "audience": c.audience})
		if got := servertest.StatusOf(t, s, "rotating").Rules[0].Fired; got != c.want {
			t.Errorf("%+v: the keys rotated %d times", c, got)
		}
	}
}
