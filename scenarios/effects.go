package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Effects are what the rules that acted do to one request. A nil *Effects does
// nothing.
type Effects struct {
	// Fired names the rules that acted, as scenario/rule.
	Fired   []string
	Delay   time.Duration
	Fault   string
	Respond *Respond
	OTP     *OTP
	User    string
	Signup  string
	Deliver Deliver
	// DeliverBy names the rules that Deliver comes from.
	DeliverBy string
	Token     *Token
	Keys      string
	Patch     map[string]any
	Headers   map[string]string
}

// Names are the rules that acted, or the first 20 of them, for the
// X-Mock-Scenario header and the journal.
func (e *Effects) Names() string {
	if e == nil {
		return ""
	}
	return some(e.Fired)
}

// Unhandled tells that the request is not handled: it is answered otherwise, or
// not at all.
func (e *Effects) Unhandled() bool {
	return e != nil && (e.Respond != nil || slices.Contains(breaks, e.Fault))
}

// Broken tells that there is no answer.
func (e *Effects) Broken() bool { return e != nil && slices.Contains(breaks, e.Fault) }

// breaks are the faults with which a request is not handled.
var breaks = []string{"reset", "empty", "hang", "garbage"}

// acts tells whether a rule does anything to a request for which all this is
// decided: an answer is needed to change it, and handling to be wrong at it.
func (t *Then) acts(e *Effects) bool {
	return t.Delay != nil || t.ends() || t.Keys == "rotate" ||
		len(t.Patch)+len(t.Headers) > 0 && !e.Broken() || !e.Unhandled()
}

// ends tells whether the search for more rules is over.
func (t *Then) ends() bool { return t.Fault != "" || t.Respond != nil }

// apply adds what a rule does. It returns what of it took effect, in words, and
// whether something did not, because an earlier rule has said it already.
func (e *Effects) apply(t *Then, rule string, delay time.Duration) (effect string, lost bool) {
	var done []string
	set := func(free bool, text string, do func()) {
		if !free {
			lost = true
			return
		}
		do()
		done = append(done, text)
	}
	if delay > 0 {
		set(true, "delay "+delay.String(), func() { e.Delay += delay })
	}
	if t.Fault != "" {
		set(true, "fault "+t.Fault, func() { e.Fault = t.Fault })
	}
	if t.Respond != nil {
		set(true, "respond "+t.Respond.word(), func() { e.Respond = t.Respond })
	}
	if t.OTP != nil {
		set(e.OTP == nil, "otp "+t.OTP.word(), func() { e.OTP = t.OTP })
	}
	if t.User != "" {
		set(e.User == "", "user "+t.User, func() { e.User = t.User })
	}
	if t.Signup != "" {
		set(e.Signup == "", "signup "+t.Signup, func() { e.Signup = t.Signup })
	}
	if d := t.Deliver; d != nil {
		before := len(done)
		have := &e.Deliver
		if d.Outcome != "" {
			set(have.Outcome == "", "deliver "+d.Outcome, func() { have.Outcome = d.Outcome })
		}
		if d.Delay != 0 {
			set(have.Delay == 0, "deliver in "+d.Delay.String(), func() { have.Delay = d.Delay })
		}
		if d.Copies != 0 {
			set(have.Copies == 0, fmt.Sprintf("deliver %d times", d.Copies), func() { have.Copies = d.Copies })
		}
		if d.Swap != "" {
			set(have.Swap == "", "deliver after the "+d.Swap, func() { have.Swap = d.Swap })
		}
		if d.Corrupt != "" {
			set(have.Corrupt == "", "deliver with a corrupt "+d.Corrupt, func() { have.Corrupt = d.Corrupt })
		}
		if len(done) > before {
			e.DeliverBy = strings.TrimPrefix(e.DeliverBy+", "+rule, ", ")
		}
	}
	if t.Token != nil {
		if e.Token == nil {
			e.Token = &Token{}
		}
		e.Token.apply(t.Token, set)
	}
	if t.Keys != "" {
		set(e.Keys == "", "keys "+t.Keys, func() { e.Keys = t.Keys })
	}
	for _, name := range sortedKeys(t.Patch) {
		_, taken := e.Patch[name]
		set(!taken, "patch "+name, func() { put(&e.Patch, name, t.Patch[name]) })
	}
	for _, name := range sortedKeys(t.Headers) {
		taken := slices.ContainsFunc(sortedKeys(e.Headers), func(have string) bool { return strings.EqualFold(have, name) })
		set(!taken, "header "+name, func() { put(&e.Headers, name, t.Headers[name]) })
	}
	return strings.Join(done, ", "), lost
}

func (k *Token) apply(t *Token, set func(free bool, text string, do func())) {
	word := func(have *string, name, value string) {
		if value != "" {
			set(*have == "", "token "+name+" "+value, func() { *have = value })
		}
	}
	word(&k.Signature, "signature", t.Signature)
	word(&k.Alg, "alg", t.Alg)
	word(&k.KID, "kid", t.KID)
	word(&k.Iss, "iss", t.Iss)
	word((*string)(&k.Exp), "exp", string(t.Exp))
	if len(t.Aud) > 0 {
		set(k.Aud == nil, "token aud "+strings.Join(t.Aud, " "), func() { k.Aud = t.Aud })
	}
	if t.Skew != 0 {
		set(k.Skew == 0, "token skew "+t.Skew.String(), func() { k.Skew = t.Skew })
	}
	for _, name := range sortedKeys(t.Claims) {
		_, taken := k.Claims[name]
		set(!taken, "token claim "+name, func() { put(&k.Claims, name, t.Claims[name]) })
	}
	for _, name := range t.Drop {
		set(!slices.Contains(k.Drop, name), "token drop "+name, func() { k.Drop = append(k.Drop, name) })
	}
	if t.Malformed {
		set(!k.Malformed, "token malformed", func() { k.Malformed = true })
	}
}

// put puts a value into a map that may still be nil.
func put[V any](m *map[string]V, name string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[name] = value
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (r *Respond) word() string {
	if r.Preset != "" {
		return r.Preset
	}
	return fmt.Sprint(r.StatusOr(200))
}

// StatusOr is the status that the rule gives, or else the one given.
func (r *Respond) StatusOr(status int) int {
	if r.Status != 0 {
		return r.Status
	}
	return status
}

func (o *OTP) word() string {
	if o.Verdict != "" {
		return o.Verdict
	}
	return "code " + o.Code
}

// Expiry is when a token expires that is issued at now: the time of Exp, if
// there is one.
func (k *Token) Expiry(now time.Time) (time.Time, bool) {
	if k == nil || k.Exp == "" {
		return time.Time{}, false
	}
	at, err := k.Exp.from(now)
	return at, err == nil
}
