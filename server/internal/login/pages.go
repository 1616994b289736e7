package login

import (
	"cmp"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

//go:embed pages.html
var pagesHTML string

//go:embed pages.css
var pagesCSS string

// pagesJS is for Show password, for Copy code, and for pages that wait. The pages work
// without it.
//
//go:embed pages.js
var pagesJS string

// style is the whole style sheet, as it stands in the page.
var style = "\n" + web.Style + pagesCSS

var pages = web.Template(strings.Replace(pagesHTML, "SCRIPT", strings.TrimSpace(pagesJS), 1), "\nSTYLE", style)

// A view is what a page shows.
type view struct {
	Screen                              string // Auth0's name of it
	Title, Heading, Description, Button string
	Tenant                              string // the name of the organization, or the tenant's friendly name
	Logo                                string // the address of the organization's logo
	Look                                template.CSS
	Client                              string
	State                               string
	Fields                              []field
	Hidden                              []field // sent with the form, but not seen
	Action                              string  // what the button sends
	Cancel                              string  // the text of a second button, which sends cancel
	Note                                string  // below the buttons
	Who, What                           string  // whom the page is about, and what kind of name that is
	Edit                                string  // the page that asks for another; "" if there is none
	Forgot                              string  // the page for who has forgotten the password
	Captcha                             *riddle // nil if the page has none
	Other                               *aside
	EditAction                          string // or the button that leads there
	Alert, AlertCode                    string // what is wrong, if it is with no field
	QR                                  template.URL
	Secret                              string // to be copied
	Above, Lines                        []line // between the picture and the fields; below the form
	Radio                               *radio
	Check                               *check
	List                                []button // in place of a form
	Choices                             []button // further buttons
	Poll                                bool     // the page asks by itself whether it can go on
	Notice                              string
	Inbox                               string // where the message is; "" if the page does not say so
	InboxHas                            string // what is there
	// Scenario names the rules that made the error.
	Scenario string

	flow    fixtures.Flow // what the page's captcha stands before; "" for a page that has none
	email   string        // for the words
	who     string        // for the words: the user
	inviter string        // for the words: who invites the user
	names   string        // for the words: what a user has forgotten the password of
	words   string        // which words, if they are not those of the screen
	failed  string        // the words, if they are not those of the screen; the page is an error's
}

// A field is one that the user fills in.
type field struct {
	Name, Label, Type, Mode, Complete, Value string
	Focus                                    bool // it is where the user begins
	Optional                                 bool
	Fixed                                    bool   // the user cannot change it
	Error, Code                              string // what is wrong with it
}

// A riddle is the captcha of a page.
type riddle struct {
	Picture     template.URL
	Error, Code string // what is wrong with the answer
}

// An aside is a line below the form: a question, and a link.
type aside struct{ Ask, Text, To string }

// A line is a question, and the buttons that answer it.
type line struct {
	Ask     string
	Buttons []button
}

// A button sends an action.
type button struct {
	Name, Action, Text string // Name is that of the parameter; "" is action
	Detail             string // a second line
	Or                 bool   // it is an alternative to the one before
}

// A radio asks for one of several things.
type radio struct {
	Name, Label string
	Options     []option
}

type option struct {
	Value, Label string
	Chosen       bool
}

// A check is a box to tick.
type check struct {
	Name, Value, Label string
	Required           bool
	Error, Code        string // what is wrong with it
}

// pagePolicy has no form-action. Browsers also apply form-action to the redirects
// that follow a form, and these lead to the app's callback and further.
var pagePolicy = "default-src 'none'; img-src data:; style-src " + source(style) + "; script-src " + allow(pagesJS) + "; base-uri 'none'; frame-ancestors 'none'"

// mistake says what is wrong with the view's last field, by Auth0's name for it.
func (v *view) mistake(code string) { v.mistakeAt(len(v.Fields)-1, code) }

func (v *view) mistakeAt(i int, code string) {
	v.Fields[i].Code, v.Fields[i].Error = code, v.wordsFor(code)
}

// wrong tells whether something is wrong with what the user has sent.
func (v *view) wrong() bool {
	return v.Alert != "" || v.Captcha != nil && v.Captcha.Error != "" || v.Check != nil && v.Check.Error != "" || slices.ContainsFunc(v.Fields, func(f field) bool { return f.Error != "" })
}

// focus is the field where the user begins: what is wrong, or else what is empty.
func (v *view) focus() int {
	for _, first := range []func(field) bool{
		func(f field) bool { return f.Error != "" },
		func(f field) bool { return f.Value == "" || f.Type == "password" },
	} {
		if i := slices.IndexFunc(v.Fields, first); i >= 0 {
			return i
		}
	}
	return 0
}

// Script tells whether the page has a password to show, a secret to copy, or
// something to wait for.
func (v view) Script() bool {
	return v.Poll || v.Secret != "" || slices.ContainsFunc(v.Fields, func(f field) bool { return f.Type == "password" })
}

// show shows a page of a login.
func (r *request) show(c *web.Call, tx tenant.Transaction, v view) (any, error) {
	v.Client, v.State, v.inviter = r.Client.Name, tx.ID, tx.Inviter
	if picture, needed := passwordless.NewCaptcha(c, v.flow, tx.ID); needed {
		if v.Captcha == nil {
			v.Captcha = &riddle{}
		}
		v.Captcha.Picture = template.URL(picture) // a data URL of our own
	}
	return v.show(c)
}

// show shows a page. A page with an error has status 400.
func (v view) show(c *web.Call) (any, error) {
	v.Tenant = c.Setup.Fixture.Tenant.FriendlyName
	if o := c.Setup.ShownOrganization(c.Organization); o != nil {
		v.Tenant = o.DisplayName
		v.Look, v.Logo = look(o)
	}
	v.Action = cmp.Or(v.Action, "default")
	v.fill()
	if len(v.Fields) > 0 && (v.Captcha == nil || v.Captcha.Error == "") {
		v.Fields[v.focus()].Focus = true
	}
	if v.wrong() {
		v.Scenario = c.Effects.Refusers()
	}
	if c.Setup.Fixture.Tenant.HideInboxLink {
		v.Inbox = ""
	}
	policy := pagePolicy
	if v.Look != "" {
		policy = strings.Replace(policy, "style-src ", "style-src "+source(string(v.Look))+" ", 1)
	}
	if v.Logo != "" {
		policy = strings.Replace(policy, "img-src ", "img-src "+origin(v.Logo)+" ", 1)
	}
	if v.Poll {
		policy += "; connect-src 'self'"
	}
	page, err := render(pages().Lookup("page"), policy, v)
	if v.wrong() || v.failed != "" {
		page.Status = http.StatusBadRequest
	}
	return page, err
}

// unsolved refuses a form whose captcha is not solved. It comes last, since an answer
// is good once.
func (r *request) unsolved(c *web.Call, tx tenant.Transaction, v view) (told any, refused bool, _ error) {
	err := passwordless.SolveCaptcha(c, v.flow)
	if err == nil {
		return nil, false, nil
	}
	told, err = r.wrong(c, tx, v, err)
	return told, true, err
}

// wrong shows a refusal on a page, at its last field. Any other error is returned.
// The words are for the names of the user's connection.
func (r *request) wrong(c *web.Call, tx tenant.Transaction, v view, err error) (told any, _ error) {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	defer func() { told = web.Told{Value: told, Refusal: refused} }()
	switch {
	case errors.Is(err, refusal.WrongEmailCode), errors.Is(err, refusal.WrongPhoneCode):
		v.mistake("invalid-verification-code")
	case errors.Is(err, refusal.InvalidCaptcha):
		v.Captcha = &riddle{Code: "invalid-captcha", Error: mistakes["invalid-captcha"]}
	case errors.Is(err, refusal.WrongPassword):
		v.mistake(wrongCredentials(c, tx))
	case errors.Is(err, refusal.UserExists), errors.Is(err, refusal.UsernameExists):
		v.taken(err, "email-in-use")
	case errors.Is(err, refusal.InvalidSignup):
		v.mistakeAt(0, "auth0-users-validation")
	case errors.Is(err, refusal.TooManyAttempts):
		v.mistake("user-blocked")
	case refused.Code == "sms_provider_error":
		v.mistake("passwordless-authenticator-error")
	default: // Auth0's list has no words for it
		v.Fields[len(v.Fields)-1].Error = cmp.Or(refused.Description, refused.Code)
	}
	return r.show(c, tx, v)
}

// page is the path of a page of a login, with the state.
func page(path string, tx tenant.Transaction) string { return to(path, tx).To }

// loginPage and signupPage are the first pages of a login.
func loginPage(c *web.Call, tx tenant.Transaction) string {
	if onePage(c, tx) {
		return "/u/login"
	}
	return "/u/login/identifier"
}

func signupPage(c *web.Call, tx tenant.Transaction) string {
	if onePage(c, tx) {
		return "/u/signup"
	}
	return "/u/signup/identifier"
}

// onePage tells whether one page asks for the address and for the password.
// Unverified: what Auth0 shows without Identifier First if the app asks for a
// passwordless connection.
func onePage(c *web.Call, tx tenant.Transaction) bool {
	return !c.Setup.Fixture.IdentifierFirst() && len(databases(c, tx)) > 0
}

func toLogin(c *web.Call, tx tenant.Transaction) *aside {
	return &aside{"Already have an account?", "Log in", page(loginPage(c, tx), tx)}
}

// toSignup is nil if nobody can sign up.
func toSignup(c *web.Call, tx tenant.Transaction) *aside {
	if !slices.ContainsFunc(usable(c, tx), func(conn *fixtures.Connection) bool { return !conn.Options.DisableSignup }) {
		return nil
	}
	return &aside{"Don't have an account?", "Sign up", page(signupPage(c, tx), tx)}
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
	v, name := view{Screen: "login-id", Other: toSignup(c, tx), flow: identifierFlow(c, conns)}, "username"
	if signup {
		v.Screen, v.Other, name = "signup-id", toLogin(c, tx), "email"
		if asksForNames(conns) {
			return r.signupNames(c, tx, v, conns[0])
		}
	}
	who := identifierField(conns, name)
	if signup && who.Type == "tel" {
		who.Name = "phone"
	}
	who.Value, who.Fixed = tx.Hint, tx.Invitee != ""
	if c.Method != http.MethodPost {
		v.Fields = []field{who}
		return r.show(c, tx, v)
	}
	who.Value = identifierOf(c)
	v.Fields = []field{who}
	conn, recipient := choose(c, conns, who.Value)
	if conn == nil {
		v.usernameMistake(0, unfit(who.Value, conns...), conns...)
		return r.show(c, tx, v)
	}
	if told, refused, err := r.unsolved(c, tx, v); refused {
		return told, err
	}
	var given fixtures.User
	if signup && conn.CodeFirst(kindOf(recipient)) {
		given.SetIdentifier(kindOf(recipient), recipient)
	}
	c.Tenant.Identify(tx, conn.Name, recipient, given)
	switch isDatabase := conn.Strategy == tenant.StrategyDatabase; {
	case conn.CodeFirst(kindOf(recipient)):
		return r.toCode(c, tx, conn, recipient)
	case isDatabase && signup:
		return to("/u/signup/password", tx), nil
	case isDatabase:
		return to("/u/login/password", tx), nil
	}
	if err := send(c, r, conn, recipient); err != nil {
		return r.wrong(c, tx, v, err)
	}
	return to(challengePage(conn), tx), nil
}

// identifierFlow is the flow whose captcha the page has that asks who signs in: that of
// a login with a code, which the page sends, or else that of one with a password.
func identifierFlow(c *web.Call, conns []*fixtures.Connection) fixtures.Flow {
	if slices.ContainsFunc(conns, tenant.Passwordless) && c.Setup.Fixture.NeedsCaptcha(fixtures.FlowPasswordless) {
		return fixtures.FlowPasswordless
	}
	if slices.ContainsFunc(conns, func(conn *fixtures.Connection) bool { return conn.Strategy == tenant.StrategyDatabase }) {
		return fixtures.FlowPassword
	}
	return ""
}

// identifierOf is what the user typed. The sign-up page has another field.
func identifierOf(c *web.Call) string {
	return cmp.Or(c.Params.Text("email"), c.Params.Text("phone"), c.Params.Text("username"))
}

// choose finds the connection by which a user signs in: the first that knows the
// user, or else the first that fits the address.
func choose(c *web.Call, conns []*fixtures.Connection, who string) (first *fixtures.Connection, name string) {
	for _, conn := range conns {
		typed, kind := conn.Identify(who)
		switch {
		case kind == "":
		case c.Tenant.Knows(conn.Name, typed):
			return conn, typed
		case first == nil:
			first, name = conn, typed
		}
	}
	return first, name
}

// signedIn leads on from the page on which a user proved who they are.
func (r *request) signedIn(c *web.Call, tx tenant.Transaction, v view, session tenant.Session, err error) (any, error) {
	switch {
	case errors.Is(err, refusal.UserBlocked):
		c.Tenant.End(tx)
		return r.refuse(c, err)
	case err != nil:
		return r.wrong(c, tx, v, err)
	}
	if session.SignedUp {
		u, _ := c.Tenant.User(session.UserID)
		tickets.SignedUp(c, r.Client, u)
	}
	c.SetSession(session)
	return to("/authorize/resume", tx), nil
}

// browserSession is the id of the browser's session; "" if it has none.
func browserSession(c *web.Call) string {
	s, _ := currentSession(c)
	return s.ID
}

// send sends a code to the user of a page.
func send(c *web.Call, r *request, conn *fixtures.Connection, recipient string) error {
	_, err := passwordless.Start(c, passwordless.Request{Client: r.Client, Connection: conn, Recipient: recipient, Send: "code"})
	return err
}
