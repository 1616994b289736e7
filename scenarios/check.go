package scenarios

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A checker finds what is wrong with a scenario beyond its form, which the
// decoder has checked. Rules with mistakes of form are not checked further.
type checker struct {
	doc      *strictyaml.Document
	scenario *Scenario
	origin   origin
	badForm  map[string]bool // units with mistakes of form
	problems []strictyaml.Problem
}

// unit is the part of the scenario that a path leads into and that is checked
// as a whole: a rule, or a top-level field.
func unit(path string) string {
	if strings.HasPrefix(path, "rules[") {
		return path[:strings.IndexByte(path, ']')+1]
	}
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

func (c *checker) goodForm(rule int) bool { return !c.badForm[fmt.Sprintf("rules[%d]", rule)] }

// A place is the path to a value, for Document.ProblemAt.
type place []any

func at(steps ...any) place { return steps }

func (p place) at(steps ...any) place { return append(p[:len(p):len(p)], steps...) }

func (c *checker) mistake(p place, format string, args ...any) {
	if len(c.problems) <= strictyaml.MaxProblems {
		c.problems = append(c.problems, c.doc.ProblemAt(p, format, args...))
	}
}

// member is the place of a list's i-th member. A single member may stand
// without brackets; its place is that of the list.
func (c *checker) member(p place, i int) place {
	list, one := c.doc.ProblemAt(p, ""), c.doc.ProblemAt(p.at(i), "")
	if list.Line == one.Line && list.Column == one.Column {
		return p
	}
	return p.at(i)
}

func (c *checker) check() {
	if !c.withinBounds() {
		return
	}
	s := c.scenario
	if !c.badForm["name"] {
		c.checkName(at("name"), "name", s.Name)
		if isBuiltIn(s.Name) && !c.origin.builtIn {
			c.mistake(at("name"), "the name %q is a built-in scenario's; choose another", s.Name)
		}
	}
	first := map[string]place{}
	for i := range s.Rules {
		if !c.goodForm(i) {
			continue
		}
		r, p := &s.Rules[i], at("rules", i)
		if before, taken := first[r.ID]; taken {
			c.mistake(p.at("id"), "the id %q is used twice; the first one is %s", r.ID, c.where(before))
		} else {
			first[r.ID] = p.at("id")
			c.checkName(p.at("id"), "id", r.ID)
		}
		if c.origin.inGo != nil {
			c.checkGo(p.at("then"), &c.origin.inGo.Rules[i].Then)
		}
		c.checkRule(p, r)
	}
	c.checkReach()
}

// where says in words where a value stands.
func (c *checker) where(p place) string {
	found := c.doc.ProblemAt(p, "")
	if c.origin.inGo != nil {
		return found.Path
	}
	return fmt.Sprintf("in line %d", found.Line)
}

var nameForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`) })

func (c *checker) checkName(p place, what, name string) {
	if !nameForm().MatchString(name) {
		c.mistake(p, "%q is not a valid %s; write at most 64 letters, digits, - and _, and begin with a letter or a digit", clip(name), what)
	}
}

// checkGo finds combinations that a value in Go can have, but no file.
func (c *checker) checkGo(p place, t *Then) {
	if d := t.Delay; d != nil && d.Fixed != 0 && *d != (Delay{Fixed: d.Fixed}) {
		c.mistake(p.at("delay"), "a fixed delay and a distribution cannot be used together; choose one")
	}
	if t.OTP != nil && t.OTP.Verdict != "" && t.OTP.Code != "" {
		c.mistake(p.at("otp"), "%s and a code cannot be used together; choose one", t.OTP.Verdict)
	}
}

func (c *checker) checkRule(p place, r *Rule) {
	c.checkWhen(p.at("when"), &r.When)
	if c.checkThen(p.at("then"), &r.Then) {
		c.checkEndpoints(p, r)
	}
	c.checkCounts(p, r)
}

// checkEndpoints finds a rule that can act on no request.
func (c *checker) checkEndpoints(p place, r *Rule) {
	var acts []string
	var limited []effect // those that do not act everywhere
	for _, e := range r.Then.effects() {
		if e.on == nil {
			continue
		}
		for _, before := range limited {
			if len(common(before.on, e.on)) == 0 {
				c.mistake(p.at("then", e.name), "%s acts on %s, and %s on %s, so no request meets both; make two rules",
					r.Then.say(e), sequence(e.on, "and"), r.Then.say(before), sequence(before.on, "and"))
				return
			}
		}
		limited, acts = append(limited, e), common(acts, e.on)
	}
	if on := r.Endpoints(); len(on) > 0 || on == nil {
		if d := r.Then.Deliver; d != nil && len(on) == 1 && on[0] == "smtp" {
			c.checkDeliverBySMTP(p.at("then", "deliver"), d)
		}
		c.checkGrant(p.at("when", "grant"), r)
		return
	}
	words := make([]string, len(limited))
	for i, e := range limited {
		words[i] = r.Then.say(e)
	}
	verb := "acts"
	if len(words) > 1 {
		verb = "together act"
	}
	c.mistake(p.at("when", "endpoint"), "%s %s on %s, not on %s", sequence(words, "and"), verb, sequence(acts, "and"), sequence(r.When.Endpoint, "or"))
}

// say is the effect's name in a sentence, with its value where that matters.
func (t *Then) say(e effect) string {
	switch e.name {
	case "keys":
		return "keys: " + t.Keys
	case "fault":
		return "fault: " + t.Fault
	}
	return e.name
}

// sequence writes a list as "a, b and c".
func sequence(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}
