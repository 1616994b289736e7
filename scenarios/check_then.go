package scenarios

import (
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// checkThen checks the effects, and reports whether they can act together.
func (c *checker) checkThen(p place, t *Then) bool {
	before := len(c.problems)
	c.checkTogether(p, t)
	together := len(c.problems) == before
	if t.Delay != nil {
		c.checkDelay(p.at("delay"), t.Delay)
	}
	if t.Respond != nil {
		c.checkRespond(p.at("respond"), t.Respond)
	}
	if t.Deliver != nil {
		c.checkDeliver(p.at("deliver"), t.Deliver)
	}
	if t.Token != nil {
		c.checkToken(p.at("token"), t.Token)
	}
	if _, empty := t.Patch[""]; empty {
		c.mistake(p.at("patch"), "a member has no name; write one before the colon")
	}
	c.checkHeaders(p.at("headers"), t.Headers)
	return together
}

// checkTogether finds effects that cannot act together.
func (c *checker) checkTogether(p place, t *Then) {
	effects := t.effects()
	if len(effects) == 0 {
		c.mistake(p, "nothing happens; add delay, fault, respond, otp, user, signup, deliver, token, keys, patch or headers")
	}
	broken := slices.Contains([]string{"reset", "empty", "hang", "garbage"}, t.Fault) // then there is no answer
	for _, e := range effects {
		switch {
		case e.name == "respond" && broken:
			c.mistake(p.at(e.name), "with fault: %s there is no answer, so respond never acts; remove one of the two", t.Fault)
		case (e.name == "patch" || e.name == "headers") && broken:
			c.mistake(p.at(e.name), "with fault: %s there is no answer, so %s changes nothing; remove one of the two", t.Fault, e.name)
		case t.needsHandling(e) && (broken || t.Respond != nil):
			by := "respond"
			if broken {
				by = "fault: " + t.Fault
			}
			c.mistake(p.at(e.name), "with %s the request is not handled, so %s never acts; remove one of the two", by, t.say(e))
		}
	}
}

// needsHandling reports whether the effect acts only if the request is handled.
func (t *Then) needsHandling(e effect) bool {
	return slices.Contains([]string{"dpop", "otp", "user", "signup", "deliver", "token"}, e.name) || e.name == "keys" && t.Keys != "rotate"
}

func (c *checker) checkDelay(p place, d *Delay) {
	for _, part := range []struct {
		name   string
		length time.Duration
	}{{"", d.Fixed}, {"min", d.Min}, {"max", d.Max}, {"median", d.Median}, {"p99", d.P99}} {
		place := p
		if part.name != "" {
			place = p.at(part.name)
		}
		switch {
		case part.length > maxDelay:
			c.mistake(place, "%s is too long; write 10m at most", part.length)
			return
		case part.length < 0:
			c.mistake(place, "%s is negative; write a positive duration such as 500ms", part.length)
			return
		}
	}
	even, normal := d.Min != 0 || d.Max != 0, d.Median != 0 || d.P99 != 0
	switch {
	case d.Fixed != 0:
	case even && normal:
		c.mistake(p, "{min, max} and {median, p99} are two distributions; choose one")
	case !even && !normal:
		c.mistake(p, "there is no delay; write a duration such as 500ms, {min: 100ms, max: 1s} or {median: 800ms, p99: 5s}")
	case even && d.Max == 0:
		c.mistake(p, "min needs max; add it, as in {min: %s, max: %s}", d.Min, min(2*d.Min, maxDelay))
	case even && d.Min > d.Max:
		c.mistake(p, "min %s is more than max %s; swap them", d.Min, d.Max)
	case normal && d.Median == 0:
		c.mistake(p, "p99 needs a median; add it, as in {median: %s, p99: %s}", d.P99/4, d.P99)
	case normal && d.P99 == 0:
		c.mistake(p, "median needs p99; add it, as in {median: %s, p99: %s}", d.Median, min(4*d.Median, maxDelay))
	case normal && d.Median >= d.P99:
		c.mistake(p, "p99 %s must be more than the median %s", d.P99, d.Median)
	}
}

func (c *checker) checkRespond(p place, r *Respond) {
	notTogether := func(a string, thereA bool, b string, thereB bool) {
		if thereA && thereB {
			c.mistake(p.at(b), "%s and %s cannot be used together; remove one of the two", a, b)
		}
	}
	notTogether("preset", r.Preset != "", "json", r.JSON != nil)
	notTogether("preset", r.Preset != "", "body", r.Body != "")
	notTogether("json", r.JSON != nil, "body", r.Body != "")
	if r.Preset == "" && r.Status == 0 && r.JSON == nil && r.Body == "" {
		c.mistake(p, "there is no answer; add preset, status, json or body")
	}
	if r.Status == 204 || r.Status == 304 {
		if r.JSON != nil || r.Body != "" || r.Preset != "" {
			c.mistake(p.at("status"), "an answer with status %d has no body; write another status, or the status alone", r.Status)
		}
	}
	c.checkVars(p.at("vars"), r)
	c.checkHeaders(p.at("headers"), r.Headers)
}

func (c *checker) checkVars(p place, r *Respond) {
	if len(r.Vars) == 0 {
		return
	}
	if r.Preset == "" {
		c.mistake(p, "vars belong to a preset; add preset, or remove vars")
		return
	}
	known := refusal.Named(r.Preset).Placeholders()
	for _, name := range sortedKeys(r.Vars) {
		switch {
		case len(known) == 0:
			c.mistake(p.at(name), "the preset %s has no placeholders; remove vars", r.Preset)
		case !slices.Contains(known, name):
			c.mistake(p.at(name), "the preset %s has no placeholder %q%s", r.Preset, clip(name), orOneOf(name, known, "it has %s"))
		}
	}
}

func (c *checker) checkDeliver(p place, d *Deliver) {
	if *d == (Deliver{}) {
		c.mistake(p, "nothing happens to the message; add outcome, delay, copies, swap or corrupt")
	}
	if d.Delay < 0 {
		c.mistake(p.at("delay"), "%s is negative; write a positive duration such as 45s", d.Delay)
	} else if why := tooLong(d.Delay); why != "" {
		c.mistake(p.at("delay"), "%s", why)
	}
	if d.Outcome != "" {
		for _, other := range []struct {
			name  string
			there bool
		}{{"delay", d.Delay != 0}, {"copies", d.Copies != 0}, {"swap", d.Swap != ""}, {"corrupt", d.Corrupt != ""}} {
			if other.there {
				c.mistake(p.at(other.name), "a message that is %s never arrives, so %s has no effect; remove one of the two", d.Outcome, other.name)
			}
		}
	} else if d.Swap != "" && d.Delay != 0 {
		c.mistake(p.at("delay"), "with swap the message waits for the next one, so delay has no effect; remove one of the two")
	}
}

// checkDeliverBySMTP finds what cannot happen to a mail that an app sends by
// SMTP. The tenant holds back and changes only its own messages.
func (c *checker) checkDeliverBySMTP(p place, d *Deliver) {
	if d.Swap != "" {
		c.mistake(p.at("swap"), "a mail that an app sends cannot wait for the next one; write delay, as in delay: 45s")
	}
	if d.Corrupt != "" {
		c.mistake(p.at("corrupt"), "the code or link in a mail that an app sends cannot be changed; remove corrupt")
	}
}

func (c *checker) checkToken(p place, t *Token) {
	type part struct {
		name  string
		there bool
	}
	form := []part{{"signature", t.Signature != ""}, {"alg", t.Alg != ""}, {"kid", t.KID != ""}, {"malformed", t.Malformed}}
	content := []part{{"iss", t.Iss != ""}, {"aud", len(t.Aud) > 0}, {"exp", t.Exp != ""}, {"skew", t.Skew != 0}, {"claims", len(t.Claims) > 0}}
	there := func(x part) bool { return x.there }
	if !slices.ContainsFunc(form, there) && !slices.ContainsFunc(content, there) && len(t.Drop) == 0 {
		c.mistake(p, "nothing is wrong with the tokens; add signature, alg, kid, iss, aud, exp, skew, claims, drop or malformed")
	}
	first := ""
	for _, x := range form {
		switch {
		case x.there && first != "":
			c.mistake(p.at(x.name), "%s and %s cannot be used together; remove one of the two", first, x.name)
		case x.there:
			first = x.name
		}
	}
	for _, x := range content {
		if x.there && t.Malformed {
			c.mistake(p.at(x.name), "with malformed there is no token, so %s has no effect; remove one of the two", x.name)
		}
		if _, twice := t.Claims[x.name]; twice && x.there {
			c.mistake(p.at("claims", x.name), "the field %s sets this claim already; remove one of the two", x.name)
		}
	}
	if why := tooLong(t.Skew); why != "" {
		c.mistake(p.at("skew"), "%s", why)
	}
	if t.Exp != "" && t.Skew != 0 {
		c.mistake(p.at("skew"), "exp and skew cannot be used together; remove one of the two")
	}
	for i, audience := range t.Aud {
		if audience == "" {
			c.mistake(c.member(p.at("aud"), i), "an audience is empty; to issue tokens without an audience, write claims: {aud: null}")
		}
	}
	if _, empty := t.Claims[""]; empty {
		c.mistake(p.at("claims"), "a claim has no name; write one before the colon")
	}
}

// reserved are the headers that only the server itself sets.
var reserved = []string{"X-Mock-Scenario", "Content-Length", "Transfer-Encoding"}

func (c *checker) checkHeaders(p place, headers map[string]string) {
	first := map[string]string{}
	for _, name := range sortedKeys(headers) {
		place, lower := p.at(name), strings.ToLower(name)
		switch {
		case !validHeader(name):
			c.mistake(place, "%q cannot be the name of a header; write one such as Retry-After", clip(name))
		case slices.ContainsFunc(reserved, func(r string) bool { return strings.EqualFold(r, name) }):
			c.mistake(place, "the server itself sets %s; remove it", name)
		case first[lower] != "":
			c.mistake(place, "this is the same header as %s; remove one of the two", first[lower])
		case strings.ContainsFunc(headers[name], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			c.mistake(place, "the value of a header must be one line without control characters; correct %q", clip(headers[name]))
		}
		first[lower] = name
	}
}

// validHeader reports whether a header can have that name (a token of RFC 9110).
func validHeader(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
