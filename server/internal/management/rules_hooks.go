package management

import (
	"maps"
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Secrets of a hook, in the hook itself.
const hookSecrets = "secrets"

var hooks = keptKind{
	path: "/hooks", key: "hooks", scope: "hooks", one: "a hook", all: "hooks", dialect: totalsFirst,
	of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.Hooks },
	prefix: "hok_", name: "name", missing: refusal.InexistentHook, untimed: true, deletesOnce: true,
	members:  slices.Concat([]property{thingName, text.of("script", ""), boolean.of("enabled", ""), text.of("triggerId", "")}, bags("dependencies")),
	required: []string{"name", "script", "triggerId"}, fixed: []string{"triggerId"}, hidden: []string{hookSecrets},
	starts: object{{Key: "name"}, {Key: "script"}, {Key: "dependencies", Value: empty}, {Key: "triggerId"}, {Key: "enabled", Value: false}},
}

// hookOperations are the secrets of hooks.
func hookOperations() []operation {
	path, values := "/hooks/{id}/secrets", &property{types: []string{"object"}, rest: &text}
	write := func(change func(now, body map[string]any)) func(*call) (any, error) {
		return func(c *call) (any, error) {
			_, err := hooks.change(c, func(item map[string]any) {
				now, _ := item[hookSecrets].(map[string]any)
				now = maps.Clone(now)
				if now == nil {
					now = map[string]any{}
				}
				change(now, c.body)
				item[hookSecrets] = now
			})
			return empty, err
		}
	}
	return []operation{
		{
			method: "GET", path: path, summary: "lists the names of the secrets of a hook", scopes: []string{"read:hooks"},
			run: func(c *call) (any, error) {
				hook, ok := hooks.find(c, c.Vars["id"])
				if !ok {
					return nil, refusal.InexistentHook
				}
				secrets, _ := hook[hookSecrets].(map[string]any)
				shown := object{}
				for _, name := range slices.Sorted(maps.Keys(secrets)) {
					shown = append(shown, member{Key: name, Value: "_VALUE_NOT_SHOWN_"})
				}
				return shown, nil
			},
		},
		{
			method: "POST", path: path, summary: "adds secrets to a hook", scopes: []string{"update:hooks"}, body: values, secret: true,
			run: func(c *call) (any, error) {
				value, err := write(func(now, body map[string]any) { maps.Copy(now, body) })(c)
				return web.Status{Code: http.StatusCreated, Value: value}, err
			},
		},
		{
			method: "PATCH", path: path, summary: "changes secrets of a hook", scopes: []string{"update:hooks"}, body: values, secret: true,
			run: func(c *call) (any, error) {
				value, err := write(func(now, body map[string]any) { maps.Copy(now, body) })(c)
				return web.Status{Code: http.StatusCreated, Value: value}, err
			},
		},
		{
			method: "DELETE", path: path, summary: "deletes secrets of a hook", scopes: []string{"delete:hooks"}, body: &property{types: []string{"array"}, items: &text},
			run: func(c *call) (any, error) {
				_, err := write(func(now, _ map[string]any) {
					for _, name := range c.list {
						text, _ := name.(string)
						delete(now, text)
					}
				})(c)
				return noContent, err
			},
		},
	}
}

// ruleVariableOperations are /rules-configs. No list has the values.
var ruleVariableOperations = []operation{
	{
		method: "GET", path: "/rules-configs", summary: "lists the names of the variables of rules", scopes: []string{"read:rules_configs"}, query: listQuery(),
		run: func(c *call) (any, error) {
			shown := []object{}
			for _, v := range c.Setup.Fixture.RulesConfigs {
				shown = append(shown, object{{Key: "key", Value: v["key"]}})
			}
			return shown, nil
		},
	},
	{
		method: "PUT", path: "/rules-configs/{key}", summary: "sets a variable of rules, which has no effect", scopes: []string{"update:rules_configs"}, secret: true,
		body: &property{types: []string{"object"}, required: []string{"value"}, members: []property{text.of("value", "Value for a rules config variable.")}},
		run: func(c *call) (any, error) {
			shown := object{{Key: "key", Value: c.Vars["key"]}, {Key: "value", Value: c.text("value")}}
			return shown, c.configure(func(f *fixtures.Fixture) error {
				f.RulesConfigs = append(withoutVariable(f.RulesConfigs, c.Vars["key"]), map[string]any{"key": c.Vars["key"], "value": c.text("value")})
				return nil
			})
		},
	},
	{
		method: "DELETE", path: "/rules-configs/{key}", summary: "deletes a variable of rules", scopes: []string{"delete:rules_configs"},
		run: func(c *call) (any, error) {
			return noContent, c.configure(func(f *fixtures.Fixture) error {
				f.RulesConfigs = withoutVariable(f.RulesConfigs, c.Vars["key"])
				return nil
			})
		},
	},
}

func withoutVariable(list []map[string]any, key string) []map[string]any {
	return without(list, func(v map[string]any) bool { return v["key"] == key })
}
