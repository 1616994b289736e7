package login

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/mfa"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

const (
	// rememberCookie is the name of the cookie of a browser in which a user need not
	// give a second factor again.
	rememberCookie = "auth0-mf"
	mfaPath        = "/u/mfa-"
	// appName is the app that shows push notifications.
	appName = "Auth0 Guardian"
)

// A MFAPage is a page of a second factor, with its form.
type MFAPage struct {
	Path, Summary, Form string
	Also                []string
	Flow                web.Flow
}

// MFAPages are the pages of a second factor.
// Source: auth0/docs articles/policies/global-limit.md has the paths.
func MFAPages() []MFAPage {
	page := func(name, summary, form string, on stage, flow func(*secondFactor) (any, error)) MFAPage {
		return MFAPage{Path: mfaPath + name, Summary: summary, Form: form, Flow: onStage(name, on, flow)}
	}
	enroll := page("enroll-options", "the page that asks which second factor a user wants to enroll", "the factor, as action", enrolling, enrollOptions)
	enroll.Also = []string{mfaPath + "begin-enroll-options"}
	return []MFAPage{
		page("login-options", "the list of a user's second factors", "the factor, as action", challenging, loginOptions),
		page("otp-challenge", "the page that asks for the code of an authenticator app", "the code", challenging, otpChallenge),
		page("sms-challenge", "the page that asks for the code of a text message", "the code, or action=resend-code", challenging, smsCode.challenge),
		page("voice-challenge", "the page that asks for the code of a call", "the code, or action=resend-code", challenging, voiceCode.challenge),
		page("email-challenge", "the page that asks for the code of an e-mail, as second factor", "the code, or action=resend-code", challenging, emailCode.challenge),
		page("phone-challenge", "the page that asks whether the code comes by text message or by call", "type=sms or voice", challenging, phoneChallenge),
		page("push-challenge", "the page that waits for the answer to a push notification; as JSON it tells whether there is one", "action=continue, resend or enter-otp-code", challenging, pushChallenge),
		page("recovery-code-challenge", "the page that asks for a recovery code", "the code", challenging, recoveryChallenge),
		page("sms-list", "the list of a user's phone numbers", "action=selection-action::0 and so on", challenging, listOf(fixtures.FactorPhone)),
		page("email-list", "the list of a user's e-mail addresses, as second factors", "action=selection-action::0 and so on", challenging, listOf(fixtures.FactorEmail)),
		page("guardian-list", "the list of a user's devices with push notifications", "action=selection-action::0 and so on", challenging, listOf(fixtures.FactorPush)),
		enroll,
		page("otp-enrollment", "the page with the QR code of an authenticator app", "the first code, or action=toggle-view", enrolling, otpEnrollment),
		page("sms-enrollment", "the page that asks for a phone number for text messages", "phone", enrolling, smsCode.enrollment),
		page("voice-enrollment", "the page that asks for a phone number for calls", "phone", enrolling, voiceCode.enrollment),
		page("phone-enrollment", "the page that asks for a phone number, and how codes come", "phone, and type=sms or voice", enrolling, phoneEnrollment),
		page("sms-enrollment-verify", "the page that asks for the first code of a phone number", "the code, or action=resend-code", enrolling, enrollmentVerify),
		page("guardian-welcome", "the page that asks to install the app of push notifications", "action=enroll", enrolling, pushWelcome),
		page("push-enrollment", "the page with the QR code for the app of push notifications", "action=continue", enrolling, pushEnrollment),
		page("recovery-code-enrollment", "the page that shows the recovery code of a user who has enrolled the first factor", "saved=on", saving, newRecoveryCode),
		page("enroll-result", "the last page of an enrolment ticket", "nothing", over, enrollResult),
		page("recovery-code-challenge-new-code", "the page that shows the code which replaces a used recovery code", "saved=on", saving, newRecoveryCode),
	}
}

// A stage is a part of the way through the pages.
type stage int

const (
	challenging stage = iota // the user gives a factor
	enrolling                // the user enrolls one
	saving                   // the user writes a recovery code down
	over
)

// A secondFactor is a login whose user is on the pages of a second factor.
type secondFactor struct {
	*web.Call
	r    *request
	tx   tenant.Transaction
	page tenant.SecondFactorPage
}

func (m *secondFactor) stage() stage {
	switch {
	case m.page.Over:
		return over
	case m.page.Proved:
		return saving
	case m.page.Enrolls:
		return enrolling
	}
	return challenging
}

