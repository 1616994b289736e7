package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/login"
	"github.com/mockauth0/mockauth0/server/internal/management"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

// LevelLogin is the level of the lines of the log about logins that succeeded. It is
// below Info: for most of them there is the line about their code already.
const LevelLogin = web.LevelLogin

// A Config says how a Server differs from the default one. The zero Config
// works: it has the built-in fixture "default", a running clock and no log.
type Config struct {
	// Fixture is what the tenant knows; nil means the built-in "default". A
	// fixture built in Go goes through fixtures.Complete first.
	Fixture *fixtures.Fixture
	// FixtureFile is the path of a file that is used instead of Fixture. It is
	// read again when it has changed. A request looks for changes, at most
	// every 500 ms.
	FixtureFile string
	// Keywords are what the markers of FixtureFile stand for, if it is an export of
	// Auth0's deploy CLI.
	Keywords fixtures.Keywords
	// Restore is what State of an earlier Server returned. Its users, refresh
	// tokens and counters are added, and its drawn seed is used on, if there is one.
	// What the Management API had changed in a section is kept, unless the fixture has
	// changed that section since. nil adds nothing.
	Restore *fixtures.Fixture
	// Users, Clients and ResourceServers are added to those of the fixture. One of
	// the fixture with the same address, client_id or identifier is replaced.
	Users           []fixtures.User
	Clients         []fixtures.Client
	ResourceServers []fixtures.ResourceServer
	// Callbacks are URLs that every client accepts as callback and as logout
	// URL. Pages of their origins may call.
	Callbacks []string
	// Scenarios are on from the start. Each is the name of a built-in one, or a
	// file. A file is read again when it has changed.
	Scenarios []string
	// Seed replaces the fixture's otp.seed if it is not empty.
	Seed string
	// OTP replaces the fixture's otp.mode, code and codes if Mode is set.
	OTP fixtures.OTP
	// At stops the clock at this time; zero lets it run.
	At time.Time
	// Issuer is the iss of every token: a URL, with or without the trailing
	// slash. "" takes the scheme and Host of each request.
	Issuer string
	// TrustProxy believes X-Forwarded-Proto and X-Forwarded-Host.
	TrustProxy bool
	// Hosts are further names by which the control API may be called. Loopback,
	// IP addresses, names without a dot, *.test and its like need none. Pages of
	// these names may call, too.
	Hosts []string
	// TenantHosts are the host names below which tenants have their names, beside
	// localhost: with auth.example.com, w3.auth.example.com is the tenant w3. They
	// count as Hosts, too. A name that no tenant has is refused there.
	TenantHosts []string
	// Ports opens ports for further tenants; nil: they have none, and are found by
	// their host names alone.
	Ports Ports
	// Port is the one that a further tenant gets from Ports; 0: a free one.
	Port int
	// AllowOutbound are the hosts, besides loopback, whose SMS gateways and webhooks the
	// server may call.
	AllowOutbound []string
	// Actions are Actions in Go. They run after those of the fixture.
	Actions []actions.Hook
	// Node is the path of the program that runs the JavaScript Actions of the fixture;
	// "" looks for node on PATH.
	Node string
	// CA returns the certificate authority that GET /_mock/ca.pem serves, as
	// PEM; nil means that there is none.
	CA func() []byte
	// Version is the version that GET /_mock/health shows.
	Version string
	// Log gets a line for each message and each refusal, and at LevelLogin one for each
	// login that succeeded; nil discards them.
	Log *slog.Logger
}

// A Server is a tenant that answers requests. It is safe for use by many
// goroutines. A process can have any number of Servers. AddTenant makes further tenants
// that this one answers for.
type Server struct {
	lineage
	config Config
	tenant *tenant.Tenant
	front  *web.Front
	api    *control.API
	// controlRoutes are made when the control API is called first.
	controlRoutes func() []web.Route
	reload        reload
	added         []*scenarios.Scenario // those of the config, guarded by tenants.changing
	secretSeed    string                // for a fixture that has keys.files and no seed
	keys          atomic.Pointer[keysOfFiles]
	engine        *faults.Engine
	runner        *runner.Runner
	log           *slog.Logger
}

// silent is a log that discards everything.
var silent = slog.New(slog.DiscardHandler)

