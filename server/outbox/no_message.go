package outbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/printable"
)

// maxSummaries is how many messages of each sort a NoMessageError names.
const maxSummaries = 5

// A NoMessageError says that no message matched, and what the box holds instead.
type NoMessageError struct {
	// Wanted is what the caller looked for: "message to bob@example.com".
	Wanted string `json:"wanted"`
	// Delivered is how many delivered messages to any recipient the box holds.
	// Seen are at most 5 of them, the newest first.
	Delivered int       `json:"delivered"`
	Seen      []Summary `json:"seen"`
	// Queued are at most 5 queued messages, and Lost at most 5 lost or bounced
	// ones. Those to the wanted recipient come first, then the newest.
	Queued []Summary `json:"queued"`
	Lost   []Summary `json:"lost"`
	// Dropped is how many messages were evicted to make room.
	Dropped int `json:"dropped"`
	// Hint guesses what went wrong. It can be "".
	Hint string `json:"hint,omitempty"`
	// Now is the clock's time, and Running tells whether the clock runs.
	Now     time.Time `json:"now"`
	Running bool      `json:"running"`
	// Err is why the call stopped waiting. It is nil if the call did not wait.
	Err error `json:"-"`
}

// A Summary describes a message in a few words.
type Summary struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	To       string `json:"to"`
	State    string `json:"state"`
	OTPState string `json:"otp_state"`
	// At is when the message was delivered. If it was not, it is when the
	// message was created.
	At time.Time `json:"at"`
	// DeliverAt is when a queued message arrives.
	DeliverAt time.Time `json:"deliver_at,omitzero"`
	Scenario  string    `json:"scenario,omitempty"`
	// Note says why the message does not match, as in "code used". It is "" if
	// the other fields show that.
	Note string `json:"note,omitempty"`
}

// Unwrap returns Err, such as context.DeadlineExceeded.
func (e *NoMessageError) Unwrap() error { return e.Err }

// Error returns all of this in one line.
func (e *NoMessageError) Error() string {
	parts := []string{"no " + e.Wanted, e.seen()}
	for _, s := range e.Queued {
		p := fmt.Sprintf("a message to %s is queued until %s", s.To, clockTime(s.DeliverAt)) + scenarioOf(s)
		if !e.Running {
			p += ", but the clock stands still at " + clockTime(e.Now)
		}
		parts = append(parts, p)
	}
	for _, s := range e.Lost {
		was := "was lost"
		if s.State == Bounced {
			was = "bounced"
		}
		parts = append(parts, fmt.Sprintf("a message to %s %s at %s", s.To, was, clockTime(s.At))+scenarioOf(s))
	}
	if e.Dropped > 0 {
		parts = append(parts, fmt.Sprintf("%s dropped to make room", count(e.Dropped)))
	}
	if e.Hint != "" {
		parts = append(parts, e.Hint)
	}
	return printable.Line(strings.Join(parts, "; ")) // the app chose the recipients of its mails
}

func (e *NoMessageError) seen() string {
	if e.Delivered == 0 {
		if len(e.Queued)+len(e.Lost) > 0 {
			return "nothing was delivered"
		}
		return "the outbox is empty"
	}
	var list []string
	for _, s := range e.Seen {
		l := fmt.Sprintf("to %s at %s", s.To, clockTime(s.At))
		if s.Note != "" {
			l += " (" + s.Note + ")"
		}
		list = append(list, l)
	}
	lead := ", "
	if e.Delivered > len(list) {
		lead = ", the newest "
	}
	return "the outbox has " + count(e.Delivered) + lead + strings.Join(list, ", ")
}

func count(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}

func clockTime(t time.Time) string { return t.Format(time.TimeOnly) }

func scenarioOf(s Summary) string {
	if s.Scenario == "" {
		return ""
	}
	return " (scenario " + s.Scenario + ")"
}

