package login

import (
	"cmp"
	_ "embed"
	"errors"
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

//go:embed pages.html
var pagesHTML string

//go:embed pages.css
var pagesCSS string

// style is the whole style sheet, as it stands in the page.
var style = "\n" + web.Style + pagesCSS

var pages = web.Template(pagesHTML, "\nSTYLE", style)

// A view is what a page shows.
type view struct {
	Page   string // which one
	Tenant string // its friendly name
	Client string
	State  string
	Label  string // of the identifier
	Type   string // of its field: email, tel or text
	Value  string // of the identifier
	Where  string // to whom the code was sent
	Length int    // of the code
	SMS    bool
	Signup bool
	Error  string
	Notice string
	Inbox  string // where the code is; "" if the page does not say so
	// Scenario names the rules that made the error.
	Scenario string
}

// pagePolicy has no form-action. Browsers also apply form-action to the redirects
// that follow a form, and these lead to the app's callback and further.
var pagePolicy = "default-src 'none'; style-src " + source(style) + "; base-uri 'none'; frame-ancestors 'none'"

// show shows a page. A page with an error has status 400.
func (r *request) show(c *web.Call, tx tenant.Transaction, v view) (any, error) {
	t := c.Setup.Fixture.Tenant
	v.Tenant, v.Client, v.State = t.FriendlyName, r.Client.Name, tx.ID
	if v.Error != "" {
		v.Scenario = c.Effects.Refusers()
	}
	page, err := render(pages().Lookup("page"), pagePolicy, v)
	if v.Error != "" {
		page.Status = http.StatusBadRequest
	}
	return page, err
}

// Identifier is /u/login/identifier: it asks who signs in.
func Identifier(c *web.Call) (any, error) { return identifier(c, false) }

// Signup is /u/signup/identifier: Identifier with other words for a new user.
func Signup(c *web.Call) (any, error) { return identifier(c, true) }

func identifier(c *web.Call, signup bool) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conns := usable(c, tx)
	v := view{Page: "identifier", Signup: signup, Value: tx.Hint}
	v.Label, v.Type = labelOf(conns)
	if c.Method != http.MethodPost {
		return r.show(c, tx, v)
	}
	v.Value = identifierOf(c)
	conn, recipient := choose(c, conns, v.Value)
	if conn == nil {
		v.Error = "Enter a valid " + strings.ToLower(v.Label)
		return r.show(c, tx, v)
	}
	c.Tenant.Identify(tx, conn.Name, recipient)
	if conn.Strategy == tenant.StrategyDatabase {
		return to("/u/login/password", tx), nil
	}
	if err := send(c, r, conn, recipient); err != nil {
		return r.wrong(c, tx, v, err)
	}
	return to(challengePage(conn), tx), nil
}

// identifierOf is what the user typed. The sign-up page has another field.
func identifierOf(c *web.Call) string {
	return cmp.Or(c.Params.Text("username"), c.Params.Text("email"))
}

// wrong shows a refusal on a page. Any other error is returned.
func (r *request) wrong(c *web.Call, tx tenant.Transaction, v view, err error) (told any, _ error) {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	v.Error = refused.Description
	defer func() { told = web.Told{Value: told, Refusal: refused} }()
	switch {
	case errors.Is(err, refusal.WrongEmailCode), errors.Is(err, refusal.WrongPhoneCode):
		v.Error = "Code is invalid"
	case errors.Is(err, refusal.TooManyAttempts):
		v.Error = "Your account has been blocked after multiple consecutive login attempts."
	case refused.Code == "sms_provider_error":
		v.Error = "Code could not be sent. Please try again later."
	}
	return r.show(c, tx, v)
}

func challengePage(conn *fixtures.Connection) string {
	return "/u/login/passwordless-" + conn.Strategy + "-challenge"
}

// labelOf is the label of the identifier's field, and its HTML type.
func labelOf(conns []*fixtures.Connection) (label, kind string) {
	email, phone := false, false
	for _, conn := range conns {
		if conn.Strategy == tenant.StrategySMS {
			phone = true
		} else {
			email = true
		}
	}
	switch {
	case email && phone:
		return "Phone number or email address", "text"
	case phone:
		return "Phone number", "tel"
	}
	return "Email address", "email"
}

// choose finds the connection by which a user signs in: the first that knows the
// user, or else the first that fits the address.
func choose(c *web.Call, conns []*fixtures.Connection, who string) (*fixtures.Connection, string) {
	email, isEmail := fixtures.NormalizeEmail(who)
	phone, isPhone := fixtures.NormalizePhone(who)
	var first *fixtures.Connection
	address := email
	if isPhone && !isEmail {
		address = phone
	}
	for _, conn := range conns {
		if fits := conn.Strategy == tenant.StrategySMS && isPhone || conn.Strategy != tenant.StrategySMS && isEmail; !fits {
			continue
		}
		if c.Tenant.Knows(conn.Name, address) {
			return conn, address
		}
		if first == nil {
			first = conn
		}
	}
	return first, address
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
	conn, err := c.Setup.UsableConnection(tx.Realm, r.Client)
	if err != nil || conn.Strategy != strategy {
		return to("/u/login/identifier", tx), nil
	}
	v := view{Page: "challenge", SMS: strategy == tenant.StrategySMS, Where: tx.Recipient, Length: conn.Options.TOTP.Length}
	if !c.Setup.Fixture.Tenant.HideInboxLink {
		v.Inbox = "/_mock/"
	}
	if c.Method != http.MethodPost {
		return r.show(c, tx, v)
	}
	if c.Params.Text("action") == "resend" {
		if err := send(c, r, conn, tx.Recipient); err != nil {
			return r.wrong(c, tx, v, err)
		}
		v.Notice = "We've sent you a new code"
		return r.show(c, tx, v)
	}
	code := strings.TrimSpace(c.Params.Text("code"))
	if code == "" {
		v.Error = "Enter the code"
		return r.show(c, tx, v)
	}
	session, err := c.Tenant.SignIn(r.Authorization, tx, code, browserSession(c))
	return r.signedIn(c, tx, v, session, err)
}

// signedIn leads on from the page on which a user proved who they are.
func (r *request) signedIn(c *web.Call, tx tenant.Transaction, v view, session tenant.Session, err error) (any, error) {
	switch {
	case errors.Is(err, refusal.UserBlocked):
		c.Tenant.End(tx)
		return r.refuse(err)
	case err != nil:
		return r.wrong(c, tx, v, err)
	}
	setSession(c, session)
	return to("/authorize/resume", tx), nil
}

// browserSession is the id of the browser's session; "" if it has none.
func browserSession(c *web.Call) string {
	s, _ := currentSession(c)
	return s.ID
}

// Password is /u/login/password: the password of a database user.
func Password(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conn, err := c.Setup.UsableConnection(tx.Realm, r.Client)
	if err != nil || conn.Strategy != tenant.StrategyDatabase {
		return to("/u/login/identifier", tx), nil
	}
	v := view{Page: "password", Value: tx.Recipient}
	if c.Method != http.MethodPost {
		return r.show(c, tx, v)
	}
	session, err := c.Tenant.SignInWithPassword(r.Authorization, tx, conn, c.Params.Text("password"), browserSession(c))
	return r.signedIn(c, tx, v, session, err)
}

// send sends a code to the user of a page.
func send(c *web.Call, r *request, conn *fixtures.Connection, recipient string) error {
	_, err := passwordless.Start(c, passwordless.Request{Client: r.Client, Connection: conn, Recipient: recipient, Send: "code"})
	return err
}
