package command

import (
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/scenarios"
)

func scenariosCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "scenarios", ArgsUsage: "[NAME]",
		Usage: "list the failures that can be switched on, or print one as a file",
		Description: "Start your own scenario from a printed one: give it another name and pass the file to --scenario. " +
			"For example: mockauth0 scenarios flaky > my-flaky.yaml",
		Action: action(w, 1, runScenarios),
	}
}

func runScenarios(in *input) error {
	if len(in.args) == 0 {
		return say(in.World, listScenarios())
	}
	if _, err := scenarios.Load(in.args[0]); err != nil {
		return err
	}
	return say(in.World, string(scenarios.Source(in.args[0])))
}

// listScenarios describes the library.
func listScenarios() string {
	var list table
	for _, name := range scenarios.Names() {
		text := ""
		if s, err := scenarios.Load(name); err == nil {
			text = s.Description
		}
		list.Rows = append(list.Rows, row{name, strings.TrimSpace(text + " " + scenarios.MagicPhone(name))})
	}
	return layout("Built-in scenarios, and the phone number that switches each on for its login:", []table{list},
		"Switch one on with --scenario NAME, with POST /_mock/scenarios and {\"name\": \"NAME\"}, "+
			"for one request with the header X-Mock-Scenario: NAME, or for one user with an address such as ada+mock-NAME@example.com. "+
			"mockauth0 scenarios NAME prints it as a file.")
}
