package management

import (
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// userBlockOperations are /user-blocks: the addresses that brute-force protection keeps
// from signing a user in.
func userBlockOperations() []operation {
	enabled := boolean.of("consider_brute_force_enablement", "If true and Brute Force Protection is enabled and configured to block logins, will return a list of blocked IP addresses. If true and Brute Force Protection is disabled, will return an empty list.")
	identifier := property{types: []string{"string"}, required: []string{"identifier"}}.of("identifier", "Should be any of a username, phone number, or email.")
	read, change := []string{"read:users"}, []string{"update:users"}
	return []operation{
		{method: "GET", path: "/user-blocks", summary: "lists the blocks of a user, by a name of the user", scopes: read, query: []property{identifier, enabled}, run: listBlocks(blocksOfName)},
		{method: "DELETE", path: "/user-blocks", summary: "removes the blocks of a user, by a name of the user", scopes: change, query: []property{identifier}, run: removeBlocks(blocksOfName)},
		{method: "GET", path: "/user-blocks/{id}", summary: "lists the blocks of a user", scopes: read, query: []property{enabled}, run: listBlocks(blocksOfUser)},
		{method: "DELETE", path: "/user-blocks/{id}", summary: "removes the blocks of a user", scopes: change, run: removeBlocks(blocksOfUser)},
		{
			method: "GET", path: "/anomaly/blocks/ips/{id}", summary: "tells whether an IP address is blocked for all users: the mock blocks none", scopes: []string{"read:anomaly_blocks"},
			run: func(*call) (any, error) { return nil, refusal.IPNotBlocked },
		},
		{
			method: "DELETE", path: "/anomaly/blocks/ips/{id}", summary: "removes the block of an IP address", scopes: []string{"delete:anomaly_blocks"},
			run: func(*call) (any, error) { return noContent, nil },
		},
	}
}

func blocksOfName(c *call) ([]tenant.BlockedAddress, error) {
	return c.Tenant.BlocksOfName(c.query["identifier"], c.Now), nil
}

func blocksOfUser(c *call) ([]tenant.BlockedAddress, error) {
	blocks, ok := c.Tenant.BlocksOfUser(c.Vars["id"], c.Now)
	if !ok {
		return nil, refusal.InexistentUser
	}
	return blocks, nil
}

func listBlocks(of func(*call) ([]tenant.BlockedAddress, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		blocks, err := of(c)
		if err != nil {
			return nil, err
		}
		items := []object{}
		for _, b := range blocks {
			if c.query["consider_brute_force_enablement"] == "true" && !b.Protected {
				continue
			}
			items = append(items, object{{Key: "identifier", Value: b.Identifier}, {Key: "ip", Value: b.IP}, {Key: "connection", Value: b.Connection}})
		}
		return object{{Key: "blocked_for", Value: items}}, nil
	}
}

func removeBlocks(of func(*call) ([]tenant.BlockedAddress, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		blocks, err := of(c)
		if err != nil {
			return nil, err
		}
		c.Tenant.RemoveBlocks(blocks)
		for _, b := range blocks {
			passwordless.RecordUnblocked(c.Call, b)
		}
		return noContent, nil
	}
}
