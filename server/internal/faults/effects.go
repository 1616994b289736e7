package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// Effects are what rules do to one request. A rule acts where it makes a
// difference: on a code that is redeemed, on a message that is sent, on a token
// that is signed. The code of these places asks what happens, by the methods of
// Effects. Only then is it decided whether the rule acts, and counted. A nil
// *Effects does nothing. Effects are for one goroutine.
type Effects struct {
	// Delay, Fault and Respond act before the request is handled. They are known
	// from the start; Response may add to Delay.
	Delay   time.Duration
	Fault   string
	Respond *scenarios.Respond

	engine     *Engine
	request    *Request
	candidates []candidate    // in the order in which they are asked
	said       map[string]int // which candidate said a part, by the part's key

	// What rules said at later places.
	dpop      string
	otp       scenarios.OTP
	user      string
	signup    string
	deliver   scenarios.Deliver
	deliverBy []string
	token     *scenarios.Token
	keys      string
	patch     map[string]any
	headers   map[string]string
}

// A candidate is a rule whose conditions hold for the request.
type candidate struct {
	activation *Activation
	rule       *rule
	count      *count         // nil until the rule has come to a place where it could act
	call       int64          // which of count's calls this is
	passed     bool           // it does not act on this request
	shadowed   bool           // it is counted as shadowed
	hit        *scenarios.Hit // nil until it acts
}

// consider compares the request with the rules of a scenario, and notes those
// that are for it.
func (e *Effects) consider(a *Activation) {
	if a.expired(e.request.At) {
		return
	}
	for _, r := range a.rules {
		switch missed, first := firstMiss(e.request, a.narrowed, r.conditions); missed {
		case 1:
			r.nearMiss(e.request, first.miss(e.request))
			continue
		case 2:
			continue
		}
		r.matched++
		if !r.inTime(a.since, e.request.At) {
			r.skip("time")
			continue
		}
		e.candidates = append(e.candidates, candidate{activation: a, rule: r})
	}
}

// admit decides what happens before the request is handled.
func (e *Effects) admit() {
	ended := false
	for i := range e.candidates {
		c := &e.candidates[i]
		parts := e.partsAt(admission, &c.rule.Then, e.canBreak)
		switch {
		case len(parts) == 0 && !ended:
		case len(parts) > 0 && !e.allows(c):
		case ended:
			c.shadow()
		default:
			e.say(i, parts)
			ended = e.Fault != "" || e.Respond != nil
		}
	}
	// A request that is not handled never comes to a later place, except to its
	// response, if there is one.
	for i := range e.candidates {
		c := &e.candidates[i]
		t := &c.rule.Then
		if c.hit == nil && (e.Broken() || e.Unhandled() && (isInside(t) || len(e.partsAt(response, t, nil)) == 0)) {
			c.shadow()
		}
	}
}

// partsAt are the parts of a rule that act at a place, if acts says that they make
// a difference there. If acts is nil, all do. The delay of a rule that acts inside
// is one of the response, which it makes late: a mail has none.
func (e *Effects) partsAt(at place, t *scenarios.Then, acts func(part) bool) []part {
	var all []part
	for _, p := range partsOf(t) {
		where := p.at
		if p.key == "" && isInside(t) && t.Fault == "" && t.Respond == nil && e.request.Endpoint != "smtp" {
			where = response
		}
		if where == at && (acts == nil || acts(p)) {
			all = append(all, p)
		}
	}
	return all
}

// canBreak tells whether a part can act on the request. What cuts a response
// means nothing to a mail.
func (e *Effects) canBreak(p part) bool {
	return e.request.Endpoint != "smtp" || p.key != "fault" || p.then.Fault != "truncate" && p.then.Fault != "dribble"
}

