// Package authapi is Auth0's Authentication API: the passwordless endpoints,
// the token endpoint, /userinfo, and the documents that describe them.
package authapi

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// startTexts are the properties of POST /passwordless/start that are strings. Besides
// them only authParams is allowed; any other property is refused.
var startTexts = []string{
	"client_id", "connection", "email", "phone_number", "send", "client_secret",
	"client_assertion", "client_assertion_type", "captcha", "state", "_csrf", "_intstate",
}

// sends are the values of send: what a message carries.
var sends = []string{"link", "code", "link_ios", "link_android"}

// emailStarted and smsStarted are the responses, their members in Auth0's order.
type emailStarted struct {
	ID       string `json:"_id"`
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

type smsStarted struct {
	ID          string `json:"_id"`
	PhoneNumber string `json:"phone_number"`
	Verified    bool   `json:"phone_verified"`
	// Language is null if the request names none.
	// Source: auth0/auth0-java src/test/resources/auth/passwordless_sms.json.
	Language *string `json:"request_language"`
}

// PasswordlessStart is POST /passwordless/start. The order of the checks is
// Auth0's.
// Source: auth0/docs-v2 api/authentication/passwordless/get-code-or-link.mdx.
func PasswordlessStart(c *web.Call) (any, error) {
	// 1. Check the schema.
	r, err := readStart(c)
	if err != nil {
		return nil, err
	}
	// 2. Authenticate the client. CountStart has done so before; this is its result.
	if r.Client, err = c.Client(); err != nil {
		return nil, err
	}
	// 3. Find the connection.
	name := c.Subject.Connection
	if r.Connection, err = c.Setup.PasswordlessConnection(name, r.Client); err != nil {
		return nil, err
	}
	// 4. See whether a person asks.
	if err := passwordless.SolveCaptcha(c, fixtures.FlowPasswordless); err != nil {
		return nil, err
	}
	// 5. Make the code and send the message.
	done, err := passwordless.Start(c, r)
	if err != nil {
		return nil, err
	}
	if r.Connection.Strategy == tenant.StrategySMS {
		out := smsStarted{done.UserID, r.Recipient, done.Verified, nil}
		if language := c.Language(); language != "" {
			out.Language = &language
		}
		return out, nil
	}
	return emailStarted{done.UserID, r.Recipient, done.Verified}, nil
}

// StartSubject is the user whom a start is about. By SMS, send is always code.
// By e-mail it is link if the request does not say.
func StartSubject(c *web.Call) web.Subject {
	s := web.Subject{Connection: c.Params.Text("connection"), Send: c.Params.Text("send")}
	email, phone := c.Params.Text("email"), c.Params.Text("phone_number")
	switch c.Setup.Strategy(s.Connection) {
	case tenant.StrategySMS:
		s.Recipient, s.Send = cmp.Or(phone, email), "code"
	default:
		s.Recipient, s.Send = cmp.Or(email, phone), cmp.Or(s.Send, "link")
	}
	s.Recipient = fixtures.NormalizeRecipient(s.Recipient)
	return s
}

// StartClient authenticates the client of a start. A login page cannot keep a secret:
// it sends the state of its login instead.
// Source: auth0/docs-v2 past-migrations/migrate-to-passwordless.mdx.
func StartClient(c *web.Call) (*fixtures.Client, error) {
	client, err := VerifyClient(c)
	switch {
	case !errors.Is(err, refusal.StartAuthenticationRequired):
		return client, err
	case fromLoginPage(c):
		client, _ = c.Setup.Client(c.BodyCredentials().ClientID)
		return client, nil
	case c.Params.Text("state") != "":
		return nil, refusal.StartAuthenticationRequired.Because("the client sent no secret, and its state does not belong to a login of this client that is under way")
	}
	return client, err
}

// fromLoginPage tells whether a start has the state of a login of its client that is
// under way, and no other proof.
func fromLoginPage(c *web.Call) bool {
	creds := c.BodyCredentials()
	tx, ok := c.Tenant.Transaction(c.Params.Text("state"), c.Now)
	return ok && tx.Authorization.Client.ClientID == creds.ClientID && creds.Secret == "" && creds.Assertion == ""
}

// VerifyClient authenticates the client of a passwordless call. HTTP Basic does not
// count here, as at Auth0, which also has other words here than at the token endpoint.
func VerifyClient(c *web.Call) (*fixtures.Client, error) {
	creds := c.BodyCredentials()
	client, ok := c.Setup.Client(creds.ClientID)
	switch {
	case !ok:
		return nil, refusal.UnknownStartClient.Because(tenant.UnknownClientHint(creds.ClientID))
	case client.IsThirdParty():
		return nil, tenant.RefuseThirdParty(client)
	case !tenant.Confidential(client):
		return client, nil
	}
	why := c.Tenant.WhyNotAuthentic(client, creds)
	switch {
	case why == "":
		return client, nil
	case creds.Secret == "" && (creds.Assertion == "" || !client.SignsAssertions()):
		return nil, refusal.StartAuthenticationRequired.Because(why)
	}
	return nil, refusal.WrongStartSecret.Because(why)
}

// CountStart counts a start against the limit of the caller's address. The start
// of a confidential client counts against the tenant's limit, unless the client
// may name the end user's address and does.
// Source: auth0/docs-v2 rate-limit-configurations/free-public.mdx,
// embedded-login/relevant-api-endpoints.mdx.
func CountStart(c *web.Call) error {
	client, err := c.Client()
	if err != nil || !tenant.Confidential(client) {
		return c.Count(tenant.LimitStart, c.IP)
	}
	if client.IsTokenEndpointIPHeaderTrusted && !fromLoginPage(c) && c.Header.Get("Auth0-Forwarded-For") != "" {
		return c.Count(tenant.LimitStart, passwordless.EndUserIP(c, client))
	}
	return c.Count(tenant.LimitOther, "")
}

// readStart checks the schema of a start, and reads what it asks for.
func readStart(c *web.Call) (passwordless.Request, error) {
	r := passwordless.Request{Recipient: c.Subject.Recipient, Send: c.Subject.Send}
	if err := textsOnly(c.Params, startTexts...); err != nil {
		return r, err
	}
	switch {
	case c.Params.Text("client_id") == "":
		return r, refusal.MissingClientID
	case c.Params.Text("connection") == "":
		return r, refusal.MissingConnection
	}
	switch c.Setup.Strategy(c.Subject.Connection) {
	case tenant.StrategyEmail:
		email := c.Params.Text("email")
		if email == "" {
			return r, refusal.MissingEmail
		}
		if !fixtures.IsEmail(r.Recipient) {
			return r, refusal.BadEmail.With("email", email)
		}
	case tenant.StrategySMS:
		phone := c.Params.Text("phone_number")
		if phone == "" {
			return r, refusal.MissingPhoneNumber
		}
		if !fixtures.IsE164Wire(phone) {
			return r, refusal.BadPhoneNumber
		}
	}
	if send := c.Params.Text("send"); send != "" && !slices.Contains(sends, send) {
		return r, refusal.BadSend.With("send", send)
	}
	if p, ok := c.Params.Get("authParams"); ok {
		if p.Kind != web.Object {
			return r, refusal.BadAuthParams.With("type", string(p.Kind))
		}
		members, err := p.Members()
		if err != nil {
			return r, refusal.BadBody.With("reason", "authParams: "+err.Error())
		}
		if p, ok := passwordless.NotText(members); ok {
			return r, refusal.BadAuthParam.With("member", p.Name, "type", string(p.Kind))
		}
		r.AuthParams = members
	}
	return r, unknownProperties(c.Params)
}

// textsOnly refuses properties that are present but are no strings, in the words of
// the endpoints that check a JSON schema.
func textsOnly(ps web.Params, names ...string) error {
	for _, name := range names {
		if p, ok := ps.Get(name); ok && p.Kind != web.String {
			return refusal.BadType.With("property", name, "type", string(p.Kind), "expected", "string")
		}
	}
	return nil
}

func unknownProperties(ps web.Params) error {
	var unknown []string
	for _, p := range ps {
		if !p.Query && p.Name != "authParams" && !slices.Contains(startTexts, p.Name) {
			unknown = append(unknown, p.Name)
		}
	}
	if unknown == nil {
		return nil
	}
	return refusal.BadProperty.With("properties", strings.Join(unknown, ", "))
}
