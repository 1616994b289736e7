package management

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// The longest texts that a user has.
const (
	longestID    = 255
	longestName  = 300
	longestGiven = 150
	longestUser  = 128
)

// userFields are what a user has that may be written, in the order of Auth0's schema.
// The descriptions are in the errors of real tenants.
var userFields = []property{
	text.of("email", "The user's email").withFormat("email"),
	property{types: []string{"string"}, pattern: regexp.MustCompile(`^\+[0-9]{1,15}$`)}.of("phone_number", "The user's phone number (following the E.164 recommendation)"),
	anyBag.of("user_metadata", "Data related to the user that does not affect the application's core functionality"),
	boolean.of("blocked", "Whether the user was blocked by an administrator (true) or not (false)"),
	boolean.of("email_verified", "Whether this email address is verified (true) or unverified (false)"),
	boolean.of("phone_verified", "Whether this phone number has been verified (true) or not (false)"),
	anyBag.of("app_metadata", "Data related to the user that does affect the application's core functionality"),
	text.between(1, longestGiven).of("given_name", "The user's given name(s)"),
	text.between(1, longestGiven).of("family_name", "The user's family name(s)"),
	text.between(1, longestName).of("name", "The user's full name"),
	text.between(1, longestName).of("nickname", "The user's nickname"),
	text.withFormat("strict-uri").of("picture", "A URI pointing to the user's picture"),
	text.between(1, 0).of("password", "Initial password for this user"),
	boolean.of("verify_email", "Whether the user will receive a verification email after creation (true) or no email (false)"),
	text.between(1, longestUser).of("username", "The user's username. Only valid if the connection requires a username"),
	text.between(1, 0).of("connection", "Name of the connection this user should be created in"),
}

// withFormat returns a copy with a format.
func (p property) withFormat(name string) property {
	p.format = name
	return p
}

// between returns a copy with bounds; longest 0 is none.
func (p property) between(shortest, longest int) property {
	p.min, p.max = shortest, longest
	return p
}

// nullable are the fields of a user that null unsets.
var nullable = []string{"user_metadata", "app_metadata", "given_name", "family_name", "name", "nickname", "picture", "email", "phone_number", "username", "blocked", "email_verified", "phone_verified"}

func changeOfUser() property {
	var members []property
	for _, p := range userFields {
		if slices.Contains(nullable, p.name) {
			p = p.orNull()
		}
		members = append(members, p)
	}
	members = append(members,
		text.of("client_id", "Auth0 client ID. Only valid when updating email address"),
		boolean.of("verify_phone_number", "Whether this user will receive a text after changing the phone number (true) or no text (false)"),
		boolean.of("verify_password", "Whether the user will receive a verification email after changing the password"),
	)
	return property{types: []string{"object"}, members: members}
}

// users are /users.
var users = resource[fixtures.User]{
	path: "/users", key: "users", one: "a user", all: "users; q searches them", dialect: usersList,
	query: []property{
		text.of("q", "Query in Lucene query string syntax. Some query types cannot be used on metadata fields, for details see Searchable Fields."),
		property{types: []string{"string"}, enum: []string{"v1", "v2", "v3"}}.of("search_engine", "The version of the search engine"),
		text.of("sort", "Field to sort by. Use field:order where order is 1 for ascending and -1 for descending. e.g. created_at:1"),
		text.of("connection", "Connection filter. Only applies when using search_engine=v1. To filter by connection with search_engine=v2|v3, use q=identities.connection:\"connection_name\""),
		boolean.of("primary_order", "Whether the identities are in the order in which they were linked"),
	},
	create: property{
		types: []string{"object"}, required: []string{"connection"},
		members: slices.Concat(userFields, []property{
			property{types: []string{"string"}, pattern: regexp.MustCompile(`^\S*$`), max: longestID}.of("user_id", "The external user's id provided by the identity provider."),
		}),
	},
	change:       changeOfUser(),
	changeScopes: []string{"update:users_app_metadata"},
	ownRead:      []string{"read:current_user"},
	ownChange:    []string{"update:current_user_metadata"},
	ownRemove:    []string{"delete:current_user"},
	missing:      refusal.InexistentUser,
	list:         listUsers,
	find:         func(c *call, id string) (fixtures.User, bool) { return c.Tenant.User(id) },
	add:          addUser,
	update:       updateUser,
	remove:       removeUser,
	show:         showUser,
}

// ShowUser is a user in Auth0's order, for an event.
func ShowUser(u fixtures.User) any { return showUser(nil, u) }

