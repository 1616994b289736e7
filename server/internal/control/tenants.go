package control

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// DefaultTenant is the name of the first tenant of a server.
const DefaultTenant = "default"

// Why a tenant cannot be made or ended.
var (
	ErrTenantName     = errors.New("a tenant's name has lower-case letters, digits and hyphens, 63 at most, and is not " + DefaultTenant)
	ErrTenantExists   = errors.New("there is a tenant of that name")
	ErrNoTenant       = errors.New("there is no tenant of that name")
	ErrTooManyTenants = errors.New("there are too many tenants")
)

// Tenants are the tenants of a server.
type Tenants interface {
	// Entries are all of them, the first one first.
	Entries() []TenantEntry
	// Add makes a tenant; f is nil for the fixture of the server.
	// A port that is 0 is a free one.
	Add(name string, f *fixtures.Fixture, seed string, port int) (TenantEntry, error)
	Remove(name string) error
	// Suffixes are the host names below which tenants have their names, beside
	// localhost.
	Suffixes() []string
	// BasePort is the port of the first tenant; 0: nobody knows.
	BasePort() int
}

// A TenantEntry is what a server knows of where a tenant is.
type TenantEntry struct {
	Name   string
	Issuer string // if it is pinned, else ""
	Port   int    // of its own; 0: it has none
	Chosen bool   // somebody has chosen the port, who then has made it reachable
}

// reached is a tenant, as it is reached from where the caller is.
type reached struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	TLSURL string `json:"tls_url,omitempty"` // if the server speaks https
	Domain string `json:"domain"`
	Issuer string `json:"issuer"`
	Port   int    `json:"port,omitempty"` // if it has one of its own
}

// importing is held by the call that reads a whole fixture: many large ones at a time
// would fill the memory.
var importing sync.Mutex

// tenantSpec is the body of POST /_mock/tenants.
type tenantSpec struct {
	Name    string `yaml:"name" required:"true" doc:"The name, which is a label of a host name: lower-case letters, digits and hyphens."`
	Fixture any    `yaml:"fixture" doc:"The name of a built-in fixture, or a whole fixture. Default: what the server was started with."`
	Seed    string `yaml:"seed" doc:"What codes, ids and refresh tokens derive from. Default: otp.seed of the fixture, else the seed of the first tenant."`
	Port    int    `yaml:"port" min:"0" max:"65535" doc:"The port that the tenant answers on. Default: a free one."`
}

// tenantSchema is the schema of a tenantSpec.
func tenantSchema() object {
	return object{
		"type": "object", "required": []string{"name"}, "additionalProperties": false,
		"properties": object{
			"name": object{"type": "string"},
			"seed": object{"type": "string"},
			"port": object{"type": "integer", "minimum": 0, "maximum": 65535},
			"fixture": object{"anyOf": []any{
				object{"type": "string", "enum": fixtures.Names()}, strictyaml.SchemaOf(reflect.TypeFor[fixtures.Fixture]()),
			}},
		},
	}
}

// ListTenants is GET /_mock/tenants.
func (a *API) ListTenants(c *web.Call) (any, error) {
	all := list[reached]{}
	for _, e := range a.Tenants.Entries() {
		all.Items = append(all.Items, a.reach(c, e))
	}
	return all, nil
}

// MakeTenant is POST /_mock/tenants.
func (a *API) MakeTenant(c *web.Call) (any, error) {
	importing.Lock()
	defer importing.Unlock()
	if err := notEmpty(c); err != nil {
		return nil, err
	}
	var spec tenantSpec
	if err := strictyaml.Decode("", c.Body, &spec); err != nil {
		return nil, mistakes(err)
	}
	f, err := fixtureOf(spec.Fixture)
	if err != nil {
		return nil, inFixture(err)
	}
	if err := oneTenant(f); err != nil {
		return nil, err
	}
	for _, e := range a.Tenants.Entries() {
		if spec.Port != 0 && e.Port == spec.Port {
			return nil, controlError(http.StatusConflict, "no_port", "the tenant %s is at port %d; choose another port", e.Name, e.Port)
		}
	}
	entry, err := a.Tenants.Add(spec.Name, f, spec.Seed, spec.Port)
	switch {
	case spec.Name == DefaultTenant:
		return nil, controlError(http.StatusConflict, "tenant_exists", "%s is the first tenant; write another name, such as w3", spec.Name)
	case errors.Is(err, ErrTenantExists):
		return nil, controlError(http.StatusConflict, "tenant_exists", "there is a tenant %s already; DELETE /_mock/tenants/%[1]s ends it", spec.Name)
	case errors.Is(err, ErrTooManyTenants):
		return nil, controlError(http.StatusConflict, "too_many_tenants", "there are too many tenants; DELETE /_mock/tenants/{name} ends one")
	case errors.Is(err, ErrTenantName):
		return nil, badRequest("name: %q is no name for a tenant; write lower-case letters, digits and hyphens, 63 at most, such as w3", spec.Name)
	case errors.As(err, new(*net.OpError)):
		return nil, controlError(http.StatusConflict, "no_port", "%s", err)
	case err != nil:
		return nil, inFixture(err)
	}
	return web.Status{Code: http.StatusCreated, Value: a.reach(c, entry)}, nil
}

