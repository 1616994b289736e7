package conformance

import (
	"testing"
)

// A code that has lapsed is refused. The next one logs in, and verifiers that
// read the real time accept what it brings.
func TestExpiredCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		mock   func(*testing.T) mock
		expire func(*testing.T, mock, string)
	}{
		{"by the outbox", func(*testing.T) mock { return shared() }, func(t *testing.T, m mock, to string) {
			t.Helper()
			m.expire(t, to)
		}},
		{"by a clock that is advanced and reset", ownMock, func(t *testing.T, m mock, _ string) {
			t.Helper()
			m.clock(t, `{"advance":"10m"}`)
			m.clock(t, `{"reset":true}`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := c.mock(t)
			a := newClient(t, m, "acme-web", "acme-web-secret")
			for _, way := range ways {
				ctx, to := within(t), way.to()
				if _, _, err := way.send(ctx, a, to); err != nil {
					t.Fatal(err)
				}
				code := m.code(t, to)
				c.expire(t, m, to)
				_, err := way.login(ctx, a, to, code)
				refused(t, err, codeExpired)

				if _, _, err := way.send(ctx, a, to); err != nil {
					t.Fatal(err)
				}
				tokens, err := way.login(ctx, a, to, m.code(t, to)) // go-auth0 verifies the ID token
				if err != nil {
					t.Fatal(err)
				}
				if _, err := a.UserInfo(ctx, tokens.AccessToken); err != nil {
					t.Error(err)
				}
				t.Run("PyJWT, "+way.name, func(t *testing.T) {
					python := findPyJWT(t)
					python.verify(t, "https://"+m.domain, tokens.AccessToken, audience)
					python.verify(t, "https://"+m.domain, tokens.IDToken, "acme-web")
				})
			}
		})
	}
}
