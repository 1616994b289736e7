package scenarios_test

import (
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A built-in scenario is loaded by its name.
func ExampleLoad() {
	s, err := scenarios.Load(scenarios.SMSLost)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Description)
	fmt.Println("switched on by a login with", scenarios.MagicPhone(s.Name))
	// Output:
	// Every SMS is lost on its way; the answer does not show it.
	// switched on by a login with +15005550108
}

// A file with mistakes is refused. The error lists every mistake with its place.
func ExampleParse() {
	_, err := scenarios.Parse("late.yaml", []byte(strings.TrimSpace(`
version: 1
name: late
rules:
  - id: second
    when: {connection: sms, cal: 2}
    then: {deliver: {delay: [45]}}
  - id: third
    when: {connection: sms, call: 3}
    then: {delivery: {outcome: lost}}
`)))
	fmt.Println(err)
	// Output:
	// late.yaml:5:29: rules[0].when.cal: unknown field; did you mean "call"?
	// late.yaml:6:29: rules[0].then.deliver.delay: must be a duration, as in 45s, 2m30s or 1h, or a number of seconds, not a list
	// late.yaml:9:12: rules[1].then.delivery: unknown field; did you mean "deliver"?
}

// A scenario that is made in Go goes through Complete, which finds mistakes.
// Server.InjectScenario and testkit do that by themselves.
func ExampleComplete() {
	s, err := scenarios.Complete(&scenarios.Scenario{
		Name: "second-sms-late",
		Rules: []scenarios.Rule{{
			ID: "late",
			When: scenarios.When{
				Endpoint:   scenarios.AnyOf{"passwordless.start"},
				Connection: scenarios.AnyOf{"sms"},
				Call:       scenarios.Calls{"2"},
				Per:        "recipient",
			},
			Then: scenarios.Then{Deliver: &scenarios.Deliver{Delay: 45 * time.Second}},
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Name, "acts on", s.Rules[0].Endpoints())
	// Output:
	// second-sms-late acts on [passwordless.start]
}