// onStage is the flow of a page of a stage. A user on another stage goes to the page
// where that begins.
func onStage(name string, on stage, flow func(*secondFactor) (any, error)) web.Flow {
	return func(c *web.Call) (any, error) {
		page, ok := c.Tenant.SecondFactorPage(c.Params.Text("state"), c.Now)
		if !ok {
			return nil, overAlready()
		}
		tx, r, err := loginOf(c, page.Login)
		if err != nil {
			return nil, err
		}
		m := &secondFactor{c, r, tx, page}
		if page.Ticket != "" && m.stage() == enrolling {
			_, err := c.Tenant.EnrollmentTicket(page.Ticket, c.Now)
			if told, refused, err := m.ticketRefused(err); refused {
				return told, err
			}
		}
		again := c.Method == http.MethodPost && m.page.Proved && on != saving // a form that is sent twice
		switch {
		case m.stage() == on || again:
			return flow(m)
		case m.polls() && strings.HasPrefix(name, "push-"): // a redirect would end the login, whose answer the poll throws away
			return completed(false), nil
		}
		return web.Redirect{To: m.next()}, nil
	}
}

// polls tells whether a page asks for news of itself.
func (m *secondFactor) polls() bool {
	return m.Method != http.MethodPost && strings.Contains(m.Header.Get("Accept"), "application/json")
}

// completed tells such a page whether the user has answered.
func completed(answered bool) web.Raw {
	return web.Raw{ContentType: "application/json; charset=utf-8", Body: []byte(`{"completed":` + strconv.FormatBool(answered) + `}`)}
}

// MFASubject is whom a page of a second factor is about.
func MFASubject(c *web.Call) web.Subject {
	page, ok := c.Tenant.SecondFactorPage(c.Params.Text("state"), c.Now)
	if !ok {
		return web.Subject{}
	}
	tx, _ := c.Tenant.Transaction(page.Login, c.Now)
	if client := tx.Authorization.Client; client != nil {
		c.ClientID = cmp.Or(c.ClientID, client.ClientID)
	}
	return web.Subject{Connection: page.User.Connection, Recipient: page.Address}
}

// askSecondFactor leads to the pages of a second factor.
func (r *request) askSecondFactor(c *web.Call, tx tenant.Transaction, s tenant.Session, remembers bool) (any, error) {
	if tx.ID == "" {
		said := tx.Actions
		tx = r.begun(c, s)
		tx.Actions = said
		c.Tenant.NoteActions(tx, said)
	}
	page, ok := c.Tenant.BeginSecondStep(tx, s, remembers, c.Now)
	if !ok {
		return r.noSecondFactor(c, tx)
	}
	m := &secondFactor{c, r, tx, page}
	if m.stage() == challenging {
		mfa.Started(c, &page.User)
	}
	return web.Redirect{To: m.next()}, nil
}

// begun begins a login whose user is signed in already.
func (r *request) begun(c *web.Call, s tenant.Session) tenant.Transaction {
	tx := tenant.Transaction{Authorization: r.Authorization, SignedIn: s.ID, Language: askedLanguage(c)}
	if s.ID == "" {
		tx.Linked = s
	}
	return c.Tenant.Begin(tx)
}

// noSecondFactor is the page for a user who has no factor and can enroll none.
func (r *request) noSecondFactor(c *web.Call, tx tenant.Transaction) (any, error) {
	v := view{Screen: "status", failed: "status", client: r.Client, Client: r.Client.Name, language: tx.Language}
	shown, err := v.show(c)
	return web.Told{Value: shown, Refusal: refusal.NoSecondFactor.Because("the login needs a second factor, and guardian.factors of the fixture has none that the user could enroll")}, err
}

// next is where the user goes now.
func (m *secondFactor) next() string {
	switch m.stage() {
	case over:
		if m.page.Ticket != "" {
			return m.to("enroll-result")
		}
		return page("/authorize/resume", m.tx)
	case saving:
		if m.page.Enrolls {
			return m.to("recovery-code-enrollment")
		}
		return m.to("recovery-code-challenge-new-code")
	case enrolling:
		if len(m.page.Can) == 1 {
			return m.enrollmentOf(m.page.Can[0])
		}
		return m.to("enroll-options")
	}
	return m.challengeOf(m.chosen())
}

// to is the address of a page.
func (m *secondFactor) to(name string) string {
	return mfaPath + name + "?state=" + url.QueryEscape(m.page.ID)
}

func (m *secondFactor) redirect(name string) (any, error) { return web.Redirect{To: m.to(name)}, nil }

// action is the button that the user has pressed. What comes after :: is its index;
// without one it is 0.
func (m *secondFactor) action() (name string, index int) {
	if m.Method != http.MethodPost {
		return "", 0
	}
	name, after, _ := strings.Cut(m.Params.Text("action"), "::")
	index, _ = strconv.Atoi(after)
	return cmp.Or(name, "default"), index
}

