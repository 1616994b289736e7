package management

import (
	"cmp"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
)

// merged is metadata after a change: merged at the first level, where null removes a
// member. An empty object, or null, clears all.
// Source: auth0/docs-v2 manage-users/user-accounts/metadata; auth0/terraform-provider-auth0, its recordings.
func merged(old map[string]any, change any) map[string]any {
	members, _ := change.(map[string]any)
	if len(members) == 0 {
		return members
	}
	return mergedBag(old, members)
}

// apart are the members of a body that Auth0 changes only one at a time.
// Source: auth0/docs-v2, its OpenAPI document.
var apart = [][2]string{{"password", "email"}, {"password", "email_verified"}, {"username", "email"}, {"username", "email_verified"}, {"username", "password"}}

func updateUser(c *call, old fixtures.User) (fixtures.User, error) {
	if c.own {
		for name := range c.body {
			if name != "user_metadata" {
				return old, refusal.InsufficientScope.With("scopes", "update:users,update:users_app_metadata").Because("a user may change user_metadata only, not " + clip(name))
			}
		}
	}
	for _, pair := range apart {
		_, one := c.body[pair[0]]
		_, other := c.body[pair[1]]
		if one && other {
			return old, refusal.NotTogether.With("one", pair[0], "other", pair[1])
		}
	}
	// The connection names one of the user's accounts.
	account := old.UserID
	name := cmp.Or(c.text("connection"), old.Connection)
	if name != old.Connection {
		at := slices.IndexFunc(old.Identities, func(i fixtures.Identity) bool { return i.Connection == name })
		if at < 0 {
			return old, refusal.UnknownConnectionOfUser.Because("the user is of connection " + old.Connection)
		}
		account = old.Identities[at].ID()
	}
	if conn, known := c.Setup.Connection(name); known && c.text("username") != "" && !conn.HasUsernames() {
		return old, refusal.UsernameNotAllowed
	}
	ofAccount, ofUser := map[string]any{}, map[string]any{}
	for name, value := range c.body {
		if slices.Contains(accountFields, name) {
			ofAccount[name] = value
		} else {
			ofUser[name] = value
		}
	}
	u, err := c.Tenant.UpdateUser(old.UserID, func(u *fixtures.User) error {
		if password := c.text("password"); password != "" {
			if err := passwordError(c.Setup.CheckNewPassword(u, account, password)); err != nil {
				return err
			}
		}
		writeUser(u, ofUser)
		// A new password lifts a block. Source: auth0/docs-v2 block-and-unblock-users.mdx.
		if _, sent := c.body["blocked"]; c.text("password") != "" && !sent {
			u.Blocked = false
		}
		u.ChangeAccount(account, func(a *fixtures.User) { changeAccount(a, ofAccount) })
		return nil
	})
	if err != nil {
		err = userError(err)
		c.recordFailedAccount(account, old, ofAccount, err)
		return old, err
	}
	if c.text("password") != "" {
		c.PasswordChanged = append(c.PasswordChanged, u)
	}
	c.recordAccount(account, old, u)
	switch client, _ := c.Setup.Client(c.text("client_id")); {
	case c.body["verify_email"] != true:
	case u.Email != old.Email && c.Setup.Strategy(u.Connection) == tenant.StrategyEmail:
		passwordless.TellNewAddress(c.Call, u)
	case u.Email == "" || u.EmailVerified:
		c.Hint("verify_email sends nothing: the user has no address, or it is verified")
	default:
		tickets.SendVerification(c.Call, client, u)
	}
	return u, nil
}

// accountFields are what each account of a user has for itself. All else is the user's.
var accountFields = []string{"email", "email_verified", "phone_number", "phone_verified", "username", "password"}

// changeAccount changes an account. Nobody has verified a new address, unless the body
// says so.
func changeAccount(a *fixtures.User, body map[string]any) {
	before := *a
	writeUser(a, body)
	email, _ := fixtures.NormalizeEmail(a.Email)
	phone, _ := fixtures.NormalizePhone(a.PhoneNumber)
	if _, sent := body["email_verified"]; email != before.Email && !sent {
		a.EmailVerified = false
	}
	if _, sent := body["phone_verified"]; phone != before.PhoneNumber && !sent {
		a.PhoneVerified = false
	}
}
