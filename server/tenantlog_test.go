package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// logSchema is the schema of the log types.
var logSchema = sync.OnceValue(func() map[string]any {
	var schema map[string]any
	data, err := os.ReadFile("internal/tenantlog/testdata/schema.json")
	if err == nil {
		err = json.Unmarshal(data, &schema)
	}
	if err != nil {
		panic(err)
	}
	return schema
})

// checkLogs compares each entry of the tenant's log with the schema of its type. It
// returns the types.
func checkLogs(t *testing.T, s *server.Server) (types []string) {
	t.Helper()
	for _, e := range s.TenantLog().Select(nil) {
		encoded, err := json.Marshal(e.Object())
		if err != nil {
			t.Errorf("%s: %v", e.Type, err)
			continue
		}
		var shown map[string]any
		if err := json.Unmarshal(encoded, &shown); err != nil {
			t.Fatal(err)
		}
		// The schema is that of a log stream. The Management API has other names for some.
		if shown["_id"] != shown["log_id"] || len(e.ID()) != 56 {
			t.Errorf("the ids are %v and %v", shown["_id"], shown["log_id"])
		}
		delete(shown, "_id")
		shown["is_mobile"] = shown["isMobile"]
		delete(shown, "isMobile")
		shown["tenant_name"], shown["environment_name"] = "mockauth0", "mockauth0"
		schema := e.Type
		if schema == "organization_member_added" { // Auth0's schema does not have it
			schema = "s"
		}
		for _, mistake := range unlike(e.Type, shown, logSchema()[schema]) {
			t.Errorf("%s\n%s", mistake, encoded)
		}
		types = append(types, e.Type)
	}
	return types
}

// unlike says where a value is not as a schema wants it.
func unlike(path string, value, schema any) (mistakes []string) {
	switch want := schema.(type) {
	case string:
		if got := jsonType(value); want != "any" && !slices.Contains(strings.Split(want, "|"), got) {
			return []string{fmt.Sprintf("%s is of type %s, want %s", path, got, want)}
		}
		return nil
	case map[string]any:
		object, ok := value.(map[string]any)
		if !ok {
			return []string{path + " is no object"}
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			plain, optional := strings.CutSuffix(name, "?")
			inner, given := object[plain]
			switch {
			case given:
				mistakes = append(mistakes, unlike(path+"."+plain, inner, want[name])...)
			case !optional:
				mistakes = append(mistakes, path+"."+plain+" is missing")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if _, required := want[name]; !required && want[name+"?"] == nil {
				mistakes = append(mistakes, path+"."+name+" is unknown")
			}
		}
		return mistakes
	}
	return []string{path + " has no schema"}
}

func jsonType(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}
