package testkit

import (
	"fmt"
	"net"
	"testing"
)

// Tenant runs another tenant behind the same listener until t ends. It is for apps with
// several Auth0 tenants, which tell them apart by the host name; for a test that needs
// one tenant, [Start] is all. The new tenant is at http://NAME.localhost:port, or in
// memory at https://NAME.domain.
//
// Browsers, curl and Client know the names below localhost. The resolver of Go does not
// on all machines: give an app that uses another client the Transport of Client, or a
// tenant of Start instead.
//
// Without the options Fixture and FixtureYAML the tenant has what a has, and the options
// add to that. With one of them it has that fixture alone. Codes and ids are those of
// a's seed, unless an option gives another. Tenant fails t as Start does.
func (a *Auth0) Tenant(t testing.TB, name string, opts ...Option) *Auth0 {
	t.Helper()
	made, err := a.openTenant(name, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			t.Log(made.report())
		}
		_ = made.Close() // it may be closed already
	})
	return made
}

func (a *Auth0) openTenant(name string, opts ...Option) (*Auth0, error) {
	s, err := settle(opts)
	if err != nil {
		return nil, err
	}
	if s.domain != "" {
		return nil, fmt.Errorf("testkit: InMemory is for Start; a tenant is where the first one is")
	}
	first := a
	if a.first != nil {
		first = a.first
	}
	made := &Auth0{first: first, port: first.port, pipes: first.pipes, signingIn: make(chan struct{}, 1)}
	made.note(s)
	if first.port != nil {
		_, port, _ := net.SplitHostPort(first.domain)
		made.domain = name + ".localhost:" + port
	} else {
		made.domain = name + "." + first.domain
	}
	if s.pinTLS {
		s.config.Issuer = made.TLSURL() + "/"
	}
	if made.server, err = first.server.AddTenant(name, s.config); err != nil {
		return nil, fmt.Errorf("testkit: tenant %q: %w", name, err)
	}
	if made.clientID == "" && s.config.Fixture == nil {
		made.clientID = first.clientID
	}
	if made.audience == "" && s.config.Fixture == nil {
		made.audience = first.audience
	}
	if made.issuer = made.server.Issuer(); made.issuer == "" {
		made.issuer = made.URL() + "/"
	}
	return made, nil
}

// closeTenant ends a tenant beside the first one.
func (a *Auth0) closeTenant() error {
	err := a.first.server.RemoveTenant(a.server.Name())
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		a.client.CloseIdleConnections()
	}
	return err
}
