package outbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/address"
)

// The kinds of message.
const (
	Email  = "email"  // sent by the tenant, to an e-mail address
	SMS    = "sms"    // sent by the tenant, to a phone number
	Voice  = "voice"  // said by the tenant in a call to a phone number
	SMTP   = "smtp"   // sent by an application, by SMTP
	Twilio = "twilio" // sent by an application, by Twilio's API
)

// The purposes of a message. Where Auth0 has a template for it, the purpose is the
// template's name.
const (
	Passwordless      = "passwordless"         // a code or a link to sign in
	MFACode           = "mfa_oob_code"         // the code of a second factor
	ResetEmail        = "reset_email"          // a link to change the password
	VerifyEmail       = "verify_email"         // a link to verify the address
	VerifyEmailByCode = "verify_email_by_code" // a code to verify the address
	WelcomeEmail      = "welcome_email"        // a welcome to a new user
	ChangeEmail       = "change_email"         // word to a passwordless address that is new
	BlockedAccount    = "blocked_account"      // a link that takes a block away
	UserInvitation    = "user_invitation"      // a link to accept an invitation to an organization
	EnrollmentEmail   = "enrollment_email"     // a link to enroll a second factor
)

// Purposes are all purposes.
var Purposes = []string{Passwordless, MFACode, ResetEmail, VerifyEmail, VerifyEmailByCode, WelcomeEmail, ChangeEmail, BlockedAccount, UserInvitation, EnrollmentEmail}

// The states of a message.
const (
	Queued    = "queued"    // it will arrive at DeliverAt
	Delivered = "delivered" // it has arrived
	Lost      = "lost"      // it never arrives, and the sender does not know
	Bounced   = "bounced"   // the recipient's mail server or network refused it
)

// The states of the code or link in a message.
const (
	Active     = "active"     // it can be redeemed
	Used       = "used"       // it was redeemed
	Superseded = "superseded" // a newer one replaced it
	Expired    = "expired"    // its time is over
	Locked     = "locked"     // there were too many wrong tries
)

// A Message is an e-mail, a text message or a call that was sent. The Box hands out copies:
// changing one does not change the box.
//
// In JSON, Seq and DeliveredAt are null until the message is delivered, and
// Recipients, Codes and Links are never null.
type Message struct {
	// ID is given by Box.Add, in order: msg_00000001, msg_00000002, …
	ID string `json:"id"`
	// Seq is the message's place in the order of delivery, from 1. It is 0 for
	// a message that is not delivered.
	Seq int64 `json:"seq" nullable:"true"`
	// Kind is Email, SMS, Voice, SMTP or Twilio.
	Kind string `json:"kind"`
	// Purpose says what the message is for: one of Purposes. It is "" for a message
	// of an application.
	Purpose string `json:"purpose"`
	// To is the first of Recipients: a phone number in E.164 form, or an e-mail
	// address in lower case. For the kind SMTP the address is as it was sent.
	To         string   `json:"to"`
	Recipients []string `json:"recipients"`
	// From is the sender: a name with an address in angle brackets, an address,
	// or a phone number.
	From string `json:"from"`
	// Text is the plain text, or what a voice says. Subject and HTML are empty for
	// a text message and a call.
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	// Code is the one-time code that the tenant sent, and Link the magic link.
	// Codes and Links are all codes and links in the message.
	Code  string   `json:"code"`
	Link  string   `json:"link"`
	Codes []string `json:"codes"`
	Links []string `json:"links"`

	ClientID   string `json:"client_id"`
	Connection string `json:"connection"`
	// Send is what the client asked for: code, link, link_ios or link_android.
	Send string `json:"send"`
	// Language is the language that the client asked for: the value of the
	// header x-request-language, else of accept-language.
	Language string `json:"language"`
	// State is Queued, Delivered, Lost or Bounced.
	State string `json:"state"`
	// OTPState is Active, Used, Superseded, Expired or Locked. It is "" for a
	// message without a code or link of the tenant.
	OTPState  string    `json:"otp_state"`
	CreatedAt time.Time `json:"created_at"`
	// DeliveredAt is zero until the message is delivered.
	DeliveredAt time.Time `json:"delivered_at" nullable:"true"`
	// DeliverAt is when a queued message arrives. It is zero for all others.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// ExpiresAt is the moment from which the code no longer works. It is zero if
	// the code does not expire.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Scenario names the scenario and the rule that changed or delayed the
	// message.
	Scenario string `json:"scenario"`
	// Note is a sentence about something unusual: that a template failed, or
	// that a gateway was not called.
	Note string `json:"note,omitempty"`
	// Provider is what an Action of the trigger custom-email-provider or
	// custom-phone-provider has done with the message: sent, or why not. It is "" if
	// there is none.
	Provider string `json:"provider,omitempty"`
	// Relay says whether a real mail server or SMS gateway took the message. It
	// is nil if none was asked to.
	Relay *Relay `json:"relay,omitempty"`
	// Attachments are the parts of a mail of kind SMTP other than its text. Their
	// content is in Raw.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Raw has the bytes of a message of kind SMTP, as RFC 5322 has them. It is
	// nil for all others. Nobody may change them: all copies of a message share
	// them, since they may be large.
	Raw []byte `json:"-"`
}

