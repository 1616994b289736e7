package control

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// reported is how many requests and messages a report shows at most.
const reported = 30

// Report says in lines for people what happened: the last requests with their
// answers, the outbox, the scenarios with their counters, the clock. A failed
// test prints it.
func (a *API) Report() string {
	var text strings.Builder
	requests := a.Server.Requests()
	heading(&text, "requests", len(requests))
	for _, r := range last(requests) {
		text.WriteString("  " + printable.Line(line(r)) + "\n")
	}
	messages := a.Server.Outbox().All()
	heading(&text, "outbox", len(messages))
	for _, m := range last(messages) {
		text.WriteString("  " + printable.Line(sent(m)) + "\n")
	}
	if on := a.Server.Scenarios(); len(on) > 0 {
		heading(&text, "scenarios", len(on))
		for _, status := range last(on) {
			for _, rule := range status.Rules {
				text.WriteString("  " + printable.Line(acted(status, rule)) + "\n")
			}
		}
	}
	state := "stopped"
	if a.Server.Clock().Running() {
		state = "running"
	}
	fmt.Fprintf(&text, "clock: %s, %s\n", a.Server.Clock().Now().Format(time.RFC3339), state)
	return text.String()
}

func heading(text *strings.Builder, what string, n int) {
	fmt.Fprintf(text, "%s: %d", what, n)
	if n > reported {
		fmt.Fprintf(text, ", of which the last %d are", reported)
	}
	text.WriteByte('\n')
}

// sent is a message in one line.
func sent(m outbox.Message) string {
	what := "code " + m.Code
	if m.Link != "" {
		what = "link " + m.Link
	} else if m.Code == "" {
		what = m.Subject
	}
	return fmt.Sprintf("%s %s to %s: %s (%s)", m.CreatedAt.Format(time.TimeOnly), m.Kind, m.To, what,
		strings.TrimPrefix(strings.TrimSuffix(m.State+", "+m.OTPState, ", "), "delivered, "))
}

// acted is what a rule of a scenario has done, in one line.
func acted(s scenarios.Status, r scenarios.RuleStatus) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s/%s: matched %d, fired %d", s.ID, r.ID, r.Matched, r.Fired)
	for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
		fmt.Fprintf(&text, ", skipped %d by %s", r.Skipped[reason], reason)
	}
	if r.Shadowed > 0 {
		fmt.Fprintf(&text, ", shadowed %d", r.Shadowed)
	}
	if r.Fired == 0 && len(r.NearMisses) > 0 {
		text.WriteString("; near miss: " + r.NearMisses[len(r.NearMisses)-1])
	}
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
		text += " " + strings.TrimSuffix(r.Error+": "+r.Description, ": ")
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

// ReadReport is GET /_mock/report.
func (a *API) ReadReport(*web.Call) (any, error) { return text(a.Report()), nil }
