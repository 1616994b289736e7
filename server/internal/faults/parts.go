package faults

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A place is where a rule acts.
type place int

const (
	admission place = iota // before the request is handled
	proving                // that the client has a key
	redeeming              // a code
	signingIn              // a user
	signingUp              // a new user
	sending                // a message
	signing                // tokens
	keys                   // before tokens are signed, or when the key set is served
	response               // when there is one
)

// A part is one thing that a rule says. Of several rules that say a part with
// the same key, the first one counts. A part without a key adds up.
type part struct {
	at   place
	key  string
	then *scenarios.Then // that it is of
	// add adds it to the effects, and says in words what it is.
	add func(*Effects, *candidate) (words string)
}

// isInside tells whether a rule acts while a request is handled: on a proof, a code, a
// user, a message, a token or the keys. Such a rule changes a response only if it
// has acted before, so that a page that is opened does not use it up.
func isInside(t *scenarios.Then) bool {
	return t.DPoP != "" || t.OTP != nil || t.User != "" || t.Signup != "" || t.Deliver != nil || t.Token != nil || t.Keys != ""
}

// partsOf are the parts of what a rule says.
func partsOf(t *scenarios.Then) []part {
	var all []part
	add := func(said bool, at place, key, words string, set func(*Effects)) {
		if said {
			all = append(all, part{at, key, t, func(e *Effects, _ *candidate) string {
				set(e)
				return words
			}})
		}
	}
	if t.Delay != nil {
		all = append(all, part{admission, "", t, func(e *Effects, c *candidate) string {
			delay := c.rule.delay(e.seedOf(c.rule), c.count.key, c.call)
			e.Delay += delay
			return "delay " + delay.String()
		}})
	}
	add(t.Fault != "", admission, "fault", "fault "+t.Fault, func(e *Effects) { e.Fault = t.Fault })
	if t.Respond != nil {
		add(true, admission, "respond", "respond "+respondWord(t.Respond), func(e *Effects) { e.Respond = t.Respond })
	}
	add(t.DPoP != "", proving, "dpop", "dpop "+t.DPoP, func(e *Effects) { e.dpop = t.DPoP })
	if t.OTP != nil {
		add(true, redeeming, "otp", "otp "+otpWord(t.OTP), func(e *Effects) { e.otp = *t.OTP })
	}
	add(t.User != "", signingIn, "user", "user "+t.User, func(e *Effects) { e.user = t.User })
	add(t.Signup != "", signingUp, "signup", "signup "+t.Signup, func(e *Effects) { e.signup = t.Signup })
	if t.Deliver != nil {
		all = append(all, deliverParts(t)...)
	}
	if t.Token != nil {
		all = append(all, tokenParts(t)...)
	}
	add(t.Keys != "", keys, "keys", "keys "+t.Keys, func(e *Effects) { e.keys = t.Keys })
	for _, name := range sortedKeys(t.Patch) {
		add(true, response, "patch "+name, "patch "+name, func(e *Effects) { put(&e.patch, name, t.Patch[name]) })
	}
	for _, name := range sortedKeys(t.Headers) {
		add(true, response, "header "+strings.ToLower(name), "header "+name, func(e *Effects) { put(&e.headers, name, t.Headers[name]) })
	}
	return all
}

func deliverParts(t *scenarios.Then) []part {
	d := t.Deliver
	var all []part
	add := func(said bool, key, words string, set func(*scenarios.Deliver)) {
		if said {
			all = append(all, part{sending, "deliver " + key, t, func(e *Effects, c *candidate) string {
				set(&e.deliver)
				if !slices.Contains(e.deliverBy, c.rule.name) {
					e.deliverBy = append(e.deliverBy, c.rule.name)
				}
				return "deliver " + words
			}})
		}
	}
	add(d.Outcome != "", "outcome", d.Outcome, func(to *scenarios.Deliver) { to.Outcome = d.Outcome })
	add(d.Delay != 0, "delay", "in "+d.Delay.String(), func(to *scenarios.Deliver) { to.Delay = d.Delay })
	add(d.Copies != 0, "copies", fmt.Sprintf("%d times", d.Copies), func(to *scenarios.Deliver) { to.Copies = d.Copies })
	add(d.Swap != "", "swap", "after the "+d.Swap, func(to *scenarios.Deliver) { to.Swap = d.Swap })
	add(d.Corrupt != "", "corrupt", "with a corrupt "+d.Corrupt, func(to *scenarios.Deliver) { to.Corrupt = d.Corrupt })
	return all
}

func tokenParts(t *scenarios.Then) []part {
	k := t.Token
	var all []part
	add := func(said bool, key, value string, set func(*scenarios.Token)) {
		if said {
			all = append(all, part{signing, "token " + key, t, func(e *Effects, _ *candidate) string {
				if e.token == nil {
					e.token = &scenarios.Token{}
				}
				set(e.token)
				return strings.TrimSpace("token " + key + " " + value)
			}})
		}
	}
	add(k.Signature != "", "signature", k.Signature, func(to *scenarios.Token) { to.Signature = k.Signature })
	add(k.Alg != "", "alg", k.Alg, func(to *scenarios.Token) { to.Alg = k.Alg })
	add(k.KID != "", "kid", k.KID, func(to *scenarios.Token) { to.KID = k.KID })
	add(k.Iss != "", "iss", k.Iss, func(to *scenarios.Token) { to.Iss = k.Iss })
	add(k.Exp != "", "exp", string(k.Exp), func(to *scenarios.Token) { to.Exp = k.Exp })
	add(len(k.Aud) > 0, "aud", strings.Join(k.Aud, " "), func(to *scenarios.Token) { to.Aud = k.Aud })
	add(k.Skew != 0, "skew", k.Skew.String(), func(to *scenarios.Token) { to.Skew = k.Skew })
	for _, name := range sortedKeys(k.Claims) {
		add(true, "claim "+name, "", func(to *scenarios.Token) { put(&to.Claims, name, k.Claims[name]) })
	}
	for _, name := range k.Drop {
		add(true, "drop "+name, "", func(to *scenarios.Token) { to.Drop = append(to.Drop, name) })
	}
	add(k.Malformed, "malformed", "", func(to *scenarios.Token) { to.Malformed = true })
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

// whyNot says why a rule did not act on a request that was for it.
func whyNot(t *scenarios.Then) string {
	switch {
	case t.DPoP != "":
		return "no DPoP proof came that would have been accepted"
	case t.OTP != nil && t.OTP.Verdict == "accept_any":
		return "no wrong code was redeemed"
	case t.OTP != nil && t.OTP.Code != "":
		return "neither the rule's code nor the user's was redeemed"
	case t.OTP != nil:
		return "no right code was redeemed"
	case t.User != "":
		return "no user signed in"
	case t.Signup != "":
		return "no new user signed up"
	case t.Deliver != nil:
		return "no message was sent on which it could act"
	case t.Token != nil:
		return "no token was signed on which it could act"
	case t.Keys == "rotate":
		return "no token was signed"
	case t.Keys != "":
		return "the key set was not served"
	}
	return "the response was no JSON that it could patch"
}
