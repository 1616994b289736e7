package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/journal"
)

// secrets are the parameters that the journal does not show.
var secrets = map[string]bool{
	"client_secret": true, "client_assertion": true, "password": true, "refresh_token": true,
	"access_token": true, "id_token": true, "token": true, "subject_token": true, "actor_token": true, "mfa_token": true, "assertion": true, "login_ticket": true, "code": true, "code_verifier": true, "id_token_hint": true,
}

// What the journal keeps of one request is bounded, as their number is.
const (
	maxShown = 64   // parameters
	maxClip  = 1024 // bytes of each
)

// clip is a copy of a text, shortened if it is too long to keep. The text itself
// may be part of a whole request, which must not be kept.
func clip(s string) string {
	if len(s) <= maxClip {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:maxClip], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

// redacted are the parameters as the journal shows them, and nothing else of
// the request.
func (ps Params) redacted() map[string]any {
	shown := map[string]any{}
	for i, p := range ps {
		if i == maxShown {
			shown["…"] = fmt.Sprintf("%d more", len(ps)-i)
			break
		}
		name := clip(p.Name)
		switch {
		case secrets[strings.ToLower(p.Name)]:
			shown[name] = "[redacted]"
		case p.Kind == String || len(p.JSON) > maxClip || p.JSON == nil:
			shown[name] = clip(p.Text)
		case p.Kind == Object:
			members, _ := p.Members()
			shown[name] = members.redacted()
		default:
			shown[name] = json.RawMessage(p.Text)
		}
	}
	return shown
}

// note writes a call to the journal. It also writes it to the log if there is
// more to say than the status. Status is 0 if there was no answer.
func (f *Front) note(c *Call, status int, refused *refusal.Refusal) {
	scenario, silent := "", c.gone
	if c.Effects != nil {
		scenario, silent = c.Effects.Names(), silent || c.Effects.Broken()
	}
	if silent {
		status, refused = 0, nil
	}
	entry := journal.Request{
		ID: c.ID, Method: clip(c.Method), Path: clip(c.Path), Params: c.Params.redacted(), Status: status,
		Hint: clip(c.hint), ClientID: clip(c.ClientID), SDK: journal.ParseSDK(c.Header.Get("Auth0-Client")),
		UserAgent: clip(c.Header.Get("User-Agent")), Scenario: scenario, At: c.Now,
		DurationMS: float64(f.Tenant.Clock.Now().Sub(c.Now).Microseconds()) / 1000,
	}
	if refused != nil {
		entry.Error, entry.Description = clip(refused.Code), clip(refused.Description)
	}
	f.Journal.Add(entry)
	if refused == nil && c.hint == "" && c.Effects == nil && !c.gone {
		return
	}
	what := strconv.Itoa(status)
	if silent {
		what = "no answer"
	}
	sentence := fmt.Sprintf("%s %s: %s", entry.Method, entry.Path, what)
	attrs := []any{"request_id", c.ID, "client_id", entry.ClientID}
	if refused != nil {
		sentence += fmt.Sprintf(" %s: %s", entry.Error, entry.Description)
		attrs = append(attrs, "status", status, "code", refused.Code)
	}
	if c.Effects != nil {
		attrs = append(attrs, "scenario", entry.Scenario)
	}
	if c.hint != "" {
		attrs = append(attrs, "hint", entry.Hint)
	}
	f.Log.Warn(sentence, attrs...)
}
