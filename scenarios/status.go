package scenarios

import (
	"maps"
	"slices"
	"time"
)

// What is kept of each rule's past.
const (
	keptHits   = 20
	keptMisses = 5
)

// A Hit is one request on which a rule acted.
type Hit struct {
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at"`
	// Key is the recipient or client that is counted by itself, if any is.
	Key    string `json:"key,omitempty"`
	Effect string `json:"effect"`
}

// A tally is what happened to a rule.
type tally struct {
	matched, fired, shadowed, forgotten int64
	skipped                             map[string]int64
	last                                []Hit
	misses                              []string
}

func (t *tally) skip(reason string) { put(&t.skipped, reason, t.skipped[reason]+1) }

func (t *tally) hit(h Hit) {
	t.fired++
	if len(t.last) == keptHits {
		t.last = slices.Delete(t.last, 0, 1)
	}
	t.last = append(t.last, h)
}

// near notes a request that failed exactly one condition.
func (t *tally) near(q *Request, why string) {
	endpoint := q.Endpoint
	if endpoint == "" {
		endpoint = "another endpoint"
	}
	sentence := endpoint + ": " + why
	t.misses = slices.DeleteFunc(t.misses, func(have string) bool { return have == sentence })
	if len(t.misses) == keptMisses {
		t.misses = slices.Delete(t.misses, 0, 1)
	}
	t.misses = append(t.misses, sentence)
}

// A Status is a scenario that is on, and what it has done.
type Status struct {
	// ID is the scenario's name, or name~2 for the second of that name.
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// By is how it was switched on: header, recipient, go, control, flag or
	// fixture.
	By    string    `json:"by"`
	Since time.Time `json:"since"`
	// Until is when its ttl ends; zero if it has none.
	Until time.Time `json:"until,omitzero"`
	// Times is how many requests it is for; 0 if that is no matter.
	Times int `json:"times,omitempty"`
	// Active is false when ttl or times are used up.
	Active bool `json:"active"`
	// Narrowed are the conditions beside those of the rules, by their names.
	Narrowed map[string]string `json:"narrowed,omitempty"`
	Rules    []RuleStatus      `json:"rules"`
}

// A RuleStatus is what a rule has done. Matched requests met its conditions;
// of these it Fired on some and Skipped others, by reason: time (after, until),
// call, probability and times. Shadowed ones were decided by an earlier rule.
type RuleStatus struct {
	ID       string           `json:"id"`
	Matched  int64            `json:"matched"`
	Fired    int64            `json:"fired"`
	Skipped  map[string]int64 `json:"skipped"`
	Shadowed int64            `json:"shadowed"`
	// Forgotten is how many recipients or clients were dropped from the count
	// because there were too many.
	Forgotten int64 `json:"forgotten,omitempty"`
	// Last are the last 20 requests on which it acted.
	Last []Hit `json:"last"`
	// NearMisses are the last requests that failed exactly one condition.
	NearMisses []string `json:"near_misses"`
}

// Status is what this activation has done.
func (a *Activation) Status(now time.Time) Status {
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	return a.status(now)
}

func (a *Activation) status(now time.Time) Status {
	s := Status{
		ID: a.id, Name: a.scenario.Name, Description: a.scenario.Description, By: a.layer.String(),
		Since: a.since, Times: a.narrow.Times,
		Active: a.active(now),
	}
	if a.narrow.TTL > 0 {
		s.Until = a.since.Add(a.narrow.TTL)
	}
	for _, c := range a.only {
		put(&s.Narrowed, c.name, c.want)
	}
	for _, r := range a.rules {
		rs := RuleStatus{
			ID: r.ID, Matched: r.matched, Fired: r.fired, Shadowed: r.shadowed, Forgotten: r.forgotten,
			Skipped: maps.Clone(r.skipped), Last: slices.Clone(r.last), NearMisses: slices.Clone(r.misses),
		}
		if rs.Skipped == nil {
			rs.Skipped = map[string]int64{}
		}
		if rs.Last == nil {
			rs.Last = []Hit{}
		}
		if rs.NearMisses == nil {
			rs.NearMisses = []string{}
		}
		s.Rules = append(s.Rules, rs)
	}
	return s
}

// active tells whether neither ttl nor times are used up.
func (a *Activation) active(now time.Time) bool {
	return !a.expired(now) && (a.narrow.Times == 0 || a.spent < int64(a.narrow.Times))
}

// Fired is how often the rules of the activation have acted.
func (a *Activation) Fired() int64 {
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	n := int64(0)
	for _, r := range a.rules {
		n += r.fired
	}
	return n
}

// Statuses are all that is on, in the order in which it is asked.
func (e *Engine) Statuses(now time.Time) []Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []Status{}
	for _, on := range e.on {
		for _, a := range on {
			list = append(list, a.status(now))
		}
	}
	return list
}