// New makes a Server. It fails if a file cannot be read or has mistakes.
func New(config Config) (*Server, error) {
	s := &Server{config: config, log: config.Log}
	s.lineage = lineage{name: DefaultTenant, all: &tenants{first: s, named: map[string]*Server{}, changed: make(chan struct{}, 1)}, ended: context.Background(), end: func() {}}
	if s.log == nil {
		s.log = silent
	}
	s.config.TenantHosts, s.config.Hosts = nil, slices.Clone(config.Hosts)
	for _, given := range config.TenantHosts {
		suffix, err := TenantHost(given)
		if err != nil {
			return nil, err
		}
		s.config.TenantHosts = append(s.config.TenantHosts, suffix)
		s.config.Hosts = append(s.config.Hosts, suffix, DefaultTenant+"."+suffix)
	}
	if config.Restore != nil && config.Restore.State != nil {
		s.secretSeed = config.Restore.State.Seed
	}
	if s.secretSeed == "" {
		s.secretSeed = derive.SecretSeed()
	}
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s, nil
}

// begin makes the tenant of a server.
func (s *Server) begin() error {
	if s.config.Issuer != "" {
		pinned, err := checkIssuer(s.config.Issuer)
		if err != nil {
			return err
		}
		s.config.Issuer = pinned
	}
	f, fixtureFiles, err := s.loadWatched()
	if err != nil {
		return err
	}
	s.reload.fixture = fixtureFiles
	keys, err := s.loadKeys(f)
	if err != nil {
		return err
	}
	s.runner = s.newRunner(f)
	if !s.inherits {
		if err := s.checkActions(f); err != nil {
			return err
		}
		s.reload.actions = watch(f.ActionFiles()...)
	}
	s.tenant = tenant.New(f, keys)
	s.runner.Clock = s.tenant.Clock
	s.tenant.AnyChanged = s.all.changed
	s.engine = faults.NewEngine(f.Seed(), func() time.Time { return s.Clock().Now() })
	if !s.inherits {
		s.reload.scenarios = watch(s.config.scenarioFiles()...)
	}
	for _, read := range []func() (func() error, error){
		s.readScenarios,
		func() (func() error, error) { return s.readFixtureScenarios(f) },
	} {
		use, err := read()
		if err == nil {
			err = use()
		}
		if err != nil {
			return err
		}
	}
	s.reload.start()
	if s.all.first == s {
		s.all.share(f)
	}
	if s.config.Restore != nil {
		if misfit := s.tenant.Restore(s.config.Restore); misfit != nil {
			s.log.Warn("what the Management API had changed does not fit the fixture any more, so it is not restored: " + misfit.Error())
		}
	}
	if s.tenant.DrawnSeed() == "" {
		<-s.tenant.Changed() // what New has loaded is no change, but a seed that was drawn is
	}
	s.tenant.Streams.ShowUser = management.ShowUser
	guard := newGuard(s.config)
	outbound := gateway.New(s.config.AllowOutbound)
	s.tenant.Streams.Caller, s.runner.Caller = outbound, outbound
	s.front = &web.Front{
		Runner:  s.runner,
		After:   triggers.After,
		Look:    login.Look,
		Tenant:  s.tenant,
		Naming:  guard.Naming,
		Guard:   guard,
		Journal: &journal.Journal{},
		Log:     s.log,
		Gateway: outbound,
		Readers: readers.Readers{Log: s.log},

		Scenarios: s.engine,
	}
	if s.all.first != s {
		s.front.Named = s.name
	}
	s.api = &control.API{
		Server: s, Tenant: s.tenant, Scenarios: s.engine, Journal: s.front.Journal, Readers: &s.front.Readers,
		Tenants: tenantDoor{s.all}, Name: s.name,
		ID: sync.OnceValue(derive.Unique), Version: s.config.Version, CA: s.config.CA, FileErrors: s.fileErrors,
		Routes: func() []web.Route { return append(apiRoutes(), s.controlRoutes()...) },
	}
	s.controlRoutes = sync.OnceValue(func() []web.Route { return controlRoutes(s.api) })
	return nil
}

// Close ends what the use of the tenants has started: their ports, and the calls of the
// streams' webhooks, and the processes that run Actions. What waits there is not sent any
// more; requests are answered as before, but JavaScript Actions do not run any more. A
// Server without all of these has nothing to end.
func (s *Server) Close() {
	for _, t := range s.Tenants() {
		t.close()
	}
}

func checkIssuer(issuer string) (string, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(issuer, "?# ") {
		return "", fmt.Errorf("issuer %q is not a URL such as https://localhost:2884/", issuer)
	}
	return strings.TrimRight(issuer, "/") + "/", nil
}