// noMessage returns the error for a query without a match.
func (b *Box) noMessage(q query, now time.Time, err error) *NoMessageError {
	e := &NoMessageError{
		Wanted:  q.wanted(),
		Seen:    []Summary{},
		Dropped: b.dropped,
		Now:     now,
		Running: b.clock.Running(),
		Err:     err,
	}
	// Of the undelivered messages those to the wanted recipient come first. They
	// explain most.
	var queued, lost [2][]Summary
	for _, m := range slices.Backward(b.list) {
		s := q.summary(&m.Message)
		rank := 1
		if q.toMatches(&m.Message) {
			rank = 0
		}
		switch m.State {
		case Delivered:
			e.Delivered++
			if len(e.Seen) < maxSummaries {
				e.Seen = append(e.Seen, s)
			}
		case Queued:
			queued[rank] = append(queued[rank], s)
		default:
			lost[rank] = append(lost[rank], s)
		}
	}
	e.Queued, e.Lost = firstSummaries(queued), firstSummaries(lost)
	e.Hint = b.nearMiss(q)
	return e
}

func firstSummaries(ranked [2][]Summary) []Summary {
	all := append(ranked[0], ranked[1]...)
	return append([]Summary{}, all[:min(len(all), maxSummaries)]...)
}

// wanted describes what the query looks for.
func (q *query) wanted() string {
	noun, to, rest := "message", "", []string{}
	var live, link bool
	for _, f := range q.filters {
		switch f.by {
		case byLive:
			live = true
		case byLink:
			link = true
		}
	}
	switch {
	case live && link:
		noun = "live link"
	case live:
		noun = "live code"
	}
	for _, f := range q.filters {
		switch f.by {
		case byTo, byGlob:
			if live {
				to = " for " + f.value
			} else {
				to = " to " + f.value
			}
		case byLive, byNothing:
		case byCode, byLink:
			if !live {
				noun += " " + f.String()
			}
		case bySince:
			if f.value == "now" {
				rest = append(rest, "from now on")
			} else {
				rest = append(rest, f.String())
			}
		default:
			rest = append(rest, f.String())
		}
	}
	if len(rest) > 0 {
		return noun + to + " (" + strings.Join(rest, ", ") + ")"
	}
	return noun + to
}

// toMatches tells whether the message is to the wanted recipient.
func (q *query) toMatches(m *Message) bool {
	for _, f := range q.filters {
		if (f.by == byTo || f.by == byGlob) && !f.match(m) {
			return false
		}
	}
	return true
}

func (q *query) summary(m *Message) Summary {
	s := Summary{
		ID: m.ID, Kind: m.Kind, To: m.To, State: m.State, OTPState: m.OTPState,
		At: m.DeliveredAt, DeliverAt: m.DeliverAt, Scenario: m.Scenario,
	}
	if s.At.IsZero() {
		s.At = m.CreatedAt
	}
	switch {
	case q.since && m.Seq != 0 && m.Seq <= q.after:
		s.Note = "before the cursor"
	case m.OTPState != "" && m.OTPState != Active:
		s.Note = "code " + m.OTPState
	case (q.has(byCode) || q.has(byLink)) && (m.Kind == SMTP || m.Kind == Twilio):
		s.Note = "the app's own message: what was found in it is in its codes and links"
	case q.has(byCode) && m.Code == "" && m.Link != "":
		s.Note = "it carries a link and no code: send was link or absent, which is link at Auth0"
	case q.has(byLink) && m.Link == "" && m.Code != "":
		s.Note = "it carries a code and no link: send was code"
	}
	return s
}

func (q *query) has(by criterion) bool {
	return slices.ContainsFunc(q.filters, func(f Filter) bool { return f.by == by })
}

// nearMiss returns a hint if a message to a similar recipient has arrived.
func (b *Box) nearMiss(q query) string {
	if !q.hasTo || len(b.byTo[q.to]) > 0 {
		return ""
	}
	best, least := "", 3
	for _, m := range slices.Backward(b.list) {
		if m.State != Delivered {
			continue
		}
		for _, k := range m.keys {
			if d := distance(q.to, k); d < least && d*4 <= len(q.to) {
				best, least = k, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return "a message to " + best + " arrived; did you mean that?"
}

// distance returns how many letters must be added, left out or changed to turn a
// into b; 3 stands for more than 2. Phone numbers with the same digits have the
// distance 1.
func distance(a, b string) int {
	if da := digits(a); da != "" && da == digits(b) && !strings.Contains(a+b, "@") {
		return 1
	}
	if n := len(a) - len(b); n > 2 || n < -2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
