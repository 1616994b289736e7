package management

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
)

// Actions. An Action is a draft until it is deployed, and runs once it is bound to its
// trigger, too. It is the same as one of a file: see fixtures.Action. It is built at
// once, though the answer that makes it says pending, as Auth0's does.
// Source: auth0/go-auth0, its recordings; npm auth0 7, its models.

// actionName and the others are the members of the body of an Action.
var (
	supportedTrigger = property{types: []string{"object"}, required: []string{"id"}, members: []property{
		property{types: []string{"string"}, enum: fixtures.ActionTriggers}.of("id", "An actions extensibility point."), text.of("version", "The version of a trigger."),
		text.of("status", ""), lists("runtimes")[0], text.of("default_runtime", ""), lists("compatible_triggers")[0], text.of("binding_policy", ""),
	}}
	actionDependency = property{types: []string{"object"}, members: []property{
		text.of("name", "name is the name of the npm module, e.g. lodash"), text.of("version", "description is the version of the npm module, e.g. 4.17.1"), text.of("registry_url", "registry_url is an optional value used primarily for private npm registries."),
	}}
	actionSecret = property{types: []string{"object"}, members: []property{
		text.of("name", "The name of the particular secret, e.g. API_KEY."), text.of("value", "The value of the particular secret, e.g. secret123. A secret's value can only be set upon creation. A secret's value will never be returned by the API."), text.of("updated_at", ""),
	}}
	actionMembers = []property{
		text.between(1, 0).of("name", "The name of an action."),
		property{types: []string{"array"}, items: &supportedTrigger, min: 1}.of("supported_triggers", "The list of triggers that this action supports. At this time, an action can only target a single trigger at a time."),
		text.of("code", "The source code of the action."),
		property{types: []string{"array"}, items: &actionDependency}.of("dependencies", "The list of third party npm modules, and their versions, that this action depends on."),
		text.of("runtime", "The Node runtime. For example: `node22`, defaults to `node22`"),
		property{types: []string{"array"}, items: &actionSecret}.of("secrets", "The list of secrets that are included in an action or a version of an action."),
		property{types: []string{"array"}}.of("modules", "The list of action modules and their versions used by this action."),
	}
)

// actionOperations are /actions. All that can bring code needs a caller on this machine,
// as the control API does.
func actionOperations() []operation {
	read, write := []string{"read:actions"}, []string{"update:actions"}
	create := []string{"create:actions"}
	one, versions := "/actions/actions/{id}", "/actions/actions/{actionId}/versions"
	filters := []property{
		text.of("triggerId", "An actions extensibility point."), text.of("actionName", "The name of the action to retrieve."), boolean.of("deployed", "Optional filter to only retrieve actions that are deployed."),
		boolean.of("installed", "Optional. When true, return only installed actions. When false, return only custom actions. Returns all actions by default."),
	}
	added := property{types: []string{"object"}, required: []string{"name", "supported_triggers"}, members: append(slices.Clone(actionMembers), boolean.of("deploy", "True if the action should be deployed after creation."))}
	changed := property{types: []string{"object"}, members: actionMembers}
	binding := property{types: []string{"object"}, members: []property{
		property{types: []string{"object"}, members: []property{
			property{types: []string{"string"}, enum: []string{"binding_id", "action_id", "action_name"}}.of("type", "How the action is being referred to: `action_id` or `action_name`."), text.of("value", "The id or name of an action that is being bound to a trigger."),
		}}.of("ref", "A reference to an action. An action can be referred to by ID or by Name."),
		text.of("display_name", "The name of the binding."), lists("secrets")[0],
	}}
	return []operation{
		{method: "GET", path: "/actions/actions", summary: "lists Actions", scopes: read, query: slices.Concat(pages, filters), run: listActions},
		{method: "POST", path: "/actions/actions", summary: "creates an Action, as a draft", scopes: create, body: &added, run: addAction, guarded: true},
		{method: "GET", path: one, summary: "reads an Action", scopes: read, run: readAction},
		{method: "PATCH", path: one, summary: "changes the draft of an Action", scopes: write, body: &changed, run: changeAction, guarded: true},
		{
			method: "DELETE", path: one, summary: "deletes an Action", scopes: []string{"delete:actions"}, run: removeAction,
			query: []property{boolean.of("force", "Force action deletion detaching bindings")},
		},
		{method: "POST", path: one + "/deploy", summary: "deploys an Action", scopes: create, run: deployAction, guarded: true},
		{
			method: "POST", path: one + "/test", summary: "runs the draft of an Action alone", scopes: create, run: testAction, guarded: true,
			body: &property{types: []string{"object"}, required: []string{"payload"}, members: []property{anyBag.of("payload", "The payload for the action.")}},
		},
		{method: "GET", path: versions, summary: "lists the versions of an Action that were deployed", scopes: read, query: pages, run: listVersions},
		{method: "GET", path: versions + "/{id}", summary: "reads a version of an Action", scopes: read, run: readVersion},
		{method: "POST", path: versions + "/{id}/deploy", summary: "deploys an older version of an Action again", scopes: create, run: rollBack, guarded: true},
		{method: "GET", path: "/actions/executions/{id}", summary: "reads a run of Actions; the mock keeps none: they are in the journal", scopes: read, run: readExecution},
		{method: "GET", path: "/actions/triggers", summary: "lists the triggers of Actions", scopes: read, run: listTriggers},
		{method: "GET", path: "/actions/triggers/{triggerId}/bindings", summary: "lists the Actions of a trigger, in their order", scopes: read, query: pages, run: listBindings},
		{
			method: "PATCH", path: "/actions/triggers/{triggerId}/bindings", summary: "sets the Actions of a trigger, in their order", scopes: write, run: bindActions, guarded: true,
			body: &property{types: []string{"object"}, required: []string{"bindings"}, members: []property{
				property{types: []string{"array"}, items: &binding}.of("bindings", "The actions that will be bound to this trigger. The order in which they are included will be the order in which they are executed."),
			}},
		},
	}
}

