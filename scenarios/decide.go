package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// maxKeys is how many recipients, or clients, a rule counts by themselves.
const maxKeys = 20_000

// maxKey is how long one of them may be to be kept as it is.
const maxKey = 320

// A rule is being counted.
type rule struct {
	*Rule
	scenario   *Scenario
	name       string // scenario/rule
	conditions []condition
	spans      []span

	counts map[string]*count
	keys   []string // of counts, oldest first
	tally
}

// A count is what a rule knows of one key.
type count struct {
	key          string
	calls, fired int64
}

func newRule(s *Scenario, r *Rule) (*rule, error) {
	conditions, err := r.When.conditions()
	if err != nil {
		return nil, err
	}
	return &rule{
		Rule: r, scenario: s, name: s.Name + "/" + r.ID,
		conditions: append(r.implied(), conditions...), spans: r.When.Call.spans(), counts: map[string]*count{},
	}, nil
}

// Concerns tells whether there is anything to decide about a request, at next
// to no cost. Names are those of its X-Mock-Scenario header.
func (e *Engine) Concerns(names []string, recipient string) bool {
	if len(names) > 0 || e.busy.Load() > 0 {
		return true
	}
	_, magic := magicOf(recipient)
	return magic
}

// magicOf is the scenario that a recipient asks for, known or not.
func magicOf(recipient string) (name string, ok bool) {
	if name, ok = MagicPhone(recipient); ok {
		return name, true
	}
	return MagicEmail(recipient)
}

// Decide counts a request and says what happens to it; nil if nothing does. It
// fails if the request's header names a scenario that there is not.
func (e *Engine) Decide(r *Request) (*Effects, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var named []*Activation
	if n := len(r.Scenarios); n > maxNamed {
		return nil, fmt.Errorf("it names %d scenarios; name %d at most", n, maxNamed)
	}
	for _, name := range r.Scenarios {
		s, err := e.find(name)
		if err != nil {
			return nil, err
		}
		if a := e.standing(s, ByHeader, r.At); !slices.Contains(named, a) {
			named = append(named, a)
		}
	}
	if name, ok := magicOf(r.Recipient); ok && !r.Foreign && slices.Contains(Names(), name) {
		if s, err := Load(name); err == nil {
			named = append(named, e.standing(s, ByRecipient, r.At))
		}
	}
	d := decision{engine: e, request: r}
	for _, a := range named {
		d.ask(a)
	}
	for _, list := range e.on[ByGo:] {
		for _, a := range list {
			d.ask(a)
		}
	}
	return d.commit(), nil
}

// standing is the activation of a layer whose scenarios are asked only by name.
func (e *Engine) standing(s *Scenario, by Layer, now time.Time) *Activation {
	for _, a := range e.on[by] {
		if a.scenario == s {
			return a
		}
	}
	e.on[by] = slices.DeleteFunc(e.on[by], func(a *Activation) bool { return a.scenario.Name == s.Name }) // an older version
	a, err := e.activate(s, by, Narrowing{}, now)
	if err != nil {
		return &Activation{engine: e, scenario: s, layer: by} // cannot be: it was checked
	}
	a.id = s.Name + "@" + by.String()
	e.on[by] = append(e.on[by], a)
	return a
}

// A decision is being made.
type decision struct {
	engine  *Engine
	request *Request
	effects Effects
	acting  []acting
	ended   bool
}

// An acting rule has been found, and is counted when the decision is made.
type acting struct {
	*Activation
	*rule
	*count
	hit  Hit
	lost bool // it counts as shadowed already
}

// ask lets the rules of one scenario act.
func (d *decision) ask(a *Activation) {
	if a.expired(d.request.At) {
		return
	}
	for _, r := range a.rules {
		d.try(a, r)
	}
}

