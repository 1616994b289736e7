// Package passwordless starts a login with a code or a magic link. An app asks for
// it at /passwordless/start, a user on a login page.
package passwordless

import (
	"cmp"
	"regexp"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A Request asks for a code or a link.
type Request struct {
	Client     *fixtures.Client
	Connection *fixtures.Connection
	Recipient  string // normalised
	Send       string // code, link, link_ios or link_android
	AuthParams web.Params
	Voice      bool // the code is said in a call, and not written in a text message
	// Verifies is the user whose address the code verifies; nil for a code that signs in.
	Verifies *fixtures.User
}

// Start sends the message. A blocked user gets none, and the caller cannot
// tell.
func Start(c *web.Call, r Request) (tenant.Started, error) {
	done, err := c.Tenant.Challenge(r.challenge(c))
	if err != nil {
		return done, err
	}
	SetDevice(c, done.Device)
	if why := c.Setup.WhyUnknown(r.Recipient); done.New && why != "" {
		c.Log.Warn(why)
	}
	c.TellSent(done.Sent, r.Recipient)
	r.recordSent(c, r.Connection.Strategy+"|"+done.UserID, done.Sent)
	if r.Connection.Strategy == tenant.StrategySMS {
		err = callGateway(c, r.Connection, done.Sent)
	}
	return done, err
}

func (r Request) challenge(c *web.Call) tenant.ChallengeRequest {
	var lifetime time.Duration
	if r.Verifies != nil {
		lifetime = verificationLifetime
	}
	return tenant.ChallengeRequest{
		Connection: r.Connection, Recipient: r.Recipient, Now: c.Now, Effects: c.Effects, Lifetime: lifetime,
		Device: Device(c), Link: r.Connection.Strategy == tenant.StrategyEmail && r.Send == "link",
		Compose: func(s tenant.Secret) outbox.Message { return r.compose(c, s) },
	}
}

// StartSession sends a code to a user of a database. The answer is the same if it
// sends none.
func StartSession(c *web.Call, r Request, allowSignup bool) tenant.OTPSession {
	done := c.Tenant.StartOTPSession(tenant.OTPSessionRequest{ChallengeRequest: r.challenge(c), Client: r.Client, AllowSignup: allowSignup})
	if done.Silent != "" {
		c.Hint("nothing was sent: " + done.Silent)
		return done
	}
	c.TellSent(done.Sent, r.Recipient)
	r.recordSent(c, c.Tenant.Named(r.Connection.Name, r.Recipient), done.Sent)
	return done
}

// SendCode sends a code to who is, or may become, a user of a database, as a login
// page asks for it. A blocked user gets none.
func SendCode(c *web.Call, r Request) {
	sent := c.Tenant.ChallengeOfDatabase(r.challenge(c)).Sent
	c.TellSent(sent, r.Recipient)
	r.recordSent(c, c.Tenant.Named(r.Connection.Name, r.Recipient), sent)
}

// verificationLifetime is that of a code which verifies an address.
// Source: auth0/docs-v2 manage-users/user-accounts/verify-emails.mdx.
const verificationLifetime = 15 * time.Minute

// compose writes the message. It carries what send asked for, a code or a link,
// and not both. So a test that forgot send=code fails here as it would at Auth0,
// whose default is a link.
func (r Request) compose(c *web.Call, s tenant.Secret) outbox.Message {
	letter := mail.Letter{
		Tenant: s.Tenant, Client: r.Client, Connection: r.Connection, Templates: s.Templates, Recipient: r.Recipient,
		Send: r.Send, Language: c.Language(), Code: s.Code, OTP: s.Code, Now: c.Now, Sender: c.Setup.Fixture.MailSender(),
		Lifetime: time.Duration(r.Connection.Code().TimeStep) * time.Second, Organization: c.Setup.ShownOrganization(c.Organization),
	}
	m := outbox.Message{
		Purpose: outbox.Passwordless, To: r.Recipient, Recipients: []string{r.Recipient}, ClientID: r.Client.ClientID, Connection: r.Connection.Name,
		Send: r.Send, Language: letter.Language, ExpiresAt: s.Expires, CreatedAt: c.Now,
	}
	if fixtures.IsE164Wire(r.Recipient) {
		m.Kind, m.Code = outbox.SMS, s.Code
		text := mail.SMS(letter)
		if r.Voice {
			m.Kind, text = outbox.Voice, mail.Voice(letter)
		}
		m.From, m.Text, m.Note = text.From, text.Plain, joined(text.Note, gatewayNote(c, r.Connection, s.KeptBack))
		return m
	}
	m.Kind = outbox.Email
	if r.Send == "code" {
		m.Code = s.Code
	} else {
		m.Link = r.magicLink(c, s)
		if s.CutLink {
			m.Link = m.Link[:len(m.Link)*2/3]
		}
		letter.Code, letter.Link = "", m.Link
	}
	text := mail.Email
	if r.Verifies != nil {
		own, _ := c.Setup.Mail(outbox.VerifyEmailByCode)
		letter.Templates, letter.User, letter.Lifetime, m.Purpose, text = own.Templates, tenant.Profile(*r.Verifies), verificationLifetime, outbox.VerifyEmailByCode, mail.VerificationCodeEmail
	}
	written := text(letter)
	m.From, m.Subject, m.Text, m.HTML, m.Note = written.From, written.Subject, written.Plain, written.HTML, written.Note
	return m
}

// joined is two notes as one.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// The did cookie: Auth0 recognises a browser by it, whoever uses the browser.
// It lasts a year.
const (
	deviceCookie = "did"
	deviceAge    = 31557600 // seconds
)

// deviceForm is the form of the names that the tenant gives to browsers.
var deviceForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`) })

// Device is the browser that calls; "" if it has never called before, or is no
// browser.
func Device(c *web.Call) string {
	for _, value := range c.Cookies(deviceCookie) {
		if deviceForm().MatchString(value) {
			return value
		}
	}
	return ""
}

// SetDevice gives the browser that name, unless it has one.
func SetDevice(c *web.Call, device string) {
	if Device(c) == "" {
		c.SetCookie(deviceCookie, device, deviceAge)
	}
}

// NamedSubject is the subject that the parameters of a call name.
func NamedSubject(c *web.Call) web.Subject {
	named := c.Params.Text
	return web.Subject{
		Connection: cmp.Or(named("connection"), named("realm")),
		Recipient:  fixtures.NormalizeRecipient(cmp.Or(named("email"), named("phone_number"), named("username"), named("login_hint"))),
		Send:       named("send"),
		Grant:      named("grant_type"),
	}
}
