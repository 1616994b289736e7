package scenarios

import "time"

// An Activation is a scenario that is on.
type Activation interface {
	// Status is what the scenario has done so far.
	Status() Status
	// Fired is how often its rules have acted, all rules together.
	Fired() int
	// Verify compares how often its rules have acted with want. If want is "",
	// it compares with what the scenario itself expects. A scenario in which no
	// rule has an expect should act at least once.
	Verify(want Count) []Failure
	// Off switches the scenario off. What it has done can still be read.
	Off()
}

// A Status is a scenario that is on, and what it has done.
type Status struct {
	// ID is the scenario's name. The second one of that name has name~2.
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// By is how it was switched on: header, recipient, go, control, flag or
	// fixture.
	By    string    `json:"by"`
	Since time.Time `json:"since"`
	// Until is when its ttl ends. It is zero if there is no ttl.
	Until time.Time `json:"until,omitzero"`
	// Times is how many requests it acts on at most. 0 means no limit.
	Times int `json:"times,omitempty"`
	// Active is false once ttl or times is used up.
	Active bool `json:"active"`
	// Narrowed are the conditions that it was switched on with, by name.
	Narrowed map[string]string `json:"narrowed,omitempty"`
	Rules    []RuleStatus      `json:"rules"`
}

// A RuleStatus is what one rule has done.
type RuleStatus struct {
	ID string `json:"id"`
	// Matched is how many requests met the rule's conditions.
	Matched int64 `json:"matched"`
	// Fired is how many of them the rule acted on.
	Fired int64 `json:"fired"`
	// Skipped is how many of them it did not act on, by reason: time (after or
	// until), call, probability or times.
	Skipped map[string]int64 `json:"skipped"`
	// Shadowed is how many of them an earlier rule had already decided.
	Shadowed int64 `json:"shadowed"`
	// Forgotten is how many recipients or clients are no longer counted,
	// because there were too many.
	Forgotten int64 `json:"forgotten,omitempty"`
	// Last are the last 20 requests on which the rule acted.
	Last []Hit `json:"last"`
	// NearMisses are the last requests on which the rule almost acted, and why
	// it did not: one condition did not hold, or there was nothing to act on.
	NearMisses []string `json:"near_misses"`
}

// A Hit is a request on which a rule acted.
type Hit struct {
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at"`
	// Key is the recipient or the client, if each of them has its own count.
	Key string `json:"key,omitempty"`
	// Effect is what the rule did, in words.
	Effect string `json:"effect"`
}

// A Failure is a scenario or a rule that did not act as often as it should.
type Failure struct {
	// Name is the scenario's name or id, or scenario/rule.
	Name string `json:"name"`
	// Expected is how often it should act, Fired how often it did.
	Expected string `json:"expected"`
	Fired    int64  `json:"fired"`
	// Message tells what happened instead, near misses included.
	Message    string   `json:"message"`
	NearMisses []string `json:"near_misses"`
}