// ask lets the rules act that have something to say at a place. acts tells
// whether a part makes a difference there. If acts is nil, all do.
func (e *Effects) ask(at place, acts func(part) bool) {
	e.engine.mu.Lock()
	defer e.engine.mu.Unlock()
	for i := range e.candidates {
		c := &e.candidates[i]
		if c.passed || at == response && c.hit == nil && isInside(&c.rule.Then) {
			continue
		}
		if parts := e.partsAt(at, &c.rule.Then, acts); len(parts) > 0 && e.allows(c) {
			e.say(i, parts)
		}
	}
}

// allows tells whether a rule that could act now may act, by its call,
// probability and times. For call a request counts once.
func (e *Effects) allows(c *candidate) bool {
	if c.passed || c.hit != nil {
		return !c.passed
	}
	r := c.rule
	if c.count == nil {
		c.count = r.countOf(c.activation.layer, e.request)
		c.count.calls++
		c.call = c.count.calls
	}
	switch {
	case !r.When.Call.Include(c.call):
		r.skip("call")
	case !r.likely(e.seedOf(r), c.count.key, c.call):
		r.skip("probability")
	case r.Times > 0 && c.count.fired >= int64(r.Times), c.activation.exhausted() && !e.hasActed(c.activation):
		r.skip("times")
	default:
		return true
	}
	c.passed = true
	return false
}

func (e *Effects) seedOf(r *rule) string {
	if r.scenario.Seed != "" {
		return r.scenario.Seed
	}
	return e.engine.seed
}

// hasActed tells whether a rule of the scenario has acted on this request.
func (e *Effects) hasActed(a *Activation) bool {
	for i := range e.candidates {
		if e.candidates[i].activation == a && e.candidates[i].hit != nil {
			return true
		}
	}
	return false
}

// say adds what a rule says, as far as no earlier rule has said the same. If
// anything is left, the rule acts.
func (e *Effects) say(i int, parts []part) {
	c := &e.candidates[i]
	var words []string
	for _, p := range parts {
		if by, ok := e.said[p.key]; ok && p.key != "" {
			if by != i && !c.shadowed {
				c.shadowed = true
				c.rule.shadowed++
			}
			continue
		}
		put(&e.said, p.key, i)
		words = append(words, p.add(e, c))
	}
	if len(words) == 0 {
		return
	}
	effect := strings.Join(words, ", ")
	if c.hit != nil {
		c.hit.Effect += ", " + effect
		return
	}
	if !e.hasActed(c.activation) {
		c.activation.acted++
	}
	c.hit = &scenarios.Hit{RequestID: e.request.ID, At: e.request.At, Key: c.count.key, Effect: effect}
	c.rule.hit(c.count, c.hit)
}

// shadow notes that earlier rules leave the rule nothing to do.
func (c *candidate) shadow() {
	if !c.passed && !c.shadowed {
		c.rule.shadowed++
	}
	c.passed, c.shadowed = true, true
}

// Names are the rules that have acted so far, as scenario/rule, in the order in
// which rules are asked. They are for the X-Mock-Scenario header and the
// journal. Of more than 20 it names the first 20.
func (e *Effects) Names() string { return e.names(func(*scenarios.Then) bool { return true }) }

// Refusers are those of Names that refuse what was asked for.
func (e *Effects) Refusers() string {
	return e.names(func(t *scenarios.Then) bool {
		return t.Respond != nil || t.DPoP != "" || t.OTP != nil || t.User != "" || t.Signup != ""
	})
}

