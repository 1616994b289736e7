package mailhog

import (
	"fmt"
	"net"
	"strings"

	"github.com/ian-kent/linkio"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

// A monkey is MailHog's ChaosMonkey for one session. It acts as the scenarios of the
// endpoint smtp say, and accepts everything else.
type monkey struct {
	server *Server
	guard  *guard

	sender  string
	effects map[string]*scenarios.Effects // of the present mail, by recipient
}

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
	m.sender, m.effects = from, nil
	return true
}

// ValidRCPT asks the scenarios what happens to a recipient.
func (m *monkey) ValidRCPT(to string) bool {
	e := m.decide(to)
	if e == nil {
		return true
	}
	if e.Delay > 0 && !m.server.pause(e.Delay) {
		return false
	}
	switch {
	case e.Broken():
		m.guard.fail(e.Fault)
		return false
	case e.Respond != nil:
		m.guard.reply = reply(e)
		return false
	}
	if m.effects == nil {
		m.effects = map[string]*scenarios.Effects{}
	}
	m.effects[to] = e
	return true
}

func (m *monkey) decide(to string) *scenarios.Effects {
	if m.server.Decide == nil {
		return nil
	}
	return m.server.Decide(&scenarios.Request{
		At: m.server.Now(), Endpoint: "smtp", Recipient: fixtures.NormalizeRecipient(recipient(to)),
		Param: func(name string) string {
			if name == "from" {
				return m.sender
			}
			return ""
		},
	})
}

// reply turns the respond of a scenario into a reply of SMTP: a status of 4xx means "try
// again" and 5xx is final. Any other status becomes 550, and so does a preset, which is
// an answer of HTTP.
func reply(e *scenarios.Effects) string {
	status := e.Respond.StatusOr(550)
	if status < 400 || e.Respond.Preset != "" {
		status = 550
	}
	text, _, _ := strings.Cut(strings.ReplaceAll(e.Respond.Body, "\r", ""), "\n")
	if text == "" {
		text = "refused by the scenario " + e.Names()
	}
	return fmt.Sprintf("%d %.400s", status, text)
}

// Disconnect is called after each read.
func (m *monkey) Disconnect() bool { return m.guard.broken }
