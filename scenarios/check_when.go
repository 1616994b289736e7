package scenarios

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

func (c *checker) checkWhen(p place, w *When) {
	c.checkPatterns(p.at("grant"), w.Grant, unknownGrant)
	c.checkPatterns(p.at("connection"), w.Connection, nil)
	c.checkPatterns(p.at("send"), w.Send, unknownSend)
	c.checkPatterns(p.at("client"), w.Client, nil)
	c.checkPatterns(p.at("recipient"), w.Recipient, unknownRecipient)
	for _, name := range sortedKeys(w.Header) {
		place := p.at("header", name)
		if !validHeader(name) {
			c.mistake(place, "%q is no name of a header; write one such as User-Agent", clip(name))
		}
		c.checkNamed(place, w.Header[name])
	}
	for _, name := range sortedKeys(w.Params) {
		place := p.at("params", name)
		if name == "" {
			c.mistake(place, "a parameter has a name; write one such as audience")
		}
		c.checkNamed(place, w.Params[name])
	}
	for i, one := range w.Call {
		place := c.member(p.at("call"), i)
		if first, last, isRange := strings.Cut(one, ".."); isRange && number(first) > number(last) {
			c.mistake(place, "the range %s is empty; write %s..%s", one, last, first)
		}
		if slices.Contains(w.Call[:i], one) {
			c.mistake(place, "%s is given twice; remove one", one)
		}
	}
	if w.Probability != nil && *w.Probability == 0 {
		c.mistake(p.at("probability"), "with probability 0 the rule never acts; write more, or remove the rule")
	}
	c.checkTimes(p, w)
}

// checkTimes finds a time that is over before it begins.
func (c *checker) checkTimes(p place, w *When) {
	if w.Until == "" {
		return
	}
	until, fromStart := w.Until.duration()
	after, alike := w.After.duration()
	switch {
	case fromStart && until <= 0:
		c.mistake(p.at("until"), "until %s is over before the scenario is on; write a positive duration", w.Until)
	case w.After == "" || alike != fromStart:
	case fromStart && until <= after, !fromStart && !w.Until.time().After(w.After.time()):
		c.mistake(p.at("until"), "until %s must be later than after %s, or the rule never acts", w.Until, w.After)
	}
}

// duration is the moment's, if it is no time.
func (m Moment) duration() (time.Duration, bool) {
	d, err := time.ParseDuration(string(m))
	return d, err == nil
}

func (m Moment) time() time.Time {
	t, _ := m.from(time.Time{}) // by the form
	return t
}

// checkNamed checks the patterns of a header or a parameter.
func (c *checker) checkNamed(p place, patterns AnyOf) {
	if len(patterns) == 0 {
		c.mistake(p, `there is no pattern; write one, "*" for any value or "" for none`)
	}
	c.checkPatterns(p, patterns, nil)
}

// checkPatterns compiles patterns. What is wrong with a literal one, if
// anything, unknown says.
func (c *checker) checkPatterns(p place, patterns AnyOf, unknown func(literal string) string) {
	for i, text := range patterns {
		if _, err := compile(text); err != nil {
			reason := err.Error()
			if parse := (*syntax.Error)(nil); errors.As(err, &parse) {
				reason = fmt.Sprintf("%s: `%s`", parse.Code, clip(parse.Expr))
			}
			c.mistake(c.member(p, i), "the regular expression cannot be read (%s); correct it", reason)
		} else if unknown != nil && text != "" && isLiteral(text) {
			if message := unknown(text); message != "" {
				c.mistake(c.member(p, i), "%s", message)
			}
		}
	}
}

func isRegexp(pattern string) bool {
	return len(pattern) > 2 && pattern[0] == '/' && pattern[len(pattern)-1] == '/'
}

func isLiteral(pattern string) bool { return !strings.Contains(pattern, "*") && !isRegexp(pattern) }

func unknownGrant(grant string) string {
	full := fixtures.GrantTypes()
	short := make([]string, len(full))
	for i, g := range full {
		short[i] = strings.TrimPrefix(g, grantPrefix)
	}
	word := strings.TrimPrefix(grant, grantPrefix)
	if slices.Contains(full, grant) || slices.Contains(short, grant) {
		return ""
	}
	return fmt.Sprintf("Auth0 has no grant %q%s", clip(grant), orOneOf(word, short, "it has %s; any other needs a pattern with *"))
}

var sends = []string{"code", "link", "link_ios", "link_android"}

func unknownSend(send string) string {
	if slices.Contains(sends, send) {
		return ""
	}
	return fmt.Sprintf("no code is sent as %q%s", clip(send), orOneOf(send, sends, "it is one of %s"))
}

func unknownRecipient(recipient string) string {
	_, email := fixtures.NormalizeEmail(recipient)
	_, phone := fixtures.NormalizePhone(recipient)
	if email || phone {
		return ""
	}
	return fmt.Sprintf("%q is no e-mail address, no phone number in E.164 form, no pattern with * and no /RE2/", clip(recipient))
}

