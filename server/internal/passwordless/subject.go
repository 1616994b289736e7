package passwordless

import (
	"cmp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Named is the subject that the parameters of a call name.
func Named(c *web.Call) web.Subject {
	named := c.Params.Text
	return web.Subject{
		Connection: cmp.Or(named("connection"), named("realm")),
		Recipient:  fixtures.NormalizeRecipient(cmp.Or(named("email"), named("phone_number"), named("username"), named("login_hint"))),
		Send:       named("send"),
		Grant:      named("grant_type"),
	}
}
