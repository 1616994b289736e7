package authapi

import (
	"errors"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A credentialType is a way to prove at /co/authenticate who the user is: the
// parameters that the request must have. It must have no others.
type credentialType struct {
	parameters []string
	ticket     func(*web.Call, tenant.TokenRequest) (tenant.Ticket, error)
}

var credentialTypes = map[string]credentialType{
	fixtures.GrantPasswordlessOTP: {[]string{"client_id", "credential_type", "username", "otp", "realm"}, otpTicket},
	fixtures.GrantPasswordRealm:   {[]string{"client_id", "credential_type", "username", "password", "realm"}, passwordTicket},
	fixtures.GrantPassword:        {[]string{"client_id", "credential_type", "username", "password"}, passwordTicket},
}

// ticketGiven is the response, its members in Auth0's order.
type ticketGiven struct {
	LoginTicket string `json:"login_ticket"`
	Verifier    string `json:"co_verifier"`
	VerifierID  string `json:"co_id"`
}

// CrossOriginAuthenticate is POST /co/authenticate. A page of an app sends its
// user's code or password, gets a ticket, and takes the ticket to /authorize. The
// client does not need the grant: Auth0 gives it to no single-page app.
// Source: auth0/docs-v2 get-started/applications/set-up-cors.mdx; auth0/auth0.js
// src/web-auth/cross-origin-authentication.js.
func CrossOriginAuthenticate(c *web.Call) (any, error) {
	origin := c.Header.Get("Origin")
	if origin != "" && !c.Setup.AllowsOrigin(origin) {
		return nil, originNotAllowed(c, nil, "in no client's allowed_origins, web_origins or callbacks")
	}
	kind, err := credentials(c)
	if err != nil {
		return nil, err
	}
	id := c.Params.Text("client_id")
	client, ok := c.Setup.Client(id)
	switch {
	case !ok:
		return nil, refusal.CrossOriginNotAllowed.Because(tenant.UnknownClientHint(id))
	case client.IsThirdParty():
		return nil, tenant.RefuseThirdParty(client)
	case !client.CrossOriginAuthentication:
		return nil, refusal.CrossOriginNotAllowed.Because("set cross_origin_authentication: true for client " + id + " in the fixture")
	case origin == "":
		return nil, refusal.CrossOriginNotAllowed.Because("the request has no Origin header, which a browser sends")
	case !tenant.ClientAllowsOrigin(client, origin):
		return nil, originNotAllowed(c, client, "not in the allowed_origins, web_origins or callbacks of client "+id)
	}
	ticket, err := kind.ticket(c, tenant.TokenRequest{Client: client, Issuer: c.Issuer, Now: c.Now, Caller: passwordless.Caller(c, nil), Effects: c.Effects})
	if err != nil {
		if errors.Is(err, refusal.UserBlocked) {
			return nil, refusal.BlockedUser
		}
		return nil, refusal.Recode(err, "invalid_grant", 403, "access_denied")
	}
	return ticketGiven{ticket.ID, ticket.Verifier, ticket.VerifierID}, nil
}

// CountCrossOrigin counts a call against the tenant's limit.
func CountCrossOrigin(c *web.Call) error { return c.Count(tenant.LimitCrossOrigin, "") }

// originNotAllowed refuses a page whose origin the client does not have; nil: no client has
// it.
func originNotAllowed(c *web.Call, client *fixtures.Client, why string) error {
	origin := c.Header.Get("Origin")
	details := map[string]any{
		"allowedOrigins": []string{}, "headers": map[string]any{"origin": origin}, "host": c.Host, "method": c.Method, "origin": origin, "originalUrl": c.Path,
		"xhr": c.Header.Get("X-Requested-With") == "XMLHttpRequest",
	}
	if client != nil {
		details["allowedOrigins"] = append([]string{}, client.AllowedOrigins...)
	}
	return refusal.OriginNotAllowed.With("origin", origin).Because("origin "+origin+" is "+why).Logged("fco", details)
}

// CrossOriginRefused writes to the tenant's log that the credentials gave no ticket. What
// the refusal itself writes, such as fp, is no second entry.
func CrossOriginRefused(c *web.Call, refused *refusal.Refusal) {
	if refused.Log == "" {
		c.RecordCrossOrigin(refused)
	}
}

// credentials reads the type of the credentials, and checks that none is missing.
func credentials(c *web.Call) (credentialType, error) {
	kind, known := credentialTypes[c.Params.Text("credential_type")]
	if _, given := c.Params.Get("credential_type"); given && !known {
		return kind, refusal.UnknownCredentialType
	} else if !given {
		kind = credentialTypes[fixtures.GrantPasswordlessOTP]
	}
	bad := refusal.BadCredentialsBody.With("parameters", strings.Join(kind.parameters, ", "))
	for _, name := range kind.parameters {
		p, given := c.Params.Get(name)
		switch {
		case !given:
			return kind, bad.Because("there is no " + name)
		case p.Kind != web.String:
			return kind, bad.Because(name + " must be a string, and it is of the type " + string(p.Kind))
		}
	}
	for _, p := range c.Params {
		if !p.Query && !slices.Contains(kind.parameters, p.Name) {
			return kind, bad.Because("there is a " + p.Name)
		}
	}
	return kind, nil
}

func otpTicket(c *web.Call, r tenant.TokenRequest) (tenant.Ticket, error) {
	return c.Tenant.TicketForOTP(r, c.Params.Text("realm"), c.Params.Text("username"), c.Params.Text("otp"))
}

func passwordTicket(c *web.Call, r tenant.TokenRequest) (tenant.Ticket, error) {
	return c.Tenant.TicketForPassword(r, c.Params.Text("realm"), c.Params.Text("username"), c.Params.Text("password"))
}

// PasswordlessVerify is POST /passwordless/verify: it checks a code and does not
// use it up. A login page of the tenant's own calls it before it goes to
// verify_redirect with the code. With a grant_type it is legacyVerify.
// Source: auth0/auth0.js src/authentication/passwordless-authentication.js.
func PasswordlessVerify(c *web.Call) (any, error) {
	if err := stringsOnly(c.Params, "client_id", "client_secret", "connection", "email", "phone_number", "username", "password", "verification_code", "grant_type", "redirect_uri"); err != nil {
		return nil, err
	}
	id := c.Params.Text("client_id")
	if id == "" {
		return nil, refusal.MissingClientID
	}
	if c.Params.Text("grant_type") != "" {
		return legacyVerify(c)
	}
	client, ok := c.Setup.Client(id)
	switch {
	case !ok:
		return nil, refusal.UnknownStartClient.Because(tenant.UnknownClientHint(id))
	case client.IsThirdParty():
		return nil, tenant.RefuseThirdParty(client)
	}
	conn, err := verifiedConnection(c, client, "verification_code")
	if err != nil {
		return nil, err
	}
	r := tenant.TokenRequest{Client: client, Issuer: c.Issuer, Now: c.Now, Caller: passwordless.Caller(c, nil), Effects: c.Effects}
	if err := c.Tenant.CheckCode(r, conn, c.Subject.Recipient, c.Params.Text("verification_code")); err != nil {
		return nil, refusal.Recode(err, "invalid_grant", 401, "invalid_user_password")
	}
	return struct{}{}, nil
}

// legacyVerify exchanges a code for tokens, as tenants from before June 2017 do for
// the clients with the legacy grant. The code is called password there.
//
// Unverified: the order of the members of the answer, and what it answers for a
// redirect_uri that is no callback of the client.
// Source: auth0/docs-v2 api/authentication/passwordless/verify.mdx.
func legacyVerify(c *web.Call) (any, error) {
	client, err := c.Client()
	if err != nil {
		return nil, err
	}
	if err := tenant.AllowsGrant(client, fixtures.GrantLegacyRO); err != nil {
		return nil, err
	}
	if name := c.Params.Text("grant_type"); name != fixtures.GrantPassword {
		return nil, refusal.UnsupportedGrant.With("grant", name).Because("at /passwordless/verify the grant_type is password")
	}
	conn, err := verifiedConnection(c, client, "password")
	if err != nil {
		return nil, err
	}
	scope, given := c.Params.Get("scope")
	if given && scope.Kind != web.String {
		return nil, refusal.BadVerifyScope
	}
	if uri := c.Params.Text("redirect_uri"); uri != "" && !tenant.AllowsCallback(client, uri) {
		return nil, refusal.CallbackMismatch.Because("redirect_uri " + uri + " is not among the callbacks of client " + client.ClientID)
	}
	r := tenant.TokenRequest{Client: client, Scope: scope.Text, Issuer: c.Issuer, Now: c.Now, Caller: passwordless.Caller(c, client), Effects: c.Effects}
	if err := triggers.RegisterAtGrant(c, client, conn.Name, c.Subject.Recipient, c.Params.Text("password")); err != nil {
		return nil, err
	}
	login, err := c.Tenant.RedeemLegacyCode(r, conn, c.Subject.Recipient, c.Params.Text("password"))
	if err != nil {
		return nil, refusal.Recode(err, "invalid_grant", 401, "invalid_user_password")
	}
	if err := triggers.Granted(c, fixtures.GrantPassword, login); err != nil {
		return nil, err
	}
	c.SignedIn(login.User)
	return c.Tenant.Issue(login)
}

// verifiedConnection is the connection whose code the request holds in a parameter.
func verifiedConnection(c *web.Call, client *fixtures.Client, code string) (*fixtures.Connection, error) {
	name := c.Subject.Connection
	for _, p := range [][2]string{{"connection", name}, {"username", c.Subject.Recipient}, {code, c.Params.Text(code)}} {
		if p[1] == "" {
			return nil, refusal.MissingVerifyParameter.With("parameter", p[0])
		}
	}
	if conn, ok := c.Setup.Connection(name); ok && conn.Disabled && tenant.Enabled(conn, client.ClientID) {
		return nil, refusal.RealmDisabled
	}
	conn, err := c.Setup.UsableConnection(name, client)
	if err == nil && !tenant.Passwordless(conn) {
		err = refusal.WrongStrategy
	}
	return conn, err
}