// checkCounts finds counts that cannot be reached.
func (c *checker) checkCounts(p place, r *Rule) {
	of := ""
	if r.When.Per == "recipient" || r.When.Per == "client" {
		of = " of each " + r.When.Per
	}
	met, bounded := r.When.Call.most()
	if bounded && int64(r.Times) > met {
		c.mistake(p.at("times"), "call meets %s%s, so times: %d is never used up; remove times, or let call meet more", plural(met, "request"), of, r.Times)
	}
	if of != "" {
		return
	}
	var causes []string
	most := int64(-1)
	for _, b := range []struct {
		there bool
		n     int64
		cause string
	}{{r.Times > 0, int64(r.Times), "times"}, {bounded, met, "call"}} {
		if b.there && (most < 0 || b.n < most) {
			most, causes = b.n, []string{b.cause}
		}
	}
	if want := r.Expect.Fired.least(); most >= 0 && want > most {
		c.mistake(p.at("expect", "fired"), "the rule acts at most %s, because of %s, so %s cannot be; write at most %d", plural(most, "time"), causes[0], r.Expect.Fired, most)
	}
}

// least is the smallest such count.
func (c Count) least() int64 { return number(strings.TrimPrefix(string(c), ">=")) }

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// most is how many counts are meant, if there is an end to them.
func (c Calls) most() (n int64, bounded bool) {
	spans := c.spans()
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	last := int64(0)
	for _, s := range spans {
		if s.to == 0 {
			return 0, false
		}
		if from := max(s.from, last+1); from <= s.to {
			n, last = n+s.to-from+1, s.to
		}
	}
	return n, n > 0
}

// checkGrant finds a grant that no request has on which the rule can act.
func (c *checker) checkGrant(p place, r *Rule) {
	matches := func(grant string) bool {
		return slices.ContainsFunc(r.When.Grant, func(pattern string) bool {
			match, err := compile(pattern)
			return err != nil || match(grant) || match(strings.TrimPrefix(grant, grantPrefix))
		})
	}
	if len(r.When.Grant) == 0 || matches("") {
		return
	}
	reach := r.endpoints()
	switch {
	case reach != nil && !slices.Contains(reach, "oauth.token"):
		c.mistake(p, "only requests to oauth.token have a grant, and the rule is for %s; remove it", sequence(reach, "and"))
	case (r.Then.OTP != nil || r.Then.Signup != "") && !matches(fixtures.GrantPasswordlessOTP):
		c.mistake(p, "a code is redeemed with the grant passwordless/otp, so the rule never acts; remove it, or write that grant")
	}
}

// checkReach finds rules that never act, because an earlier one always ends
// the search for them.
func (c *checker) checkReach() {
	for i := range c.scenario.Rules {
		later := &c.scenario.Rules[i]
		for j := range i {
			if earlier := &c.scenario.Rules[j]; c.sound(i) && c.sound(j) && earlier.hides(later) {
				c.mistake(at("rules", i), "the rule %q can never act: %q before it answers the same requests; put %q first, or narrow %q",
					clip(later.ID), clip(earlier.ID), clip(later.ID), clip(earlier.ID))
				break
			}
		}
	}
}

// hides tells whether the rule ends the search for every request that a later
// one is for.
func (r *Rule) hides(later *Rule) bool {
	a, b := &r.When, &later.When
	switch {
	case !r.Then.ends(), r.Then.OTP != nil, r.Then.User != "", r.Then.Signup != "": // those are for some grants only
		return false
	case len(a.Call) > 0, a.Probability != nil && *a.Probability < 1, a.After != "", a.Until != "", r.Times > 0:
		return false
	}
	if mine, other := r.endpoints(), later.endpoints(); mine != nil {
		if other == nil || slices.ContainsFunc(other, func(name string) bool { return !slices.Contains(mine, name) }) {
			return false
		}
	}
	for name, patterns := range a.Header {
		var same AnyOf
		for other, patterns := range b.Header {
			if strings.EqualFold(name, other) {
				same = patterns
			}
		}
		if !patterns.cover(same) {
			return false
		}
	}
	for name, patterns := range a.Params {
		if !patterns.cover(b.Params[name]) {
			return false
		}
	}
	return a.Grant.cover(b.Grant) && a.Connection.cover(b.Connection) && a.Send.cover(b.Send) && a.Client.cover(b.Client) &&
		normalRecipients(a.Recipient).cover(normalRecipients(b.Recipient))
}

// cover tells whether every value that is of the other patterns is of these. It
// may say no where the answer is yes. No pattern is any value.
func (a AnyOf) cover(other AnyOf) bool {
	if len(a) == 0 || slices.Contains(a, "*") {
		return true
	}
	return len(other) > 0 && !slices.ContainsFunc(other, func(pattern string) bool {
		return !slices.ContainsFunc(a, func(mine string) bool { return covers(mine, pattern) })
	})
}

func covers(mine, other string) bool {
	switch {
	case mine == other:
		return true
	case isRegexp(mine):
		matches, err := compile(mine)
		return err == nil && isLiteral(other) && matches(other)
	case isRegexp(other):
		return false
	case isLiteral(mine) && isLiteral(other):
		return strings.TrimPrefix(mine, grantPrefix) == strings.TrimPrefix(other, grantPrefix)
	}
	return fixtures.MatchGlob(mine, other) // the stars of the other one are among the characters that mine stand for
}
