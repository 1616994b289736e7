package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
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

func (s *Server) newRunner(f *fixtures.Fixture) *runner.Runner {
	return &runner.Runner{Hooks: named(s.config.Actions), Node: runner.Node{Program: s.config.Node}, Folder: f.Folder(), Log: s.log}
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
