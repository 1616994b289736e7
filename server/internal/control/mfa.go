package control

import (
	"time"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// An appCode is what an authenticator app shows.
type appCode struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
	ExpiresIn int64     `json:"expires_in"` // seconds
}

// ReadTOTP is GET /_mock/users/{id}/totp.
func (a *API) ReadTOTP(c *web.Call) (any, error) {
	code, expires, err := a.Server.TOTP(c.Vars["id"])
	if err != nil {
		return nil, userError(err)
	}
	return appCode{code, expires, int64(expires.Sub(c.Now) / time.Second)}, nil
}

// A pushAnswer is what a user does with a push notification.
type pushAnswer struct {
	User   string `yaml:"user" required:"true" doc:"The user_id, e-mail address or phone number."`
	Answer string `yaml:"answer" required:"true" enum:"accept,reject" doc:"What the user does."`
}

// AnswerPush is POST /_mock/push.
func (a *API) AnswerPush(c *web.Call) (any, error) {
	var body pushAnswer
	if err := decode(c, &body); err != nil {
		return nil, err
	}
	if err := a.Server.AnswerPush(body.User, body.Answer == "accept"); err != nil {
		return nil, userError(err)
	}
	return noContent, nil
}
