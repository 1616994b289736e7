package login

import (
	"errors"
	"net/http"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

const verificationPage = "/u/login-email-verification"

// needsVerification tells whether the user of a login has to verify the address by a
// code before the login ends.
func needsVerification(c *web.Call, s tenant.Session) (*fixtures.Connection, fixtures.User, bool) {
	u, ok := c.Tenant.User(s.UserID)
	if !ok {
		return nil, u, false
	}
	conn, ok := c.Setup.Connection(u.Connection)
	return conn, u, ok && u.Email != "" && !u.EmailVerified && conn.VerifiesByCode()
}

func (r *request) sendVerificationCode(c *web.Call, conn *fixtures.Connection, u fixtures.User) {
	passwordless.SendCode(c, passwordless.Request{Client: r.Client, Connection: conn, Recipient: u.Email, Send: "code", Verifies: &u})
}

// EmailVerificationCode is /u/login-email-verification: it asks a user who has signed in
// for the code that verifies the address.
// Source: the screen login-email-verification of auth0/universal-login.
func EmailVerificationCode(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	session, ok := c.Tenant.Session(tx.SignedIn, c.Now)
	if !ok {
		return to(loginPage(c, tx), tx), nil
	}
	conn, u, due := needsVerification(c, session)
	if !due {
		return to("/authorize/resume", tx), nil
	}
	v := view{
		Screen: "login-email-verification", email: u.Email, codeTo: u.Email, Inbox: "/_mock/", InboxHas: "The code",
		Fields: []field{{Name: "code", Label: "Enter the code", Type: "text", Mode: "numeric", Complete: "one-time-code"}},
		Lines:  []line{{"Didn't receive an email?", []button{{Action: actionResend, Text: "Resend"}}}},
	}
	code := typedDigits(c)
	switch {
	case c.Method != http.MethodPost:
		return r.show(c, tx, v)
	case c.Params.Text("action") == actionResend:
		r.sendVerificationCode(c, conn, u)
		v.Notice = "We've sent you a new code"
		return r.show(c, tx, v)
	case !isCode(code, conn.Code().Length):
		v.mistake("invalid-otp-code-format")
		return r.show(c, tx, v)
	}
	u, err = c.Tenant.VerifyByCode(tenant.TokenRequest{Client: r.Client, Now: c.Now, Caller: r.Caller, Effects: c.Effects}, conn, u.UserID, code)
	switch {
	case errors.Is(err, refusal.WrongEmailCode):
		return r.mistaken(c, tx, v, err, "invalid-code")
	case errors.Is(err, refusal.CodeExpired):
		return r.mistaken(c, tx, v, err, "invalid-expired-code")
	case errors.Is(err, refusal.TooManyTries):
		return r.mistaken(c, tx, v, err, "too-many-failures")
	case err != nil:
		return r.wrong(c, tx, v, err)
	}
	tickets.Welcome(c, r.Client, u)
	return to("/authorize/resume", tx), nil
}
