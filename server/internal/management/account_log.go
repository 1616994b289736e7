package management

import (
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
)

// accountOf is one of the accounts of a user.
func accountOf(u fixtures.User, id string) (account fixtures.User) {
	u.ChangeAccount(id, func(a *fixtures.User) { account = *a })
	return account
}

// recordAccount writes to the tenant's log what a call has changed of an account of a
// database: its address, number, username or password.
// Source: the descriptions of the types. Unverified: that the Management API causes them.
func (c *call) recordAccount(id string, before, after fixtures.User) {
	old, now := accountOf(before, id), accountOf(after, id)
	if c.Setup.Strategy(now.Connection) != tenant.StrategyDatabase {
		return
	}
	record := func(kind, description string, body map[string]any) {
		body["connection"], body["tenant"], body["user_id"] = now.Connection, fixtures.TenantName, now.UserID
		e := tenantlog.Entry{Type: kind, Description: description, ClientID: c.bearer.Client, Details: map[string]any{"body": body}}
		c.Record(e.Of(&now, c.Setup.AddressOf(now)))
	}
	client := c.bearer.Client
	if now.Email != old.Email {
		record("sce", "The email address was changed.", map[string]any{
			"client_id": client, "email": old.Email, "email_verified": strconv.FormatBool(now.EmailVerified), "newEmail": now.Email, "verify": c.body["verify_email"] == true,
		})
	}
	if now.PhoneNumber != old.PhoneNumber {
		record("scpn", "The phone number was changed.", map[string]any{
			"client_id": client, "old_phone_number": old.PhoneNumber, "new_phone_number": now.PhoneNumber, "phone_verified": now.PhoneVerified, "verify": c.body["verify_phone_number"] == true,
		})
	}
	if now.Username != old.Username {
		record("scu", "The username was changed.", map[string]any{"clientId": client, "email": now.Email, "oldUsername": old.Username, "newUsername": now.Username})
	}
	if c.text("password") != "" {
		record("scp", "The password was changed.", map[string]any{"client_id": client, "email": now.Email})
	}
}
