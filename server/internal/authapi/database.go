package authapi

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// signedUp is the response, its members in Auth0's order.
// Source: auth0/go-auth0 authentication TestDatabaseSignUp and its neighbours, which
// have no names and no user_metadata.
type signedUp struct {
	ID            string         `json:"_id"`
	Email         string         `json:"email,omitempty"`
	Username      string         `json:"username,omitempty"`
	EmailVerified *bool          `json:"email_verified,omitempty"` // of a user with an e-mail address
	PhoneNumber   string         `json:"phone_number,omitempty"`
	PhoneVerified *bool          `json:"phone_verified,omitempty"` // of a user with a phone number
	GivenName     string         `json:"given_name,omitempty"`
	FamilyName    string         `json:"family_name,omitempty"`
	Name          string         `json:"name,omitempty"`
	Nickname      string         `json:"nickname,omitempty"`
	Picture       string         `json:"picture,omitempty"`
	UserMetadata  map[string]any `json:"user_metadata,omitempty"`
}

// Signup is POST /dbconnections/signup. Unverified: that a password which breaks the
// rules comes before a name that is taken.
// Source: auth0/docs-v2 api/authentication/signup.
func Signup(c *web.Call) (any, error) {
	// 1. Check the schema, and find the connection.
	if err := signupPayload(c); err != nil {
		return nil, refusal.TextOnly(err)
	}
	conn, err := database(c)
	if err != nil {
		return nil, refusal.TextOnly(err)
	}
	names := namesOf(c)
	if err := tenant.CheckSignup(conn, &names); err != nil {
		return nil, refusal.TextOnly(err)
	}
	// 2. See whether the database takes new users.
	if err := tenant.AllowsSignup(conn, c.Effects); err != nil {
		return nil, err
	}
	// 3. Find the client, which Auth0 looks at last.
	if err := checkDatabaseClient(c, conn); err != nil {
		return nil, err
	}
	// 4. See whether a person asks.
	if err := passwordless.SolveCaptcha(c, fixtures.FlowPassword); err != nil {
		return nil, err
	}
	if asked := c.Params.Text("organization"); asked != "" {
		c.Hint("the parameter organization is ignored: this sign-up makes nobody a member; sign up at /authorize with organization and screen_hint=signup")
	}
	// 5. Add the user.
	u := fixtures.User{
		Password: c.Params.Text("password"), GivenName: c.Params.Text("given_name"), FamilyName: c.Params.Text("family_name"),
		Name: c.Params.Text("name"), Nickname: c.Params.Text("nickname"), Picture: c.Params.Text("picture"),
	}
	if p, ok := c.Params.Get("user_metadata"); ok {
		if err := json.Unmarshal(p.JSON, &u.UserMetadata); err != nil {
			return nil, refusal.BadBody.With("reason", err.Error())
		}
	}
	u.Email, u.PhoneNumber, u.Username = names.Email, names.PhoneNumber, names.Username
	if err := tenant.CheckFirstPassword(conn, u); err != nil {
		return nil, err
	}
	client, _ := c.Setup.Client(c.Params.Text("client_id")) // checked by checkDatabaseClient
	if !c.Tenant.Taken(conn, u) {
		if err := triggers.Register(c, client, conn, u); err != nil {
			return nil, err
		}
	}
	u, err = c.Tenant.SignUp(conn, u, c.Now)
	if err != nil {
		return nil, err
	}
	c.SignedUp(u)
	tickets.SignedUp(c, client, u)
	_, id, _ := strings.Cut(u.UserID, "|")
	out := signedUp{
		ID: id, Email: u.Email, Username: u.Username, PhoneNumber: u.PhoneNumber,
		GivenName: u.GivenName, FamilyName: u.FamilyName, Name: u.Name, Nickname: u.Nickname, Picture: u.Picture, UserMetadata: u.UserMetadata,
	}
	if u.Email != "" {
		out.EmailVerified = &u.EmailVerified
	}
	if u.PhoneNumber != "" {
		out.PhoneVerified = &u.PhoneVerified
	}
	return out, nil
}

// namesOf are the names in a request, in their normal forms.
func namesOf(c *web.Call) (names fixtures.User) {
	names.Email, _ = fixtures.NormalizeEmail(c.Params.Text("email"))
	names.PhoneNumber, _ = fixtures.NormalizePhone(c.Params.Text("phone_number"))
	names.Username, _ = fixtures.NormalizeUsername(c.Params.Text("username"))
	return names
}

