package login

import (
	"cmp"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

//go:embed pages.html
var pagesHTML string

//go:embed pages.css
var pagesCSS string

// pagesJS is for the fields of passwords and phone numbers, for codes to copy or to fill
// in, and for pages that wait. The pages work without it.
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
	Client                              string
	State                               string
	Fields                              []field
	Hidden                              []field // sent with the form, but not seen
	Action                              string  // what the button sends
	Cancel                              string  // the text of a second button, which sends cancel
	Note                                string  // below the buttons
	Who, What                           string  // whom the page is about, and what kind of name that is
	Edit                                string  // the page that asks for another; "" if there is none
	Forgot                              string  // the page for a user who has forgotten the password
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
	LiveCode                            string // the code that the page asks for, if the tenant shows it
	Mark                                string // how the page says that it is the mock's: band, corner or not at all
	// Scenario names the rules that made the error.
	Scenario string
	// Failing names the scenarios that are on for everybody.
	Failing      string
	LeadsToInbox bool // the page may lead to the inbox page

	flow   fixtures.Flow // what the page's captcha stands before; "" for a page that has none
	failed string        // the words, if they are not those of the screen; the page is an error's

	words                                      // set by show
	look                                       // set by show
	partials          map[string]template.HTML // by place; set by show
	client            *fixtures.Client         // nil if the page is about none
	language          string                   // the app's; "" if the browser chooses
	variant           string                   // which words, if they are not those of the screen
	email             string                   // for the words
	codeTo            string                   // to whom the code went that the page asks for
	names             string                   // for the words: what a user has forgotten the password of
	who               string                   // for the words: the user
	inviter           string                   // for the words: who invites the user
	digits            int                      // for the words: how many a code has, if not 6
	shortest, longest int                      // for the words: the lengths of a username
}

// A field is one that the user fills in.
type field struct {
	Name, Label, Type, Mode, Complete, Value string
	Focus                                    bool // it is where the user begins
	Optional                                 bool
	Fixed                                    bool   // the user cannot change it
	Error, Code                              string // what is wrong with it
	Rules                                    []rule // those of a new password
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

// Script tells whether the page has a partial to validate, a password to show or to check, a secret to copy, a phone
// number to complete, a code to fill in, or something to wait for.
func (v view) Script() bool {
	return v.Poll || len(v.partials) > 0 || v.Secret != "" || v.LiveCode != "" || slices.ContainsFunc(v.Fields, func(f field) bool { return f.Type == "password" || f.Type == "tel" })
}

// show shows a page of a login.
func (r *request) show(c *web.Call, tx tenant.Transaction, v view) (any, error) {
	v.client, v.Client, v.State, v.language, v.inviter = r.Client, r.Client.Name, tx.ID, tx.Language, tx.Inviter
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
	v.look = lookOf(&c.Setup.Fixture.Branding, v.client)
	if o := c.Setup.ShownOrganization(c.Organization); o != nil {
		v.Tenant = o.DisplayName
		v.look = v.look.over(o.Branding)
	}
	v.Action = cmp.Or(v.Action, "default")
	v.fill(c)
	v.fillPartials(c)
	if len(v.Fields) > 0 && (v.Captcha == nil || v.Captcha.Error == "") {
		v.Fields[v.focus()].Focus = true
	}
	if v.wrong() {
		v.Scenario = c.Effects.Refusers()
	}
	v.Mark = markOf(c)
	v.Failing, v.LeadsToInbox = c.Failing(), !c.Setup.Fixture.Tenant.HideInboxLink
	switch {
	case c.Setup.Fixture.Tenant.HideInboxLink:
		v.Inbox = ""
	case c.Setup.Fixture.Tenant.ShowCodes && v.codeTo != "":
		m, _ := c.Tenant.Outbox.Latest(outbox.To(v.codeTo), outbox.Live())
		v.LiveCode = m.Code
	}
	page, err := v.page(c)
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
	if message, denied := triggers.RegistrationMessage(err); denied {
		v.Alert = message
		return r.show(c, tx, v)
	}
	switch {
	case errors.Is(err, refusal.WrongEmailCode), errors.Is(err, refusal.WrongPhoneCode):
		v.mistake("invalid-verification-code")
	case errors.Is(err, refusal.InvalidCaptcha):
		v.Captcha = &riddle{Code: "invalid-captcha", Error: mistakes["invalid-captcha"]}
	case errors.Is(err, refusal.WrongPassword):
		v.mistake(wrongCredentials(c, tx))
	case errors.Is(err, refusal.UserExists), errors.Is(err, refusal.UsernameExists):
		v.taken(err, "email-in-use")
	case passwordMistakes[refused.Name] != "":
		v.mistake(passwordMistakes[refused.Name])
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

// markOf is how the page says that it is not Auth0's. Only on loopback it may keep
// silent: nobody else's browser comes there.
func markOf(c *web.Call) string {
	mark := cmp.Or(c.Setup.Fixture.Tenant.MockNotice, "band")
	if u, err := url.Parse(c.Origin); mark == "none" && (err != nil || !isLoopback(u.Hostname())) {
		return "corner"
	}
	return strings.TrimPrefix(mark, "none")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

// typedDigits is the code that the user typed or pasted, without the blanks and hyphens
// between its digits.
func typedDigits(c *web.Call) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return r
	}, c.Params.Text("code"))
}
