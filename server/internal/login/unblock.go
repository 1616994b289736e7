package login

import (
	"net/http"

	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Unblock is the page to which the link of the blocked-account e-mail leads. The
// link alone changes nothing: a scanner of mail may open it. The button unblocks.
// Source: the three screens brute-force-protection-unblock of auth0/docs-v2, with
// their pictures.
func Unblock(c *web.Call) (any, error) {
	ticket := c.Params.Text("ticket")
	v := view{Screen: "brute-force-protection-unblock", Client: c.Setup.Fixture.Tenant.FriendlyName, Hidden: []field{{Name: "ticket", Value: ticket}}}
	good := false
	if c.Method == http.MethodPost {
		var b tenant.BlockedAddress
		v.Screen = "brute-force-protection-unblock-success"
		if b, good = c.Tenant.Unblock(ticket, c.Now); good {
			passwordless.RecordUnblocked(c, b)
		}
	} else {
		good = c.Tenant.Unblocks(ticket, c.Now)
	}
	if !good {
		v.Screen = "brute-force-protection-unblock-failure"
		v.failed = v.Screen
	}
	return v.show(c)
}
