// Package login is what a browser sees of a tenant: /authorize, the Universal
// Login pages, the links in e-mails, and logout.
package login

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A request is an Authorization. Its responses go back to the app.
type request struct {
	tenant.Authorization
	silent      bool // the app wants no page (prompt=none)
	crossOrigin bool // the user signed in at a page of the app, by /co/authenticate
	back        bool // the browser comes back from the page of an Action
	invited     tenant.Invitation
}

// textsOnly refuses a parameter that must be a string and is none.
func textsOnly(c *web.Call) error {
	p, wrong := passwordless.NotText(c.Params)
	if !wrong { // a number in authParams
		p, wrong = c.Params.Get("max_age")
		wrong = wrong && p.Kind == web.Array
	}
	if wrong {
		return refusal.BadParameterType.With("parameter", p.Name).Because("the parameter " + p.Name + " is no string; one that is given twice is a list")
	}
	return nil
}

// readClient finds the client and the redirect URI. A mistake in them is shown
// on a page, since there is no app to send it to.
func readClient(c *web.Call) (*request, error) {
	if err := textsOnly(c); err != nil {
		return nil, err
	}
	id := c.Params.Text("client_id")
	if id == "" {
		return nil, refusal.MissingParameter.With("parameter", "client_id")
	}
	client, ok := c.Setup.Client(id)
	if !ok {
		return nil, refusal.UnknownAuthorizeClient.With("client", id).Because("client " + id + " is not in the fixture; add --client " + id + " (in Go, testkit.Clients)")
	}
	to := c.Params.Text("redirect_uri")
	given := to != ""
	switch {
	case !given:
		if to = tenant.FirstCallback(client); to == "" {
			return nil, refusal.MissingParameter.With("parameter", "redirect_uri").Because("no redirect_uri was given, and no callback of client " + id +
				" is an address without *; give one (a magic link has it from the authParams of /passwordless/start), or start with --callback URL")
		}
	case !isURI(to):
		return nil, refusal.InvalidRedirectURI.With("uri", to).Because("a redirect_uri begins with a scheme, such as https:, and has no other characters than RFC 3986 allows: " + strconv.QuoteToASCII(to))
	case !tenant.AllowsCallback(client, to):
		return nil, refusal.CallbackMismatch.Because("redirect_uri " + to + " is not among the callbacks of client " + id + "; add it to the fixture, or start with --callback " + to)
	}
	r := &request{Authorization: tenant.Authorization{
		Client: client, RedirectURI: to, RedirectURIGiven: given, Mode: "query", Issuer: c.Issuer, Now: c.Now, Caller: passwordless.Caller(c, nil), Effects: c.Effects,
		Scope: c.Params.Text("scope"), Audience: c.Params.Text("audience"), Nonce: c.Params.Text("nonce"),
		Challenge: c.Params.Text("code_challenge"), Method: c.Params.Text("code_challenge_method"), ProofKey: c.Params.Text("dpop_jkt"),
	}}
	if p, ok := c.Params.Get("state"); ok {
		r.State = &p.Text
	}
	return r, nil
}

