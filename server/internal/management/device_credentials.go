package management

import (
	"slices"
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// publicKey is the type of the credentials that users add.
const publicKey = "public_key"

func (c *call) deviceCredentialID(f fixtures.RefreshFamily) string {
	return "dcr_" + c.Setup.Seed.Alphanumeric(16, "device credential", f.ID)
}

func listDeviceCredentials(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, f := range refreshTokens(c, c.chosen) {
		kind := "refresh_token"
		if f.Rotating {
			kind = "rotating_refresh_token"
		}
		if asked := c.query["type"]; asked != "" && asked != kind {
			continue
		}
		all = append(all, c.only(object{
			{Key: "id", Value: c.deviceCredentialID(f)},
			{Key: "user_id", Value: f.UserID},
			{Key: "client_id", Value: f.ClientID},
			{Key: "type", Value: kind},
			{Key: "device_name", Value: ""},
			{Key: "device_id", Value: ""},
		}))
	}
	if asked := c.query["type"]; asked == "" || asked == publicKey {
		all = append(all, c.publicKeys()...)
	}
	return c.answer(totalsFirst, "device_credentials", p, cut(p, all), len(all)), nil
}

// keysOf are the users with public keys that a function chooses.
func (c *call) keysOf(chosen func(*fixtures.DeviceCredential) bool) []fixtures.User {
	users, _ := c.Tenant.SelectUsers(tenant.Selection{Limit: furthest, Match: func(u *fixtures.User) bool {
		return slices.ContainsFunc(u.DeviceCredentials, func(k fixtures.DeviceCredential) bool { return chosen(&k) })
	}})
	return users
}

// publicKeys are those for which the query asks.
func (c *call) publicKeys() (all []object) {
	matches := func(name, value string) bool { return c.query[name] == "" || c.query[name] == value }
	for _, u := range c.keysOf(func(*fixtures.DeviceCredential) bool { return true }) {
		for _, k := range u.DeviceCredentials {
			if matches("user_id", u.UserID) && matches("client_id", k.ClientID) {
				all = append(all, c.only(object{
					{Key: "id", Value: k.ID},
					{Key: "user_id", Value: u.UserID},
					{Key: "client_id", Value: k.ClientID},
					{Key: "type", Value: publicKey},
					{Key: "device_name", Value: k.DeviceName},
					{Key: "device_id", Value: k.DeviceID},
				}))
			}
		}
	}
	return all
}

// mostPublicKeys is how many a user has. Then the oldest goes.
const mostPublicKeys = 100

func addDeviceCredential(c *call) (any, error) {
	k := fixtures.DeviceCredential{DeviceName: c.text("device_name"), DeviceID: c.text("device_id"), ClientID: c.text("client_id"), Value: c.text("value")}
	if _, ok := c.Setup.Client(k.ClientID); !ok && k.ClientID != "" {
		return nil, refusal.InexistentClient
	}
	if k.ClientID == "" {
		k.ClientID = c.bearer.Client
	}
	_, err := c.Tenant.UpdateUser(c.bearer.Subject, func(u *fixtures.User) error {
		for n := 1; k.ID == ""; n++ {
			id := "dcr_" + c.Setup.Seed.Alphanumeric(16, "public key", u.UserID, k.DeviceID, strconv.Itoa(n))
			if !slices.ContainsFunc(u.DeviceCredentials, func(had fixtures.DeviceCredential) bool { return had.ID == id }) {
				k.ID = id
			}
		}
		u.DeviceCredentials = append(u.DeviceCredentials, k)
		u.DeviceCredentials = u.DeviceCredentials[max(0, len(u.DeviceCredentials)-mostPublicKeys):]
		return nil
	})
	if err != nil {
		return nil, userError(err)
	}
	return created(object{{Key: "id", Value: k.ID}}), nil
}

// ownerOfCredential is the user whose credential the path names; "" if there is none.
func (c *call) ownerOfCredential() string {
	id := c.Vars["id"]
	if f, ok := first(refreshTokens(c, func(f fixtures.RefreshFamily) bool { return c.deviceCredentialID(f) == id })); ok {
		return f.UserID
	}
	u, _ := first(c.keysOf(func(k *fixtures.DeviceCredential) bool { return k.ID == id }))
	return u.UserID
}

func removeDeviceCredential(c *call) (any, error) {
	id := c.Vars["id"]
	c.endGrants(func(f fixtures.RefreshFamily) bool { return c.deviceCredentialID(f) == id })
	for _, u := range c.keysOf(func(k *fixtures.DeviceCredential) bool { return k.ID == id }) {
		_, err := c.Tenant.UpdateUser(u.UserID, func(u *fixtures.User) error {
			u.DeviceCredentials = without(u.DeviceCredentials, func(k fixtures.DeviceCredential) bool { return k.ID == id })
			return nil
		})
		if err != nil {
			return nil, userError(err)
		}
	}
	return noContent, nil
}
