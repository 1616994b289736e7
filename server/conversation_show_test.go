package server_test

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

func (c *conversation) live(to string, f outbox.Filter) outbox.Message {
	return c.newest(outbox.To(to), outbox.Live(), f)
}

func (c *conversation) newest(f ...outbox.Filter) outbox.Message {
	m, ok := c.server.Outbox().Latest(f...)
	if !ok {
		c.failf("there is no such message")
	}
	return m
}

// last is the message to somebody that was sent last, whether it has arrived or
// not.
func (c *conversation) last(to string) outbox.Message {
	all := c.server.Outbox().All(outbox.To(to))
	if len(all) == 0 {
		c.failf("there is no message to %s", to)
	}
	return slices.MaxFunc(all, func(a, b outbox.Message) int { return strings.Compare(a.ID, b.ID) })
}

// describe shows a message as its reader sees it.
func describe(m outbox.Message) string {
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

// decoded is a part of a token, a member a line.
func (c *conversation) decoded(part, compact string) string {
	header, _, ok := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	wrong := ""
	if part == "claims" {
		var verified []byte
		if verified, err = verifyErr(jwks(c.t, c.server), compact); err == nil {
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

// keyIDs are the ids of the keys that the server publishes, one a line.
func (c *conversation) keyIDs() string {
	var set struct {
		Keys []struct{ Kid string }
	}
	if err := json.Unmarshal(jwks(c.t, c.server), &set); err != nil {
		c.failf("%v", err)
	}
	ids := make([]string, len(set.Keys))
	for i, k := range set.Keys {
		ids[i] = k.Kid
	}
	return strings.Join(append(ids, fmt.Sprintf("(%d)", len(ids))), "\n")
}

// counts is what the rules of a scenario did, a rule a line.
func (c *conversation) counts(id string) string {
	var lines []string
	for _, s := range c.server.Scenarios() {
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
		c.failf("scenario %s is not on", id)
	}
	return strings.Join(lines, "\n")
}
