package management

import (
	"errors"
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
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

// recordFailedAccount writes to the tenant's log that a new address, number or username of
// an account of a database was refused.
// Unverified: that the Management API causes these entries.
func (c *call) recordFailedAccount(id string, u fixtures.User, body map[string]any, why error) {
	var refused *refusal.Refusal
	account := accountOf(u, id)
	if !errors.As(why, &refused) || c.Setup.Strategy(account.Connection) != tenant.StrategyDatabase {
		return
	}
	record := func(kind string, details map[string]any) {
		details["client_id"], details["connection"], details["tenant"], details["user_id"] = c.bearer.Client, account.Connection, fixtures.TenantName, account.UserID
		e := tenantlog.Entry{Type: kind, Description: refused.Words(), ClientID: c.bearer.Client, Details: map[string]any{"body": details}}
		c.Record(e.Of(&account, c.Setup.AddressOf(account)))
	}
	if email, _ := body["email"].(string); email != "" {
		record("fce", map[string]any{"email": account.Email, "email_verified": body["email_verified"] == true, "newEmail": email, "verify": c.body["verify_email"] == true})
	}
	if phone, _ := body["phone_number"].(string); phone != "" {
		record("fcpn", map[string]any{
			"old_phone_number": account.PhoneNumber, "new_phone_number": phone, "phone_verified": strconv.FormatBool(body["phone_verified"] == true), "verify": c.body["verify_phone_number"] == true,
		})
	}
	if username, _ := body["username"].(string); username != "" {
		record("fcu", map[string]any{"email": account.Email, "newUername": username, "oldUsername": account.Username}) // the member has this name at Auth0
	}
}
