package testkit

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// An Option says how a tenant differs from the default one.
type Option func(*settings) error

type settings struct {
	config  server.Config
	fixture string // the name or the file of the option Fixture
	domain  string // of a tenant in memory
	pinTLS  bool
}

// settle reads all options.
func settle(opts []Option) (s settings, err error) {
	for _, opt := range opts {
		if err := opt(&s); err != nil {
			return s, fmt.Errorf("testkit: %w", err)
		}
	}
	if s.fixture != "" {
		if s.config.Fixture, err = fixtures.OpenWith(s.fixture, s.config.Keywords); err != nil {
			return s, fmt.Errorf("testkit: %w", err)
		}
	}
	return s, nil
}

// Fixture takes the tenant from a built-in fixture (default, minimal or strict) or from a
// file. The file may be an export of Auth0's deploy CLI: its tenant.yaml, or its folder.
func Fixture(nameOrFile string) Option {
	return func(s *settings) error {
		s.fixture = nameOrFile
		return nil
	}
}

// FixtureYAML takes the tenant from the text of a fixture file, YAML or JSON.
func FixtureYAML(text string) Option {
	return func(s *settings) (err error) {
		s.fixture = ""
		s.config.Fixture, err = fixtures.Parse("FixtureYAML", []byte(text))
		return err
	}
}

// Keywords are what stands for the markers ##NAME## and @@NAME@@ in the export that
// Fixture names. A value is a text, or what JSON can write for @@NAME@@. The environment is
// not read.
func Keywords(keywords fixtures.Keywords) Option {
	return func(s *settings) error {
		s.config.Keywords = keywords
		return nil
	}
}

// Users adds users. A user with the same address replaces the fixture's.
func Users(users ...fixtures.User) Option {
	return func(s *settings) error {
		s.config.Users = append(s.config.Users, users...)
		return nil
	}
}

// Clients adds clients. A client with the same client_id replaces the fixture's.
// A client without grant types gets those of a native app: the passwordless OTP,
// refresh_token and authorization_code. The first client is the one that
// [Auth0.ClientID] names.
func Clients(clients ...fixtures.Client) Option {
	return func(s *settings) error {
		for _, c := range clients {
			if c.GrantTypes == nil {
				c.GrantTypes = []string{fixtures.GrantPasswordlessOTP, fixtures.GrantRefreshToken, fixtures.GrantAuthorizationCode, fixtures.GrantDeviceCode}
			}
			s.config.Clients = append(s.config.Clients, c)
		}
		return nil
	}
}

// Audience adds an API with its scopes. The API allows offline access, and a token
// request with a DPoP proof gets a bound token for it. The first API is the one that
// [Auth0.Tokens] gets tokens for.
func Audience(identifier string, scopes ...string) Option {
	return func(s *settings) error {
		api := fixtures.ResourceServer{Identifier: identifier, AllowOfflineAccess: true, ProofOfPossession: fixtures.ProofOfPossession{Mechanism: fixtures.MechanismDPoP}}
		for _, scope := range scopes {
			api.Scopes = append(api.Scopes, fixtures.Scope{Value: scope})
		}
		s.config.ResourceServers = append(s.config.ResourceServers, api)
		return nil
	}
}

// Scenario switches a failure on from the start: a built-in scenario, or a file.
// A test passes even if this failure never happens. With [Auth0.Inject] it would
// fail.
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

// At stops the tenant's clock at a time. Tokens carry that time, so an app that
// verifies them by the real time needs a clock of its own.
func At(t time.Time) Option {
	return func(s *settings) error {
		s.config.At = t
		return nil
	}
}

// OTPMode says how codes are made: hmac, fixed:000000, sequence:111111,222222 or
// random.
func OTPMode(spec string) Option {
	return func(s *settings) (err error) {
		s.config.OTP, err = fixtures.ParseOTP(spec)
		return err
	}
}

// PinIssuer sets the iss of every token. The slash at its end may be left out.
func PinIssuer(issuer string) Option {
	return func(s *settings) error {
		s.config.Issuer = issuer
		return nil
	}
}

// PinTLS sets the iss of every token to the https issuer, even of tokens that
// are got over http.
func PinTLS() Option {
	return func(s *settings) error {
		s.pinTLS = true
		return nil
	}
}

// InMemory makes a tenant at https://domain that has no port. Only
// [Auth0.Client] reaches it, without a network and without a certificate.
//
// It works inside a bubble of testing/synctest. Start the tenant inside the
// bubble, and close the body of every response: an open one is a goroutine that
// keeps the bubble from ending.
func InMemory(domain string) Option {
	return func(s *settings) error {
		if domain == "" {
			return fmt.Errorf("InMemory needs a domain, such as tenant.example.com")
		}
		if u, err := url.Parse("https://" + domain); err != nil || u.Host != domain || strings.ContainsFunc(domain, isNotASCII) {
			return fmt.Errorf("InMemory(%q): give the domain alone and in ASCII, such as tenant.example.com; the tenant is at https://tenant.example.com", domain)
		}
		s.domain = domain
		return nil
	}
}

func isNotASCII(r rune) bool { return r > unicode.MaxASCII }
