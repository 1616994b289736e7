package authapi

import (
	"errors"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Userinfo is GET and POST /userinfo.
func Userinfo(c *web.Call) (any, error) {
	access, err := c.Access()
	if err != nil {
		return nil, err
	}
	if err := checkProof(c, access); err != nil {
		return nil, err
	}
	if c.Effects.User("blocked") {
		return nil, tenant.BlockedAccess
	}
	return c.Tenant.Userinfo(access, c.Pinned, c.Now)
}

// checkProof refuses an access token that is bound to a key, unless a DPoP proof of
// that key comes with it.
// Source: RFC 9449 §7.1.
func checkProof(c *web.Call, access tenant.Access) error {
	switch {
	case !c.WithProof() && access.ProofKey == "":
		return nil
	case !c.WithProof():
		return refusal.BoundAccessToken.Because("send the header Authorization: DPoP ACCESS_TOKEN, and the header DPoP with a proof")
	case c.Header.Get("DPoP") == "":
		return refusal.WrongAccessProof.Because("the request has no header DPoP")
	}
	use := c.ProofUse()
	use.AccessToken = c.AccessToken()
	key, err := c.Tenant.CheckProof(use)
	if wrong := (*refusal.Refusal)(nil); errors.As(err, &wrong) {
		return refusal.WrongAccessProof.Because(wrong.Hint)
	}
	if err == nil && key != access.ProofKey {
		return refusal.WrongAccessKey
	}
	return err
}

// CountUserinfo counts a call against the limit of its user. Calls without a
// valid token share one limit.
func CountUserinfo(c *web.Call) error {
	access, _ := c.Access()
	return c.Count(tenant.LimitUserinfo, access.Subject)
}

// UserinfoSubject is the user of the access token.
func UserinfoSubject(c *web.Call) web.Subject {
	access, err := c.Access()
	if err != nil {
		return web.Subject{}
	}
	u, _ := c.Tenant.User(access.Subject)
	return web.Subject{Connection: u.Connection, Recipient: c.Setup.AddressOf(u)}
}
