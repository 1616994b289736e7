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
	} {
		_, err := scenarios.Parse("f", []byte(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
