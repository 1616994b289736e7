package authapi

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// captchaNeeded tells auth0.js and Lock which captcha to show.
type captchaNeeded struct {
	Required bool   `json:"required"`
	Provider string `json:"provider,omitempty"`
	Type     string `json:"type,omitempty"`
	Image    string `json:"image,omitempty"`
}

// Captcha answers the endpoints that say which captcha a flow needs: none, or Auth0's
// Simple CAPTCHA.
// Source: auth0/auth0.js src/web-auth/captcha.js; auth0/lock src/field/captcha.
func Captcha(flow fixtures.Flow) func(*web.Call) (any, error) {
	return func(c *web.Call) (any, error) {
		if err := stringsOnly(c.Params, "state"); err != nil {
			return nil, err
		}
		picture, needed := passwordless.NewCaptcha(c, flow, c.Params.Text("state"))
		if !needed {
			return captchaNeeded{}, nil
		}
		return captchaNeeded{true, "auth0", "code", picture}, nil
	}
}
