package tenant

import (
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// completeLocked returns the user with normalised addresses and with a
// connection, an id and times. It refuses what cannot be a user.
func (t *Tenant) completeLocked(u fixtures.User, now time.Time) (*user, error) {
	u, err := t.completeAccountLocked(u)
	if err != nil {
		return nil, err
	}
	if err := t.completeIdentitiesLocked(&u); err != nil {
		return nil, err
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = now
	}
	if u.UpdatedAt.IsZero() {
		u.UpdatedAt = u.CreatedAt
	}
	roles, unknown := t.setup.roleIDs(u.Roles)
	if unknown != "" {
		return nil, invalidUser("roles: there is no role %q", unknown)
	}
	u.Roles = roles
	if err := t.completeAuthenticators(&u); err != nil {
		return nil, err
	}
	return t.setup.newUser(u), nil
}

// completeIdentitiesLocked checks the accounts that are linked to a user like users.
func (t *Tenant) completeIdentitiesLocked(u *fixtures.User) error {
	if u.Identities == nil {
		return nil
	}
	strategies := map[string]string{}
	for name, conn := range t.setup.connections {
		strategies[name] = conn.Strategy
	}
	u.FillIdentities(strategies)
	ids := map[string]bool{}
	for i := range u.Identities {
		of, err := t.completeAccountLocked(u.Identities[i].User())
		if err != nil {
			return invalidUser("identities[%d]: %v", i, err)
		}
		if ids[of.UserID] {
			return invalidUser("identities[%d]: the user has the identity %s twice", i, of.UserID)
		}
		ids[of.UserID] = true
		u.Identities[i] = of.Identity()
	}
	return nil
}

// completeAccountLocked is the part of completeLocked that is about signing in.
func (t *Tenant) completeAccountLocked(u fixtures.User) (fixtures.User, error) {
	if u.Email != "" {
		email, ok := fixtures.NormalizeEmail(u.Email)
		if !ok {
			return u, invalidUser("email: %q is not an e-mail address", u.Email)
		}
		u.Email = email
	}
	if u.PhoneNumber != "" {
		phone, ok := fixtures.NormalizePhone(u.PhoneNumber)
		if !ok {
			return u, invalidUser("phone_number: %q is not a phone number in E.164 form, such as +12025550101", u.PhoneNumber)
		}
		u.PhoneNumber = phone
	}
	if u.Username != "" {
		u.Username, _ = fixtures.NormalizeUsername(u.Username) // checked by fits
	}
	if u.MainIdentifier() == "" {
		return u, invalidUser("a user needs an email or a phone_number")
	}
	conn, err := t.connectionOfLocked(u)
	if err != nil {
		return u, err
	}
	if err := fits(u, conn); err != nil {
		return u, err
	}
	u.Connection = conn.Name
	if u.UserID == "" {
		u.UserID = conn.Strategy + "|" + t.newUserIDLocked(conn, addressOf(u, conn.Strategy))
	}
	return u, nil
}

// fits refuses what the loader of fixtures refuses, so that every export can be
// loaded again.
func fits(u fixtures.User, conn *fixtures.Connection) error {
	strategy, id, ok := strings.Cut(u.UserID, "|")
	lacks := ""
	if conn.Strategy == StrategyDatabase {
		lacks = conn.Lacks(&u)
	}
	switch {
	case u.UserID != "" && (!ok || id == "" || strategy != conn.Strategy):
		return invalidUser("user_id: %q is no user_id of connection %q; write %s|id, or leave it out", u.UserID, conn.Name, conn.Strategy)
	case conn.Strategy == StrategySMS && u.PhoneNumber == "":
		return invalidUser("phone_number: the connection %q has the strategy sms, so its users need one", conn.Name)
	case conn.Strategy == StrategyEmail && u.Email == "", lacks == fixtures.KindEmail:
		return invalidUser("email: the connection %q has the strategy %s, so its users need one", conn.Name, conn.Strategy)
	case lacks != "":
		return invalidUser("%s: each user of the connection %q has one", lacks, conn.Name)
	case conn.Strategy != StrategyDatabase && u.Username != "":
		return invalidUser("username: the connection %q has the strategy %s, which has no usernames", conn.Name, conn.Strategy)
	case u.Username != "" && conn.CheckUsername(u.Username) != "":
		return invalidUser("username: %s", usernameWords(conn, u.Username))
	case conn.Strategy != StrategyDatabase && u.HasPassword():
		return invalidUser("password: the connection %q has the strategy %s, which knows no passwords", conn.Name, conn.Strategy)
	}
	return nil
}

func (t *Tenant) connectionOfLocked(u fixtures.User) (*fixtures.Connection, error) {
	if u.Connection != "" {
		if conn, ok := t.setup.connections[u.Connection]; ok {
			return conn, nil
		}
		return nil, invalidUser("connection: there is no connection %q", u.Connection)
	}
	strategy := StrategyEmail
	switch {
	case u.HasPassword(), u.Username != "":
		strategy = StrategyDatabase
	case u.Email == "":
		strategy = StrategySMS
	}
	for i := range t.setup.Fixture.Connections {
		if t.setup.Fixture.Connections[i].Strategy == strategy {
			return &t.setup.Fixture.Connections[i], nil
		}
	}
	return nil, invalidUser("connection: the fixture has no connection of strategy %s for %s", strategy, u.MainIdentifier())
}
