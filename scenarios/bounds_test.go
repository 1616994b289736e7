package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A scenario that would take long to check is refused before.
func TestAScenarioHasBounds(t *testing.T) {
	t.Parallel()
	rules := func(n int, when func(i int) string) string {
		var text strings.Builder
		text.WriteString("version: 1\nname: large\nrules:\n")
		for i := range n {
			fmt.Fprintf(&text, "  - {id: r%d, when: {%s}, then: {respond: {status: 500}}}\n", i, when(i))
		}
		return text.String()
	}
	address := func(i int) string { return fmt.Sprintf("recipient: a%d@example.com", i) }
	many := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("a%d@example.com", i)
		}
		return "recipient: [" + strings.Join(list, ", ") + "]"
	}
	for _, c := range []struct{ text, want string }{
		{rules(200, address), ""},
		{rules(201, address), "there are 201 rules; write 200 at most"},
		{rules(1, func(int) string { return many(1000) }), ""},
		{rules(2, func(int) string { return many(501) }), "the rules have 1002 patterns; write 1000 at most, or one with *"},
		{rules(1, func(int) string { return "call: [" + strings.Repeat("1, ", 1001) + "]" }), "the rules have 1001 patterns"},
		{rules(1, func(int) string { return "endpoint: [" + strings.Repeat("jwks, ", 1001) + "]" }), "the rules have 1001 patterns"},
	} {
		_, err := scenarios.Parse("f", []byte(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	if _, _, err := scenarios.ParseNamed("f", []byte("name: down\nwhen: {"+many(1001)+"}")); err == nil || err.Error() != "f:2:7: when: there are 1001 patterns; write 1000 at most, or one with *" {
		t.Errorf("by its name: %v", err)
	}
}

func TestTheCostOfAScenario(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("f", []byte(`{"version": 1, "name": "a", "rules": [
		{"id": "a", "when": {"recipient": ["a@*", "b@*"], "params": {"scope": "x"}}, "then": {"delay": "1s"}},
		{"id": "b", "when": {"recipient": "/x{900}/"}, "then": {"delay": "1s"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Cost(); got < 2+4+900 || got > 2+4+910 {
		t.Errorf("the cost is %d", got)
	}
	n := scenarios.Narrowing{When: scenarios.When{Client: scenarios.AnyOf{"a", "b"}}}
	if got := n.Cost(); got != 2 {
		t.Errorf("the cost of the narrowing is %d", got)
	}
}

// Patterns are compared with one another only so far, and each regular expression
// is compiled once.
func TestTheComparisonOfPatternsHasABound(t *testing.T) {
	t.Parallel()
	var expressions, literals scenarios.AnyOf
	for i := range 500 {
		expressions = append(expressions, fmt.Sprintf("/^(a{9}|b%d){3}@/", i))
		literals = append(literals, fmt.Sprintf("%s%d@example.com", strings.Repeat("a", 1000), i))
	}
	work, compiled := scenarios.WorkToCompare(expressions, literals)
	if work > 4_100_000 || compiled > 500 {
		t.Errorf("%d units of work, %d regular expressions are compiled", work, compiled)
	}
}
