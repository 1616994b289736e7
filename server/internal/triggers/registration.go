package triggers

import (
	"cmp"
	"errors"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Register runs the Actions of pre-user-registration for a user who signs up to a
// connection. An error refuses the registration. What the Actions set in the metadata is
// written when the user is there; users of passwordless connections get none of it.
// Source: auth0/docs-v2 pre-user-registration-api-object.mdx.
func Register(c *web.Call, client *fixtures.Client, conn *fixtures.Connection, u fixtures.User) error {
	if !c.Runner.Has(c.Setup.Fixture, actions.PreUserRegistration) {
		return nil
	}
	e := eventOf(c, client)
	e.Connection = connectionOf(c.Setup, conn.Name)
	e.User = &actions.User{
		Email: u.Email, PhoneNumber: u.PhoneNumber, Username: u.Username, Name: u.Name, Nickname: u.Nickname, GivenName: u.GivenName,
		FamilyName: u.FamilyName, Picture: u.Picture, AppMetadata: copied(u.AppMetadata), UserMetadata: copied(u.UserMetadata),
	}
	out := c.Runner.Run(c.Context, c.Setup.Fixture, runner.Flow{Trigger: actions.PreUserRegistration, Event: e, Issuer: c.Issuer})
	c.Ran = append(c.Ran, out.Ran...)
	if d := out.Denied; d != nil {
		return refusal.RegistrationDenied.With("reason", d.Reason, "message", d.UserMessage).Because(because(d))
	}
	if !tenant.Passwordless(conn) {
		c.NewMetadata = &web.Metadata{App: out.AppMetadata, User: out.UserMetadata}
	}
	return nil
}

// RegisterByCode is Register for a user who signs up by a code: if the code is right, and
// nobody has the address yet.
func RegisterByCode(c *web.Call, client *fixtures.Client, connection, recipient, otp string) error {
	if !c.Runner.Has(c.Setup.Fixture, actions.PreUserRegistration) || !c.Tenant.SignsUp(connection, recipient, otp, c.Now, c.Effects) {
		return nil
	}
	conn, ok := c.Setup.Connection(connection)
	if !ok {
		return nil
	}
	u := fixtures.User{Email: recipient}
	if fixtures.IsE164Wire(recipient) {
		u = fixtures.User{PhoneNumber: recipient}
	}
	return Register(c, client, conn, u)
}

// RegisterAtGrant is RegisterByCode for a grant, whose refusal is that of a login.
// Unverified: how Auth0 refuses a registration there.
func RegisterAtGrant(c *web.Call, client *fixtures.Client, connection, recipient, otp string) error {
	return asLogin(RegisterByCode(c, client, connection, recipient, otp))
}

func asLogin(err error) error {
	if message, denied := RegistrationMessage(err); denied {
		return refusal.ActionDenied.With("reason", message).Because("an Action of pre-user-registration has denied the registration")
	}
	return err
}

// RegistrationMessage is what the user sees of a registration that was denied.
// Source: auth0/docs-v2 customize-text-elements.mdx, custom-script-error-code.
func RegistrationMessage(err error) (message string, denied bool) {
	var r *refusal.Refusal
	if !errors.Is(err, refusal.RegistrationDenied) || !errors.As(err, &r) {
		return "", false
	}
	for _, m := range r.Members {
		if text, ok := m.Value.(string); ok && m.Name == "friendly_message" {
			message = text
		}
	}
	return cmp.Or(message, "Something went wrong, please try again later."), true
}

// settle writes the metadata of a user who was created.
func settle(c *web.Call) {
	if c.NewMetadata == nil || len(c.Created) == 0 {
		return
	}
	c.Tenant.MergeMetadata(c.Created[0].UserID, c.NewMetadata.App, c.NewMetadata.User)
	c.NewMetadata = nil
}

// After runs the Actions of what a call has done: it has created a user, changed a
// password, or sent messages. Unlike Auth0, which runs the first two in the background,
// they run before the response, so that a test need not wait.
func After(c *web.Call) {
	settle(c)
	for _, u := range c.Created {
		afterwards(c, actions.PostUserRegistration, u)
	}
	for _, u := range c.PasswordChanged {
		afterwards(c, actions.PostChangePassword, u)
	}
	provide(c)
}

func afterwards(c *web.Call, trigger actions.Trigger, u fixtures.User) {
	if !c.Runner.Has(c.Setup.Fixture, trigger) {
		return
	}
	client, _ := c.Setup.Client(c.ClientID)
	e := eventOf(c, client)
	if now, ok := c.Tenant.User(u.UserID); ok {
		u = now
	}
	addUser(c, e, u)
	out := c.Runner.Run(c.Context, c.Setup.Fixture, runner.Flow{Trigger: trigger, Event: e, Issuer: c.Issuer})
	c.Ran = append(c.Ran, out.Ran...)
}
