package server

import (
	"fmt"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// States are the states of all tenants: that of the first one, with the others in it.
// It is a fixture. As Config.Restore it gives the state of the first tenant, and
// RestoreTenants gives the others.
func (s *Server) States() (*fixtures.Fixture, error) {
	all := s.Tenants()
	f := all[0].State()
	for _, t := range all[1:] {
		saved := fixtures.TenantState{Name: t.name, Seed: t.config.Seed}
		var err error
		if saved.State, err = fields(t.State()); err != nil {
			return nil, err
		}
		if !t.inherits {
			if saved.Fixture, err = fields(t.config.Fixture); err != nil {
				return nil, err
			}
		}
		f.State.Tenants = append(f.State.Tenants, saved)
	}
	return f, nil
}

// AllStatesChanged receives after States has changed, as StateChanged does for one
// tenant.
func (s *Server) AllStatesChanged() <-chan struct{} { return s.all.changed }

func (all *tenants) noteChange() {
	select {
	case all.changed <- struct{}{}:
	default:
	}
}

// RestoreTenants makes the tenants of States anew, with a port of their own if the server
// has ports: that of chosen, by the name of the tenant, or else a free one.
func (s *Server) RestoreTenants(saved *fixtures.Fixture, chosen map[string]int) error {
	if saved == nil || saved.State == nil {
		return nil
	}
	for _, one := range saved.State.Tenants {
		c := Config{Seed: one.Seed, Port: chosen[one.Name]}
		var err error
		if c.Restore, err = parsed(one.State); err == nil && one.Fixture != nil {
			c.Fixture, err = parsed(one.Fixture)
		}
		if err == nil {
			_, err = s.all.add(one.Name, c, true)
		}
		if err != nil {
			return fmt.Errorf("the tenant %s of the state: %w", one.Name, err)
		}
	}
	return nil
}

// fields are a fixture as a part of another one has it.
func fields(f *fixtures.Fixture) (map[string]any, error) {
	data, err := f.JSON()
	if err != nil {
		return nil, err
	}
	var part struct {
		Fixture map[string]any `yaml:"fixture"`
	}
	err = strictyaml.Decode("", fmt.Appendf(nil, `{"fixture":%s}`, data), &part)
	return part.Fixture, err
}

// parsed is the fixture that fields has taken apart.
func parsed(part map[string]any) (*fixtures.Fixture, error) {
	data, err := strictyaml.MarshalJSON(part)
	if err != nil {
		return nil, err
	}
	return fixtures.Parse("", data)
}
