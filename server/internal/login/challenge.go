package login

import (
	_ "embed"
	"net/http"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

func challengePage(conn *fixtures.Connection) string {
	return "/u/login/passwordless-" + conn.Strategy + "-challenge"
}

// EmailChallenge is /u/login/passwordless-email-challenge: the code of an
// e-mail.
func EmailChallenge(c *web.Call) (any, error) { return challenge(c, tenant.StrategyEmail) }

// SMSChallenge is /u/login/passwordless-sms-challenge: the code of a text
// message.
func SMSChallenge(c *web.Call) (any, error) { return challenge(c, tenant.StrategySMS) }

// CountEmailChallenge counts a GET or POST of the page against the limit of the
// caller's address.
func CountEmailChallenge(c *web.Call) error { return c.Count(tenant.LimitEmailChallenge, c.IP) }

// CountSMSChallenge counts a GET or POST of the page against the limit of the
// caller's address.
func CountSMSChallenge(c *web.Call) error { return c.Count(tenant.LimitSMSChallenge, c.IP) }

func challenge(c *web.Call, strategy string) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conn, err := c.Setup.LoginConnection(tx.Realm, &r.Authorization)
	if err != nil || conn.Strategy != strategy {
		return to(loginPage(c, tx), tx), nil
	}
	v := challengeView(c, conn, tx)
	if c.Method != http.MethodPost {
		return r.show(c, tx, v)
	}
	if action := c.Params.Text("action"); action == "resend" || action == "resend-code" { // Auth0's name here, and that on other pages
		if err := send(c, r, conn, tx.Recipient); err != nil {
			return r.wrong(c, tx, v, err)
		}
		v.Notice = "We've sent you a new code"
		return r.show(c, tx, v)
	}
	code := typedDigits(c)
	if code == "" {
		v.mistake("no-code")
		return r.show(c, tx, v)
	}
	var session tenant.Session
	if err = triggers.RegisterByCode(c, r.Client, conn.Name, tx.Recipient, code); err == nil {
		session, err = c.Tenant.SignIn(r.Authorization, tx, code, browserSession(c))
	}
	return r.signedIn(c, tx, v, session, err)
}

var resend = []button{{Action: "resend", Text: "Resend"}}

// challengeView is the page that asks for a code.
func challengeView(c *web.Call, conn *fixtures.Connection, tx tenant.Transaction) view {
	code := field{Name: "code", Label: "Enter the code", Type: "text", Mode: "numeric", Complete: "one-time-code"}
	v := view{Inbox: "/_mock/", InboxHas: "The code", email: tx.Recipient, codeTo: tx.Recipient}
	edit := page(loginPage(c, tx), tx)
	if conn.Strategy == tenant.StrategySMS {
		v.Screen = "login-passwordless-sms-otp"
		v.Who, v.What, v.Edit = tx.Recipient, "phone number", edit
		code.Label, v.digits = "Enter the 6-digit code", conn.Code().Length
		v.Lines = []line{{"Didn't receive a code?", resend}}
	} else {
		v.Screen = "login-passwordless-email-code"
		v.Lines = []line{{"Didn't receive an email?", resend}}
		v.Other = &aside{Text: "Use another email address", To: edit}
	}
	v.Fields = []field{code}
	return v
}
