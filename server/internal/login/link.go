package login

import (
	"errors"

	"github.com/mockauth0/mockauth0/server/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// VerifyRedirect is GET /passwordless/verify_redirect, where the link of an
// e-mail leads. It signs the user in to the app, and no browser to the tenant.
// Source: auth0/docs-v2 email-magic-link.mdx; https://community.auth0.com/t/140785.
func VerifyRedirect(c *web.Call) (any, error) {
	r, err := readClient(c)
	if err != nil {
		return nil, err
	}
	if err := r.readResponse(c, "token"); err != nil {
		return r.refuse(err)
	}
	if err := c.Tenant.CheckAudience(r.Authorization); err != nil {
		return r.refuse(err)
	}
	connection, recipient := web.Named(c)
	session, err := c.Tenant.RedeemLink(r.Authorization, connection, recipient, c.Params.Text("verification_code"))
	if err != nil {
		return r.refuse(asUnauthorized(err))
	}
	return r.approve(c, session)
}

// asUnauthorized words a refusal of a code as a link's: with the code of the
// whole rather than of the grant.
func asUnauthorized(err error) error {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) || refused.Code != "invalid_grant" {
		return err
	}
	worded := *refused
	worded.Code = "unauthorized"
	return &worded
}
