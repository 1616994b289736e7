package mailhog

import (
	"cmp"
	"fmt"
	"net"
	"strings"

	"github.com/ian-kent/linkio"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A monkey is MailHog's ChaosMonkey for one session. It acts as the scenarios of the
// endpoint smtp say, and accepts everything else.
type monkey struct {
	server *Server
	guard  *guard

	// of the present mail
	sender     string
	deliver    map[string]delivery // what to ask when it arrives, by recipient
	recipients int
	addresses  int // bytes of all recipients
}

// The limits of the recipients of a mail. A server must take 100 recipients
// (RFC 5321, 4.5.3.1.8).
const (
	maxRecipients = 1000
	maxAddresses  = 64 << 10
)

// A delivery tells what scenarios do to a mail for one recipient, and which rules
// say so.
type delivery func() (how scenarios.Deliver, rules string)

// RegisterFlags does nothing; it is for MailHog's command line.
func (m *monkey) RegisterFlags() {}

// Configure does nothing; it is for MailHog's command line.
func (m *monkey) Configure(func(string, ...any)) {}

// Accept accepts every connection.
func (m *monkey) Accept(net.Conn) bool { return true }

// LinkSpeed sets no limit.
func (m *monkey) LinkSpeed() *linkio.Throughput { return nil }

// ValidAUTH accepts all credentials.
func (m *monkey) ValidAUTH(string, ...string) bool { return true }

// ValidMAIL is called when a mail begins.
func (m *monkey) ValidMAIL(from string) bool {
	m.sender, m.deliver, m.recipients, m.addresses = strings.TrimSpace(from), nil, 0, 0
	if m.sender == "" {
		m.guard.reply = "250 Sender <> ok"
	}
	return true
}

// ValidRCPT counts the recipients, and asks the scenarios what happens to this one.
// The mail goes to those that are accepted.
func (m *monkey) ValidRCPT(to string) bool {
	if m.recipients >= maxRecipients || m.addresses+len(to) > maxAddresses {
		m.guard.reply = "452 too many recipients" // RFC 5321, 4.5.3.1.10
		m.guard.why = fmt.Sprintf("a mail has at most %d recipients, with %d bytes", maxRecipients, maxAddresses)
		return false
	}
	if !m.decide(to) {
		return false
	}
	m.recipients++
	m.addresses += len(to)
	return true
}

// decide asks the scenarios what happens to a recipient.
func (m *monkey) decide(to string) bool {
	if m.server.Decide == nil {
		return true
	}
	what, rules, deliver := m.server.Decide(m.sender, recipient(to))
	switch {
	case what == nil:
	case what.Delay != nil && !m.server.pause(what.Delay.Fixed):
		return false
	case what.Fault != "":
		m.guard.fail(what.Fault)
		return false
	case what.Respond != nil:
		m.guard.reply, m.guard.why = reply(what.Respond, rules), "the scenario "+rules+" says so"
		return false
	}
	if m.deliver == nil {
		m.deliver = map[string]delivery{}
	}
	m.deliver[to] = deliver
	return true
}

// reply turns the respond of a scenario into a reply of SMTP: a status of 4xx means "try
// again" and 5xx is final. Any other status becomes 550, and so does a preset, which is
// an answer of HTTP.
func reply(r *scenarios.Respond, rules string) string {
	status := cmp.Or(r.Status, 550)
	if status < 400 || r.Preset != "" {
		status = 550
	}
	text, _, _ := strings.Cut(strings.ReplaceAll(r.Body, "\r", ""), "\n")
	if text == "" {
		text = "refused by the scenario " + rules
	}
	return fmt.Sprintf("%d %.400s", status, text)
}

// Disconnect is called after each read.
func (m *monkey) Disconnect() bool { return m.guard.broken }
