package scenarios

import (
	"slices"
	"strings"
)

// checkReach finds rules that never act because an earlier rule always answers
// their requests.
func (c *checker) checkReach() {
	var patterns comparison
	for i := range c.scenario.Rules {
		later := &c.scenario.Rules[i]
		for j := range i {
			if patterns.over() {
				return
			}
			if earlier := &c.scenario.Rules[j]; c.goodForm(i) && c.goodForm(j) && patterns.hides(earlier, later) {
				c.mistake(at("rules", i), "the rule %q can never act: %q before it answers the same requests; put %q first, or narrow %q",
					clip(later.ID), clip(earlier.ID), clip(later.ID), clip(earlier.ID))
				break
			}
		}
	}
}

// hides reports whether the rule answers every request that a later rule is
// for. It may say no where the answer is yes.
func (c *comparison) hides(r, later *Rule) bool {
	a, b := &r.When, &later.When
	switch {
	case r.Then.Fault == "" && r.Then.Respond == nil: // further rules are asked
		return false
	case r.Then.OTP != nil, r.Then.User != "", r.Then.Signup != "": // it acts with some grants only
		return false
	case len(a.Call) > 0, a.Probability != nil && *a.Probability < 1, a.After != "", a.Until != "", r.Times > 0:
		return false
	}
	if mine, other := r.Endpoints(), later.Endpoints(); mine != nil {
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
		if !c.covers(patterns, same) {
			return false
		}
	}
	for name, patterns := range a.Params {
		if !c.covers(patterns, b.Params[name]) {
			return false
		}
	}
	return c.covers(a.Grant, b.Grant) && c.covers(a.Connection, b.Connection) && c.covers(a.Send, b.Send) && c.covers(a.Client, b.Client) &&
		c.covers(c.recipients(a), c.recipients(b))
}
