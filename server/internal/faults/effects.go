package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// Effects are what the rules that act do to one request. A nil *Effects does
// nothing.
type Effects struct {
	// Fired names the rules that act, as scenario/rule.
	Fired   []string
	Delay   time.Duration
	Fault   string
	Respond *scenarios.Respond
	OTP     *scenarios.OTP
	User    string
	Signup  string
	Deliver scenarios.Deliver
	// DeliverBy names the rules that Deliver comes from.
	DeliverBy string
	Token     *scenarios.Token
	Keys      string
	Patch     map[string]any
	Headers   map[string]string
}

// Names are the rules that act, for the X-Mock-Scenario header and the journal.
// Of more than 20 it names the first 20.
func (e *Effects) Names() string {
	const most = 20
	switch {
	case e == nil:
		return ""
	case len(e.Fired) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(e.Fired[:most], ", "), len(e.Fired)-most)
	}
	return strings.Join(e.Fired, ", ")
}

// Unhandled reports whether the request is not handled: it gets a canned answer
// or none.
func (e *Effects) Unhandled() bool { return e != nil && (e.Respond != nil || e.Broken()) }

// Broken reports whether there is no answer.
func (e *Effects) Broken() bool {
	return e != nil && slices.Contains([]string{"reset", "empty", "hang", "garbage"}, e.Fault)
}

// canAct reports whether a rule can act, now that all rules have been asked.
// Without an answer there is nothing to change. If the request is not handled,
// nothing can go wrong while it is.
func (e *Effects) canAct(t *scenarios.Then) bool {
	changes := len(t.Patch)+len(t.Headers) > 0
	return t.Delay != nil || ends(t) || t.Keys == "rotate" || changes && !e.Broken() || !e.Unhandled()
}

// ends reports whether no further rule is asked after this one.
func ends(t *scenarios.Then) bool { return t.Fault != "" || t.Respond != nil }

// A part is one thing that a rule says. Of several rules that say a part with
// the same key, the first one counts. A part without a key adds up.
type part struct {
	key   string
	words string // for people
	add   func(*Effects)
}

// partsOf are the parts of what a rule says. delay is what its Delay amounts to
// for this request.
func partsOf(t *scenarios.Then, delay time.Duration) []part {
	var all []part
	add := func(said bool, key, words string, add func(*Effects)) {
		if said {
			all = append(all, part{key, words, add})
		}
	}
	add(delay > 0, "", "delay "+delay.String(), func(e *Effects) { e.Delay += delay })
	add(t.Fault != "", "fault", "fault "+t.Fault, func(e *Effects) { e.Fault = t.Fault })
	if t.Respond != nil {
		add(true, "respond", "respond "+respondWord(t.Respond), func(e *Effects) { e.Respond = t.Respond })
	}
	if t.OTP != nil {
		add(true, "otp", "otp "+otpWord(t.OTP), func(e *Effects) { e.OTP = t.OTP })
	}
	add(t.User != "", "user", "user "+t.User, func(e *Effects) { e.User = t.User })
	add(t.Signup != "", "signup", "signup "+t.Signup, func(e *Effects) { e.Signup = t.Signup })
	if d := t.Deliver; d != nil {
		add(d.Outcome != "", "deliver outcome", "deliver "+d.Outcome, func(e *Effects) { e.Deliver.Outcome = d.Outcome })
		add(d.Delay != 0, "deliver delay", "deliver in "+d.Delay.String(), func(e *Effects) { e.Deliver.Delay = d.Delay })
		add(d.Copies != 0, "deliver copies", fmt.Sprintf("deliver %d times", d.Copies), func(e *Effects) { e.Deliver.Copies = d.Copies })
		add(d.Swap != "", "deliver swap", "deliver after the "+d.Swap, func(e *Effects) { e.Deliver.Swap = d.Swap })
		add(d.Corrupt != "", "deliver corrupt", "deliver with a corrupt "+d.Corrupt, func(e *Effects) { e.Deliver.Corrupt = d.Corrupt })
	}
	if t.Token != nil {
		all = append(all, tokenParts(t.Token)...)
	}
	add(t.Keys != "", "keys", "keys "+t.Keys, func(e *Effects) { e.Keys = t.Keys })
	for _, name := range sortedKeys(t.Patch) {
		add(true, "patch "+name, "patch "+name, func(e *Effects) { put(&e.Patch, name, t.Patch[name]) })
	}
	for _, name := range sortedKeys(t.Headers) {
		add(true, "header "+strings.ToLower(name), "header "+name, func(e *Effects) { put(&e.Headers, name, t.Headers[name]) })
	}
	return all
}

func tokenParts(t *scenarios.Token) []part {
	var all []part
	add := func(said bool, key, value string, set func(*scenarios.Token)) {
		if said {
			all = append(all, part{"token " + key, strings.TrimSpace("token " + key + " " + value), func(e *Effects) {
				if e.Token == nil {
					e.Token = &scenarios.Token{}
				}
				set(e.Token)
			}})
		}
	}
	add(t.Signature != "", "signature", t.Signature, func(k *scenarios.Token) { k.Signature = t.Signature })
	add(t.Alg != "", "alg", t.Alg, func(k *scenarios.Token) { k.Alg = t.Alg })
	add(t.KID != "", "kid", t.KID, func(k *scenarios.Token) { k.KID = t.KID })
	add(t.Iss != "", "iss", t.Iss, func(k *scenarios.Token) { k.Iss = t.Iss })
	add(t.Exp != "", "exp", string(t.Exp), func(k *scenarios.Token) { k.Exp = t.Exp })
	add(len(t.Aud) > 0, "aud", strings.Join(t.Aud, " "), func(k *scenarios.Token) { k.Aud = t.Aud })
	add(t.Skew != 0, "skew", t.Skew.String(), func(k *scenarios.Token) { k.Skew = t.Skew })
	for _, name := range sortedKeys(t.Claims) {
		add(true, "claim "+name, "", func(k *scenarios.Token) { put(&k.Claims, name, t.Claims[name]) })
	}
	for _, name := range t.Drop {
		add(true, "drop "+name, "", func(k *scenarios.Token) { k.Drop = append(k.Drop, name) })
	}
	add(t.Malformed, "malformed", "", func(k *scenarios.Token) { k.Malformed = true })
	return all
}

func respondWord(r *scenarios.Respond) string {
	switch {
	case r.Preset != "":
		return r.Preset
	case r.Status != 0:
		return fmt.Sprint(r.Status)
	}
	return "200"
}

func otpWord(o *scenarios.OTP) string {
	if o.Verdict != "" {
		return o.Verdict
	}
	return "code " + o.Code
}