// showUser is a user in Auth0's order.
func showUser(_ *call, u fixtures.User) object {
	p := tenant.Profile(u)
	var o object
	add := func(name string, value any, set bool) {
		if set {
			o = append(o, member{Key: name, Value: value})
		}
	}
	add("blocked", u.Blocked, u.Blocked || u.Unblocked)
	add("created_at", isoTime(u.CreatedAt), true)
	add("email", u.Email, u.Email != "")
	add("email_verified", u.EmailVerified, u.Email != "")
	add("family_name", u.FamilyName, u.FamilyName != "")
	add("given_name", u.GivenName, u.GivenName != "")
	add("identities", showIdentities(u, false), true)
	add("name", p.Name, true)
	add("nickname", p.Nickname, true)
	add("phone_number", u.PhoneNumber, u.PhoneNumber != "")
	add("phone_verified", u.PhoneVerified, u.PhoneNumber != "")
	add("picture", p.Picture, true)
	add("updated_at", isoTime(u.UpdatedAt), true)
	add("user_id", u.UserID, true)
	add("user_metadata", u.UserMetadata, u.UserMetadata != nil)
	add("username", u.Username, u.Username != "")
	add("last_password_reset", isoTime(u.LastPasswordReset), !u.LastPasswordReset.IsZero())
	add("app_metadata", u.AppMetadata, len(u.AppMetadata) > 0)
	if !u.LastLogin.IsZero() {
		add("last_login", isoTime(u.LastLogin), true)
	}
	add("logins_count", u.LoginsCount, u.LoginsCount > 0)
	return o
}

// furthest is how many users a search can page through.
const furthest = 1000

func listUsers(c *call, p page) ([]fixtures.User, int, error) {
	chosen := tenant.Selection{Offset: p.start, Limit: p.limit}
	if engine := c.query["search_engine"]; engine == "v1" || engine == "v2" {
		return nil, 0, refusal.OldSearchEngine.With("engine", engine)
	}
	if p.start+p.limit > furthest {
		return nil, 0, refusal.InvalidPaging
	}
	if q := strings.TrimSpace(c.query["q"]); q != "" {
		in := searchedUsers
		if strings.Contains(q, "organization_id") {
			in = withOrganizations(organizationsOfUsers(c))
		}
		m, err := in.search(q)
		if err != nil {
			return nil, 0, err
		}
		chosen.Match, chosen.Email = m, onlyEmail(q)
	}
	if sort := c.query["sort"]; sort != "" {
		by, ok := sortUsers(sort)
		if !ok {
			return nil, 0, badSort(sort)
		}
		chosen.Compare = by
	}
	list, total := c.Tenant.SelectUsers(chosen)
	return list, total, nil
}

// organizationsOfUsers are the ids of the organizations of each member.
func organizationsOfUsers(c *call) map[string][]string {
	of := map[string][]string{}
	for i := range c.Setup.Fixture.Organizations {
		id := c.Setup.Fixture.Organizations[i].ID
		for _, m := range c.Tenant.Members(id) {
			of[m.UserID] = append(of[m.UserID], id)
		}
	}
	return of
}

func addUser(c *call) (fixtures.User, error) {
	var u fixtures.User
	conn, ok := c.Setup.Connection(c.text("connection"))
	switch {
	case !ok:
		return u, refusal.UnknownConnectionOfUser.Because("there is no connection " + clip(c.text("connection")) + " in the fixture")
	case conn.Disabled:
		return u, refusal.DisabledConnectionOfUser
	}
	writeUser(&u, c.body)
	u.Connection = conn.Name
	if id := c.text("user_id"); id != "" {
		u.UserID = conn.Strategy + "|" + id
	}
	if err := complete(u, conn); err != nil {
		return u, err
	}
	if u.Password != "" {
		if err := passwordError(tenant.CheckFirstPassword(conn, u)); err != nil {
			return u, err
		}
	}
	u, err := c.Tenant.AddUser(u)
	if err != nil {
		return u, userError(err)
	}
	if conn.Strategy == tenant.StrategyDatabase { // Source: auth0/ruby-auth0 v5.17.0, its recordings
		c.SignedUp(u)
	}
	_, verifies := c.Setup.Mail(outbox.VerifyEmail)
	asked, said := c.body["verify_email"].(bool)
	if u.Email != "" && (asked || !said && verifies && !u.EmailVerified && conn.Strategy == tenant.StrategyDatabase) {
		tickets.SendVerification(c.Call, nil, u)
	}
	return u, nil
}

