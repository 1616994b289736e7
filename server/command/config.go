package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// fixtureFile is the fixture that is taken if it lies in the working directory.
const fixtureFile = "mockauth0.yaml"

// serverConfig makes the server's configuration of the flags.
func serverConfig(w World, c *cli.Command) (server.Config, error) {
	config := server.Config{
		Issuer:     c.String("issuer"),
		TrustProxy: c.Bool("trust-proxy"),
		Callbacks:  c.StringSlice("callback"),
		Seed:       c.String("seed"),
		Hosts:      c.StringSlice("tls-host"),
		Version:    version(),
	}
	var errs []error
	for _, spec := range c.StringSlice("client") {
		client, err := parseClient(spec)
		errs = append(errs, err)
		config.Clients = append(config.Clients, client)
	}
	for _, spec := range c.StringSlice("audience") {
		api, err := parseAudience(spec)
		errs = append(errs, err)
		config.ResourceServers = append(config.ResourceServers, api)
	}
	var err error
	if config.OTP, err = fixtures.ParseOTP(c.String("otp")); err != nil {
		errs = append(errs, fmt.Errorf("--otp: %w", err))
	}
	config.At, err = parseClock(c.String("clock"))
	errs = append(errs, err)
	errs = append(errs, chooseFixture(w, c.String("fixture"), &config))
	return config, errors.Join(errs...)
}

// chooseFixture finds the fixture: a built-in name, a file, the environment's
// inline YAML, or the file in the working directory.
func chooseFixture(w World, name string, config *server.Config) error {
	inline, _ := w.lookup("MOCKAUTH0_FIXTURE_YAML")
	var err error
	switch {
	case slices.Contains(fixtures.Names(), name):
		config.Fixture, err = fixtures.Load(name)
	case name != "":
		config.FixtureFile = name
		if _, missing := os.Stat(name); errors.Is(missing, fs.ErrNotExist) {
			return fmt.Errorf("--fixture %s: there is no such file, and the built-in fixtures are %s%s",
				name, strings.Join(fixtures.Names(), ", "), closest(name, fixtures.Names()))
		}
	case inline != "":
		config.Fixture, err = fixtures.Parse("MOCKAUTH0_FIXTURE_YAML", []byte(inline))
	default:
		if _, missing := os.Stat(fixtureFile); missing == nil {
			config.FixtureFile = fixtureFile
		}
	}
	return err
}

// openCA opens the certificate authority that the flags name. Where nothing
// can be written it lives in memory, with a warning.
func openCA(c *cli.Command, warn func(string)) (*localtls.CA, error) {
	options := localtls.Options{
		Dir: c.String("tls-dir"), Hosts: c.StringSlice("tls-host"),
		Refused: func(err error) { warn(err.Error()) },
	}
	ca, err := localtls.Open(options)
	if errors.Is(err, localtls.ErrNoStorage) {
		warn(err.Error() + "; the certificate authority lives in memory, and is another one after a restart")
		options.InMemory = true
		ca, err = localtls.Open(options)
	}
	if err != nil {
		return nil, err
	}
	cert, key := c.String("tls-cert"), c.String("tls-key")
	switch {
	case cert != "" && key != "":
		if err := ca.UseCertificate(cert, key); err != nil {
			return nil, err
		}
	case cert != "" || key != "":
		return nil, errors.New("--tls-cert and --tls-key go together: give both")
	}
	for _, note := range ca.Notes() {
		warn(note)
	}
	return ca, nil
}
