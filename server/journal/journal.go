// Package journal is what was called: the requests to a tenant and its answers,
// those to the control API left out.
package journal

import (
	"slices"
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
	entries []entry // a ring, once it is full: the n-th request is at n % Kept
	total   int
}

// An entry is a request, less what is made of the rest when somebody reads it.
type entry struct {
	Request
	params []Param
	client string // the Auth0-Client header
}

// Add notes a request: its parameters, free of secrets, and its Auth0-Client
// header become its Params and SDK.
func (j *Journal) Add(r Request, params []Param, client string) {
	if len(client) > maxSDK {
		client = ""
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	e := entry{r, params, client}
	if len(j.entries) < Kept {
		j.entries = append(j.entries, e)
	} else {
		j.entries[j.total%Kept] = e
	}
	j.total++
}

// All returns the last 1,000 requests, oldest first, and how many were dropped.
func (j *Journal) All() (entries []Request, dropped int) {
	j.mu.Lock()
	dropped = j.total - len(j.entries)
	oldest := dropped % Kept
	kept := slices.Concat(j.entries[oldest:], j.entries[:oldest])
	j.mu.Unlock()
	entries = make([]Request, len(kept))
	for i, e := range kept {
		entries[i] = e.Request
		entries[i].Params, entries[i].SDK = shown(e.params), decodeSDK(e.client)
	}
	return entries, dropped
}

// Counts tells how many requests are kept and how many were dropped.
func (j *Journal) Counts() (kept, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.entries), j.total - len(j.entries)
}

// Clear forgets all requests.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.total = nil, 0
}
