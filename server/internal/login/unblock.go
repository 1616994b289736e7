package login

import (
	_ "embed"
	"net/http"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

//go:embed unblock.html
var unblockHTML string

var unblockPage = web.Template(unblockHTML, "\nSTYLE", style)

// Unblock is the page to which the link of the blocked-account e-mail leads. The
// link alone changes nothing: a scanner of mail may open it. The button unblocks.
// Source: the three screens brute-force-protection-unblock of auth0/docs-v2, with
// their pictures.
func Unblock(c *web.Call) (any, error) {
	v := struct{ Title, Text, Ticket string }{"Unblock My Account", "", c.Params.Text("ticket")}
	good := false
	if c.Method == http.MethodPost {
		good = c.Tenant.Unblock(v.Ticket, c.Now)
		v.Title, v.Text, v.Ticket = "Account Unblocked", "Your account has been unblocked.", ""
	} else {
		good = c.Tenant.Unblocks(v.Ticket, c.Now)
	}
	if !good {
		v.Title, v.Text, v.Ticket = "Authentication Error", "This link has expired.", ""
	}
	page, err := render(unblockPage(), pagePolicy, v)
	if !good {
		page.Status = http.StatusBadRequest
	}
	return page, err
}
