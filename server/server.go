package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

// A Config says how a Server differs from the default one. The zero Config
// works: the built-in fixture "default", a running clock, no log.
type Config struct {
	// Fixture is what the tenant knows; nil means the built-in "default". A
	// fixture built in Go goes through fixtures.Complete first.
	Fixture *fixtures.Fixture
	// FixtureFile is a path that is read instead of Fixture, and again
	// whenever it has changed: at a request, at most every 500 ms.
	FixtureFile string
	// Restore is what an earlier Server's State returned: its refresh tokens,
	// counters and users are taken in. nil means nothing is.
	Restore *fixtures.Fixture
	// Users, Clients and ResourceServers are added to the fixture's own; one
	// with the same address, client_id or identifier is replaced.
	Users           []fixtures.User
	Clients         []fixtures.Client
	ResourceServers []fixtures.ResourceServer
	// Callbacks are callback URLs that every client accepts, whose origins
	// may call, and to which a logout may return.
	Callbacks []string
	// Scenarios are failures that are on from the start: names of built-in
	// ones, or files, which are read again whenever they have changed.
	Scenarios []string
	// Seed replaces the fixture's otp.seed if it is not empty.
	Seed string
	// OTP replaces the fixture's otp.mode, code and codes if Mode is set.
	OTP fixtures.OTP
	// At stops the clock there, if it is not zero.
	At time.Time
	// Issuer pins the iss of every token, a URL with or without the trailing
	// slash; "" derives it from the scheme and Host of each request.
	Issuer string
	// TrustProxy believes X-Forwarded-Proto and X-Forwarded-Host.
	TrustProxy bool
	// Hosts are more names by which the control API may be called, beyond
	// loopback, IP addresses, one-label names and *.test and its like.
	Hosts []string
	// AllowOutbound are the hosts that the server may call: the SMS gateways of
	// connections. It calls loopback anyway, and nothing else.
	AllowOutbound []string
	// CA returns the certificate authority that GET /_mock/ca.pem serves, as
	// PEM; nil means that there is none.
	CA func() []byte
	// Version is what GET /_mock/health tells.
	Version string
	// Log hears of each message and each refusal; nil means nobody does.
	Log *slog.Logger
}

// A Server is a tenant that answers requests. It is safe for use by many
// goroutines, and many of them live well in one process.
type Server struct {
	config Config
	tenant *tenant.Tenant
	front  *web.Front
	api    *control.API
	routes []web.Route
	guard  guard
	reload reload
	keys   atomic.Pointer[keysOfFiles]
	engine *scenarios.Engine
	log    *slog.Logger
}

// nobody is a log that nobody hears.
var nobody = slog.New(slog.DiscardHandler)

// New makes a Server. It fails if the fixture is no fixture: the error is a
// *strictyaml.Errors with every mistake, or that of the file system.
func New(config Config) (*Server, error) {
	s := &Server{config: config, log: config.Log}
	if s.log == nil {
		s.log = nobody
	}
	if config.Issuer != "" {
		pinned, err := checkIssuer(config.Issuer)
		if err != nil {
			return nil, err
		}
		s.config.Issuer = pinned
	}
	s.reload.watch(&s.reload.fixture, config.FixtureFile) // before it is read
	f, err := s.loadFixture()
	if err != nil {
		return nil, err
	}
	keys, err := s.loadKeys(f)
	if err != nil {
		return nil, err
	}
	s.tenant = tenant.New(f, keys)
	s.engine = scenarios.NewEngine(f.OTP.Seed)
	if err := s.loadScenarios(); err != nil {
		return nil, err
	}
	if err := s.loadFixtureScenarios(); err != nil {
		return nil, err
	}
	if config.Restore != nil {
		s.tenant.Restore(config.Restore)
	}
	s.guard = newGuard(s.config)
	s.front = &web.Front{
		Tenant:  s.tenant,
		Naming:  web.Naming{Issuer: s.config.Issuer, TrustProxy: config.TrustProxy},
		Journal: &journal.Journal{},
		Log:     s.log,
		Gateway: gateway.New(config.AllowOutbound),

		Scenarios: s.engine,
		Local:     s.guard.ours,
	}
	s.api = &control.API{
		Server: s, Tenant: s.tenant, Scenarios: s.engine, Journal: s.front.Journal,
		ID: sync.OnceValue(derive.Unique), Version: config.Version, CA: config.CA, FileErrors: s.fileErrors,
		Routes: func() []web.Route { return s.routes },
	}
	s.routes = routes(s.api)
	return s, nil
}

// ServeHTTP answers a request to the tenant or to its control API. Repeated
// slashes in the path count as one, without a redirect: next-auth asks for
// //.well-known/… when its issuer ends with a slash.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.reloadIfChanged()
	if strings.Contains(r.URL.Path, "//") {
		collapsed := *r
		u := *r.URL
		for strings.Contains(u.Path, "//") {
			u.Path = strings.ReplaceAll(u.Path, "//", "/")
		}
		u.RawPath = ""
		collapsed.URL = &u
		r = &collapsed
	}
	s.dispatch(w, r)
}

func checkIssuer(issuer string) (string, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(issuer, "?# ") {
		return "", fmt.Errorf("issuer %q is not a URL such as https://localhost:2884/", issuer)
	}
	return strings.TrimRight(issuer, "/") + "/", nil
}