// ChangePassword is POST /dbconnections/change_password. Its answer does not
// depend on whether the user exists. The user is named by e-mail address or, if the
// database has other names, by one of these.
// Source: auth0/ruby-auth0 cassette of change_password. Unverified: username and
// phone_number.
func ChangePassword(c *web.Call) (any, error) {
	if err := databasePayload(c); err != nil {
		return nil, refusal.TextOnly(err)
	}
	conn, err := database(c)
	if err != nil {
		return nil, refusal.TextOnly(err)
	}
	if err := checkDatabaseClient(c, conn); err != nil {
		return nil, err
	}
	if err := passwordless.SolveCaptcha(c, fixtures.FlowPasswordReset); err != nil {
		return nil, err
	}
	client, _ := c.Setup.Client(c.Params.Text("client_id")) // checked by checkDatabaseClient
	names := namesOf(c)
	name := names.MainIdentifier()
	if name == "" {
		return nil, refusal.TextOnly(refusal.MissingEmail)
	}
	if err := resetOrganization(c, conn, name); err != nil {
		return nil, refusal.TextOnly(err)
	}
	tickets.SendReset(c, client, conn, name)
	return web.Raw{ContentType: "text/html; charset=utf-8", Body: []byte("We've just sent you an email to reset your password.")}, nil
}

// resetOrganization reads the organization whose variables the e-mail has, by its id. The
// answer must not tell who is a member, so only a hint does.
// Unverified: the answer to an unknown one.
// Source: auth0/docs-v2 api/authentication/change-password/change-password.mdx.
func resetOrganization(c *web.Call, conn *fixtures.Connection, recipient string) error {
	asked := c.Params.Text("organization")
	if asked == "" {
		return nil
	}
	o, ok := c.Setup.Organization(asked)
	if !ok {
		return refusal.OrganizationUnknown.Because("there is no organization with the id " + strconv.Quote(asked))
	}
	c.Organization = o.ID
	if u, known := c.Tenant.UserNamed(conn.Name, recipient); known && !slices.Contains(c.Tenant.OrganizationsOf(u.UserID), o.ID) {
		c.Hint(recipient + " is no member of organization " + o.Name + "; the e-mail names it all the same")
	}
	return nil
}

// databaseTexts are the properties of both endpoints that are strings.
var databaseTexts = []string{
	"client_id", "connection", "email", "password", "username", "phone_number", "given_name", "family_name", "name", "nickname", "picture", "organization", "captcha",
}

// databasePayload checks what both endpoints need: a client, a database, a user.
func databasePayload(c *web.Call) error {
	if err := textsOnly(c.Params, databaseTexts...); err != nil {
		return err
	}
	email, phone := c.Params.Text("email"), c.Params.Text("phone_number")
	conn, ok := c.Setup.Connection(c.Params.Text("connection"))
	_, isNumber := fixtures.NormalizePhone(phone)
	switch _, good := fixtures.NormalizeEmail(email); {
	case c.Params.Text("client_id") == "":
		return refusal.MissingClientID
	case c.Params.Text("connection") == "":
		return refusal.MissingConnection
	case email == "" && !(ok && hasOtherNames(conn)):
		return refusal.MissingEmail
	case email != "" && !good:
		return refusal.BadEmail.With("email", email)
	case phone != "" && !(isNumber && fixtures.IsE164Wire(phone)):
		return refusal.BadPhoneNumber
	}
	return nil
}

// hasOtherNames tells whether a user of the database may have no e-mail address.
func hasOtherNames(conn *fixtures.Connection) bool {
	return conn.Options.Attributes != nil || conn.Options.RequiresUsername
}

func signupPayload(c *web.Call) error {
	if err := databasePayload(c); err != nil {
		return err
	}
	if c.Params.Text("password") == "" {
		return refusal.MissingPassword
	}
	if p, ok := c.Params.Get("user_metadata"); ok && p.Kind != web.Object {
		return refusal.BadType.With("property", "user_metadata", "type", string(p.Kind), "expected", "object")
	}
	return nil
}

// database is the database that a request names.
func database(c *web.Call) (*fixtures.Connection, error) {
	name := c.Params.Text("connection")
	conn, ok := c.Setup.Connection(name)
	switch {
	case !ok:
		return nil, refusal.NoSuchConnection.Because("connection " + strconv.Quote(name) + " is not in the fixture")
	case conn.Disabled:
		return nil, refusal.ConnectionDisabled
	case conn.Strategy != tenant.StrategyDatabase:
		return nil, refusal.WrongStrategy.Because("connection " + strconv.Quote(name) + " has the strategy " + conn.Strategy + ", which knows no passwords")
	}
	return conn, nil
}

// checkDatabaseClient refuses a client that may not use the database.
func checkDatabaseClient(c *web.Call, conn *fixtures.Connection) error {
	id := c.Params.Text("client_id")
	client, ok := c.Setup.Client(id)
	switch {
	case !ok:
		return refusal.UnknownStartClient.Because(tenant.UnknownClientHint(id))
	case client.IsThirdParty():
		return tenant.RefuseThirdParty(client)
	case !tenant.Enabled(conn, id):
		return refusal.TextOnly(refusal.NoSuchConnection.Because("connection " + strconv.Quote(conn.Name) + " is not enabled for client " + strconv.Quote(id) + "; add it to enabled_clients"))
	}
	return nil
}
