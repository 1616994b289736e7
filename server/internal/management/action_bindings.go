package management

import (
	"cmp"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// listBindings are the Actions of a trigger that are bound to it.
func listBindings(c *call) (any, error) {
	all, err := c.bindings()
	if err != nil {
		return nil, err
	}
	return c.goPage("bindings", all)
}

func (c *call) bindings() ([]object, error) {
	if err := c.checkTrigger(); err != nil {
		return nil, err
	}
	all := []object{}
	for i := range c.Setup.Fixture.Actions {
		a := &c.Setup.Fixture.Actions[i]
		if a.Trigger != c.Vars["triggerId"] || !isBound(a) {
			continue
		}
		all = append(all, object{
			{Key: "id", Value: c.bindingID(a)},
			{Key: "trigger_id", Value: a.Trigger},
			{Key: "action", Value: c.withVersions(a, c.showAction(a, "built", true))},
			{Key: "created_at", Value: nanoTime(a.CreatedAt)},
			{Key: "updated_at", Value: nanoTime(a.UpdatedAt)},
			{Key: "display_name", Value: cmp.Or(a.DisplayName, a.Name)},
		})
	}
	return all, nil
}

func (c *call) bindingID(a *fixtures.Action) string { return c.uuid("action binding", a.Trigger, a.ID) }

func (c *call) checkTrigger() error {
	if !slices.ContainsFunc(actionTriggers, func(t actionTrigger) bool { return t.id == c.Vars["triggerId"] }) {
		return refusal.InvalidPath.With("problem", sentence("Path", []fault{{"No enum match for: " + clip(c.Vars["triggerId"]), "triggerId", "An actions extensibility point."}}))
	}
	return nil
}

// bindActions binds Actions to a trigger in the order of the body. Those of the trigger
// that the body does not name are bound no more.
func bindActions(c *call) (any, error) {
	if err := c.checkTrigger(); err != nil {
		return nil, err
	}
	list, _ := c.body["bindings"].([]any)
	err := c.configure(func(f *fixtures.Fixture) error {
		f.Actions = slices.Clone(f.Actions)
		var places []int // of the trigger's Actions
		yes, no := true, false
		for i := range f.Actions {
			if f.Actions[i].Trigger == c.Vars["triggerId"] {
				places = append(places, i)
				f.Actions[i].Bound = &no
			}
		}
		var order []fixtures.Action
		for _, one := range list {
			b, _ := one.(map[string]any)
			ref, _ := b["ref"].(map[string]any)
			kind, _ := ref["type"].(string)
			value, _ := ref["value"].(string)
			at := slices.IndexFunc(places, func(i int) bool {
				a := &f.Actions[i]
				return value == map[string]string{"binding_id": c.bindingID(a), "action_name": a.Name}[kind] || kind != "action_name" && kind != "binding_id" && value == a.ID
			})
			switch {
			case at < 0:
				return refusal.InexistentAction.Because("the trigger " + c.Vars["triggerId"] + " has no Action " + clip(value))
			case *f.Actions[places[at]].Bound:
				return refusal.InvalidBody.With("problem", "'Array items are not unique' on property bindings.").Because("the Action " + f.Actions[places[at]].Name + " is bound twice")
			}
			a := &f.Actions[places[at]]
			a.Bound = &yes
			if name, _ := b["display_name"].(string); name != "" {
				a.DisplayName = name
			}
			order = append(order, *a)
		}
		for _, i := range places {
			if !*f.Actions[i].Bound {
				order = append(order, f.Actions[i])
			}
		}
		for n, i := range places {
			f.Actions[i] = order[n]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all, err := c.bindings()
	return object{{Key: "bindings", Value: all}}, err
}
