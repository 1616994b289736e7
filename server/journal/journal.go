// Package journal keeps the last requests to a tenant and their answers. Requests
// to the control API are not in it.
package journal

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// maxRequests is how many requests a Journal keeps.
const maxRequests = 1000

// A Request is a request to the tenant, together with the answer.
type Request struct {
	// ID is the header x-auth0-requestid of the answer.
	ID     string `json:"id"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Params are the parameters of the body and the query, without secrets. Long
	// ones are cut off.
	Params map[string]any `json:"params"`
	// Status is the HTTP status of the answer.
	Status int `json:"status"`
	// Error and Description are "error" and "error_description" of an answer that
	// refuses the request.
	Error       string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
	// Hint says what in the configuration is the cause, and what helps.
	Hint string `json:"hint,omitempty"`
	// ClientID is the client_id in the request. There may be no such client.
	ClientID string `json:"client_id,omitempty"`
	// Organization is the id of the organization through which the user signs in.
	Organization string `json:"organization,omitempty"`
	// SDK is the content of the Auth0-Client header, nil if there is none.
	SDK       *SDK   `json:"sdk,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
	// Scenario names the scenarios that changed the answer.
	Scenario string `json:"scenario,omitempty"`
	// Logs are the entries of the tenant's log that the request wrote.
	Logs []Log `json:"logs,omitempty"`
	// Actions are those that ran, in their order.
	Actions []Action `json:"actions,omitempty"`
	// At is when the request came, by the tenant's clock.
	At time.Time `json:"at"`
	// DurationMS is how many milliseconds the answer took by the tenant's clock.
	// It is 0 if the clock is stopped.
	DurationMS float64 `json:"duration_ms"`
}

// A Log names an entry of the tenant's log: GET /api/v2/logs/{id} has the whole.
type Log struct {
	ID          string `json:"log_id"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

// An Action is a run of an Action.
type Action struct {
	Name    string `json:"name"`
	Trigger string `json:"trigger"`
	// DurationMS is how many milliseconds it took by the tenant's clock. It is 0 if the
	// clock is stopped.
	DurationMS float64 `json:"duration_ms"`
	// Did are the calls that acted, as JavaScript writes them, and Dropped those that
	// did not, each with the reason.
	Did     []string `json:"did,omitempty"`
	Dropped []string `json:"dropped,omitempty"`
	// Logs are the lines of console.log.
	Logs []string `json:"logs,omitempty"`
	// Error is the message of the error that it threw, or why it did not run.
	Error string `json:"error,omitempty"`
}

// An SDK is the content of an Auth0-Client header.
type SDK struct {
	Name    string         `json:"name"`
	Version string         `json:"version,omitempty"`
	Env     map[string]any `json:"env,omitempty"`
}

// maxSDK is how many bytes an Auth0-Client header may have.
const maxSDK = 4096

// ShortSDK is an Auth0-Client header, or "" if it is longer than ParseSDK reads.
func ShortSDK(header string) string {
	if len(header) > maxSDK {
		return ""
	}
	return header
}

// ParseSDK reads an Auth0-Client header: base64 of JSON, in either alphabet, padded
// or not. SDKs send all four forms. It returns nil for any other text.
func ParseSDK(header string) *SDK {
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

type entry struct {
	Request
	exchange []byte // packed; nil if it is not kept
}

// A Journal keeps the last 1,000 requests. Of the last ones it also keeps headers and
// bodies: 512 KiB together. The zero value is an empty journal.
type Journal struct {
	mu      sync.Mutex
	entries []entry // a ring when it is full
	oldest  int     // its place in the ring
	dropped int
	bare    int // how many entries, from the oldest one on, have no exchange any more
	size    int // of all exchanges
}

// Add adds a request. x is nil if nothing more is to be kept of it.
func (j *Journal) Add(r Request, x *Exchange) {
	added := entry{r, x.pack()}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) < maxRequests {
		j.entries = append(j.entries, added)
	} else {
		j.size -= len(j.entries[j.oldest].exchange)
		j.entries[j.oldest] = added
		j.oldest = (j.oldest + 1) % maxRequests
		j.bare = max(0, j.bare-1)
		j.dropped++
	}
	for j.size += len(added.exchange); j.size > maxExchanges; j.bare++ {
		e := &j.entries[(j.oldest+j.bare)%len(j.entries)]
		j.size -= len(e.exchange)
		e.exchange = nil
	}
}

// All returns the kept requests, the oldest first, and how many were dropped. All
// callers share their maps, which must not be changed.
func (j *Journal) All() (requests []Request, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	requests = make([]Request, len(j.entries))
	for i := range requests {
		requests[i] = j.entries[(j.oldest+i)%len(j.entries)].Request
	}
	return requests, j.dropped
}

// Get returns the request with that id. The exchange is nil if it is no longer kept.
func (j *Journal) Get(id string) (r Request, x *Exchange, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.ID == id {
			return e.Request, unpack(e.exchange), true
		}
	}
	return Request{}, nil, false
}

// Counts returns how many requests are kept and how many were dropped.
func (j *Journal) Counts() (kept, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.entries), j.dropped
}

// Clear removes all requests.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.oldest, j.dropped, j.bare, j.size = nil, 0, 0, 0, 0
}
