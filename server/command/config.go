package command

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

// serverConfig makes the server's configuration from the flags. Flags that a
// command does not have change nothing.
func serverConfig(in *input) (server.Config, error) {
	config := server.Config{
		TrustProxy:    in.on(trustProxyFlag),
		Callbacks:     in.list(callbackFlag),
		Seed:          in.text(seedFlag),
		Hosts:         in.list(tlsHostFlag),
		TenantHosts:   in.list(tenantHostFlag),
		AllowOutbound: in.list(allowOutboundFlag),
		Version:       version(),
		Node:          in.text(nodeFlag),
	}
	steps := []func(*input, *server.Config) error{
		setIssuer, checkTenantHosts, addClients, addAudiences, checkCallbacks, setOTP, setClock, checkOutbound, checkNode, setFixture, setScenarios,
	}
	for _, step := range steps {
		if err := step(in, &config); err != nil {
			return config, err
		}
	}
	return config, nil
}

// newServer makes the server. Its error says what is wrong with the fixture.
func newServer(in *input, config server.Config) (*server.Server, error) {
	s, err := server.New(config)
	var all *strictyaml.Errors
	if errors.As(err, &all) && (*all)[0].Line == 0 { // the file itself is right
		return nil, fmt.Errorf("the flags do not fit the fixture: %s", (*all)[0].Message)
	}
	if err != nil {
		return nil, in.fixtureError(mistakes("the fixture "+config.FixtureFile, "correct these", err))
	}
	return s, nil
}

// checkNode refuses a program that is not there.
func checkNode(in *input, config *server.Config) error {
	if config.Node == "" {
		return nil
	}
	if _, err := exec.LookPath(config.Node); err != nil {
		return in.refuse(nodeFlag, config.Node, "there is no such program; write the path of a Node.js, 18 or later")
	}
	return nil
}

func setIssuer(in *input, config *server.Config) error {
	issuer := in.text(issuerFlag)
	if issuer == "" {
		return nil
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(issuer, "?# \t\r\n") {
		return in.refuse(issuerFlag, issuer, "write a URL such as https://localhost:2884/")
	}
	config.Issuer = issuer
	return nil
}

func checkTenantHosts(in *input, _ *server.Config) error {
	for _, suffix := range in.list(tenantHostFlag) {
		if _, err := server.TenantHost(suffix); err != nil {
			return in.refuse(tenantHostFlag, suffix, "write a host name alone, such as auth.example.com")
		}
	}
	return nil
}

func setOTP(in *input, config *server.Config) error {
	spec := in.text(otpFlag)
	otp, err := fixtures.ParseOTP(spec)
	if err != nil {
		return in.refuse(otpFlag, spec, "write hmac, random, fixed:000000 or sequence:111111,222222")
	}
	if otp.Mode == "" {
		return nil
	}
	codes := otp.Codes
	if otp.Mode == "fixed" {
		codes = []string{otp.Code}
	}
	for _, code := range codes {
		if !isCode(code) {
			return in.refuse(otpFlag, spec, "the code %q must be digits only, such as 000000", code)
		}
	}
	if err := judge(&fixtures.Fixture{OTP: otp}); err != nil {
		return in.refuse(otpFlag, spec, "%w", err)
	}
	config.OTP = otp
	return nil
}

// setScenarios opens the scenarios before the server does, so that an error
// names the flag.
func setScenarios(in *input, config *server.Config) error {
	for _, name := range in.list(scenarioFlag) {
		_, err := scenarios.Open(name)
		var all *strictyaml.Errors
		switch {
		case errors.As(err, &all):
			return mistakes("the scenario "+name, "correct these", err)
		case errors.As(err, new(*fs.PathError)):
			return in.refuse(scenarioFlag, name, "the file cannot be read (%w); correct that, or name another", cause(err))
		case err != nil:
			return in.refuse(scenarioFlag, name, "%w", err)
		}
	}
	config.Scenarios = in.list(scenarioFlag)
	return nil
}

func isCode(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func setClock(in *input, config *server.Config) error {
	spec := in.text(clockFlag)
	if spec == "" || spec == "running" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, spec)
	if err != nil || at.Unix() <= 0 {
		return in.refuse(clockFlag, spec, "write a time since 1970 such as 2030-01-01T00:00:00Z, or running")
	}
	config.At = at
	return nil
}

// judge checks a small fixture by the rules of the package fixtures, and
// returns the first mistake without its line.
func judge(f *fixtures.Fixture) error {
	_, err := fixtures.Complete(f)
	var all *strictyaml.Errors
	if errors.As(err, &all) {
		return errors.New((*all)[0].Message)
	}
	return err
}
