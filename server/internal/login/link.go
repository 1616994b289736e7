package login

import (
	"errors"
	"net/http"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// VerifyRedirect is GET /passwordless/verify_redirect, where the link of an
// e-mail leads. It signs the user in to the app. It does not sign the browser in
// to the tenant.
// Source: auth0/docs-v2 email-magic-link.mdx; https://community.auth0.com/t/140785.
func VerifyRedirect(c *web.Call) (any, error) {
	r, err := readClient(c)
	if err != nil {
		return nil, err
	}
	if r.Client.IsThirdParty() {
		return nil, tenant.RefuseThirdParty(r.Client)
	}
	if err := r.readResponse(c, passwordless.DefaultResponse(r.Client)); err != nil {
		return r.refuse(c, err)
	}
	if err := c.Tenant.CheckAudience(r.Authorization); err != nil {
		return r.refuse(c, err)
	}
	if err := tenant.AllowsNoOrganization(r.Client); err != nil {
		return r.refuse(c, err)
	}
	connection, recipient := c.Subject.Connection, c.Subject.Recipient
	if err := triggers.RegisterAtGrant(c, r.Client, connection, recipient, c.Params.Text("verification_code")); err != nil {
		return r.refuse(c, err)
	}
	session, err := c.Tenant.RedeemLink(r.Authorization, connection, recipient, c.Params.Text("verification_code"), passwordless.Device(c))
	if errors.Is(err, refusal.LinkElsewhere) {
		return nil, err
	}
	if err != nil {
		return r.refuse(c, refusal.Recode(err, "invalid_grant", http.StatusUnauthorized, "unauthorized"))
	}
	return r.approve(c, tenant.Transaction{}, session)
}
