package outbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The kinds of message.
const (
	Email  = "email"  // sent by the tenant, to an e-mail address
	SMS    = "sms"    // sent by the tenant, to a phone number
	SMTP   = "smtp"   // an application's own mail, caught by the mail server
	Twilio = "twilio" // an application's own text message, caught by the Twilio door
)

// The states of a message.
const (
	Queued    = "queued"    // under way: it arrives at DeliverAt
	Delivered = "delivered" // it arrived
	Lost      = "lost"      // it never arrives, and nobody was told
	Bounced   = "bounced"   // it was refused
)

// The states of the code, or of the link, in a message.
const (
	Active     = "active"     // it can be redeemed
	Used       = "used"       // it was redeemed
	Superseded = "superseded" // a newer one took its place
	Expired    = "expired"    // its time is over
	Locked     = "locked"     // too many wrong attempts
)

// A Message is something that was sent. The Box hands out copies: what is done
// to one changes nothing in the box.
//
// In JSON, Seq and DeliveredAt are null until the message is delivered, and
// Recipients, Codes and Links are never null.
type Message struct {
	// ID is given by Box.Add, in order: msg_00000001, msg_00000002, …
	ID string `json:"id"`
	// Seq is the message's place in the order of delivery, from 1. It is 0
	// until the message is delivered.
	Seq int64 `json:"seq"`
	// Kind is Email, SMS, SMTP or Twilio.
	Kind string `json:"kind"`
	// To is the first of Recipients: an e-mail address in lower case (of kind
	// SMTP as it was sent), or a phone number in E.164 form.
	To         string   `json:"to"`
	Recipients []string `json:"recipients"`
	// From is the sender: a name with an address in angle brackets, or a number.
	From string `json:"from"`
	// Subject and HTML are empty for an SMS; Text is the plain text.
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	// Code is the one-time code that was sent, Link the magic link; Codes and
	// Links are all that the message holds.
	Code  string   `json:"code"`
	Link  string   `json:"link"`
	Codes []string `json:"codes"`
	Links []string `json:"links"`

	ClientID   string `json:"client_id"`
	Connection string `json:"connection"`
	// Send is what was asked for: code, link, link_ios or link_android.
	Send string `json:"send"`
	// Language is the language that was asked for, as it was sent: the
	// x-request-language header, else accept-language.
	Language string `json:"language"`
	// State is Queued, Delivered, Lost or Bounced.
	State string `json:"state"`
	// OTPState is Active, Used, Superseded, Expired or Locked, and "" for a
	// message with neither a code nor a link to redeem.
	OTPState  string    `json:"otp_state"`
	CreatedAt time.Time `json:"created_at"`
	// DeliveredAt is zero until the message is delivered.
	DeliveredAt time.Time `json:"delivered_at"`
	// DeliverAt is when a queued message arrives; zero for all others.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	// ExpiresAt is the first moment at which the code is no longer good; zero
	// if it never lapses by itself.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Scenario names the scenario and rule that meddled with the message.
	Scenario string `json:"scenario"`
	// Note says what is odd about the message, in a sentence: that a template
	// failed, or that a gateway was not called.
	Note string `json:"note,omitempty"`
	// Relay tells how handing the message on went; nil if it was not.
	Relay *Relay `json:"relay,omitempty"`
	// Raw is the message as it came in, for one that was caught (SMTP): its
	// RFC 5322 bytes. nil for one that the tenant wrote.
	Raw []byte `json:"-"`
	// Words are what the message says if it came without From, Subject, Text
	// and HTML: they are written when it is read. nil for what is written.
	Words Words `json:"-"`
}

// Words are what a message says, kept in less space than it takes.
type Words interface {
	// Write fills in From, Subject, Text and HTML of the message that the words
	// are of: the same each time, at whatever time. It may be called by many at
	// once, and must not use the box.
	Write(m *Message)
	// Size is what they weigh against the bound in bytes.
	Size() int
}

