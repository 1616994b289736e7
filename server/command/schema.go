package command

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

func schemaCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "schema", ArgsUsage: "[fixture|scenario]",
		Usage:       "print the JSON Schema of a fixture or a scenario, for editors",
		Description: "For example: mockauth0 schema > mockauth0.schema.json",
		Action:      action(w, 1, runSchema),
	}
}

func schemaKinds() []string { return []string{"fixture", "scenario"} }

func runSchema(in *input) error {
	switch kind := strings.Join(in.args, ""); kind {
	case "", "fixture":
		return say(in.World, string(fixtures.Schema()))
	case "scenario":
		return say(in.World, string(scenarios.Schema()))
	default:
		return fmt.Errorf("schema does not know %q; write one of %s%s", kind, strings.Join(schemaKinds(), ", "), closest(kind, schemaKinds()))
	}
}
