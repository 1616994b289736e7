package servertest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/server/outbox"
)

func (c *Conversation) Live(to string, f outbox.Filter) outbox.Message {
	return c.Newest(outbox.To(to), outbox.Live(), f)
}

func (c *Conversation) Newest(f ...outbox.Filter) outbox.Message {
	m, ok := c.Server.Outbox().Latest(f...)
	if !ok {
		c.Failf("there is no such message")
	}
	return m
}

// Last is the message to somebody that was sent last, whether it has arrived or
// not.
func (c *Conversation) Last(to string) outbox.Message {
	all := c.Server.Outbox().All(outbox.To(to))
	if len(all) == 0 {
		c.Failf("there is no message to %s", to)
	}
	return slices.MaxFunc(all, func(a, b outbox.Message) int { return strings.Compare(a.ID, b.ID) })
}

// Describe shows a message as its reader sees it.
func Describe(m outbox.Message) string {
	head := fmt.Sprintf("%s %s, %s, %s\nfrom %s to %s", m.ID, m.Kind, m.State, m.OTPState, m.From, m.To)
	if m.Subject != "" {
		head += "\n" + m.Subject
	}
	if m.Scenario != "" {
		head += "\nscenario " + m.Scenario
	}
	if m.Note != "" {
		head += "\nnote: " + m.Note
	}
	return head + "\n\n" + strings.TrimSuffix(m.Text, "\n")
}

// Decoded is a part of a token, a member a line.
func (c *Conversation) Decoded(part, compact string) string {
	header, _, ok := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	wrong := ""
	if part == "claims" {
		var verified []byte
		if verified, err = VerifyErr(JWKS(c.T, c.Server), compact); err == nil {
			raw = verified
		} else if parts := strings.Split(compact, "."); len(parts) == 3 {
			wrong = "NOT VERIFIED: " + err.Error() + "\n"
			raw, err = base64.RawURLEncoding.DecodeString(parts[1])
		}
	}
	var indented bytes.Buffer
	if !ok || err != nil || json.Indent(&indented, raw, "", "  ") != nil {
		return "NO TOKEN: " + strings.Join(strings.Fields(compact), " ")[:min(40, len(compact))] + "…"
	}
	return wrong + indented.String()
}

// KeyIDs are the ids of the keys that the server publishes, one a line.
func (c *Conversation) KeyIDs() string {
	var set struct {
		Keys []struct{ Kid string }
	}
	if err := json.Unmarshal(JWKS(c.T, c.Server), &set); err != nil {
		c.Failf("%v", err)
	}
	ids := make([]string, len(set.Keys))
	for i, k := range set.Keys {
		ids[i] = k.Kid
	}
	return strings.Join(append(ids, fmt.Sprintf("(%d)", len(ids))), "\n")
}

// Counts is what the rules of a scenario did, a rule a line.
func (c *Conversation) Counts(id string) string {
	var lines []string
	for _, s := range c.Server.Scenarios() {
		if s.ID != id {
			continue
		}
		for _, r := range s.Rules {
			parts := []string{fmt.Sprintf("%s/%s: matched %d, fired %d", s.Name, r.ID, r.Matched, r.Fired)}
			for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
				parts = append(parts, fmt.Sprintf("%d skipped by %s", r.Skipped[reason], reason))
			}
			if r.Shadowed > 0 {
				parts = append(parts, fmt.Sprintf("%d shadowed", r.Shadowed))
			}
			lines = append(lines, strings.Join(parts, ", "))
			if len(r.Last) > 0 {
				lines = append(lines, "  last: "+r.Last[len(r.Last)-1].Effect)
			}
			for _, near := range r.NearMisses {
				lines = append(lines, "  near: "+near)
			}
		}
	}
	if lines == nil {
		c.Failf("scenario %s is not on", id)
	}
	return strings.Join(lines, "\n")
}
