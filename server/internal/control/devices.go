package control

import (
	"net/http"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// deviceAnswer is the body of POST /_mock/devices/{user_code}.
type deviceAnswer struct {
	User   string `yaml:"user" doc:"Who approves: a user_id, an e-mail address, a phone number or a username."`
	Answer string `yaml:"answer" required:"true" enum:"approve,deny" doc:"What the user says to the device."`
}

// AnswerDevice is POST /_mock/devices/{user_code}. It answers as the device is then.
func (a *API) AnswerDevice(c *web.Call) (any, error) {
	var answer deviceAnswer
	if err := decode(c, &answer); err != nil {
		return nil, err
	}
	if answer.User == "" && answer.Answer == "approve" {
		return nil, badRequest(`user: approve needs the user who approves, as in {"user":"ada@example.com","answer":"approve"}`)
	}
	var d fixtures.DeviceCode
	var err error
	if answer.Answer == "deny" {
		d, err = a.Server.DenyDevice(c.Vars["user_code"])
	} else {
		d, err = a.Server.ApproveDevice(c.Vars["user_code"], answer.User)
	}
	if err != nil {
		return nil, userError(err)
	}
	return encoded(http.StatusOK, d)
}
