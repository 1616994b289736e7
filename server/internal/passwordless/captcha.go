package passwordless

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/captcha"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// NewCaptcha is the picture of a captcha, as a data URL. needed is false if the
// tenant asks for none.
func NewCaptcha(c *web.Call, flow fixtures.Flow, state string) (picture string, needed bool) {
	if !c.Setup.Fixture.NeedsCaptcha(flow) {
		return "", false
	}
	made := c.Tenant.NewCaptcha(flow, state, c.Now)
	c.Log.Info("To solve the captcha type "+made.Answer, "flow", string(flow))
	return captcha.Picture(made.Answer), true
}

// SolveCaptcha refuses a call that needs a captcha and does not have its answer.
func SolveCaptcha(c *web.Call, flow fixtures.Flow) error {
	if !c.Setup.Fixture.NeedsCaptcha(flow) {
		return nil
	}
	return c.Tenant.SolveCaptcha(flow, c.Params.Text("state"), c.Params.Text("captcha"), c.Now)
}
