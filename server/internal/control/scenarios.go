package control

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// scenarioList is what GET /_mock/scenarios answers.
type scenarioList struct {
	Items        []scenarios.Status `json:"items"`
	Available    []string           `json:"available"`
	Descriptions map[string]string  `json:"descriptions,omitempty"`
	// Everybody are the ids of those that are on for all users and all clients.
	Everybody []string `json:"everybody,omitempty"`
}

// ListScenarios is GET /_mock/scenarios.
func (a *API) ListScenarios(c *web.Call) (any, error) {
	describe, err := isOn(c, "describe")
	if err != nil {
		return nil, err
	}
	available := a.Scenarios.Available()
	list := scenarioList{Items: a.Server.Scenarios(), Available: available}
	if describe {
		list.Descriptions, list.Everybody = map[string]string{}, a.Scenarios.ForEverybody()
		for _, name := range available {
			if found, err := a.Scenarios.Find(name); err == nil && found.Description != "" {
				list.Descriptions[name] = found.Description
			}
		}
	}
	return list, nil
}

// SwitchScenarioOn is POST /_mock/scenarios.
func (a *API) SwitchScenarioOn(c *web.Call) (any, error) {
	if err := readable(c); err != nil {
		return nil, err
	}
	var on *scenarios.Scenario
	var narrow scenarios.Narrowing
	doc, err := strictyaml.Parse("", c.Body)
	switch {
	case err != nil:
		return nil, mistakes(err)
	case doc.Has("rules"):
		if on, err = scenarios.Parse("", c.Body); err != nil {
			return nil, mistakes(err)
		}
	default:
		var name string
		if name, narrow, err = scenarios.ParseNamed("", c.Body); err != nil {
			return nil, mistakes(err)
		}
		if on, err = a.Scenarios.Find(name); err != nil {
			return nil, controlError(http.StatusNotFound, "no_scenario", "%s", err)
		}
	}
	active, err := a.Scenarios.SwitchOn(on, faults.ByControl, narrow)
	if err != nil {
		return nil, badRequest("%s", err)
	}
	return web.Status{Code: http.StatusCreated, Value: active.Status()}, nil
}

// checked is what POST /_mock/scenarios/check answers.
type checked struct {
	// Name is that of the scenario; "" if the file has mistakes.
	Name   string               `json:"name"`
	Errors []strictyaml.Problem `json:"errors"`
}

// CheckScenario is POST /_mock/scenarios/check.
func (a *API) CheckScenario(c *web.Call) (any, error) {
	if err := readable(c); err != nil {
		return nil, err
	}
	s, err := scenarios.Parse("", c.Body)
	var list *strictyaml.Errors
	switch {
	case errors.As(err, &list):
		return checked{Errors: *list}, nil
	case err != nil:
		return nil, badRequest("%s", err)
	}
	return checked{s.Name, []strictyaml.Problem{}}, nil
}

// ReadScenarioFile is GET /_mock/scenarios/{name}/file.
func (a *API) ReadScenarioFile(c *web.Call) (any, error) {
	s, err := a.Scenarios.Find(c.Vars["name"])
	if err != nil {
		return nil, controlError(http.StatusNotFound, "no_scenario", "%s", err)
	}
	file := scenarios.Source(s.Name)
	if file == nil || s.Source != "" {
		if file, err = strictyaml.MarshalYAML(s); err != nil {
			return nil, err
		}
	}
	return web.Raw{ContentType: "application/yaml", Body: file}, nil
}

// ReadScenario is GET /_mock/scenarios/{name}.
func (a *API) ReadScenario(c *web.Call) (any, error) {
	name := c.Vars["name"]
	all := a.Server.Scenarios()
	for _, matches := range []func(scenarios.Status) bool{
		func(st scenarios.Status) bool { return st.ID == name },
		func(st scenarios.Status) bool { return st.Name == name },
	} {
		if i := slices.IndexFunc(all, matches); i >= 0 {
			return all[i], nil
		}
	}
	return nil, a.notOn(name, all)
}

// notOn says that a scenario is not on, and what is.
func (a *API) notOn(name string, all []scenarios.Status) error {
	if _, err := a.Scenarios.Find(name); err == nil {
		return controlError(http.StatusNotFound, "not_on", `scenario %q is not on; POST /_mock/scenarios {"name":%q} switches it on`, name, name)
	}
	ids := make([]string, len(all))
	for i, st := range all {
		ids[i] = st.ID
	}
	if len(ids) == 0 {
		return controlError(http.StatusNotFound, "not_on", "no scenario %q is on; none is", name)
	}
	near := strictyaml.Suggest(name, ids)
	if near == "" {
		near = "; those that are on: " + strings.Join(ids, ", ")
	}
	return controlError(http.StatusNotFound, "not_on", "no scenario %q is on%s", name, near)
}

// SwitchScenarioOff is DELETE /_mock/scenarios/{name}.
func (a *API) SwitchScenarioOff(c *web.Call) (any, error) {
	name := c.Vars["name"]
	if a.Server.SwitchOff(name) == 0 {
		return nil, a.notOn(name, a.Server.Scenarios())
	}
	return noContent, nil
}

// SwitchScenariosOff is DELETE /_mock/scenarios.
func (a *API) SwitchScenariosOff(*web.Call) (any, error) {
	a.Scenarios.SwitchAllOff()
	return noContent, nil
}

// expectations is the body of POST /_mock/scenarios/verify: what is to have
// happened, by scenario or scenario/rule.
type expectations struct {
	byName map[string]scenarios.Expect
}

// DecodeYAML reads a map.
func (e *expectations) DecodeYAML(v strictyaml.Value) { v.Decode(&e.byName) }

// verified is the answer if all counters are as expected.
type verified struct {
	Checked int    `json:"checked"`
	Status  string `json:"status"`
}

// VerifyScenarios is POST /_mock/scenarios/verify. It compares what happened
// with the body or, without a body, with what the files of the active scenarios
// expect.
func (a *API) VerifyScenarios(c *web.Call) (any, error) {
	var want map[string]scenarios.Count
	if notEmpty(c) == nil {
		var body expectations
		if err := decode(c, &body); err != nil {
			return nil, err
		}
		if len(body.byName) == 0 {
			return nil, badRequest(`the body names no scenario; write one as in {"flaky": {"fired": ">=1"}}, or send no body for what the files expect`)
		}
		want = map[string]scenarios.Count{}
		for _, name := range slices.Sorted(maps.Keys(body.byName)) {
			count := body.byName[name].Fired
			if count == "" {
				return nil, badRequest(`%s: say how often, as in {"fired": ">=1"}`, name)
			}
			want[name] = count
		}
	}
	failures, checked, err := a.Server.VerifyScenarios(want)
	if err != nil {
		return nil, badRequest("%s", err)
	}
	if len(failures) == 0 {
		return verified{checked, "ok"}, nil
	}
	sentences := make([]string, len(failures))
	for i, f := range failures {
		sentences[i] = f.Message
	}
	return nil, with(controlError(http.StatusConflict, "not_met", "%s", strings.Join(sentences, "\n")), "unmet", failures)
}
