package login

import (
	"errors"
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// The pages that ask a user of a database for a code.
// Source: auth0/docs-v2 implicit-signup-database-connections.mdx; the fields and
// actions are those of auth0/universal-login. Unverified: the path of the pages for
// phone numbers, and that of the confirmation.
const (
	emailCodePage    = "/u/email-identifier/challenge"
	phoneCodePage    = "/u/phone-identifier/challenge"
	confirmationPage = "/u/confirmation"
)

// The actions of these pages.
const (
	actionResend     = "resend-code"
	actionBack       = "back-action"
	actionToPassword = "switch-to-password-auth"
	actionToCode     = "switch-to-otp-auth"
	actionToVoice    = "switch-to-voice"
	actionToText     = "switch-to-text"
	actionSignup     = "proceed-to-signup"
)

// toCode sends a code, and leads to the page that asks for it.
func (r *request) toCode(c *web.Call, tx tenant.Transaction, conn *fixtures.Connection, recipient string) (any, error) {
	r.sendTo(c, conn, recipient, false)
	if kindOf(recipient) == fixtures.KindPhone {
		return to(phoneCodePage, tx), nil
	}
	return to(emailCodePage, tx), nil
}

// sendTo sends a code to who is, or may become, a user of a database.
func (r *request) sendTo(c *web.Call, conn *fixtures.Connection, recipient string, voice bool) {
	passwordless.SendCode(c, passwordless.Request{Client: r.Client, Connection: conn, Recipient: recipient, Send: "code", Voice: voice})
}

// EmailCode is /u/email-identifier/challenge: the code of an e-mail to a user of a
// database.
func EmailCode(c *web.Call) (any, error) { return codePage(c, fixtures.KindEmail) }

// PhoneCode is /u/phone-identifier/challenge: the code of a text message or a call.
func PhoneCode(c *web.Call) (any, error) { return codePage(c, fixtures.KindPhone) }

func codePage(c *web.Call, kind string) (any, error) {
	tx, r, conn, err := currentDatabase(c)
	switch {
	case err != nil:
		return nil, err
	case conn == nil || kindOf(tx.Recipient) != kind || !conn.SendsCodes(kind):
		return to(loginPage(c, tx), tx), nil
	}
	v := codeView(c, tx, conn, kind)
	if c.Method != http.MethodPost {
		return r.show(c, tx, v)
	}
	switch action := c.Params.Text("action"); action {
	case actionBack:
		return to(firstPage(c, tx), tx), nil
	case actionToPassword:
		if conn.TakesPasswords() {
			return to(passwordPage(tx), tx), nil
		}
	case actionResend, actionToText, actionToVoice:
		r.sendTo(c, conn, tx.Recipient, action == actionToVoice)
		if v.Notice = "We've sent you a new code"; action == actionToVoice {
			v.variant = v.Screen + ", voice"
			v.Lines[0].Buttons[1] = button{Action: actionToText, Text: "send a text", Or: true}
		}
		return r.show(c, tx, v)
	}
	code := typedDigits(c)
	if !isCode(code, conn.Code().Length) {
		v.mistake("invalid-otp-code-format")
		return r.show(c, tx, v)
	}
	if signsUp(tx) {
		if err := triggers.RegisterByCode(c, r.Client, conn.Name, tx.Recipient, code); err != nil {
			return r.wrong(c, tx, v, err)
		}
	}
	session, known, err := c.Tenant.SignInWithCode(r.Authorization, tx, conn, code, browserSession(c))
	switch {
	case err == nil && !known:
		return to(confirmationPage, tx), nil
	case errors.Is(err, refusal.WrongEmailCode), errors.Is(err, refusal.WrongPhoneCode), errors.Is(err, refusal.CodeExpired):
		return r.mistaken(c, tx, v, err, "invalid-code")
	case errors.Is(err, refusal.TooManyTries):
		return r.mistaken(c, tx, v, err, "too-many-failures")
	case errors.Is(err, refusal.DatabaseSignupDisabled):
		return r.mistaken(c, tx, v, err, "invalid-user")
	}
	return r.signedIn(c, tx, v, session, err)
}

// codeView is the page that asks for the code.
func codeView(c *web.Call, tx tenant.Transaction, conn *fixtures.Connection, kind string) view {
	v := view{
		Screen: "email-identifier-challenge", email: tx.Recipient, codeTo: tx.Recipient, Inbox: "/_mock/", InboxHas: "The code",
		Lines:  []line{{"Didn't receive an code?", []button{{Action: actionResend, Text: "Resend"}}}},
		Fields: []field{{Name: "code", Label: "6-digit code", Type: "text", Mode: "numeric", Complete: "one-time-code"}},
	}
	if kind == fixtures.KindPhone {
		v.Screen, v.Who = "phone-identifier-challenge", tx.Recipient
		v.Lines[0].Ask, v.Fields[0].Label = "Didn't receive a code?", "Enter the 6-digit code"
		v.Lines[0].Buttons = append(v.Lines[0].Buttons, button{Action: actionToVoice, Text: "get a call", Or: true})
	}
	if conn.TakesPasswords() {
		v.Choices = append(v.Choices, button{Action: actionToPassword, Text: "Continue with a password"})
	}
	v.Choices = append(v.Choices, button{Action: actionBack, Text: "Go back"})
	return v
}

// isCode tells whether a text has as many digits as a code.
func isCode(s string, length int) bool {
	return len(s) == length && strings.Trim(s, "0123456789") == ""
}

// signsUp tells whether the user came by the sign-up page.
func signsUp(tx tenant.Transaction) bool { return tx.NewUser.MainIdentifier() != "" }

// firstPage is the page on which the user gave a name.
func firstPage(c *web.Call, tx tenant.Transaction) string {
	if signsUp(tx) {
		return signupPage(c, tx)
	}
	return loginPage(c, tx)
}

func passwordPage(tx tenant.Transaction) string {
	if signsUp(tx) {
		return "/u/signup/password"
	}
	return "/u/login/password"
}

// mistaken shows a refusal at the last field, by Auth0's name for it.
func (r *request) mistaken(c *web.Call, tx tenant.Transaction, v view, err error, code string) (any, error) {
	v.mistake(code)
	page, showErr := r.show(c, tx, v)
	var refused *refusal.Refusal
	if showErr == nil && errors.As(err, &refused) {
		return web.Told{Value: page, Refusal: refused}, nil
	}
	return page, showErr
}

// Confirmation is /u/confirmation: it asks who has no account yet whether to create
// one.
func Confirmation(c *web.Call) (any, error) {
	tx, r, conn, err := currentDatabase(c)
	switch {
	case err != nil:
		return nil, err
	case conn == nil || !tx.Verified:
		return to(loginPage(c, tx), tx), nil
	}
	v := view{
		Screen: "confirmation", Action: actionSignup, Who: tx.Recipient, What: spokenKinds[kindOf(tx.Recipient)], Edit: page(loginPage(c, tx), tx),
		Choices: []button{{Action: actionBack, Text: "Cancel"}},
	}
	switch {
	case c.Method != http.MethodPost:
		return r.show(c, tx, v)
	case c.Params.Text("action") == actionBack:
		return to(loginPage(c, tx), tx), nil
	}
	if asked := newUser(tx); !c.Tenant.Taken(conn, asked) {
		if err := triggers.Register(c, r.Client, conn, asked); err != nil {
			return r.wrong(c, tx, v, err)
		}
	}
	session, err := c.Tenant.ConfirmSignUp(r.Authorization, tx, conn, browserSession(c))
	if errors.Is(err, refusal.DatabaseSignupDisabled) {
		return r.refuse(c, err)
	}
	return r.signedIn(c, tx, v, session, err)
}
