// Package journal is what was called: the requests to a tenant and its answers,
// those to the control API left out.
package journal

import (
	"sync"
	"time"
)

// Kept is how many requests a Journal keeps.
const Kept = 1000

// A Request is a request to the tenant and what it answered.
type Request struct {
	// ID is the answer's x-auth0-requestid.
	ID     string `json:"id"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Params are the parameters of body and query, secrets redacted and long
	// ones cut short.
	Params map[string]any `json:"params"`
	// Status is the HTTP status of the answer.
	Status int `json:"status"`
	// Error is the "error" of a refusal, Description its "error_description".
	Error       string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
	// Hint says what in the configuration caused a refusal, and what helps.
	Hint string `json:"hint,omitempty"`
	// ClientID is the client_id that the request named, known or not.
	ClientID string `json:"client_id,omitempty"`
	// SDK is what the Auth0-Client header says; nil if there is none.
	SDK       *SDK   `json:"sdk,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
	// Scenario is the failure that was injected into the answer, if any.
	Scenario string `json:"scenario,omitempty"`
	// At is the tenant's time when the request came.
	At time.Time `json:"at"`
	// DurationMS is how many milliseconds the answer took by the tenant's
	// clock: 0 while that stands still.
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

// Add notes a request.
func (j *Journal) Add(r Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) >= 2*Kept {
		j.entries = append(j.entries[:0], j.entries[len(j.entries)-Kept+1:]...)
	}
	j.entries = append(j.entries, r)
	j.total++
}

// All returns the last 1,000 requests, oldest first, and how many were dropped.
func (j *Journal) All() (entries []Request, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := j.entries[max(0, len(j.entries)-Kept):]
	return append([]Request{}, kept...), j.total - len(kept)
}

// Counts tells how many requests are kept and how many were dropped.
func (j *Journal) Counts() (kept, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept = min(len(j.entries), Kept)
	return kept, j.total - kept
}

// Clear forgets all requests.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.total = nil, 0
}