var uri = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*$`)
})

// isURI tells whether a text has a scheme, and only characters that a URI may
// have (RFC 3986).
func isURI(s string) bool { return uri().MatchString(s) }

var responseTypes = []string{"code", "token", "id_token"}

// readResponse reads response_type and response_mode. Its refusals, and all later
// ones, go back to the app.
func (r *request) readResponse(c *web.Call, otherwise string) error {
	text := c.Params.Text("response_type")
	if text == "" {
		text = otherwise
	}
	asked := strings.Fields(text)
	for _, one := range asked {
		if !slices.Contains(responseTypes, one) {
			return refusal.UnsupportedResponseType.With("type", text)
		}
	}
	for _, one := range responseTypes { // in this order, each once
		if slices.Contains(asked, one) {
			r.ResponseTypes = append(r.ResponseTypes, one)
		}
	}
	if !slices.Equal(r.ResponseTypes, []string{"code"}) {
		r.Mode = "fragment"
	}
	switch mode := c.Params.Text("response_mode"); mode {
	case "":
	case "query", "fragment", "web_message":
		if mode == "query" && r.Mode == "fragment" { // OAuth 2.0 Multiple Response Types, 3
			return refusal.UnsupportedResponseMode.With("mode", mode).Because("tokens do not travel in a query, which servers log: leave response_mode out")
		}
		r.Mode = mode
	case "form_post":
		if !isWeb(r.RedirectURI) {
			return refusal.UnsupportedResponseMode.With("mode", mode).Because("no form can be posted to " + r.RedirectURI + ": an app's own scheme gets its answer by query or fragment")
		}
		r.Mode = mode
	default:
		return refusal.UnsupportedResponseMode.With("mode", mode)
	}
	if len(asked) == 0 {
		return refusal.MissingParameter.With("parameter", "response_type")
	}
	grants := map[string]string{"code": fixtures.GrantAuthorizationCode, "token": fixtures.GrantImplicit, "id_token": fixtures.GrantImplicit}
	for _, one := range r.ResponseTypes {
		if err := tenant.AllowsGrant(r.Client, grants[one]); err != nil {
			return err
		}
	}
	return nil
}

// refuse tells the app of a refusal, or denies the device. Any other error is
// returned.
func (r *request) refuse(c *web.Call, err error) (any, error) {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	switch {
	case r.silent:
		refused = refused.Logged("fsa", nil)
	case refused.Log != "":
	case r.crossOrigin:
		c.RecordCrossOrigin(refused)
	default:
		refused = refused.Logged("f", nil)
	}
	if r.UserCode != "" {
		recordNotActivated(c, r.UserCode, refused)
		return web.Told{Value: denyDevice(c, r.UserCode), Refusal: refused}, nil
	}
	response, err := r.respond(pairs{{"error", refused.Code}, {"error_description", refused.Description}})
	return web.Told{Value: response, Refusal: refused}, err
}

// approve signs the user in to the app or at the device, or leads to the pages of a second factor. tx
// is the login that the user comes from; its ID is "" if none was begun.
func (r *request) approve(c *web.Call, tx tenant.Transaction, s tenant.Session) (any, error) {
	if r.Asks == tenant.BeforeLogin && r.Organization == "" && !r.Personal && !r.silent { // the user has gone round that page
		if tx.ID == "" {
			tx = r.begun(c, s)
		}
		return to(organizationPage, tx), nil
	}
	entry, err := c.Tenant.Enter(r.Authorization, tx, s, r.silent)
	if entry.Joined {
		r.recordJoined(c, s, entry)
	}
	switch {
	case err != nil:
		c.Tenant.End(tx)
		return r.refuse(c, err)
	case entry.Pick != nil:
		return r.askToPick(c, tx, s)
	}
	r.Organization = entry.Organization
	c.Organization = r.Organization
	if conn, ok := c.Setup.Connection(s.Connection); ok && r.Organization != "" && tenant.Passwordless(conn) {
		c.Hint("Auth0's documents name no passwordless connections for organizations; the mock takes connection " + conn.Name)
	}
	next, err := triggers.LogInBrowser(c, &r.Authorization, tx, s, r.silent, r.back, func() tenant.Transaction { return r.begun(c, s) })
	switch {
	case err != nil:
		return r.refuse(c, err)
	case next.Redirect != "":
		return web.Redirect{To: next.Redirect}, nil
	}
	tx = next.Transaction
	need := c.Tenant.SecondFactor(r.Authorization, tx, s, c.TenantCookies(rememberCookie))
	c.Hint(need.Hint)
	switch {
	case need.Due && r.silent:
		return r.refuse(c, refusal.LoginRequired.Because("the login needs a second factor, and prompt=none allows no page"))
	case need.Due:
		return r.askSecondFactor(c, tx, s, need.Remembers)
	case tx.ID != "" && !c.Tenant.End(tx):
		return nil, overAlready()
	}
	r.SecondFactor = tx.PassedBy == s.UserID
	given, err := c.Tenant.Approve(r.Authorization, s)
	if err != nil {
		return r.refuse(c, err)
	}
	u, _ := c.Tenant.User(s.UserID)
	switch {
	case r.silent:
		c.Actor = &u
		c.Record(tenantlog.Entry{Type: "ssa"})
	case r.crossOrigin:
		c.Actor = &u
		c.Record(tenantlog.Entry{Type: "scoa"})
	default:
		c.SignedIn(&u)
	}
	if r.UserCode != "" {
		return web.Redirect{To: "/device/success"}, nil
	}
	return r.respond(approved(given))
}
