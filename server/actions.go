package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
)

// named gives a name to each Action that has none.
func named(hooks []actions.Hook) []actions.Hook {
	hooks = slices.Clone(hooks)
	count := map[actions.Trigger]int{}
	for i := range hooks {
		count[hooks[i].Trigger]++
		if hooks[i].Name == "" {
			hooks[i].Name = fmt.Sprintf("%s-%d", hooks[i].Trigger, count[hooks[i].Trigger])
		}
	}
	return hooks
}

// newRunner makes what runs the Actions of a tenant. All tenants share one process.
func (s *Server) newRunner(f *fixtures.Fixture) *runner.Runner {
	node := &runner.Node{Program: s.config.Node}
	if first := s.all.first; first != s {
		node = first.runner.Node
	}
	return &runner.Runner{Hooks: named(s.config.Actions), Node: node, Folder: f.Folder(), Log: s.log}
}

// checkActions refuses Actions whose code is no JavaScript. If there is nothing that could
// run them, it warns.
func (s *Server) checkActions(f *fixtures.Fixture) error {
	var names []string
	for i := range f.Actions {
		if a := &f.Actions[i]; a.Runs() && a.URL == "" {
			names = append(names, a.Name)
		}
	}
	if names == nil {
		return nil
	}
	mistakes, err := s.runner.Check(f)
	if err != nil {
		s.log.Warn("these Actions cannot run: " + strings.Join(names, ", ") + ": " + err.Error())
		return nil
	}
	var all []error
	for _, m := range mistakes {
		all = append(all, errors.New(m.String()))
	}
	return errors.Join(all...)
}

// Actions returns the Actions of the tenant: those of the fixture, then those in Go.
func (s *Server) Actions() []actions.Info {
	list := []actions.Info{}
	_, noNode := s.runner.Node.Look()
	f := s.tenant.Fixture()
	for i := range f.Actions {
		a := &f.Actions[i]
		info := actions.Info{Name: a.Name, Trigger: actions.Trigger(a.Trigger), Engine: "node", File: a.Code, Runs: a.Runs(), Secrets: slices.Sorted(maps.Keys(a.Secrets))}
		switch {
		case a.URL != "":
			info.Engine = "http"
		case noNode != nil:
			info.Runs, info.WhyNot = false, noNode.Error()
		}
		if !slices.Contains(fixtures.RunTriggers, a.Trigger) {
			info.Runs, info.WhyNot = false, "mockauth0 does not have the trigger "+a.Trigger
		}
		if !a.Runs() {
			info.WhyNot = "it is not deployed, or not bound to its trigger"
		}
		list = append(list, info)
	}
	for _, h := range s.runner.Hooks {
		list = append(list, actions.Info{Name: h.Name, Trigger: h.Trigger, Engine: "go", Runs: true})
	}
	return list
}

// RunAction runs one Action alone, without a login, and returns what it did. Nothing of
// that acts. event has what differs from a login of the fixture's first user to its first
// client, in the form of JSON; nil is nothing. resume runs the function for the way back
// from a redirect. The error is for an Action that does not exist or cannot run.
func (s *Server) RunAction(ctx context.Context, name string, event map[string]any, resume bool) (actions.Run, error) {
	for _, info := range s.Actions() {
		if info.Name != name {
			continue
		}
		if !info.Runs {
			return actions.Run{}, fmt.Errorf("the Action %s does not run: %s", name, info.WhyNot)
		}
		sample, err := triggers.Sample(s.tenant, info.Trigger, event)
		if err != nil {
			return actions.Run{}, fmt.Errorf("the event: %w", err)
		}
		flow := runner.Flow{Trigger: info.Trigger, Event: sample, MayRedirect: true, MayChallenge: true, State: "sample", Issuer: "https://localhost/"}
		return s.runner.RunOne(ctx, s.tenant.Fixture(), name, flow, resume), nil
	}
	names := []string{}
	for _, info := range s.Actions() {
		names = append(names, info.Name)
	}
	if len(names) == 0 {
		return actions.Run{}, &tenant.UserError{Code: "no_action", Description: fmt.Sprintf("there is no Action %q: the tenant has no Actions", name)}
	}
	return actions.Run{}, &tenant.UserError{Code: "no_action", Description: fmt.Sprintf("there is no Action %q; there are: %s", name, strings.Join(names, ", "))}
}
