package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// maxJournal is how many requests are kept.
const maxJournal = 1000

// A Request is one entry of the journal.
type Request struct {
	ID     string         `json:"id"`
	Method string         `json:"method"`
	Path   string         `json:"path"`
	Params map[string]any `json:"params"` // secrets are redacted
	Status int            `json:"status"`
	// Error is the wire's error code of a refusal, with its description.
	Error       string    `json:"error,omitempty"`
	Description string    `json:"error_description,omitempty"`
	Hint        string    `json:"hint,omitempty"`
	ClientID    string    `json:"client_id,omitempty"`
	SDK         *SDK      `json:"sdk,omitempty"`
	UserAgent   string    `json:"user_agent,omitempty"`
	Scenario    string    `json:"scenario,omitempty"`
	At          time.Time `json:"at"`
	// DurationMS is measured by the tenant's clock: 0 while that stands still.
	DurationMS float64 `json:"duration_ms"`
}

// An SDK is a decoded Auth0-Client header.
type SDK struct {
	Name    string         `json:"name"`
	Version string         `json:"version,omitempty"`
	Env     map[string]any `json:"env,omitempty"`
}

// A Journal keeps the last requests. Its zero value is empty and ready.
type Journal struct {
	mu      sync.Mutex
	entries []Request // up to twice as many as are kept, so that trimming is rare
	total   int
}

func (j *Journal) add(r Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) >= 2*maxJournal {
		j.entries = append(j.entries[:0], j.entries[len(j.entries)-maxJournal+1:]...)
	}
	j.entries = append(j.entries, r)
	j.total++
}

// All returns the last 1,000 requests, oldest first, and how many were dropped.
func (j *Journal) All() (entries []Request, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := j.entries[max(0, len(j.entries)-maxJournal):]
	return append([]Request{}, kept...), j.total - len(kept)
}

// Counts tells how many requests are kept and how many were dropped.
func (j *Journal) Counts() (kept, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept = min(len(j.entries), maxJournal)
	return kept, j.total - kept
}

// Clear forgets all requests.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.total = nil, 0
}

// secrets are the parameters that the journal does not show.
var secrets = map[string]bool{
	"client_secret": true, "client_assertion": true, "password": true, "refresh_token": true,
	"access_token": true, "token": true, "code": true, "code_verifier": true, "id_token_hint": true,
}

// What the journal keeps of one request is bounded, as their number is.
const (
	maxShown = 64   // parameters
	maxClip  = 1024 // bytes of each
	maxSDK   = 4096 // bytes of an Auth0-Client header
)

// clip shortens a text that is too long to keep.
func clip(s string) string {
	if len(s) <= maxClip {
		return s
	}
	return strings.ToValidUTF8(s[:maxClip], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

// redacted are the parameters as the journal shows them.
func (ps Params) redacted() map[string]any {
	out := make(map[string]any, min(len(ps), maxShown+1))
	for i, p := range ps {
		if i == maxShown {
			out["…"] = fmt.Sprintf("%d more", len(ps)-i)
			break
		}
		name := clip(p.Name)
		switch {
		case secrets[p.Name]:
			out[name] = "[redacted]"
		case p.Kind == String || len(p.JSON) > maxClip || p.JSON == nil:
			out[name] = clip(p.Text)
		case p.Kind == Object:
			out[name] = p.Members().redacted()
		default:
			out[name] = p.JSON
		}
	}
	return out
}

// decodeSDK reads an Auth0-Client value: base64 of JSON, in either alphabet,
// padded or not, since all four occur. nil means that it is none.
func decodeSDK(header string) *SDK {
	if header == "" || len(header) > maxSDK {
		return nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(header, "="))
	data, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return nil
	}
	var sdk SDK
	if json.Unmarshal(data, &sdk) != nil || sdk.Name == "" {
		return nil
	}
	return &sdk
}