// triggerVersion is the version of a trigger that is current.
func triggerVersion(id string) string {
	for _, t := range actionTriggers {
		if t.id == id {
			return t.version
		}
	}
	return "v1"
}

// nanoTime is a time as this part of Auth0 shows it.
func nanoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

func (c *call) action(id string) (*fixtures.Action, error) {
	for i := range c.Setup.Fixture.Actions {
		if a := &c.Setup.Fixture.Actions[i]; a.ID == id {
			return a, nil
		}
	}
	return nil, refusal.InexistentAction
}

// isDeployed tells whether a version of an Action is deployed.
func isDeployed(a *fixtures.Action) bool { return a.Deployed == nil || *a.Deployed }

func isBound(a *fixtures.Action) bool { return a.Bound == nil || *a.Bound }

func (c *call) uuid(names ...string) string { return fixtures.UUID(c.Setup.Seed.Hex(32, names...)) }

func supportedTriggers(a *fixtures.Action) []object {
	return []object{{{Key: "id", Value: a.Trigger}, {Key: "version", Value: triggerVersion(a.Trigger)}}}
}

// dependenciesOf are the packages of a draft or, built, of a version.
func dependenciesOf(a *fixtures.Action, draft bool) []object {
	list := []object{}
	for _, d := range a.Dependencies {
		o := object{{Key: "name", Value: d.Name}}
		if d.Version != "" {
			o = append(o, member{Key: "version", Value: d.Version})
		}
		if d.RegistryURL != "" && draft {
			o = append(o, member{Key: "registry_url", Value: d.RegistryURL})
		}
		list = append(list, o)
	}
	return list
}

func secretsOf(a *fixtures.Action) []object {
	list := []object{}
	for _, name := range slices.Sorted(maps.Keys(a.Secrets)) {
		list = append(list, object{{Key: "name", Value: name}, {Key: "updated_at", Value: nanoTime(a.UpdatedAt)}})
	}
	return list
}

// showAction is an Action in Auth0's order. brief leaves out what a version and a binding
// do not tell of it.
func (c *call) showAction(a *fixtures.Action, status string, brief bool) object {
	o := object{
		{Key: "id", Value: a.ID},
		{Key: "name", Value: a.Name},
		{Key: "supported_triggers", Value: supportedTriggers(a)},
		{Key: "created_at", Value: nanoTime(a.CreatedAt)},
		{Key: "updated_at", Value: nanoTime(a.UpdatedAt)},
	}
	if !brief {
		o = append(o, member{Key: "code", Value: a.Source}, member{Key: "dependencies", Value: dependenciesOf(a, true)}, member{Key: "runtime", Value: a.Runtime},
			member{Key: "status", Value: status}, member{Key: "secrets", Value: secretsOf(a)})
	}
	return append(o, member{Key: "all_changes_deployed", Value: isDeployed(a) && a.Text() == a.Source})
}

