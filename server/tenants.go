package server

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// DefaultTenant is the name of the first tenant of a server.
const DefaultTenant = control.DefaultTenant

// maxTenants is how many named tenants a server may have.
const maxTenants = 10_000

// What AddTenant and RemoveTenant may return.
var (
	ErrTenantName     = control.ErrTenantName
	ErrTenantExists   = control.ErrTenantExists
	ErrNoTenant       = control.ErrNoTenant
	ErrTooManyTenants = control.ErrTooManyTenants
)

// tenants are what the tenants of one server share.
type tenants struct {
	first   *Server
	changed chan struct{} // see AllStatesChanged

	changing sync.Mutex // held while a tenant is made, and while a changed file is taken over

	mu    sync.RWMutex      // guards all below
	base  *fixtures.Fixture // of the tenants that have none of their own
	named map[string]*Server
	order []*Server // the named ones, in the order in which they were made
}

// lineage is what makes a tenant one of several.
type lineage struct {
	name     string
	all      *tenants
	inherits bool // it has the fixture of the first tenant, and follows its file
	foreign  bool // a caller has described it, who must not make the server read files
	ended    context.Context
	end      context.CancelFunc
	port     Port // nil: it has none
}

// Ports opens ports. The command line gives the server one.
type Ports interface {
	// Base is the port at which the first tenant is; 0: nobody knows.
	Base() int
	// Open lets a handler answer on a port of this number, or on a free one if the
	// number is 0. It returns nil without an error if there is no free one.
	Open(h http.Handler, number int) (Port, error)
}

// A Port is open until it is closed.
type Port interface {
	Number() int
	// Close frees the port. Requests that have come are answered.
	Close()
}

// maxPorts is how many tenants get a free port. Each takes files and memory.
const maxPorts = 256

// Name is the name of the tenant: DefaultTenant, or what AddTenant was given.
func (s *Server) Name() string { return s.name }

// Tenants are all tenants of the server: the first one, then the others in the order in
// which they were made. Each tenant of the server knows them.
func (s *Server) Tenants() []*Server {
	s.all.mu.RLock()
	defer s.all.mu.RUnlock()
	return append([]*Server{s.all.first}, s.all.order...)
}

// Tenant is the tenant with that name.
func (s *Server) Tenant(name string) (*Server, bool) {
	if name == DefaultTenant {
		return s.all.first, true
	}
	s.all.mu.RLock()
	defer s.all.mu.RUnlock()
	t, ok := s.all.named[name]
	return t, ok
}

// AddTenant makes a tenant beside the first one. Its users, messages, keys, clock and
// all else are its own. The server answers for it requests whose Host is NAME.localhost,
// or NAME below one of Config.TenantHosts. The tenant itself is a handler that answers
// whatever the Host is.
//
// The name is a label of a host name: lower-case letters, digits and hyphens, at most
// 63. Without Fixture and FixtureFile, the tenant has what the server was started with
// and follows the server's files; the config adds to that. With one of them, the
// fixture is as it stands. Seed, Issuer (with the name before its host), TrustProxy,
// Hosts, TenantHosts, AllowOutbound, CA, Version and Log are those of the first tenant,
// unless the config has others.
//
// The error is ErrTenantName, ErrTenantExists, ErrTooManyTenants, or one of New.
func (s *Server) AddTenant(name string, config Config) (*Server, error) {
	return s.all.add(name, config, false)
}

// RemoveTenant ends a named tenant. Requests to it that wait are broken off. It fails
// with ErrNoTenant, or with ErrTenantName for the first tenant, which stays.
func (s *Server) RemoveTenant(name string) error {
	if name == DefaultTenant {
		return ErrTenantName
	}
	all := s.all
	all.mu.Lock()
	t, ok := all.named[name]
	if ok {
		delete(all.named, name)
		all.order = slices.DeleteFunc(all.order, func(o *Server) bool { return o == t })
	}
	all.mu.Unlock()
	if !ok {
		return ErrNoTenant
	}
	t.close()
	all.noteChange()
	return nil
}

// TenantOf is the tenant that gets what an application sends to an e-mail address or a
// phone number, where nothing names a tenant: by SMTP or by Twilio's API. It is the
// first tenant, unless only another one knows the recipient: as a user, or since it has
// sent something there.
func (s *Server) TenantOf(recipient string) *Server {
	recipient = fixtures.NormalizeRecipient(recipient)
	for _, t := range s.Tenants() {
		if _, ok := t.tenant.UserByAddress(recipient); ok {
			return t
		}
		if _, ok := t.Outbox().Latest(outbox.To(strings.ReplaceAll(recipient, "*", ""))); ok {
			return t
		}
	}
	return s.all.first
}

// close ends what the use of one tenant has started.
func (s *Server) close() {
	s.end()
	if s.port != nil {
		s.port.Close()
	}
	s.tenant.Streams.Close()
	if s.all.first == s { // the others use it, too
		s.runner.Node.Close()
	}
}

func (all *tenants) add(name string, c Config, foreign bool) (*Server, error) {
	if name == DefaultTenant {
		return nil, ErrTenantExists
	}
	if !tenantName.MatchString(name) {
		return nil, ErrTenantName
	}
	all.changing.Lock()
	defer all.changing.Unlock()
	first := all.first
	if _, ok := first.Tenant(name); ok {
		return nil, ErrTenantExists
	}
	if len(first.Tenants()) > maxTenants {
		return nil, ErrTooManyTenants
	}
	t := &Server{lineage: lineage{name: name, all: all, inherits: c.Fixture == nil && c.FixtureFile == "", foreign: foreign}}
	t.ended, t.end = context.WithCancel(context.Background())
	t.config = first.config.ofTenant(t, c)
	t.log = t.config.Log
	t.secretSeed = first.secretSeed
	err := t.begin()
	if err == nil {
		err = t.openPort(c.Port)
	}
	if err != nil {
		t.end()
		return nil, err
	}
	all.mu.Lock()
	all.named[name] = t
	all.order = append(all.order, t)
	all.mu.Unlock()
	all.noteChange()
	return t, nil
}