// An Attachment is a file or a picture in a mail.
type Attachment struct {
	// Part is its number in the mail, as in 2, or 1.2 for a nested part.
	Part        string `json:"part"`
	FileName    string `json:"file_name"` // may be empty
	ContentType string `json:"content_type"`
	// ContentID is the name by which the HTML shows a picture: cid:ContentID.
	ContentID string `json:"content_id,omitempty"`
	Size      int    `json:"size"` // in bytes, decoded
}

// A Relay is the answer of a real mail server or SMS gateway to a message that was
// sent on to it.
type Relay struct {
	State string `json:"state"`
	Error string `json:"error,omitempty"`
}

// MarshalJSON writes the message with its members in the documented order.
func (m Message) MarshalJSON() ([]byte, error) {
	// The fields before and after the embedded struct replace its fields of the
	// same name, which have another place or type.
	type plain Message
	var w struct {
		ID  string `json:"id"`
		Seq *int64 `json:"seq"`
		plain
		DeliveredAt *time.Time `json:"delivered_at"`
		DeliverAt   time.Time  `json:"deliver_at,omitzero"`
		ExpiresAt   time.Time  `json:"expires_at,omitzero"`
		Scenario    string     `json:"scenario"`
		Note        string     `json:"note,omitempty"`
		Relay       *Relay     `json:"relay,omitempty"`

		Attachments []Attachment `json:"attachments,omitempty"`
	}
	w.ID, w.plain = m.ID, plain(m)
	w.DeliverAt, w.ExpiresAt, w.Scenario, w.Relay = m.DeliverAt, m.ExpiresAt, m.Scenario, m.Relay
	w.Note, w.Attachments = m.Note, m.Attachments
	if m.Seq != 0 {
		w.Seq = &m.Seq
	}
	if !m.DeliveredAt.IsZero() {
		w.DeliveredAt = &m.DeliveredAt
	}
	w.Recipients = orEmpty(m.Recipients)
	w.Codes = orEmpty(m.Codes)
	w.Links = orEmpty(m.Links)
	// Links have ampersands, which should be readable in curl's output. If the
	// caller's encoder escapes them, it does so here too.
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(w)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// clone returns a copy that shares nothing with m but Raw.
func (m *Message) clone() Message {
	c := *m
	c.Recipients = slices.Clone(m.Recipients)
	c.Codes = slices.Clone(m.Codes)
	c.Links = slices.Clone(m.Links)
	c.Attachments = slices.Clone(m.Attachments)
	if m.Relay != nil {
		r := *m.Relay
		c.Relay = &r
	}
	return c
}

// Size returns how many bytes of text and raw bytes the message has.
func (m *Message) Size() int64 {
	n := len(m.From) + len(m.Subject) + len(m.Text) + len(m.HTML) + len(m.Code) + len(m.Link) +
		len(m.ClientID) + len(m.Connection) + len(m.Language) + len(m.Scenario) + len(m.Note) + len(m.Raw)
	for _, list := range [...][]string{m.Recipients, m.Codes, m.Links} {
		for _, s := range list {
			n += len(s)
		}
	}
	for _, a := range m.Attachments {
		n += len(a.Part) + len(a.FileName) + len(a.ContentType) + len(a.ContentID)
	}
	return int64(n)
}

// fillIn fills in what follows from the rest of a new message.
func (m *Message) fillIn() {
	if m.To == "" && len(m.Recipients) > 0 {
		m.To = m.Recipients[0]
	}
	if m.To != "" && (len(m.Recipients) != 1 || m.Recipients[0] != m.To) {
		rest := slices.DeleteFunc(m.Recipients, func(r string) bool { return recipientKey(r) == recipientKey(m.To) })
		m.Recipients = append([]string{m.To}, rest...)
	}
	if m.Code != "" && len(m.Codes) == 0 {
		m.Codes = []string{m.Code}
	}
	if m.Link != "" && len(m.Links) == 0 {
		m.Links = []string{m.Link}
	}
	if m.OTPState == "" && (m.Code != "" || m.Link != "") && m.Kind != SMTP && m.Kind != Twilio {
		m.OTPState = Active // the tenant does not redeem what an application sent
	}
	m.Recipients, m.Codes, m.Links = orEmpty(m.Recipients), orEmpty(m.Codes), orEmpty(m.Links)
	m.CreatedAt, m.DeliverAt, m.ExpiresAt = wallTime(m.CreatedAt), wallTime(m.DeliverAt), wallTime(m.ExpiresAt)
}

// wallTime returns a time in UTC without its monotonic reading, which would be wrong
// in comparisons across a move of the clock.
func wallTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Round(0).UTC()
}

// recipientKey is a recipient in the form in which recipients are compared.
func recipientKey(s string) string { return address.Key(strings.ToLower(strings.TrimSpace(s))) }