// goPage is a page of a list of this part of Auth0: an empty page has no total, whatever
// came before it. Auth0's Terraform provider reads pages until none says total.
// Source: auth0/terraform-provider-auth0, its recordings.
func (c *call) goPage(key string, all []object) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	if _, given := c.number("per_page"); !given {
		p.start, p.limit = p.start/p.limit*defaultActions, defaultActions
	}
	items := cut(p, all)
	o := object{{Key: key, Value: append([]object{}, items...)}}
	if len(items) > 0 {
		o = append(o, member{Key: "total", Value: len(all)})
	}
	if p.start > 0 {
		o = append(o, member{Key: "page", Value: p.start / p.limit})
	}
	return append(o, member{Key: "per_page", Value: p.limit}), nil
}

// defaultActions is how many there are on a page if the call does not say.
const defaultActions = 20

func listActions(c *call) (any, error) {
	all := []object{}
	for i := range c.Setup.Fixture.Actions {
		a := &c.Setup.Fixture.Actions[i]
		deployed, trigger, name := c.query["deployed"], c.query["triggerId"], c.query["actionName"]
		if deployed != "" && (deployed == "true") != isDeployed(a) || trigger != "" && trigger != a.Trigger || name != "" && name != a.Name || c.query["installed"] == "true" {
			continue
		}
		all = append(all, c.withVersions(a, c.showAction(a, "built", false)))
	}
	return c.goPage("actions", all)
}

func readAction(c *call) (any, error) {
	a, err := c.action(c.Vars["id"])
	if err != nil {
		return nil, err
	}
	return c.withVersions(a, c.showAction(a, "built", false)), nil
}

// fromEnvironment is a secret that a file takes from the environment. A caller may not.
var fromEnvironment = regexp.MustCompile(`^##\w+##$`)

// writeAction puts the members of a body into an Action.
func (c *call) writeAction(a *fixtures.Action) error {
	if name := c.text("name"); name != "" {
		a.Name = name
	}
	if list, ok := c.body["supported_triggers"].([]any); ok {
		trigger, _ := list[0].(map[string]any)
		a.Trigger, _ = trigger["id"].(string)
	}
	if code, ok := c.body["code"].(string); ok && code != a.Source {
		if isDeployed(a) && a.Running == "" {
			a.Running = a.Source
		}
		a.Source, a.Code, a.URL = code, "", "" // it is no more the file's
	}
	if isDeployed(a) && a.Running == a.Source {
		a.Running = ""
	}
	if runtime := c.text("runtime"); runtime != "" {
		a.Runtime = runtime
	}
	if list, ok := c.body["dependencies"].([]any); ok {
		a.Dependencies = nil
		for _, one := range list {
			d, _ := one.(map[string]any)
			name, _ := d["name"].(string)
			version, _ := d["version"].(string)
			registry, _ := d["registry_url"].(string)
			a.Dependencies = append(a.Dependencies, fixtures.ActionPackage{Name: name, Version: version, RegistryURL: registry})
		}
	}
	if list, ok := c.body["secrets"].([]any); ok {
		before := a.Secrets
		a.Secrets = map[string]string{}
		for _, one := range list {
			s, _ := one.(map[string]any)
			name, _ := s["name"].(string)
			value, given := s["value"].(string)
			if fromEnvironment.MatchString(value) {
				return refusal.InvalidBody.With("problem", "'"+clip(value)+"' on property secrets.").Because("only a fixture file can take a secret from the environment")
			}
			if !given {
				value = before[name]
			}
			a.Secrets[name] = value
		}
	}
	a.UpdatedAt = c.Now
	return nil
}

// configureAction changes the Action of the path.
func (c *call) configureAction(id string, change func(*fixtures.Action) error) (*fixtures.Action, error) {
	err := c.configure(func(f *fixtures.Fixture) error {
		at := slices.IndexFunc(f.Actions, func(a fixtures.Action) bool { return a.ID == id })
		if at < 0 {
			return refusal.InexistentAction
		}
		f.Actions = slices.Clone(f.Actions)
		if err := change(&f.Actions[at]); err != nil {
			return err
		}
		return uniqueActions(f)
	})
	if err != nil {
		return nil, err
	}
	return c.action(id)
}

func uniqueActions(f *fixtures.Fixture) error {
	seen := map[string]bool{}
	for i := range f.Actions {
		if seen[f.Actions[i].Name] {
			return refusal.ExistentAction
		}
		seen[f.Actions[i].Name] = true
	}
	return nil
}

