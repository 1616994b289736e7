package command

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"schema"}, {"schema", "fixture"}} {
		var schema struct {
			Schema     string         `json:"$schema"`
			Properties map[string]any `json:"properties"`
		}
		got := run(t, nil, args...)
		if err := json.Unmarshal([]byte(got.out), &schema); err != nil || !strings.Contains(schema.Schema, "draft-07") || schema.Properties["clients"] == nil {
			t.Errorf("%q: %v, %+v", args, err, schema)
		}
	}
}

func TestSchemaOfScenarios(t *testing.T) {
	t.Parallel()
	if got := run(t, nil, "schema", "scenario"); got != (result{out: string(scenarios.Schema())}) {
		t.Errorf("%+v", got)
	}
}
