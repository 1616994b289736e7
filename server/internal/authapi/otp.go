package authapi

import (
	"errors"
	"fmt"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// otpStarted is the response.
type otpStarted struct {
	AuthSession string `json:"auth_session"`
}

// OTPChallenge is POST /otp/challenge: it sends a code to a user of a database. The
// answer does not tell whether there is such a user.
// Source: auth0/docs-v2 auth-api-passwordless-db-connections.mdx.
func OTPChallenge(c *web.Call) (any, error) {
	// 1. Check the schema.
	r, allowSignup, err := readOTPChallenge(c)
	if err != nil {
		return nil, err
	}
	// 2. Authenticate the client, and check its grants.
	if r.Client, err = c.Client(); err != nil {
		return nil, err
	}
	if err := allowsOTP(r.Client); err != nil {
		return nil, err
	}
	// 3. Find the connection.
	name := c.Params.Text("connection")
	conn, ok := c.Setup.Connection(name)
	switch kind := kindOfOTP(c); {
	case !ok:
		return nil, refusal.WrongOTPConnection.Because("connection " + name + " is not in the fixture")
	case conn.Disabled || !tenant.Enabled(conn, r.Client.ClientID):
		return nil, refusal.WrongOTPConnection.Because("connection " + name + " is disabled, or not enabled for client " + r.Client.ClientID)
	case !conn.SendsCodes(kind):
		return nil, refusal.WrongOTPConnection.Because(fmt.Sprintf("connection %s is not a database that has %s in its options.authentication_methods", name, map[string]string{fixtures.KindEmail: "email_otp", fixtures.KindPhone: "phone_otp"}[kind]))
	}
	r.Connection = conn
	// 4. Make the session and send the message.
	return otpStarted{passwordless.StartSession(c, r, allowSignup).ID}, nil
}

// kindOfOTP is the kind of name in a request.
func kindOfOTP(c *web.Call) string {
	if c.Params.Text("email") != "" {
		return fixtures.KindEmail
	}
	return fixtures.KindPhone
}

// readOTPChallenge checks the schema of a start, and reads what it asks for.
func readOTPChallenge(c *web.Call) (r passwordless.Request, allowSignup bool, err error) {
	r = passwordless.Request{Recipient: c.Subject.Recipient, Send: "code"}
	bad := func(parameter, what string) error {
		return refusal.BadOTPParameter.With("parameter", parameter, "what", what)
	}
	for _, name := range []string{"connection", "client_id"} {
		if p, ok := c.Params.Get(name); ok && p.Kind != web.String {
			return r, false, bad(name, name)
		} else if p.Text == "" {
			return r, false, refusal.MissingOTPParameter.With("parameter", name)
		}
	}
	email, phone := c.Params.Text("email"), c.Params.Text("phone_number")
	switch _, isNumber := fixtures.NormalizePhone(phone); {
	case email == "" && phone == "":
		return r, false, refusal.MissingOTPRecipient
	case email != "" && phone != "":
		return r, false, bad("email", "request: give email or phone_number, not both")
	case email != "" && !fixtures.IsEmail(r.Recipient):
		return r, false, bad("email", "email address")
	case phone != "" && !(isNumber && fixtures.IsE164Wire(phone)):
		return r, false, bad("phone_number", "phone number")
	}
	signup, given := c.Params.Get("allow_signup") // true or, in a form, "true"
	if given && signup.Text != "true" && signup.Text != "false" {
		return r, false, bad("allow_signup", "allow_signup")
	}
	switch method := c.Params.Text("delivery_method"); {
	case method != "" && method != "text" && method != "voice":
		return r, false, bad("delivery_method", "delivery_method")
	case method != "" && email != "":
		c.Hint("the parameter delivery_method is ignored: it is for phone numbers")
	default:
		r.Voice = method == "voice"
	}
	return r, signup.Text == "true", nil
}

// OTPClient authenticates the client of a start.
func OTPClient(c *web.Call) (*fixtures.Client, error) {
	client, err := TokenClient(c)
	return client, otpClientError(err)
}

// otpClientError gives the refusal of a client the code that it has in this grant.
func otpClientError(err error) error {
	if refused := (*refusal.Refusal)(nil); errors.Is(err, refusal.WrongClient) && errors.As(err, &refused) {
		return refusal.WrongOTPClient.Because(refused.Hint)
	}
	return err
}

// allowsOTP refuses a client without the grant. A single-page app cannot have it for
// users of databases.
func allowsOTP(client *fixtures.Client) error {
	if client.AppType == "spa" {
		return refusal.GrantNotAllowed.With("grant", fixtures.GrantPasswordlessOTP).Because("client " + client.ClientID + " is a single-page app, and Auth0 lets no such app use codes for users of databases")
	}
	return tenant.AllowsGrant(client, fixtures.GrantPasswordlessOTP)
}

// CountOTP counts a start against the limit of the caller's address.
func CountOTP(c *web.Call) error { return c.Count(tenant.LimitOTP, c.IP) }

// otpSessionGrant is otpGrant for a user of a database.
func otpSessionGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if err := allowsOTP(r.Client); err != nil {
		return nil, err
	}
	otp := c.Params.Text("otp")
	if otp == "" {
		return nil, refusal.WrongOTPSession.Because("the request has no otp")
	}
	login, err := c.Tenant.RedeemOTPSession(r, c.Params.Text("auth_session"), otp)
	if u, isNew := c.Tenant.User(c.NewUser); isNew { // also one who must give a second factor yet
		tickets.SignedUp(c, r.Client, u)
	}
	return login, err
}
