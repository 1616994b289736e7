package scenarios

import (
	"slices"
	"strings"
)

// checkReach finds rules that never act because an earlier rule always answers
// their requests.
func (c *checker) checkReach() {
	for i := range c.scenario.Rules {
		later := &c.scenario.Rules[i]
		for j := range i {
			if earlier := &c.scenario.Rules[j]; c.goodForm(i) && c.goodForm(j) && earlier.hides(later) {
				c.mistake(at("rules", i), "the rule %q can never act: %q before it answers the same requests; put %q first, or narrow %q",
					clip(later.ID), clip(earlier.ID), clip(later.ID), clip(earlier.ID))
				break
			}
		}
	}
}

// hides reports whether the rule answers every request that a later rule is
// for. It may say no where the answer is yes.
func (r *Rule) hides(later *Rule) bool {
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
		if !patterns.covers(same) {
			return false
		}
	}
	for name, patterns := range a.Params {
		if !patterns.covers(b.Params[name]) {
			return false
		}
	}
	return a.Grant.covers(b.Grant) && a.Connection.covers(b.Connection) && a.Send.covers(b.Send) && a.Client.covers(b.Client) &&
		a.recipients().covers(b.recipients())
}
