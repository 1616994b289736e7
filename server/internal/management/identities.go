package management

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// identityOperations link accounts, so that whoever signs in with one of them is the
// same user.
var identityOperations = []operation{
	{
		method: "POST", path: "/users/{id}/identities", summary: "links another user to a user", scopes: []string{"update:users"}, own: []string{"update:current_user_identities"},
		body: &property{types: []string{"object"}, members: []property{
			text.of("provider", "Identity provider of the secondary user account being linked."),
			text.of("connection_id", "connection_id of the secondary user account being linked when more than one `auth0` database provider exists."),
			property{types: []string{"string", "integer"}}.of("user_id", "user_id of the secondary user account being linked."),
			text.of("link_with", "JWT for the secondary account being linked. If sending this parameter, `provider`, `user_id`, and `connection_id` must not be sent."),
		}},
		run: linkUser,
	},
	{
		method: "DELETE", path: "/users/{id}/identities/{provider}/{user_id}", summary: "makes a linked account a user again", scopes: []string{"update:users"}, own: []string{"update:current_user_identities"},
		run: unlinkUser,
	},
}

func linkUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	second, err := c.secondary(u)
	if err != nil {
		return nil, err
	}
	if u, err = c.Tenant.LinkUser(u.UserID, second); err != nil {
		return nil, userError(err)
	}
	return created(showIdentities(u, true)), nil
}

// secondary is the user_id of the user whom the body links.
func (c *call) secondary(u fixtures.User) (string, error) {
	if c.body["link_with"] != nil {
		return c.linkWith()
	}
	if c.own {
		return "", refusal.InsufficientScope.With("scopes", "update:users").Because("a user links by link_with, the ID token of the other account")
	}
	provider := c.text("provider")
	id, isText := c.body["user_id"].(string)
	if n, isNumber := c.body["user_id"].(int64); isNumber {
		id, isText = strconv.FormatInt(n, 10), true
	}
	switch {
	case provider == "":
		return "", refusal.InvalidBody.With("problem", "'Missing required property: provider'.")
	case !isText:
		return "", refusal.InvalidBody.With("problem", "'Missing required property: user_id'.")
	}
	second := provider + "|" + strings.TrimPrefix(id, provider+"|")
	if second == u.UserID {
		return "", refusal.SameIdentity
	}
	if want := c.text("connection_id"); want != "" {
		other, known := c.Tenant.User(second)
		conn, ok := c.Setup.Connection(other.Connection)
		if known && (!ok || c.Setup.ConnectionID(conn) != want) {
			return "", refusal.NoSecondary.Because("the user " + clip(second) + " is of connection " + other.Connection)
		}
	}
	return second, nil
}

// linkWith is the user of the ID token of the body.
func (c *call) linkWith() (string, error) {
	for _, other := range []string{"provider", "user_id", "connection_id"} {
		if _, both := c.body[other]; both {
			return "", refusal.InvalidBody.With("problem", "'Additional properties not allowed: "+other+"'.")
		}
	}
	content, ok := c.Tenant.ReadIDToken(c.text("link_with"))
	switch {
	case !ok:
		return "", refusal.InvalidLinkWith
	case content.Shared: // Source: auth0/docs-v2 user-account-linking/link-user-accounts.mdx
		return "", refusal.InvalidLinkWith.Because("the ID token must be signed by RS256, and this one is by HS256")
	case c.Pinned != "" && content.Issuer != c.Pinned:
		return "", refusal.InvalidLinkWith.Because("the ID token is of another issuer, " + clip(content.Issuer))
	case float64(c.Now.Unix()) >= content.Expires:
		return "", refusal.InvalidLinkWith.Because("the ID token has expired")
	case content.Audience != c.bearer.Client:
		return "", refusal.LinkWithOfAnother.Because("the ID token is for client " + clip(content.Audience) + ", and the access token for " + clip(c.bearer.Client))
	}
	if u, _ := c.Tenant.User(content.Subject); u.Blocked {
		return "", refusal.InvalidLinkWith.Because("the user of the ID token is blocked, and would sign in again by the link")
	}
	return content.Subject, nil
}

// unlinkUser takes the bare id. With another one, also with one that has the provider
// before it, nothing changes.
// Source: auth0/ruby-auth0 v5.17.0 and auth0/go-auth0, their recordings.
func unlinkUser(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	second := c.Vars["provider"] + "|" + c.Vars["user_id"]
	if !slices.ContainsFunc(u.Identities, func(i fixtures.Identity) bool { return i.ID() == second }) {
		c.Hint("the user has no linked identity " + clip(second) + "; the path takes the user_id without the provider and the |")
		return showIdentities(u, false), nil
	}
	if u, err = c.Tenant.UnlinkIdentity(u.UserID, second); err != nil {
		return nil, userError(err)
	}
	return showIdentities(u, true), nil
}

// showIdentities are all accounts of a user, the user's own first. That one has its
// profile only where it says so: at other places the user has it.
func showIdentities(u fixtures.User, ownProfile bool) []object {
	own := u.Identity()
	list := []object{showIdentity(own, ownProfile)}
	for _, i := range u.Identities {
		list = append(list, showIdentity(i, true))
	}
	return list
}

func showIdentity(i fixtures.Identity, withProfile bool) object {
	var o object
	if withProfile {
		o = append(o, member{Key: "profileData", Value: showProfileData(i)})
	}
	return append(o, member{Key: "connection", Value: i.Connection}, member{Key: "user_id", Value: i.UserID}, member{Key: "provider", Value: i.Provider}, member{Key: "isSocial", Value: i.IsSocial})
}

// showProfileData is what an account says of its user.
func showProfileData(i fixtures.Identity) object {
	p := i.ProfileData
	o := object{}
	text := func(name, value string) {
		if value != "" {
			o = append(o, member{Key: name, Value: value})
		}
	}
	flag := func(name string, value, set bool) {
		if set {
			o = append(o, member{Key: name, Value: value})
		}
	}
	text("email", p.Email)
	flag("email_verified", p.EmailVerified, p.Email != "")
	text("phone_number", p.PhoneNumber)
	flag("phone_verified", p.PhoneVerified, p.PhoneNumber != "")
	text("username", p.Username)
	text("name", p.Name)
	text("nickname", p.Nickname)
	text("given_name", p.GivenName)
	text("family_name", p.FamilyName)
	text("picture", p.Picture)
	return o
}
