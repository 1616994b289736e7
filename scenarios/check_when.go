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
			c.mistake(place, "%q cannot be the name of a header; write one such as User-Agent", clip(name))
		}
		c.checkNamed(place, w.Header[name])
	}
	for _, name := range sortedKeys(w.Params) {
		place := p.at("params", name)
		if name == "" {
			c.mistake(place, "the parameter has no name; write one such as audience")
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
		c.mistake(p.at("probability"), "with probability 0 the rule never acts; write a larger number, or remove the rule")
	}
	c.checkTimes(p, w)
}

// checkTimes finds a time that ends before it begins.
func (c *checker) checkTimes(p place, w *When) {
	if w.Until == "" {
		return
	}
	untilDuration, untilIsDuration := w.Until.duration()
	if untilIsDuration && untilDuration <= 0 {
		c.mistake(p.at("until"), "until %s is over before the scenario is on; write a positive duration", w.Until)
		return
	}
	if _, afterIsDuration := w.After.duration(); w.After == "" || afterIsDuration != untilIsDuration {
		return // a time and a duration cannot be compared before the scenario is on
	}
	after, _ := w.After.Time(time.Time{})
	if until, _ := w.Until.Time(time.Time{}); !until.After(after) {
		c.mistake(p.at("until"), "until %s must be later than after %s, or the rule never acts", w.Until, w.After)
	}
}

// checkNamed checks the patterns of a header or a parameter.
func (c *checker) checkNamed(p place, patterns AnyOf) {
	if len(patterns) == 0 {
		c.mistake(p, `there is no pattern; write one, "*" for any value or "" for none`)
	}
	c.checkPatterns(p, patterns, nil)
}

// checkPatterns compiles the patterns. unknown, if it is not nil, says what is
// wrong with a pattern that has no * and is no regular expression.
func (c *checker) checkPatterns(p place, patterns AnyOf, unknown func(literal string) string) {
	for i, text := range patterns {
		if _, err := (AnyOf{text}).Compile(); err != nil {
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

// grantPrefix may be left out of a grant's name.
const grantPrefix = "http://auth0.com/oauth/grant-type/"

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
	return fmt.Sprintf("%q is not a way to send a code%s", clip(send), orOneOf(send, sends, "the ways are %s"))
}

func unknownRecipient(recipient string) string {
	_, email := fixtures.NormalizeEmail(recipient)
	_, phone := fixtures.NormalizePhone(recipient)
	if email || phone {
		return ""
	}
	return fmt.Sprintf("%q is neither an e-mail address nor a phone number in E.164 form; a pattern has a *, or is written as /RE2/", clip(recipient))
}

// checkCounts finds numbers that cannot be reached.
func (c *checker) checkCounts(p place, r *Rule) {
	of := ""
	if r.When.Per == "recipient" || r.When.Per == "client" {
		of = " of each " + r.When.Per
	}
	met, bounded := r.When.Call.size()
	if bounded && int64(r.Times) > met {
		c.mistake(p.at("times"), "call allows %s%s, so times: %d is never reached; remove times, or let call allow more", plural(met, "request"), of, r.Times)
	}
	if of != "" {
		return
	}
	most, because := int64(r.Times), "times"
	if bounded && (most == 0 || met < most) {
		most, because = met, "call"
	}
	if most > 0 && r.Expect.Fired.least() > most {
		c.mistake(p.at("expect", "fired"), "because of %s, the rule acts at most %s, so %s is impossible; write at most %d", because, plural(most, "time"), r.Expect.Fired, most)
	}
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// checkGrant finds a grant that no request has on which the rule can act.
func (c *checker) checkGrant(p place, r *Rule) {
	fits, err := r.When.Grant.Compile()
	if len(r.When.Grant) == 0 || err != nil || fits("") {
		return
	}
	matches := func(grant string) bool { return fits(grant) || fits(strings.TrimPrefix(grant, grantPrefix)) }
	on := r.Endpoints()
	switch {
	case on != nil && !slices.Contains(on, "oauth.token"):
		c.mistake(p, "only requests to oauth.token have a grant, and the rule is for %s; remove it", sequence(on, "and"))
	case (r.Then.OTP != nil || r.Then.Signup != "") && !matches(fixtures.GrantPasswordlessOTP):
		c.mistake(p, "a code is redeemed with the grant passwordless/otp, so the rule never acts; remove it, or write that grant")
	}
}