// openPort gives the tenant a port of its own, if the server has some.
func (s *Server) openPort(number int) (err error) {
	ports := s.all.first.config.Ports
	if ports == nil {
		return nil
	}
	open := 0
	for _, t := range s.Tenants() {
		if t.port != nil {
			open++
		}
	}
	if number != 0 || open < maxPorts {
		s.port, err = ports.Open(s, number)
	}
	return err
}

// Port is the port that the tenant alone has; 0 if it has none.
func (s *Server) Port() int {
	if s.port == nil {
		return 0
	}
	return s.port.Number()
}

var tenantName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// ofTenant is the config of a named tenant: what it was given, and what it takes from
// the first tenant, whose config is first.
func (first Config) ofTenant(t *Server, c Config) Config {
	own := c
	own.Issuer = cmp.Or(c.Issuer, labelled(first.Issuer, t.name))
	own.TrustProxy = c.TrustProxy || first.TrustProxy
	own.TenantHosts = slices.Concat(first.TenantHosts, c.TenantHosts)
	own.Hosts = slices.Concat(first.Hosts, c.Hosts)
	for _, suffix := range own.TenantHosts {
		own.Hosts = append(own.Hosts, t.name+"."+suffix)
	}
	own.AllowOutbound = slices.Concat(first.AllowOutbound, c.AllowOutbound)
	own.Version = cmp.Or(c.Version, first.Version)
	if own.CA == nil {
		own.CA = first.CA
	}
	if own.Log == nil {
		own.Log = t.all.first.log.With("tenant", t.name)
	}
	if !t.inherits && own.Seed == "" && (c.Fixture == nil || !c.Fixture.NamesSeed()) {
		own.Seed = t.all.shared().Seed()
	}
	return own
}

// labelled is an issuer with a name before its host; "" if there is none, or if it has
// an address for a host.
func labelled(issuer, name string) string {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" {
		return ""
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ""
	}
	u.Host = name + "." + u.Host
	return u.String()
}

// shared is the fixture of the tenants that have none of their own.
func (all *tenants) shared() *fixtures.Fixture {
	all.mu.RLock()
	defer all.mu.RUnlock()
	return all.base
}

func (all *tenants) share(f *fixtures.Fixture) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.base = f
}

// heirs are the tenants that follow the files of this one.
func (s *Server) heirs() []*Server {
	if s.all.first != s {
		return nil
	}
	return slices.DeleteFunc(s.Tenants()[1:], func(t *Server) bool { return !t.inherits })
}

// hosted is the tenant that a host name means. It is nil, with unknown, if a suffix of
// Config.TenantHosts stands behind a name that no tenant has.
func (s *Server) hosted(host string) (t *Server, unknown string) {
	host = strings.ToLower(strings.TrimSuffix(web.Hostname(host), "."))
	name, rest, ok := strings.Cut(host, ".")
	if !ok || rest != "localhost" && !slices.Contains(s.config.TenantHosts, rest) {
		return s, ""
	}
	if t, ok := s.Tenant(name); ok {
		return t, ""
	}
	if rest == "localhost" { // which an app may use for the first tenant
		return s, ""
	}
	return nil, name
}

// until is a request that ends with its tenant, and the function to call afterwards.
func (s *Server) until(r *http.Request) (*http.Request, func()) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(s.ended, cancel)
	return r.WithContext(ctx), func() {
		stop()
		cancel()
	}
}

// A tenantDoor is how the control API reaches the tenants.
type tenantDoor struct{ *tenants }

// Entries describe all tenants.
func (d tenantDoor) Entries() (list []control.TenantEntry) {
	for _, t := range d.first.Tenants() {
		list = append(list, t.entry())
	}
	return list
}

func (s *Server) entry() control.TenantEntry {
	return control.TenantEntry{Name: s.name, Issuer: s.config.Issuer, Port: s.Port(), Chosen: s.config.Port != 0}
}

// Add makes a tenant that a caller describes; f may be nil.
func (d tenantDoor) Add(name string, f *fixtures.Fixture, seed string, port int) (control.TenantEntry, error) {
	t, err := d.add(name, Config{Fixture: f, Seed: seed, Port: port}, true)
	if err != nil {
		return control.TenantEntry{}, err
	}
	return t.entry(), nil
}

// Remove ends a tenant.
func (d tenantDoor) Remove(name string) error { return d.first.RemoveTenant(name) }

// Suffixes are what a tenant's name may stand before, beside localhost.
func (d tenantDoor) Suffixes() []string { return d.first.config.TenantHosts }

// TenantHost is a host name of Config.TenantHosts in the form in which it is compared.
// The error says that it is none.
func TenantHost(suffix string) (string, error) {
	clean := strings.Trim(strings.ToLower(strings.TrimPrefix(suffix, "*.")), ".")
	u, err := url.Parse("http://" + clean)
	if err != nil || clean == "" || u.Host != clean || u.Port() != "" {
		return "", fmt.Errorf("tenant host %q is not a host name such as auth.example.com", suffix)
	}
	if _, err := netip.ParseAddr(clean); err == nil {
		return "", fmt.Errorf("tenant host %q is an address, which has no names below it", suffix)
	}
	return clean, nil
}

// BasePort is the port of the first tenant; 0 if nobody knows.
func (d tenantDoor) BasePort() int {
	if d.first.config.Ports == nil {
		return 0
	}
	return d.first.config.Ports.Base()
}
