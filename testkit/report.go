package testkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/journal"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// reported is how many requests and messages a report shows at most.
const reported = 30

// report tells what happened: the requests with their answers, the outbox, the
// clock.
func (a *Auth0) report() string {
	var text strings.Builder
	requests := a.server.Requests()
	fmt.Fprintf(&text, "mockauth0 at %s: %s\n", a.URL(), count(len(requests), "request"))
	for _, r := range last(requests) {
		text.WriteString("  " + line(r) + "\n")
	}
	if n := a.distrusted.Load(); n > 0 {
		fmt.Fprintf(&text, "https: %s: %s; use auth.Client(), or auth.TLSConfig() in a client of your own\n", count(int(n), "handshake"), localtls.Distrust)
	}
	messages := a.server.Outbox().All()
	fmt.Fprintf(&text, "outbox: %s\n", count(len(messages), "message"))
	for _, m := range last(messages) {
		what := "code " + m.Code
		if m.Link != "" {
			what = "link " + m.Link
		} else if m.Code == "" {
			what = m.Subject
		}
		fmt.Fprintf(&text, "  %s %s to %s: %s (%s)\n", m.CreatedAt.Format(time.TimeOnly), m.Kind, m.To, what, strings.TrimPrefix(m.State+", "+m.OTPState, "delivered, "))
	}
	clock := a.server.Clock()
	state := "stopped"
	if clock.Running() {
		state = "running"
	}
	fmt.Fprintf(&text, "clock: %s, %s", clock.Now().Format(time.RFC3339), state)
	return text.String()
}

// line is a request in one line, with its answer.
func line(r journal.Request) string {
	text := fmt.Sprintf("%s %s %s", r.At.Format(time.TimeOnly), r.Method, r.Path)
	if len(r.Params) > 0 {
		if params, err := json.Marshal(r.Params); err == nil {
			text += " " + string(params)
		}
	}
	if r.Status == 0 {
		text += " -> no answer"
	} else {
		text += fmt.Sprintf(" -> %d", r.Status)
	}
	if r.Error != "" || r.Description != "" {
		text += " " + r.Error + ": " + r.Description
	}
	if r.Scenario != "" {
		text += " [" + r.Scenario + "]"
	}
	if r.Hint != "" {
		text += " (" + r.Hint + ")"
	}
	return text
}

func last[T any](items []T) []T { return items[max(0, len(items)-reported):] }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
