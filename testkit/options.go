package testkit

import (
	"fmt"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// An Option says how a tenant differs from the default one.
type Option func(*settings) error

type settings struct {
	config server.Config
	memory string
	pinTLS bool
}

// Fixture takes the tenant from a built-in fixture (default, minimal, strict)
// or from a file.
func Fixture(nameOrFile string) Option {
	return func(s *settings) (err error) {
		s.config.Fixture, err = fixtures.Open(nameOrFile)
		return err
	}
}

// FixtureYAML takes the tenant from the text of a fixture file, YAML or JSON.
func FixtureYAML(text string) Option {
	return func(s *settings) (err error) {
		s.config.Fixture, err = fixtures.Parse("FixtureYAML", []byte(text))
		return err
	}
}

// Users adds users; one with the same address replaces the fixture's.
func Users(users ...fixtures.User) Option {
	return func(s *settings) error {
		s.config.Users = append(s.config.Users, users...)
		return nil
	}
}

// Clients adds clients; one with the same client_id replaces the fixture's. A
// client without grant types gets those of a native app: the passwordless OTP,
// refresh_token and authorization_code. The first one is ClientID.
func Clients(clients ...fixtures.Client) Option {
	return func(s *settings) error {
		for _, c := range clients {
			if c.GrantTypes == nil {
				c.GrantTypes = []string{fixtures.GrantPasswordlessOTP, fixtures.GrantRefreshToken, fixtures.GrantAuthorizationCode}
			}
			s.config.Clients = append(s.config.Clients, c)
		}
		return nil
	}
}

// Audience adds an API with its scopes, which allows offline access.
func Audience(identifier string, scopes ...string) Option {
	return func(s *settings) error {
		api := fixtures.ResourceServer{Identifier: identifier, AllowOfflineAccess: true}
		for _, scope := range scopes {
			api.Scopes = append(api.Scopes, fixtures.Scope{Value: scope})
		}
		s.config.ResourceServers = append(s.config.ResourceServers, api)
		return nil
	}
}

// Scenario has a failure on from the start: a built-in scenario, or a file.
// Unlike Inject it does not ask whether it acted.
func Scenario(nameOrFile string) Option {
	return func(s *settings) error {
		s.config.Scenarios = append(s.config.Scenarios, nameOrFile)
		return nil
	}
}

// Seed replaces the seed from which codes, ids and refresh tokens derive.
func Seed(seed string) Option {
	return func(s *settings) error {
		s.config.Seed = seed
		return nil
	}
}

// At stops the clock there. Tokens carry that time: an app that verifies them
// by the real time needs a clock of its own, too.
func At(t time.Time) Option {
	return func(s *settings) error {
		s.config.At = t
		return nil
	}
}

// OTP says how codes are made: hmac, fixed:000000, sequence:111111,222222 or
// random.
func OTP(spec string) Option {
	return func(s *settings) (err error) {
		s.config.OTP, err = fixtures.ParseOTP(spec)
		return err
	}
}

// Issuer pins the iss of every token, with or without the trailing slash.
func Issuer(issuer string) Option {
	return func(s *settings) error {
		s.config.Issuer = issuer
		return nil
	}
}

// PinTLS makes the https issuer the iss of every token, however it was got.
func PinTLS() Option {
	return func(s *settings) error {
		s.pinTLS = true
		return nil
	}
}

// InMemory makes a tenant without a listener, at https://domain, which only
// Client reaches. It works inside testing/synctest, where time passes when
// everybody waits.
func InMemory(domain string) Option {
	return func(s *settings) error {
		if domain == "" {
			return fmt.Errorf("InMemory needs a domain, such as tenant.example.com")
		}
		if strings.ContainsAny(domain, "/?# ") {
			return fmt.Errorf("InMemory(%q): give the domain alone, such as tenant.example.com; the tenant is at https://tenant.example.com", domain)
		}
		s.memory = domain
		return nil
	}
}
