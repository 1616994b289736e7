package mailhog

import (
	"fmt"
	"net"
	"strings"

	"github.com/ian-kent/linkio"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

// A monkey is MailHog's ChaosMonkey for one session: it lets everything pass
// but what the scenarios say of the endpoint smtp.
type monkey struct {
	server *Server
	guard  *guard

	sender  string
	effects map[string]*scenarios.Effects // by recipient, of the mail under way
}

// RegisterFlags and Configure belong to MailHog's command line.
func (m *monkey) RegisterFlags() {}

// Configure does nothing.
func (m *monkey) Configure(func(string, ...any)) {}

// Accept lets everybody connect.
func (m *monkey) Accept(net.Conn) bool { return true }

// LinkSpeed is unlimited.
func (m *monkey) LinkSpeed() *linkio.Throughput { return nil }

// ValidAUTH lets everybody in.
func (m *monkey) ValidAUTH(string, ...string) bool { return true }

// ValidMAIL begins a mail.
func (m *monkey) ValidMAIL(from string) bool {
	m.sender, m.effects = from, nil
	return true
}

// ValidRCPT asks the scenarios about a recipient.
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

// reply is what respond says, in SMTP's words: a status of 4xx is "try again",
// 5xx is final, and any other is 550. A preset is an answer of HTTP; only its
// being there counts.
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

// Disconnect is asked after each read.
func (m *monkey) Disconnect() bool { return m.guard.broken }
