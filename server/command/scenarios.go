package command

import (
	"strings"

	"github.com/mockauth0/mockauth0/scenarios"
)

func scenariosCommand() command {
	return command{
		name:  "scenarios",
		args:  "[NAME]",
		brief: "list the failures that can be switched on, or print one as a file",
		long: "A printed one is a file to start from: give it a name of its own and pass it to --scenario. " +
			"For example: mockauth0 scenarios flaky > my-flaky.yaml",
		most: 1,
		run: func(in *input) error {
			if len(in.args) == 0 {
				return say(in.World, listScenarios())
			}
			if _, err := scenarios.Load(in.args[0]); err != nil {
				return err
			}
			return say(in.World, string(scenarios.Source(in.args[0])))
		},
	}
}

// listScenarios describes the library.
func listScenarios() string {
	var b strings.Builder
	b.WriteString("Built-in scenarios, and the phone number that switches each on for its login:\n\n")
	for _, name := range scenarios.Names() {
		text := ""
		if s, err := scenarios.Load(name); err == nil {
			text = s.Description
		}
		entry(&b, name, strings.TrimSpace(text+" "+scenarios.MagicPhone(name)))
	}
	b.WriteString("\n" + paragraph("Switch one on with --scenario NAME, with POST /_mock/scenarios and {\"name\": \"NAME\"}, "+
		"for one request with the header X-Mock-Scenario: NAME, or for one user with an address such as ada+mock-NAME@example.com. "+
		"mockauth0 scenarios NAME prints it as a file."))
	return b.String()
}
