package login

import (
	"cmp"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Logout is GET /v2/logout: it ends the browser's session and leads to returnTo
// or, without it, to the client's first logout URL.
// Source: auth0/docs-v2 api/authentication/logout/auth-0-logout.mdx.
func Logout(c *web.Call) (any, error) {
	back, err := afterLogout(c, c.Params.Text("client_id"), "returnTo")
	if err != nil {
		return nil, err
	}
	clearSession(c, back)
	if back == "" {
		return web.Raw{ContentType: "text/html; charset=utf-8", Body: []byte("OK")}, nil
	}
	return web.Redirect{To: back}, nil
}

// OIDCLogout is GET and POST /oidc/logout, OpenID Connect's RP-initiated
// logout.
// Unlike Auth0, it never asks the user whether to log out.
//
// Unverified: it compares the URL as /v2/logout does, of which alone the query and
// the fragment are documented not to count.
// Source: auth0/docs-v2 api/authentication/logout/oidc-logout.mdx.
func OIDCLogout(c *web.Call) (any, error) {
	if p, ok := c.Params.Get("federated"); ok && !p.Query && p.Text != "true" && p.Text != "false" {
		return nil, refusal.BadFederated
	}
	client := c.Params.Text("client_id")
	if hint := c.Params.Text("id_token_hint"); hint != "" {
		said, ok := c.Tenant.ReadIDToken(hint)
		switch {
		case !ok:
			return nil, refusal.BadLogoutHint.With("reason", "id_token_hint is no token of this tenant")
		case client != "" && client != said.Audience:
			return nil, refusal.BadLogoutHint.With("reason", "client_id is not the aud of id_token_hint")
		}
		if sid := c.Params.Text("logout_hint"); sid != "" && said.SID != "" && sid != said.SID {
			return nil, refusal.BadLogoutHint.With("reason", "logout_hint is not the sid of id_token_hint")
		}
		client = said.Audience
	}
	back, err := afterLogout(c, client, "post_logout_redirect_uri")
	if err != nil {
		return nil, err
	}
	clearSession(c, back)
	if back == "" {
		return web.Raw{ContentType: "text/html; charset=utf-8", Body: []byte("OK")}, nil
	}
	if state := c.Params.Text("state"); state != "" {
		back, fragment, hasFragment := strings.Cut(back, "#")
		separator := "?"
		if strings.Contains(back, "?") {
			separator = "&"
		}
		back += separator + pairs{{"state", state}}.encode()
		if hasFragment {
			back += "#" + fragment
		}
		return web.Redirect{To: back}, nil
	}
	return web.Redirect{To: back}, nil
}

// afterLogout is where a logout leads: the URL of the parameter, if it is
// allowed. Without the parameter it is the client's first logout URL that has
// no *. A logout that names no client uses the tenant's list.
func afterLogout(c *web.Call, clientID, parameter string) (string, error) {
	if err := textsOnly(c); err != nil {
		return "", err
	}
	// The tenant's list is like that of a native client: it may have any scheme.
	client, whose := &fixtures.Client{AppType: "native", AllowedLogoutURLs: c.Setup.Fixture.Tenant.AllowedLogoutURLs}, "the tenant (which are for a logout without client_id)"
	if clientID != "" {
		known := false
		if client, known = c.Setup.Client(clientID); !known {
			return "", refusal.UnknownAuthorizeClient.With("client", clientID).Because("client " + clientID + " is not in the fixture")
		}
		whose = "client " + clientID
	}
	back := c.Params.Text(parameter)
	switch {
	case back == "" && clientID != "":
		return tenant.FirstLogoutURL(client), nil
	case back == "", tenant.AllowsLogoutURL(client, back):
		return back, nil
	}
	return "", refusal.LogoutMismatch.With("parameter", parameter, "url", back).Because("add " + back + " to the allowed_logout_urls of " + whose + " in the fixture, or start with --callback " + back)
}

// logoutDetail is the details of the entry about a logout.
type logoutDetail struct {
	Allowed   []string `json:"allowed_logout_url"`
	ReturnTo  string   `json:"return_to"`
	SessionID string   `json:"session_id,omitempty"`
}

// LogoutRefused writes to the tenant's log that a logout was refused.
func LogoutRefused(c *web.Call, refused *refusal.Refusal) {
	details := logoutDetail{ReturnTo: cmp.Or(c.Params.Shown("returnTo"), c.Params.Shown("post_logout_redirect_uri")), Allowed: []string{}}
	if client, ok := c.Setup.Client(c.ClientID); ok {
		details.Allowed = append(details.Allowed, client.AllowedLogoutURLs...)
	}
	if refused.Log == "" {
		c.Record(tenantlog.Entry{Type: "flo", Description: refused.Words(), Details: details})
	}
}
