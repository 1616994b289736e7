package control

import (
	"net/http"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A solution is the answer of a captcha, and where it is asked for.
type solution struct {
	Answer string        `json:"answer"`
	Flow   fixtures.Flow `json:"flow"`
	State  string        `json:"state,omitempty"`
}

// ReadCaptcha is GET /_mock/captcha.
func (a *API) ReadCaptcha(c *web.Call) (any, error) {
	state := query(c)["state"]
	made, ok := a.Tenant.NewestCaptcha(state, c.Now)
	switch {
	case ok:
		return textOrJSON(c, made.Answer, solution{made.Answer, made.Flow, made.State})
	case state != "":
		return nil, controlError(http.StatusNotFound, "no_captcha", "no captcha of the login %q is live; the login page or POST /passwordless/challenge makes one, and its answer is good once", state)
	}
	return nil, controlError(http.StatusNotFound, "no_captcha", "no captcha is live; the tenant asks for captchas if the fixture has attack_protection: {captcha: {policy: always}}")
}