func (e *Effects) names(has func(*scenarios.Then) bool) string {
	const most = 20
	if e == nil {
		return ""
	}
	var names []string
	for _, c := range e.candidates {
		if c.hit != nil && has(&c.rule.Then) {
			names = append(names, c.rule.name)
		}
	}
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Unhandled reports whether the request is not handled: it gets a canned
// response or none.
func (e *Effects) Unhandled() bool { return e != nil && (e.Respond != nil || e.Broken()) }

// Broken reports whether there is no response.
func (e *Effects) Broken() bool {
	return e != nil && (e.Fault == "reset" || e.Fault == "empty" || e.Fault == "hang" || e.Fault == "garbage")
}

// StaleNonce tells whether a DPoP proof, which would be accepted now, is refused for its
// nonce.
func (e *Effects) StaleNonce() bool {
	if e == nil {
		return false
	}
	e.ask(proving, nil)
	return e.dpop == "stale_nonce"
}

// OTP is what happens to a code that is redeemed. acts tells whether that makes
// a difference to this code.
func (e *Effects) OTP(acts func(scenarios.OTP) bool) scenarios.OTP {
	if e == nil {
		return scenarios.OTP{}
	}
	first := true // a rule that makes no difference still goes before those behind it
	e.ask(redeeming, func(p part) bool {
		first = first && acts(*p.then.OTP)
		return first
	})
	if !acts(e.otp) {
		return scenarios.OTP{}
	}
	return e.otp
}

// User tells whether the user who signs in is in this state: "blocked",
// "mfa_required" or, if the user would become a member, "organization_full".
func (e *Effects) User(state string) bool {
	if e == nil {
		return false
	}
	first := true // a rule with another state goes before those behind it
	e.ask(signingIn, func(p part) bool {
		first = first && p.then.User == state
		return first
	})
	return e.user == state
}

// SignupDisabled tells whether the new user, who would be signed up now, may not
// sign up.
func (e *Effects) SignupDisabled() bool {
	if e == nil {
		return false
	}
	e.ask(signingUp, nil)
	return e.signup == "disabled"
}

// Deliver is what happens to the message that is sent now. by names the rules
// that say so. The parts are those of the message that can be wrong: code, link.
func (e *Effects) Deliver(parts ...string) (how scenarios.Deliver, by string) {
	if e == nil {
		return how, ""
	}
	e.ask(sending, func(p part) bool { return p.key != "deliver corrupt" || slices.Contains(parts, p.then.Deliver.Corrupt) })
	return e.deliver, strings.Join(e.deliverBy, ", ")
}

// Token says how the tokens are wrong that are signed now; nil if they are
// right. acts tells which parts make a difference to them: alg, claim, drop
// id_token and so on.
func (e *Effects) Token(acts func(part string) bool) *scenarios.Token {
	if e == nil {
		return nil
	}
	e.ask(signing, func(p part) bool { return acts(strings.TrimPrefix(p.key, "token ")) })
	return e.token
}

// RotatesKeys tells whether a new key signs from now on. It is asked before a
// token is signed.
func (e *Effects) RotatesKeys() bool {
	if e == nil || e.keys == "rotate" { // once is enough
		return false
	}
	e.ask(keys, func(p part) bool { return p.then.Keys == "rotate" })
	return e.keys == "rotate"
}

// KeySet is what happens to the key set that is served now: "rotate", "empty",
// "stale" or "".
func (e *Effects) KeySet() string {
	if e == nil {
		return ""
	}
	e.ask(keys, nil)
	return e.keys
}

// Response is what is changed in the response, and how much later it is sent.
// patches tells whether a merge patch can be applied to it.
func (e *Effects) Response(patches func(patch map[string]any) bool) (patch map[string]any, headers map[string]string, delay time.Duration) {
	if e == nil || e.Broken() {
		return nil, nil, 0
	}
	before := e.Delay
	e.ask(response, func(p part) bool { return !strings.HasPrefix(p.key, "patch ") || patches(p.then.Patch) })
	return e.patch, e.headers, e.Delay - before
}

// Done notes which rules had nothing to act on, so that a test which waited for
// them learns why. It is to be called once, when the response is made.
func (e *Effects) Done() {
	if e == nil {
		return
	}
	e.engine.mu.Lock()
	defer e.engine.mu.Unlock()
	for i := range e.candidates {
		if c := &e.candidates[i]; c.hit == nil && !c.passed && !c.shadowed {
			c.rule.nearMiss(e.request, whyNot(&c.rule.Then))
		}
	}
}
