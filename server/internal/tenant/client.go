package tenant

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// Credentials are what a request says about its client.
type Credentials struct {
	ClientID string
	Secret   string
	// Assertion is a token that the client signed, or "".
	Assertion, AssertionType string
	// Audiences are what an assertion may be for, the best first, and Now is
	// when it is.
	Audiences []string
	Now       time.Time
}

// Client returns a client of the fixture. It must not be changed.
func (t *Tenant) Client(id string) (*fixtures.Client, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.index.clients[id]
	return c, ok
}

// Confidential tells whether a client must authenticate.
func Confidential(c *fixtures.Client) bool { return c.TokenEndpointAuthMethod != "none" }

// AuthenticateForToken finds the client of a token request. A public client
// needs only its id, and whatever secret it sends is ignored.
func (t *Tenant) AuthenticateForToken(creds Credentials) (*fixtures.Client, error) {
	c, ok := t.Client(creds.ClientID)
	switch {
	case !ok:
		return nil, refusal.WrongClient.Because(UnknownClientHint(creds.ClientID))
	case !Confidential(c):
		return c, nil
	}
	if why := t.proves(c, creds); why != "" {
		return nil, refusal.WrongClient.Because(why)
	}
	return c, nil
}

// AuthenticateConfidential finds the client of a request that no public client
// may send.
func (t *Tenant) AuthenticateConfidential(creds Credentials) (*fixtures.Client, error) {
	c, err := t.AuthenticateForToken(creds)
	if err == nil && !Confidential(c) {
		return nil, refusal.WrongClient.Because(fmt.Sprintf("client %q is public, and only a confidential one may ask for this", c.ClientID))
	}
	return c, err
}

// proves is why the credentials do not prove that the client calls; "" if they
// do.
func (t *Tenant) proves(c *fixtures.Client, creds Credentials) string {
	switch {
	case c.SignsAssertions() && creds.Assertion == "":
		return fmt.Sprintf("client %q authenticates by private_key_jwt and sent no client_assertion", c.ClientID)
	case c.SignsAssertions():
		if err := t.useAssertion(c, creds); err != nil {
			return assertionHint(c, err)
		}
	case !secretMatches(c, creds):
		return wrongSecretHint(c, creds)
	}
	return ""
}

// AuthenticateForStart finds the client of POST /passwordless/start, where
// Auth0 has other words than at the token endpoint. authenticated tells
// whether a secret or an assertion proved who calls.
func (t *Tenant) AuthenticateForStart(creds Credentials) (c *fixtures.Client, authenticated bool, err error) {
	c, ok := t.Client(creds.ClientID)
	switch {
	case !ok:
		return nil, false, refusal.UnknownStartClient.Because(UnknownClientHint(creds.ClientID))
	case !Confidential(c):
		return c, false, nil
	}
	why := t.proves(c, creds)
	switch {
	case why == "":
		return c, true, nil
	case creds.Secret == "" && (creds.Assertion == "" || !c.SignsAssertions()):
		return nil, false, refusal.StartAuthenticationRequired.Because(why)
	}
	return nil, false, refusal.WrongStartSecret.Because(why)
}

func secretMatches(c *fixtures.Client, creds Credentials) bool {
	return c.ClientSecret != "" && subtle.ConstantTimeCompare([]byte(c.ClientSecret), []byte(creds.Secret)) == 1
}

// UnknownClientHint says what helps against a client_id that nobody knows.
func UnknownClientHint(id string) string {
	if id == "" {
		return "the request names no client_id"
	}
	return fmt.Sprintf("client %q is not in the fixture; add --client %s (in Go, testkit.Clients)", id, id)
}

func wrongSecretHint(c *fixtures.Client, creds Credentials) string {
	switch {
	case creds.Secret != "":
		return fmt.Sprintf("the client_secret is not the one of client %q in the fixture", c.ClientID)
	case creds.Assertion != "":
		return fmt.Sprintf("client %q sent a client_assertion, and has no client_authentication_methods in the fixture that say by which key", c.ClientID)
	}
	return fmt.Sprintf("client %q is confidential and sent no client_secret; to make it public set token_endpoint_auth_method: none", c.ClientID)
}

// AllowsGrant refuses a grant that the client may not use.
func AllowsGrant(c *fixtures.Client, grant string) error {
	if slices.Contains(c.GrantTypes, grant) {
		return nil
	}
	return refusal.GrantNotAllowed.With("grant", grant).Because(
		fmt.Sprintf("add %q to grant_types of client %q in the fixture", grant, c.ClientID))
}

// enabled tells whether a client may use a connection.
func enabled(conn *fixtures.Connection, client string) bool {
	return slices.Contains(conn.EnabledClients, client) || slices.Contains(conn.EnabledClients, "*")
}

// AllowsOrigin tells whether any client lets pages of the origin call: a
// preflight names no client, so the union counts.
func (t *Tenant) AllowsOrigin(origin string) bool {
	t.mu.Lock()
	clients := t.fixture.Clients
	t.mu.Unlock()
	for i := range clients {
		if ClientAllowsOrigin(&clients[i], origin) {
			return true
		}
	}
	return false
}

// ClientAllowsOrigin tells whether a client lets pages of the origin call.
func ClientAllowsOrigin(c *fixtures.Client, origin string) bool {
	for _, patterns := range [][]string{c.AllowedOrigins, c.WebOrigins} {
		if slices.ContainsFunc(patterns, func(pattern string) bool { return MatchOrigin(pattern, origin) }) {
			return true
		}
	}
	return false
}
