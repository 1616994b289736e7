package authapi

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// signedUp is the response, its members in Auth0's order.
// Source: auth0/go-auth0 authentication TestDatabaseSignUp.
type signedUp struct {
	ID           string         `json:"_id"`
	Email        string         `json:"email"`
	Verified     bool           `json:"email_verified"`
	GivenName    string         `json:"given_name,omitempty"`
	FamilyName   string         `json:"family_name,omitempty"`
	Name         string         `json:"name,omitempty"`
	Nickname     string         `json:"nickname,omitempty"`
	Picture      string         `json:"picture,omitempty"`
	UserMetadata map[string]any `json:"user_metadata,omitempty"`
}

// Signup is POST /dbconnections/signup. Any password is strong enough.
// Source: auth0/docs-v2 api/authentication/signup.
func Signup(c *web.Call) (any, error) {
	client, conn, err := database(c)
	if err != nil {
		return nil, err
	}
	if c.Params.Text("password") == "" {
		return nil, refusal.MissingPassword
	}
	email, _ := fixtures.NormalizeEmail(c.Params.Text("email")) // checked by database
	u := fixtures.User{
		Email: email, Password: c.Params.Text("password"), GivenName: c.Params.Text("given_name"), FamilyName: c.Params.Text("family_name"),
		Name: c.Params.Text("name"), Nickname: c.Params.Text("nickname"), Picture: c.Params.Text("picture"),
	}
	if p, ok := c.Params.Get("user_metadata"); ok {
		if p.Kind != web.Object {
			return nil, refusal.BadType.With("property", "user_metadata", "type", string(p.Kind))
		}
		if err := json.Unmarshal(p.JSON, &u.UserMetadata); err != nil {
			return nil, refusal.BadBody.With("reason", err.Error())
		}
	}
	u, err = c.Tenant.SignUp(conn, u, tenant.TokenRequest{Client: client, Now: c.Now, Effects: c.Effects})
	if err != nil {
		return nil, err
	}
	_, id, _ := strings.Cut(u.UserID, "|")
	return signedUp{id, u.Email, u.EmailVerified, u.GivenName, u.FamilyName, u.Name, u.Nickname, u.Picture, u.UserMetadata}, nil
}

// ChangePassword is POST /dbconnections/change_password. Its answer does not
// depend on whether the user exists.
// Unlike Auth0, it sends no e-mail: a test changes a password at /_mock/users.
// Source: auth0/ruby-auth0 cassette of change_password.
func ChangePassword(c *web.Call) (any, error) {
	if _, _, err := database(c); err != nil {
		return nil, err
	}
	return web.Raw{ContentType: "text/html; charset=utf-8", Body: []byte("We've just sent you an email to reset your password.")}, nil
}

// database reads what both endpoints need: a client, a database, an address.
func database(c *web.Call) (*fixtures.Client, *fixtures.Connection, error) {
	for _, name := range []string{"client_id", "connection", "email", "password"} {
		if p, ok := c.Params.Get(name); ok && p.Kind != web.String {
			return nil, nil, refusal.BadType.With("property", name, "type", string(p.Kind))
		}
	}
	email := c.Params.Text("email")
	switch _, good := fixtures.NormalizeEmail(email); {
	case c.Params.Text("client_id") == "":
		return nil, nil, refusal.MissingClientID
	case c.Params.Text("connection") == "":
		return nil, nil, refusal.MissingConnection
	case email == "":
		return nil, nil, refusal.MissingEmail
	case !good:
		return nil, nil, refusal.BadEmail.With("email", email)
	}
	client, ok := c.Setup.Client(c.Params.Text("client_id"))
	switch {
	case !ok:
		return nil, nil, refusal.UnknownStartClient.Because(tenant.UnknownClientHint(c.Params.Text("client_id")))
	case client.IsThirdParty():
		return nil, nil, tenant.RefuseThirdParty(client)
	}
	conn, err := c.Tenant.Database(c.Params.Text("connection"), client)
	var refused *refusal.Refusal
	switch {
	case errors.Is(err, refusal.UnknownRealm) && errors.As(err, &refused):
		return nil, nil, refusal.NoSuchConnection.Because(refused.Hint)
	case errors.Is(err, refusal.RealmDisabled):
		return nil, nil, refusal.ConnectionDisabled
	}
	return client, conn, err
}
