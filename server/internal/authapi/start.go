// Package authapi is Auth0's Authentication API: the passwordless endpoints,
// the token endpoint, /userinfo and what describes them.
package authapi

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// startProperties are the properties that POST /passwordless/start allows; any
// other is refused.
var startProperties = []string{
	"client_id", "client_secret", "client_assertion", "client_assertion_type", "connection",
	"email", "phone_number", "send", "authParams", "captcha", "state", "_csrf", "_intstate",
}

// How a message carries the login.
var sends = []string{"link", "code", "link_ios", "link_android"}

// emailStarted and smsStarted are the answers, their members in Auth0's order.
type emailStarted struct {
	ID       string `json:"_id"`
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

type smsStarted struct {
	ID          string `json:"_id"`
	PhoneNumber string `json:"phone_number"`
	Verified    bool   `json:"phone_verified"`
}

// PasswordlessStart is POST /passwordless/start. The order of the checks is
// Auth0's: schema, client, client authentication, connection, sign-up.
// HTTP Basic does not count here.
// Source: auth0/docs-v2 api/authentication/passwordless/get-code-or-link.mdx.
func PasswordlessStart(c *web.Call) (any, error) {
	in, err := readStart(c)
	if err != nil {
		return nil, err
	}
	client, _, err := c.StartClient()
	if err != nil {
		return nil, err
	}
	conn, err := c.Tenant.FindConnection(in.connection, client)
	if err != nil {
		return nil, err
	}
	recipient, err := in.recipient(conn)
	if err != nil {
		return nil, err
	}
	started, err := passwordless.Start{
		Client: client, Connection: conn, Recipient: recipient, Send: in.send, AuthParams: in.authParams,
	}.Do(c)
	if err != nil {
		return nil, err
	}
	if conn.Strategy == tenant.StrategySMS {
		return smsStarted{started.ID, recipient, started.Verified}, nil
	}
	return emailStarted{started.ID, recipient, started.Verified}, nil
}

// start is a start request whose schema is right.
type start struct {
	connection  string
	email       string // as sent
	phoneNumber string // as sent
	send        string
	authParams  web.Params
}

// readStart checks the schema.
func readStart(c *web.Call) (*start, error) {
	for _, name := range []string{"client_id", "connection", "email", "phone_number", "send", "client_secret"} {
		if p, ok := c.Params.Get(name); ok && p.Kind != web.String {
			return nil, refusal.BadType.With("property", name, "type", string(p.Kind))
		}
	}
	in := &start{
		connection:  c.Params.Text("connection"),
		email:       c.Params.Text("email"),
		phoneNumber: c.Params.Text("phone_number"),
		send:        c.Params.Text("send"),
	}
	switch {
	case c.Params.Text("client_id") == "":
		return nil, refusal.MissingClientID
	case in.connection == "":
		return nil, refusal.MissingConnection
	}
	switch c.Tenant.Strategy(in.connection) {
	case tenant.StrategyEmail:
		if in.email == "" {
			return nil, refusal.MissingEmail
		}
		if _, ok := fixtures.NormalizeEmail(in.email); !ok {
			return nil, refusal.BadEmail.With("email", in.email)
		}
	case tenant.StrategySMS:
		if in.phoneNumber == "" {
			return nil, refusal.MissingPhoneNumber
		}
		if !fixtures.IsE164Wire(in.phoneNumber) {
			return nil, refusal.BadPhoneNumber
		}
	}
	if in.send == "" {
		in.send = "link"
	} else if !slices.Contains(sends, in.send) {
		return nil, refusal.BadSend.With("send", in.send)
	}
	if p, ok := c.Params.Get("authParams"); ok {
		if p.Kind != web.Object {
			return nil, refusal.BadAuthParams.With("type", string(p.Kind))
		}
		in.authParams = p.Members()
	}
	return in, unknownProperties(c.Params)
}

func unknownProperties(ps web.Params) error {
	var unknown []string
	for _, p := range ps {
		if !p.Query && !slices.Contains(startProperties, p.Name) {
			unknown = append(unknown, p.Name)
		}
	}
	if unknown == nil {
		return nil
	}
	return refusal.BadProperty.With("properties", strings.Join(unknown, ", "))
}

// recipient is the normalised address or number.
func (in *start) recipient(conn *fixtures.Connection) (string, error) {
	if conn.Strategy == tenant.StrategySMS {
		return in.phoneNumber, nil // what Auth0's pattern passes is in its normal form
	}
	email, _ := fixtures.NormalizeEmail(in.email) // checked with the schema
	return email, nil
}

// CountStart counts a start: against the caller's address, unless the client
// has proved who it is, which counts against the tenant. A confidential client
// that is trusted to may name the end user's address.
// Source: auth0/docs-v2 rate-limit-configurations/free-public.mdx,
// embedded-login/relevant-api-endpoints.mdx.
func CountStart(c *web.Call) error {
	client, authenticated, err := c.StartClient()
	if err != nil || !authenticated {
		return c.Count(tenant.LimitStart, c.IP)
	}
	if ip := c.Header.Get("Auth0-Forwarded-For"); ip != "" && client.IsTokenEndpointIPHeaderTrusted {
		return c.Count(tenant.LimitStart, ip)
	}
	return c.Count(tenant.LimitOther, "")
}
