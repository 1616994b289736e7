package outbox

import "strings"

// A Filter picks messages. The zero value picks all messages. Several filters
// together pick the messages that match all of them.
type Filter struct {
	by    criterion
	value string
}

type criterion int

const (
	byNothing criterion = iota
	byID
	byTo
	byGlob
	byKind
	byPurpose
	byConnection
	byClient
	byState
	byOTPState
	byLive
	byCode
	byLink
	bySince
)

// To picks the messages that have addr among their recipients. Case and surrounding
// space do not matter. Each * in addr stands for any text.
func To(addr string) Filter {
	addr = recipientKey(addr)
	for strings.Contains(addr, "**") {
		addr = strings.ReplaceAll(addr, "**", "*")
	}
	if strings.Contains(addr, "*") {
		return Filter{byGlob, addr}
	}
	return Filter{byTo, addr}
}

// ID picks the message with that id.
func ID(id string) Filter { return Filter{byID, id} }

// Kind picks the messages of a kind: Email, SMS, Voice, SMTP or Twilio.
func Kind(kind string) Filter { return Filter{byKind, kind} }

// Purpose picks the messages of a purpose: one of Purposes.
func Purpose(purpose string) Filter { return Filter{byPurpose, purpose} }

// Connection picks the messages of the connection with that name.
func Connection(name string) Filter { return Filter{byConnection, name} }

// Client picks the messages that the client with that client_id asked for.
func Client(id string) Filter { return Filter{byClient, id} }

// State picks the messages in a state: Queued, Delivered, Lost or Bounced. Without this
// filter Latest, Wait and List look only at delivered messages.
func State(state string) Filter { return Filter{byState, state} }

// OTPState picks the messages whose code or link is in a state: Active, Used,
// Superseded, Expired or Locked. "" means the messages without one.
func OTPState(state string) Filter { return Filter{byOTPState, state} }

// Live picks the delivered messages whose code or link can be redeemed.
func Live() Filter { return Filter{byLive, ""} }

// WithCode picks the messages that hold a code.
func WithCode() Filter { return Filter{byCode, ""} }

// WithLink picks the messages that hold a link.
func WithLink() Filter { return Filter{byLink, ""} }

// Since picks the messages that were delivered after the cursor, which comes from
// Box.Cursor. The cursor "now" means the beginning of the call that has the filter.
// Messages that were not delivered never match.
//
// If the cursor is malformed or from before the box was emptied, List and Wait
// fail, and all other methods find nothing.
func Since(cursor string) Filter { return Filter{bySince, cursor} }

// String describes the filter, as in "to ada@example.com".
func (f Filter) String() string {
	switch f.by {
	case byID:
		return "id " + f.value
	case byTo, byGlob:
		return "to " + f.value
	case byKind:
		return "kind " + f.value
	case byPurpose:
		return "purpose " + f.value
	case byConnection:
		return "connection " + f.value
	case byClient:
		return "client " + f.value
	case byState:
		return "state " + f.value
	case byOTPState:
		if f.value == "" {
			return "no code to redeem"
		}
		return "code " + f.value
	case byLive:
		return "live"
	case byCode:
		return "with a code"
	case byLink:
		return "with a link"
	case bySince:
		return "after cursor " + f.value
	}
	return "any"
}

// match judges by everything but Since, which takes the box to understand.
func (f Filter) match(m *Message) bool {
	switch f.by {
	case byID:
		return m.ID == f.value
	case byTo, byGlob:
		for _, r := range m.Recipients {
			if r = recipientKey(r); r == f.value || f.by == byGlob && glob(f.value, r) {
				return true
			}
		}
		return false
	case byKind:
		return m.Kind == f.value
	case byPurpose:
		return m.Purpose == f.value
	case byConnection:
		return m.Connection == f.value
	case byClient:
		return m.ClientID == f.value
	case byState:
		return m.State == f.value
	case byOTPState:
		return m.OTPState == f.value
	case byLive:
		return m.State == Delivered && m.OTPState == Active
	case byCode:
		return m.Code != "" || len(m.Codes) > 0
	case byLink:
		return m.Link != "" || len(m.Links) > 0
	}
	return true
}

// glob tells whether s matches a pattern in which * stands for any text. It ends at
// the first part that s does not have, and takes at most len(s) × len(s) steps if no
// two stars stand side by side.
func glob(pattern, s string) bool {
	first, rest, stars := strings.Cut(pattern, "*")
	if !stars {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, first)
	if !ok {
		return false
	}
	for {
		var part string
		if part, rest, stars = strings.Cut(rest, "*"); !stars {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
}

// A query is a list of filters, as the box understood them at one moment.
type query struct {
	filters []Filter
	to      string // the recipient, if a filter names one
	hasTo   bool
	state   string // the State that a filter asks for, or ""
	after   int64  // the Seq in the cursor
	since   bool   // a filter has a cursor
	epoch   int64  // of the cursor
}

// resolve makes a query of filters. It fails with a *CursorError.
func (b *Box) resolve(filters []Filter) (query, error) {
	q := query{filters: filters, epoch: b.epoch}
	for _, f := range filters {
		switch f.by {
		case byTo:
			q.to, q.hasTo = f.value, true
		case byState:
			q.state = f.value
		case bySince:
			seq := b.lastSeq
			if f.value != "now" {
				var err error
				if seq, err = b.seqOf(f.value); err != nil {
					return query{}, err
				}
			}
			q.after, q.since = max(q.after, seq), true
		}
	}
	return q, nil
}

// match tells whether the message matches all filters.
func (q *query) match(m *Message) bool {
	if q.since && m.Seq <= q.after {
		return false
	}
	return q.matchWithoutCursor(m)
}

// matchWithoutCursor is match without the cursor.
func (q *query) matchWithoutCursor(m *Message) bool {
	for _, f := range q.filters {
		if !f.match(m) {
			return false
		}
	}
	return true
}

// matchOne is match for a caller who looks for one message: undelivered messages
// match only if a filter asks for their State.
func (q *query) matchOne(m *Message) bool {
	return (m.State == Delivered || q.state == m.State) && q.match(m)
}

// candidates returns a list of entries that has all matches, in the order of
// Box.list. The caller must not change the list.
func (b *Box) candidates(q query) []*entry {
	if q.hasTo {
		return b.byTo[q.to]
	}
	return b.list
}