// at is the authenticator with an index. Beyond the end it is the last one.
func at(all []tenant.Authenticator, i int) tenant.Authenticator {
	return all[max(0, min(i, len(all)-1))]
}

// show shows a page. A user who can do otherwise is told so.
func (m *secondFactor) show(v view) (any, error) {
	v.client, v.Client, v.State, v.language = m.r.Client, m.r.Client.Name, m.page.ID, m.tx.Language
	return v.show(m.Call)
}

// otherMethod is the button that leads to the other factors; nothing if there are
// none.
func (m *secondFactor) otherMethod() []line {
	if several := m.page.Enrolls && len(m.page.Can) > 1 || !m.page.Enrolls && len(m.options()) > 1; !several {
		return nil
	}
	return []line{{Buttons: []button{{Action: "pick-authenticator", Text: "Try another method"}}}}
}

// pick leads to the list of the other factors.
func (m *secondFactor) pick() (any, error) {
	if m.page.Enrolls {
		return m.redirect("enroll-options")
	}
	return m.redirect("login-options")
}

func (m *secondFactor) request() tenant.StepRequest {
	step := mfa.Step(m.Call, m.page.ID)
	step.Page = true
	return step
}

// send sends a message or a notification, if none is under way or if again says so.
func (m *secondFactor) send(again bool) error {
	if !again && m.page.OOB != "" && m.page.OOBTo.ID == m.page.Authenticator.ID {
		return nil
	}
	if _, err := mfa.Challenge(m.Call, m.request(), m.page.Authenticator.ID); err != nil {
		return err
	}
	m.page, _ = m.Tenant.SecondFactorPage(m.page.ID, m.Now)
	return nil
}

// prove takes what the user gives, and leads on.
func (m *secondFactor) prove(v view, p tenant.Proof, ofMessage bool) (any, error) {
	page, err := m.Tenant.ProveOnPage(m.request(), p, ofMessage)
	if err != nil {
		return m.wrong(v, err)
	}
	switch {
	case m.page.Enrolls:
		m.Record(tenantlog.Entry{Type: "gd_enrollment_complete"})
	case p.RecoveryCode != "":
		m.Record(tenantlog.Entry{Type: "gd_recovery_succeed"})
	default:
		m.Record(tenantlog.Entry{Type: "gd_auth_succeed"})
	}
	m.page = page
	if page.Remembers && v.Check != nil && m.Params.Text(v.Check.Name) != "" {
		m.SetTenantCookie(rememberCookie, m.Tenant.RememberBrowser(page.User.UserID, m.Now), int(tenant.RememberLifetime.Seconds()))
	}
	return web.Redirect{To: m.next()}, nil
}

// remember is the box that asks not to be asked again.
func (m *secondFactor) remember() *check {
	if !m.page.Remembers || m.page.Enrolls {
		return nil
	}
	return &check{Name: "rememberBrowser", Value: "true", Label: "Remember this device for 30 days"}
}

// wrong shows a refusal on a page: at its last field, or above the form if it has no
// field. Any other error is returned.
// Unverified: which words Auth0 has for a code that has expired.
func (m *secondFactor) wrong(v view, err error) (told any, _ error) {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	if told, refused, err := m.ticketRefused(err); refused {
		return told, err
	}
	if errors.Is(err, refusal.UserBlocked) {
		m.Tenant.End(m.tx)
		return m.r.refuse(m.Call, err)
	}
	code := "invalid-code"
	switch {
	case errors.Is(err, refusal.TooManyMFAFailures):
		code = "too-many-failures"
	case errors.Is(err, refusal.TooManyMFAMessages):
		code = "too-many-sms"
		if m.page.Authenticator.Channel == tenant.ChannelVoice {
			code = "too-many-voice"
		}
	case errors.Is(err, refusal.TooManyMFAEmails):
		code = "too-many-email"
	case errors.Is(err, refusal.AuthorizationPending) && m.page.Enrolls:
		code = "enrollment-transaction-pending"
	case errors.Is(err, refusal.AuthorizationPending):
		code = "challenge-transaction-pending"
	case errors.Is(err, refusal.PollingTooFast):
		code = "polling-interval-exceeded"
	case errors.Is(err, refusal.MFARejected) && len(v.Fields) == 0:
		code = "transaction-rejected"
	case errors.Is(err, refusal.OOBCodeExpired) && (m.page.Enrolls || len(v.Fields) == 0), errors.Is(err, refusal.MalformedOOBCode) && len(v.Fields) == 0:
		code = "transaction-not-found"
	}
	if len(v.Fields) == 0 {
		v.Alert, v.AlertCode = v.wordsFor(code), code
	} else {
		v.mistake(code)
	}
	shown, err := m.show(v)
	return web.Told{Value: shown, Refusal: refused}, err
}