// complete refuses a user without what the connection's users have.
func complete(u fixtures.User, conn *fixtures.Connection) error {
	lacks := ""
	switch {
	case conn.Strategy == tenant.StrategySMS && u.PhoneNumber == "":
		lacks = "phone_number"
	case conn.Strategy == tenant.StrategyEmail && u.Email == "":
		lacks = "email"
	case conn.Strategy == tenant.StrategyDatabase && conn.Lacks(&u) != "":
		lacks = conn.Lacks(&u)
	case conn.Strategy == tenant.StrategyDatabase && u.Password == "" && conn.TakesPasswords():
		lacks = "password"
	}
	switch {
	case lacks != "":
		return refusal.InvalidBody.With("problem", "'Missing required property: "+lacks+"'.")
	case u.Username != "" && !conn.HasUsernames():
		return refusal.UsernameNotAllowed
	}
	return nil
}

// userError words in Auth0's words why a user cannot be added or changed.
func userError(err error) error {
	var why *tenant.UserError
	if !errors.As(err, &why) {
		return err
	}
	switch why.Code {
	case "user_exists":
		return refusal.ExistentUser.Because(why.Description)
	case "no_user":
		return refusal.InexistentUser
	case "no_identity":
		return refusal.NoSecondary.Because(why.Description)
	case "same_identity":
		return refusal.SameIdentity
	case "linked":
		return refusal.IdentityConflict.Because(why.Description)
	}
	return refusal.InvalidBody.With("problem", "'"+clip(why.Description)+"'.")
}

// passwordError words what is wrong with a new password as the Management API does.
func passwordError(err error) error {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	return refusal.RefusedPassword.With("problem", refused.Class+": "+refused.Message).Because(refused.Hint)
}

// writeUser puts the members of a body into a user. null unsets one.
func writeUser(u *fixtures.User, body map[string]any) {
	texts := map[string]*string{
		"email": &u.Email, "phone_number": &u.PhoneNumber, "given_name": &u.GivenName, "family_name": &u.FamilyName, "name": &u.Name,
		"nickname": &u.Nickname, "picture": &u.Picture, "username": &u.Username,
	}
	flags := map[string]*bool{"blocked": &u.Blocked, "email_verified": &u.EmailVerified, "phone_verified": &u.PhoneVerified}
	bags := map[string]*map[string]any{"user_metadata": &u.UserMetadata, "app_metadata": &u.AppMetadata}
	for name, value := range body {
		switch {
		case name == "password":
			password, _ := value.(string)
			u.SetPassword(password)
		case texts[name] != nil:
			*texts[name], _ = value.(string)
		case flags[name] != nil:
			*flags[name], _ = value.(bool)
			if name == "blocked" {
				u.Unblocked = value == false
			}
		case bags[name] != nil:
			*bags[name] = merged(*bags[name], value)
		}
	}
}

func removeUser(c *call, id string) error {
	u, ok := c.Tenant.User(id)
	if !ok {
		return nil
	}
	if err := c.Tenant.DeleteUser(id); err != nil {
		return userError(err)
	}
	_, short, _ := strings.Cut(id, "|")
	details := object{{Key: "body", Value: object{{Key: "connection", Value: u.Connection}, {Key: "tenant", Value: fixtures.TenantName}}}}
	c.Record(tenantlog.Entry{Type: "sdu", Description: "user_id: " + short, Details: details}.Of(&u, c.Setup.AddressOf(u)))
	return nil
}

// userOperations are the operations on users beside those of each resource.
var userOperations = []operation{
	{
		method: "GET", path: "/users-by-email", summary: "lists the users with an e-mail address", scopes: []string{"read:users"},
		query: slices.Concat(fieldLists, []property{property{types: []string{"string"}, required: []string{"email"}}.of("email", "Email address to search for (case-sensitive).")}),
		run:   usersByEmail,
	},
	{
		method: "GET", path: "/users/{id}/permissions", summary: "lists the permissions of a user", scopes: []string{"read:users"},
		query: pages, run: listPermissions,
	},
	{
		method: "POST", path: "/users/{id}/permissions", summary: "gives a user permissions", scopes: []string{"update:users"},
		body: &permissionsBody, run: addPermissions,
	},
	{
		method: "DELETE", path: "/users/{id}/permissions", summary: "takes permissions away from a user", scopes: []string{"update:users"},
		body: &permissionsBody, run: removePermissions,
	},
}

func usersByEmail(c *call) (any, error) {
	email := c.query["email"]
	list, _ := c.Tenant.SelectUsers(tenant.Selection{Email: email, Match: func(u *fixtures.User) bool { return u.Email == email && email != "" }})
	return users.shown(c, list), nil
}

// user is the user that the path names.
func (c *call) user() (fixtures.User, error) {
	u, ok := c.Tenant.User(c.Vars["id"])
	if !ok {
		return u, refusal.InexistentUser
	}
	return u, nil
}