func addAction(c *call) (any, error) {
	id, no := "", false
	err := c.configure(func(f *fixtures.Fixture) error {
		fresh := fixtures.Action{CreatedAt: c.Now, Deployed: &no, Bound: &no}
		if err := c.writeAction(&fresh); err != nil {
			return err
		}
		fresh.ID = c.uuid("action", fresh.Name)
		for n := 2; slices.ContainsFunc(f.Actions, func(a fixtures.Action) bool { return a.ID == fresh.ID }); n++ {
			fresh.ID = c.uuid("action", fresh.Name, strings.Repeat("+", n))
		}
		if c.body["deploy"] == true {
			c.deploy(&fresh, fresh.Source)
		}
		id = fresh.ID
		f.Actions = append(slices.Clone(f.Actions), fresh)
		return uniqueActions(f)
	})
	if err != nil {
		return nil, err
	}
	a, err := c.action(id)
	if err != nil {
		return nil, err // deleted meanwhile
	}
	c.hintAtAction(a)
	return created(c.withVersions(a, c.showAction(a, "pending", false))), nil
}

// hintAtAction says why an Action would not run.
func (c *call) hintAtAction(a *fixtures.Action) {
	if !slices.Contains(actions.Triggers(), actions.Trigger(a.Trigger)) {
		c.Hint("mockauth0 does not run the trigger " + a.Trigger + ": the Action is kept and returned")
	} else if len(a.Dependencies) > 0 {
		c.Hint("mockauth0 installs no packages: those of the Action " + a.Name + " must be in node_modules beside the fixture file")
	}
}

func changeAction(c *call) (any, error) {
	a, err := c.configureAction(c.Vars["id"], c.writeAction)
	if err != nil {
		return nil, err
	}
	c.hintAtAction(a)
	return c.withVersions(a, c.showAction(a, "pending", false)), nil
}

func removeAction(c *call) (any, error) {
	a, err := c.action(c.Vars["id"])
	switch {
	case err != nil:
		return nil, err
	case isBound(a) && c.query["force"] != "true":
		return nil, refusal.BoundAction
	}
	return noContent, c.configure(func(f *fixtures.Fixture) error {
		f.Actions = without(f.Actions, func(other fixtures.Action) bool { return other.ID == a.ID })
		return nil
	})
}

// runDraft runs the draft of an Action. event has what differs from a sample.
func (c *call) runDraft(a fixtures.Action, event map[string]any) (actions.Run, error) {
	a.Deployed, a.Bound, a.Running = nil, nil, ""
	sample, err := triggers.Sample(c.Tenant, actions.Trigger(a.Trigger), event)
	if err != nil {
		return actions.Run{}, err
	}
	flow := runner.Flow{Trigger: actions.Trigger(a.Trigger), Event: sample, MayRedirect: true, MayChallenge: true, State: "sample", Issuer: c.Issuer}
	return c.Runner.RunOne(c.Context, &fixtures.Fixture{Actions: []fixtures.Action{a}}, a.Name, flow, false), nil
}

// testAction runs the draft of an Action alone. Nothing of what it does acts.
// Unverified: the form of what an Action without an error did.
func testAction(c *call) (any, error) {
	a, err := c.action(c.Vars["id"])
	if err != nil {
		return nil, err
	}
	payload, _ := c.body["payload"].(map[string]any)
	event, _ := payload["event"].(map[string]any)
	began := c.Tenant.Clock.Now()
	run, err := c.runDraft(*a, event)
	if err != nil {
		return nil, refusal.InvalidBody.With("problem", "'"+clip(err.Error())+"' on property payload.")
	}
	result := object{}
	if run.Error != "" {
		result = append(result, member{Key: "error", Value: object{{Key: "message", Value: run.Error}, {Key: "name", Value: "Error"}, {Key: "stack", Value: run.Stack}}})
	}
	result = append(result, member{Key: "commands", Value: run.Commands}, member{Key: "logs", Value: strings.Join(run.Logs, "\n")})
	took := c.Tenant.Clock.Now().Sub(began).Milliseconds()
	stats := object{
		{Key: "total_request_duration_ms", Value: took},
		{Key: "total_runtime_execution_duration_ms", Value: took},
		{Key: "runtime_processing_duration_ms", Value: 0},
		{Key: "action_duration_ms", Value: took},
		{Key: "runtime_external_call_duration_ms", Value: 0},
		{Key: "boot_duration_ms", Value: 0},
		{Key: "network_duration_ms", Value: 0},
	}
	return object{{Key: "payload", Value: append(result, member{Key: "stats", Value: stats})}}, nil
}