// commit counts the rules that act.
func (d *decision) commit() *Effects {
	var last *Activation
	for _, one := range d.acting {
		if !one.rule.Then.acts(&d.effects) {
			if !one.lost {
				one.rule.shadowed++
			}
			continue
		}
		one.count.fired++
		one.rule.hit(one.hit)
		d.effects.Fired = append(d.effects.Fired, one.rule.name)
		if one.Activation != last {
			last = one.Activation
			last.spent++
		}
	}
	if d.effects.Fired == nil {
		return nil
	}
	return &d.effects
}

func (a *Activation) expired(now time.Time) bool {
	return a.narrow.TTL > 0 && !now.Before(a.since.Add(a.narrow.TTL))
}

// try holds a rule against the request, counts, and lets it act.
func (d *decision) try(a *Activation, r *rule) {
	q := d.request
	if missed, how := failing(q, a.only, r.conditions); missed > 0 {
		if missed == 1 {
			r.near(q, how.miss(q))
		}
		return
	}
	r.matched++
	if !r.inTime(a.since, q.At) {
		r.skip("time")
		return
	}
	key := r.key(a.layer, q)
	c := r.countOf(key)
	key = c.key
	c.calls++
	switch {
	case !meets(r.spans, c.calls):
		r.skip("call")
	case !r.likely(d.engine.seedOf(r.scenario), key, c.calls):
		r.skip("probability")
	case r.Times > 0 && c.fired >= int64(r.Times), a.narrow.Times > 0 && a.spent >= int64(a.narrow.Times):
		r.skip("times")
	case d.ended:
		r.shadowed++
	default:
		d.act(acting{Activation: a, rule: r, count: c, hit: Hit{RequestID: q.ID, At: q.At, Key: key}})
	}
}

// act adds what a rule does.
func (d *decision) act(one acting) {
	r := one.rule
	var delay time.Duration
	if r.Then.Delay != nil {
		delay = r.Then.Delay.pick(chanceOf(d.engine.seedOf(r.scenario), "delay", r.scenario.Name, r.ID, one.hit.Key, one.calls))
	}
	effect, lost := d.effects.apply(&r.Then, r.name, delay)
	if one.lost = lost; lost {
		r.shadowed++
	}
	if effect == "" && lost {
		return
	}
	one.hit.Effect = effect
	d.acting = append(d.acting, one)
	d.ended = r.Then.ends()
}

func (e *Engine) seedOf(s *Scenario) string {
	if s.Seed != "" {
		return s.Seed
	}
	return e.seed
}

// failing counts the conditions that do not hold, and returns one of them.
func failing(q *Request, lists ...[]condition) (missed int, one *condition) {
	for _, list := range lists {
		for i := range list {
			if !list[i].holds(q) {
				if missed, one = missed+1, &list[i]; missed > 1 {
					return missed, one
				}
			}
		}
	}
	return missed, one
}

func (r *rule) inTime(since, now time.Time) bool {
	if after, err := r.When.After.from(since); err == nil && now.Before(after) {
		return false
	}
	until, err := r.When.Until.from(since)
	return err != nil || now.Before(until)
}

// key is what is counted by itself. A magic recipient is: tests that know
// nothing of each other use different ones.
func (r *rule) key(by Layer, q *Request) string {
	switch {
	case by == ByRecipient || r.When.Per == "recipient":
		return bounded(q.Recipient)
	case r.When.Per == "client":
		return bounded(q.ClientID)
	}
	return ""
}

// bounded keeps what no address is as long as from filling the memory.
func bounded(key string) string {
	if len(key) <= maxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func (r *rule) countOf(key string) *count {
	c, ok := r.counts[key]
	if !ok {
		if len(r.keys) >= maxKeys {
			delete(r.counts, r.keys[0])
			r.keys = r.keys[1:]
			r.forgotten++
		}
		key = strings.Clone(key) // which may be part of a whole body
		c = &count{key: key}
		r.counts[key] = c
		r.keys = append(r.keys, key)
	}
	return c
}

func (r *rule) likely(seed, key string, n int64) bool {
	p := r.When.Probability
	return p == nil || chanceOf(seed, "probability", r.scenario.Name, r.ID, key, n) < *p
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }
