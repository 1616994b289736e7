package scenarios

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A checker holds a scenario against what its fields mean, beyond the form
// that the schema knows. A rule with mistakes of form is left alone.
type checker struct {
	doc      *strictyaml.Document
	scenario *Scenario
	from     origin
	broken   map[string]bool // rules, and top-level fields, with mistakes of form
	problems []strictyaml.Problem
}

// A place is the path to a value, for Document.ProblemAt.
type place []any

// at makes a place, and from one a place further down.
func at(steps ...any) place { return steps }

func (p place) at(steps ...any) place { return append(p[:len(p):len(p)], steps...) }

// mistake notes one. To be copied into all the places that call it would make
// the program 25 kB larger.
//
//go:noinline
func (c *checker) mistake(p place, format string, args ...any) {
	c.problems = append(c.problems, c.doc.ProblemAt(p, format, args...))
}

// member is the place of a list's member, which may stand without brackets if
// it is the only one.
func (c *checker) member(p place, i int) place {
	whole, one := c.doc.ProblemAt(p, ""), c.doc.ProblemAt(p.at(i), "")
	if whole.Line == one.Line && whole.Column == one.Column {
		return p
	}
	return p.at(i)
}

// element is what stands or falls together in a check: the rule that a path
// leads into, else the top-level field.
func element(path string) string {
	if strings.HasPrefix(path, "rules[") {
		return path[:strings.IndexByte(path, ']')+1]
	}
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

func (c *checker) check() {
	if !c.withinBounds() {
		return
	}
	s := c.scenario
	if !c.broken["name"] {
		c.checkName(at("name"), "name", s.Name)
		if isBuiltIn(s.Name) && !c.from.builtIn {
			c.mistake(at("name"), "the name %q is a built-in scenario's; choose another", s.Name)
		}
	}
	first := map[string]place{}
	for i := range s.Rules {
		if !c.sound(i) {
			continue
		}
		r, p := &s.Rules[i], at("rules", i)
		if before, taken := first[r.ID]; taken {
			c.mistake(p.at("id"), "the id %q is taken; the first is %s", r.ID, c.where(before))
		} else {
			first[r.ID] = p.at("id")
			c.checkName(p.at("id"), "id", r.ID)
		}
		if c.from.made != nil {
			c.checkMade(p.at("then"), &c.from.made.Rules[i].Then)
		}
		c.checkRule(p, r)
	}
	c.checkReach()
}

func (c *checker) sound(rule int) bool { return !c.broken[fmt.Sprintf("rules[%d]", rule)] }

// where says in words where something is.
func (c *checker) where(p place) string {
	found := c.doc.ProblemAt(p, "")
	if c.from.made != nil {
		return found.Path
	}
	return fmt.Sprintf("in line %d", found.Line)
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func (c *checker) checkName(p place, what, name string) {
	if !nameForm.MatchString(name) {
		c.mistake(p, "%q is no %s: write at most 64 letters, digits, - and _, with a letter or a digit first", clip(name), what)
	}
}

// checkMade finds what a value in Go can say, but no file.
func (c *checker) checkMade(p place, t *Then) {
	if d := t.Delay; d != nil && d.Fixed != 0 && *d != (Delay{Fixed: d.Fixed}) {
		c.mistake(p.at("delay"), "a fixed delay and a distribution exclude each other; choose one")
	}
	if t.OTP != nil && t.OTP.Verdict != "" && t.OTP.Code != "" {
		c.mistake(p.at("otp"), "%s and a code exclude each other; choose one", t.OTP.Verdict)
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
	var picky []effect
	for _, e := range r.Then.effects() {
		if e.on == nil {
			continue
		}
		for _, before := range picky {
			if len(common(before.on, e.on)) == 0 {
				c.mistake(p.at("then", e.name), "%s acts on %s, and %s on %s: no request meets both; make two rules of them",
					r.Then.say(e), sequence(e.on, "and"), r.Then.say(before), sequence(before.on, "and"))
				return
			}
		}
		picky, acts = append(picky, e), common(acts, e.on)
	}
	if reach := r.endpoints(); len(reach) > 0 || reach == nil {
		if d := r.Then.Deliver; d != nil && len(reach) == 1 && reach[0] == "smtp" {
			c.checkDeliverOfApp(p.at("then", "deliver"), d)
		}
		c.checkGrant(p.at("when", "grant"), r)
		return
	}
	words := make([]string, len(picky))
	for i, e := range picky {
		words[i] = r.Then.say(e)
	}
	verb := "acts"
	if len(words) > 1 {
		verb = "together act"
	}
	c.mistake(p.at("when", "endpoint"), "%s %s on %s, not on %s", sequence(words, "and"), verb, sequence(acts, "and"), sequence(r.When.Endpoint, "or"))
}

// say names an effect in a sentence: of some the value matters.
func (t *Then) say(e effect) string {
	switch e.name {
	case "keys":
		return "keys: " + t.Keys
	case "fault":
		return "fault: " + t.Fault
	}
	return e.name
}

// sequence is a list in words.
func sequence(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}