// A Relay is the outcome of handing a message on to a real mail server or SMS
// gateway.
type Relay struct {
	State string `json:"state"`
	Error string `json:"error,omitempty"`
}

// MarshalJSON writes the message with its fields in the documented order.
func (m Message) MarshalJSON() ([]byte, error) {
	// The fields before and after the embedded ones hide those of the same
	// name, and stand where the order wants them.
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
	}
	w.ID, w.plain = m.ID, plain(m)
	w.DeliverAt, w.ExpiresAt, w.Scenario, w.Relay = m.DeliverAt, m.ExpiresAt, m.Scenario, m.Relay
	w.Note = m.Note
	if m.Seq != 0 {
		w.Seq = &m.Seq
	}
	if !m.DeliveredAt.IsZero() {
		w.DeliveredAt = &m.DeliveredAt
	}
	w.Recipients = orEmpty(m.Recipients)
	w.Codes = orEmpty(m.Codes)
	w.Links = orEmpty(m.Links)
	// Links are full of ampersands, which a reader of curl's output wants to
	// see. An encoder that escapes them does so with what this returns, too.
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

// written is a copy for a reader.
func (m *Message) written() Message {
	c := m.clone()
	if c.Words != nil {
		c.Words.Write(&c)
		c.Words = nil
	}
	return c
}

// brief is a copy for a reader who does not want to know what it says.
func (m *Message) brief() Message {
	c := m.clone()
	c.From, c.Subject, c.Text, c.HTML, c.Words = "", "", "", "", nil
	return c
}

// clone copies what a plain assignment would share.
func (m *Message) clone() Message {
	c := *m
	c.Recipients = slices.Clone(m.Recipients)
	c.Codes = slices.Clone(m.Codes)
	c.Links = slices.Clone(m.Links)
	c.Raw = slices.Clone(m.Raw)
	if m.Relay != nil {
		r := *m.Relay
		c.Relay = &r
	}
	return c
}

// size is what the message weighs against the bound in bytes: its words, and
// its bytes as they came in.
func (m *Message) size() int64 {
	n := len(m.From) + len(m.Subject) + len(m.Text) + len(m.HTML) + len(m.Code) + len(m.Link) +
		len(m.ClientID) + len(m.Connection) + len(m.Language) + len(m.Scenario) + len(m.Note) + len(m.Raw)
	for _, list := range [...][]string{m.Recipients, m.Codes, m.Links} {
		for _, s := range list {
			n += len(s)
		}
	}
	if m.Words != nil {
		n += m.Words.Size()
	}
	return int64(n)
}

// tidy fills in what follows from the rest of a message that is to be added.
func (m *Message) tidy() {
	if m.To == "" && len(m.Recipients) > 0 {
		m.To = m.Recipients[0]
	}
	if m.To != "" && (len(m.Recipients) != 1 || m.Recipients[0] != m.To) {
		rest := slices.DeleteFunc(m.Recipients, func(r string) bool { return address(r) == address(m.To) })
		m.Recipients = append([]string{m.To}, rest...)
	}
	if m.Code != "" && len(m.Codes) == 0 {
		m.Codes = []string{m.Code}
	}
	if m.Link != "" && len(m.Links) == 0 {
		m.Links = []string{m.Link}
	}
	if m.OTPState == "" && (m.Code != "" || m.Link != "") && m.Kind != SMTP && m.Kind != Twilio {
		m.OTPState = Active // what an application sent is not for the tenant to redeem
	}
	m.Recipients, m.Codes, m.Links = orEmpty(m.Recipients), orEmpty(m.Codes), orEmpty(m.Links)
	m.CreatedAt, m.DeliverAt, m.ExpiresAt = wall(m.CreatedAt), wall(m.DeliverAt), wall(m.ExpiresAt)
}

// wall strips the monotonic reading, since times are compared across moves of
// the clock, and names them in UTC.
func wall(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Round(0).UTC()
}

// address is the form in which recipients are compared.
func address(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
