package command

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

// serverConfig makes the server's configuration of the flags. Of flags that a
// command does not have nothing is taken.
func serverConfig(in *input) (server.Config, error) {
	config := server.Config{
		TrustProxy:    in.on(trustProxyFlag),
		Callbacks:     in.list(callbackFlag),
		Seed:          in.text(seedFlag),
		Hosts:         in.list(tlsHostFlag),
		AllowOutbound: in.list(allowOutboundFlag),
		Version:       version(),
	}
	steps := []func(*input, *server.Config) error{
		setIssuer, addClients, addAudiences, checkCallbacks, setOTP, setClock, checkOutbound, setFixture, setScenarios,
	}
	for _, step := range steps {
		if err := step(in, &config); err != nil {
			return config, err
		}
	}
	return config, nil
}

// newServer makes the server, and words what is wrong with its fixture.
func newServer(in *input, config server.Config) (*server.Server, error) {
	s, err := server.New(config)
	var all *strictyaml.Errors
	if errors.As(err, &all) && (*all)[0].Line == 0 { // the file itself is right
		return nil, fmt.Errorf("the flags do not go with the fixture: %s", (*all)[0].Message)
	}
	if err != nil {
		return nil, in.fixtureError(mistakes("the fixture "+config.FixtureFile, "correct these", err))
	}
	return s, nil
}

func setIssuer(in *input, config *server.Config) error {
	issuer := in.text(issuerFlag)
	if issuer == "" {
		return nil
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(issuer, "?# \t\r\n") {
		return in.refuse(issuerFlag.name, issuer, "write a URL such as https://localhost:2884/")
	}
	config.Issuer = issuer
	return nil
}

func addClients(in *input, config *server.Config) error {
	for _, spec := range in.list(clientFlag) {
		client, err := parseClient(spec)
		if err == nil {
			err = judge(&fixtures.Fixture{Clients: []fixtures.Client{client}})
		}
		if err != nil {
			return in.refuse(clientFlag.name, spec, "%w", err)
		}
		config.Clients = append(config.Clients, client)
	}
	return nil
}

func addAudiences(in *input, config *server.Config) error {
	for _, spec := range in.list(audienceFlag) {
		api, err := parseAudience(spec)
		if err == nil {
			err = judge(&fixtures.Fixture{ResourceServers: []fixtures.ResourceServer{api}})
		}
		if err != nil {
			return in.refuse(audienceFlag.name, spec, "%w", err)
		}
		config.ResourceServers = append(config.ResourceServers, api)
	}
	return nil
}

func checkCallbacks(in *input, _ *server.Config) error {
	for _, callback := range in.list(callbackFlag) {
		client := clientTypes["native"]
		client.ClientID, client.Callbacks = "any", []string{callback}
		if err := judge(&fixtures.Fixture{Clients: []fixtures.Client{client}}); err != nil {
			return in.refuse(callbackFlag.name, callback, "%w", err)
		}
	}
	return nil
}

func setOTP(in *input, config *server.Config) error {
	spec := in.text(otpFlag)
	otp, err := fixtures.ParseOTP(spec)
	if err != nil {
		return in.refuse(otpFlag.name, spec, "write hmac, random, fixed:000000 or sequence:111111,222222")
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
			return in.refuse(otpFlag.name, spec, "the code %q is not of digits; write one such as 000000", code)
		}
	}
	if err := judge(&fixtures.Fixture{OTP: otp}); err != nil {
		return in.refuse(otpFlag.name, spec, "%w", err)
	}
	config.OTP = otp
	return nil
}

// setScenarios opens the scenarios once before the server does, to name the
// flag in what is said of one that there is not.
func setScenarios(in *input, config *server.Config) error {
	for _, name := range in.list(scenarioFlag) {
		_, err := scenarios.Open(name)
		var all *strictyaml.Errors
		switch {
		case errors.As(err, &all):
			return mistakes("the scenario "+name, "correct these", err)
		case errors.As(err, new(*fs.PathError)):
			return in.refuse(scenarioFlag.name, name, "the file cannot be read (%w); correct that, or name another", cause(err))
		case err != nil:
			return in.refuse(scenarioFlag.name, name, "%w", err)
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
		return in.refuse(clockFlag.name, spec, "write a time since 1970 such as 2030-01-01T00:00:00Z, or running")
	}
	config.At = at
	return nil
}

// judge asks the rules of fixtures about a small one, and returns what they
// say about the first mistake, without its place.
func judge(f *fixtures.Fixture) error {
	_, err := fixtures.Complete(f)
	var all *strictyaml.Errors
	if errors.As(err, &all) {
		return errors.New((*all)[0].Message)
	}
	return err
}
