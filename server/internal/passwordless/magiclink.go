package passwordless

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// magicLink is the link of a message: the authParams in their order, and then
// what the tenant adds. A space is %20, as in Auth0's links.
// Source: the link in a tenant log of type cls.
func (r Request) magicLink(c *web.Call, s tenant.Secret) string {
	client := r.Client
	base := strings.TrimSuffix(c.Issuer, "/")
	switch r.Send {
	case "link_ios":
		return base + "/ios/" + url.PathEscape(cmp.Or(client.Mobile.IOS.AppBundleIdentifier, client.ClientID)) + "/email?code=" + s.Code
	case "link_android":
		return base + "/android/" + url.PathEscape(cmp.Or(client.Mobile.Android.AppPackageName, client.ClientID)) + "/email?code=" + s.Code
	}
	var query strings.Builder
	add := func(name, value string) {
		if query.Len() > 0 {
			query.WriteByte('&')
		}
		query.WriteString(escape(name) + "=" + escape(value))
	}
	params := r.authParams()
	for _, p := range params {
		if !p.Empty() && !slices.Contains(linkOwn, p.Name) {
			add(p.Name, p.Text)
		}
	}
	// What a link says that was asked for without authParams is not documented; it
	// must end at the app all the same, by a grant that the client has.
	if params.Text("response_type") == "" {
		add("response_type", DefaultResponse(client))
	}
	if params.Text("redirect_uri") == "" {
		if callback := tenant.FirstCallback(client); callback != "" {
			add("redirect_uri", callback)
		}
	}
	add("verification_code", s.Code)
	add("connection", r.Connection.Name)
	add("client_id", client.ClientID)
	add("email", r.Recipient)
	return base + "/passwordless/verify_redirect?" + query.String()
}

// DefaultResponse is the response_type of a link whose start named none.
func DefaultResponse(c *fixtures.Client) string {
	has := func(grant string) bool { return slices.Contains(c.GrantTypes, grant) }
	if !has(fixtures.GrantImplicit) && has(fixtures.GrantAuthorizationCode) {
		return "code"
	}
	return "token"
}

// authParams are those of the request, and then those of the connection that the
// request does not have.
func (r Request) authParams() web.Params {
	all := r.AuthParams
	defaults, err := json.Marshal(r.Connection.Options.AuthParams)
	if err != nil {
		return all // built in Go; no file has a value that JSON cannot have
	}
	members, _ := web.Param{Kind: web.Object, JSON: defaults}.Members() // a file has no more than a request may have
	for _, p := range members {
		if _, asked := r.AuthParams.Get(p.Name); !asked {
			all = append(slices.Clip(all), p)
		}
	}
	return all
}

// browserTexts are the parameters of /authorize, and of logout, that are strings.
// authParams are parameters of /authorize, too.
var browserTexts = []string{
	"response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce", "audience", "connection", "connection_scope",
	"prompt", "display", "screen_hint", "login_hint", "ui_locales", "acr_values", "organization", "invitation", "id_token_hint", "protocol",
	"code_challenge", "code_challenge_method", "dpop_jkt", "login_ticket", "realm", "request_uri",
	"returnTo", "post_logout_redirect_uri", "logout_hint",
}

// NotText is the first parameter that must be a string there and is none: an
// object, say, or a parameter that was given twice.
func NotText(ps web.Params) (p web.Param, found bool) {
	i := slices.IndexFunc(ps, func(p web.Param) bool { return p.Kind != web.String && slices.Contains(browserTexts, p.Name) })
	if i < 0 {
		return p, false
	}
	return ps[i], true
}

// linkOwn are the parameters of a link that only the tenant sets.
var linkOwn = []string{"verification_code", "connection", "client_id", "email"}

// escape is encodeURIComponent as far as a query cares.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
