package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// Credentials are what the call says about its client: HTTP Basic if there is
// some, else the body.
func (c *Call) Credentials() tenant.Credentials {
	if c.basic != nil {
		return *c.basic
	}
	return c.BodyCredentials()
}

// BodyCredentials are what the parameters alone say about the client.
func (c *Call) BodyCredentials() tenant.Credentials {
	creds := tenant.Credentials{
		ClientID:      c.Params.Text("client_id"),
		Secret:        c.Params.Text("client_secret"),
		Assertion:     c.Params.Text("client_assertion"),
		AssertionType: c.Params.Text("client_assertion_type"),
		Now:           c.Now,
	}
	if creds.Assertion != "" {
		creds.Audiences = []string{c.Issuer, c.Origin + "/", c.Origin + "/oauth/token", c.Issuer + "oauth/token", c.Origin + c.Path}
		if creds.ClientID == "" {
			creds.ClientID = tenant.AssertedClient(creds.Assertion) // RFC 7521 §4.2
		}
	}
	return creds
}

// basicCredentials reads HTTP Basic, whose two halves are form-encoded (RFC
// 6749 §2.3.1). A half that does not decode is taken as it stands.
func basicCredentials(r *http.Request) *tenant.Credentials {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return nil
	}
	return &tenant.Credentials{ClientID: formDecode(id), Secret: formDecode(secret)}
}

func formDecode(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// BearerToken is the access token of the Authorization header, else of the
// access_token parameter, which passport-auth0 sends.
func (c *Call) BearerToken() string {
	scheme, value, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(value)
	}
	return c.Params.Text("access_token")
}