// fixtureOf reads the fixture of a new tenant: nil if none is given. Only the name of a
// built-in one is taken, since the caller must not make the server read files.
func fixtureOf(given any) (*fixtures.Fixture, error) {
	switch given := given.(type) {
	case nil:
		return nil, nil
	case string:
		f, err := fixtures.Load(given)
		if err != nil {
			err = errors.New(err.Error() + "; or write a whole fixture")
		}
		return f, err
	}
	data, err := strictyaml.MarshalJSON(given)
	if err != nil {
		return nil, err
	}
	return fixtures.Parse("", data)
}

// inFixture words what is wrong with the fixture of a new tenant. It names no lines: they
// are those of a text that the caller has not written.
func inFixture(err error) error {
	var all *strictyaml.Errors
	if !errors.As(err, &all) {
		return badRequest("fixture: %s", err)
	}
	for i := range *all {
		p := &(*all)[i]
		p.Line, p.Column, p.Path = 0, 0, strings.TrimSuffix("fixture."+p.Path, ".")
	}
	return mistakes(all)
}

// EndTenant is DELETE /_mock/tenants/{name}.
func (a *API) EndTenant(c *web.Call) (any, error) {
	name := c.Vars["name"]
	switch err := a.Tenants.Remove(name); {
	case errors.Is(err, ErrNoTenant):
		return nil, a.NoTenant(name)
	case errors.Is(err, ErrTenantName):
		return nil, badRequest("the tenant %s stays as long as the server runs; POST /_mock/reset makes it as it was", name)
	case err != nil:
		return nil, err
	}
	return noContent, nil
}

// NoTenant is the refusal of a name that no tenant has.
func (a *API) NoTenant(name string) error {
	var names []string
	for _, e := range a.Tenants.Entries() {
		names = append(names, e.Name)
	}
	const most = 10
	if n := len(names); n > most {
		names = append(names[:most], "…")
	}
	return controlError(http.StatusNotFound, "no_tenant", "there is no tenant %q; there are %s; POST /_mock/tenants makes one", name, strings.Join(names, ", "))
}

// reach tells how the caller reaches a tenant.
func (a *API) reach(c *web.Call, e TenantEntry) reached {
	scheme, called, _ := strings.Cut(c.Origin, "://")
	domain := a.domainOf(scheme, called, c.IP, e)
	r := reached{Name: e.Name, URL: "http://" + domain, Domain: domain, Issuer: e.Issuer, Port: e.Port}
	if a.CA != nil {
		r.TLSURL = "https://" + domain
	}
	if r.Issuer == "" {
		r.Issuer = scheme + "://" + domain + "/"
	}
	return r
}

// domainOf is the host and port of a tenant for a caller who has called this one by a
// host and port. It is the tenant's own port if the caller can reach that, else the
// tenant's name below the host.
func (a *API) domainOf(scheme, called, ip string, e TenantEntry) string {
	host, port := strings.ToLower(web.Hostname(called)), ""
	if _, p, err := net.SplitHostPort(called); err == nil {
		port = p
	}
	if a.Name != DefaultTenant {
		host = strings.TrimPrefix(host, a.Name+".")
	}
	base, own := a.Tenants.BasePort(), a.Server.Port()
	// A proxy or a container may give the port another number. Then all others, too.
	number := cmp.Or(port, map[string]string{"http": "80", "https": "443"}[scheme])
	atOwn := own != 0 && number == strconv.Itoa(own)
	same := atOwn || base != 0 && number == strconv.Itoa(base)
	if atOwn {
		port = strconv.Itoa(base)
	}
	suffixes := append(slices.Clone(a.Tenants.Suffixes()), "localhost")
	at := slices.IndexFunc(suffixes, func(suffix string) bool { return host == suffix || strings.HasSuffix(host, "."+suffix) })
	local := at == len(suffixes)-1
	// From another machine, localhost is a port that a container publishes. It
	// publishes those that somebody has chosen.
	open := e.Port != 0 && same && (e.Chosen || !local || isLoopback(ip))
	switch {
	case e.Name == DefaultTenant:
	case open && (at < 0 || local):
		if local {
			host = "localhost"
		}
		port = strconv.Itoa(e.Port)
	case at >= 0:
		host = e.Name + "." + suffixes[at]
	default:
		host = e.Name + "." + suffixes[0]
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	return host
}

func isLoopback(ip string) bool {
	addr, err := netip.ParseAddr(ip)
	return err == nil && addr.Unmap().IsLoopback()
}
