package login

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// pairs are parameters in their order.
type pairs [][2]string

// approved are the parameters of an approval, in Auth0's order.
// Source: https://community.auth0.com/t/63140.
func approved(a tenant.Approval) pairs {
	var out pairs
	add := func(name, value string) {
		if value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	add("code", a.Code)
	if t := a.Tokens; t != nil {
		add("access_token", t.AccessToken)
		add("scope", t.Scope)
		if t.ExpiresIn != 0 {
			add("expires_in", strconv.FormatInt(t.ExpiresIn, 10))
		}
		add("token_type", t.TokenType)
		add("id_token", t.IDToken)
	}
	return out
}

// respond sends parameters back to the app, with its state if it sent one.
func (r *request) respond(ps pairs) (any, error) {
	if r.State != nil {
		ps = append(ps, [2]string{"state", *r.State})
	}
	switch r.Mode {
	case "form_post":
		return r.formPost(ps)
	case "web_message":
		return r.webMessage(ps)
	case "fragment":
		whole, _, _ := strings.Cut(r.RedirectURI, "#")
		return web.Redirect{To: whole + "#" + ps.encode()}, nil
	}
	whole, fragment, hasFragment := strings.Cut(r.RedirectURI, "#")
	separator := "?"
	if strings.Contains(whole, "?") {
		separator = "&"
	}
	to := whole + separator + ps.encode()
	if hasFragment {
		to += "#" + fragment
	}
	return web.Redirect{To: to}, nil
}

// encode is a query with blanks as %20, as in Auth0's redirects.
func (ps pairs) encode() string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = escape(p[0]) + "=" + escape(p[1])
	}
	return strings.Join(parts, "&")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
