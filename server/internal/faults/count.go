package faults

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/scenarios"
)

// Bounds on what is kept of a rule's past.
const (
	maxKeys   = 20_000 // recipients, or clients, that have a count of their own
	maxKey    = 320    // bytes of a recipient or client; a longer one is hashed
	maxHits   = 20
	maxMisses = 5
)

// A rule is a rule of a scenario that is on, and what it has counted.
type rule struct {
	*scenarios.Rule
	scenario   *scenarios.Scenario
	name       string // scenario/rule
	conditions []condition

	counts map[string]*count
	keys   []string // those of counts, oldest first

	matched, fired, shadowed, forgotten int64
	skipped                             map[string]int64 // by reason
	last                                []*scenarios.Hit
	misses                              []string
}

// A count is what a rule has counted for one key: a recipient, a client, or all
// requests.
type count struct {
	key          string
	calls, fired int64
}

func newRule(s *scenarios.Scenario, r *scenarios.Rule) (*rule, error) {
	conditions, err := conditionsOf(&r.When)
	if err != nil {
		return nil, err
	}
	return &rule{
		Rule: r, scenario: s, name: s.Name + "/" + r.ID,
		conditions: append(impliedBy(r), conditions...), counts: map[string]*count{},
	}, nil
}

// countOf is the count that a request belongs to. A magic recipient always has
// one of its own, because tests that know nothing of each other use different
// ones.
func (r *rule) countOf(by Layer, q *Request) *count {
	key := ""
	switch {
	case by == ByRecipient || r.When.Per == "recipient":
		key = address.Key(q.Recipient)
	case r.When.Per == "client":
		key = q.ClientID
	}
	if len(key) > maxKey {
		sum := sha256.Sum256([]byte(key))
		key = hex.EncodeToString(sum[:])
	}
	if c, ok := r.counts[key]; ok {
		return c
	}
	if len(r.keys) >= maxKeys {
		delete(r.counts, r.keys[0])
		r.keys = r.keys[1:]
		r.forgotten++
	}
	key = strings.Clone(key) // it can be a part of a large body, which would be kept with it
	c := &count{key: key}
	r.counts[key] = c
	r.keys = append(r.keys, key)
	return c
}

// inTime reports whether now is within after and until.
func (r *rule) inTime(since, now time.Time) bool {
	if after, ok := r.When.After.Time(since); ok && now.Before(after) {
		return false
	}
	until, ok := r.When.Until.Time(since)
	return !ok || now.Before(until)
}

// likely decides by the rule's probability.
func (r *rule) likely(seed, key string, call int64) bool {
	p := r.When.Probability
	return p == nil || chance(seed, "probability", r.scenario.Name, r.ID, key, call) < *p
}

// delay is how long the rule lets a request wait.
func (r *rule) delay(seed, key string, call int64) time.Duration {
	return pick(r.Then.Delay, chance(seed, "delay", r.scenario.Name, r.ID, key, call))
}

func (r *rule) skip(reason string) { put(&r.skipped, reason, r.skipped[reason]+1) }

// hit counts that the rule acts. What it does can be added to h later.
func (r *rule) hit(c *count, h *scenarios.Hit) {
	c.fired++
	r.fired++
	if len(r.last) == maxHits {
		r.last = slices.Delete(r.last, 0, 1)
	}
	r.last = append(r.last, h)
}

// nearMiss notes a request on which the rule almost acted, and why it did not.
func (r *rule) nearMiss(q *Request, why string) {
	endpoint := q.Endpoint
	if endpoint == "" {
		endpoint = "another endpoint"
	}
	sentence := endpoint + ": " + why
	r.misses = slices.DeleteFunc(r.misses, func(have string) bool { return have == sentence })
	if len(r.misses) == maxMisses {
		r.misses = slices.Delete(r.misses, 0, 1)
	}
	r.misses = append(r.misses, sentence)
}
