package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// maxTenants is the most that --tenants takes.
const maxTenants = 1000

// tenantPorts open the ports of further tenants, on the addresses of the first one.
type tenantPorts struct {
	instance *instance
	hosts    []string // of the addresses
	base     int      // 0 until the first tenant has its port
	running  sync.WaitGroup

	mu     sync.Mutex // guards all below
	open   map[*tenantPort]bool
	closed bool
}

// A tenantPort is the port of one tenant.
type tenantPort struct {
	ports     *tenantPorts
	number    int
	listeners []net.Listener
	http      *http.Server
	unheard   unheard
	close     func()
}

// readTenants is the number of --tenants.
func (in *input) readTenants() (int, error) {
	text := in.text(tenantsFlag)
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxTenants {
		return 0, in.refuse(tenantsFlag, text, "write a number from 1 to %d", maxTenants)
	}
	return n, nil
}

// begin notes where the first tenant is, and makes so many tenants in all, and those of
// the state. Where the first one has a free port, the others have free ones, too.
func (p *tenantPorts) begin(in *input, addrs []string, tenants int, saved *fixtures.Fixture) error {
	picked := false
	for _, addr := range addrs {
		host, port, _ := net.SplitHostPort(addr)
		if !slices.Contains(p.hosts, host) {
			p.hosts = append(p.hosts, host)
		}
		picked = picked || strings.Trim(port, "0") == ""
	}
	p.base = p.instance.listeners[0].Addr().(*net.TCPAddr).Port
	if last := p.base + tenants - 1; !picked && last > 65535 {
		return in.refuse(tenantsFlag, strconv.Itoa(tenants), "the last port would be %d; choose a lower one with --%s", last, addrFlag.name)
	}
	ports := map[string]int{}
	for n := 1; n < tenants; n++ {
		ports["w"+strconv.Itoa(n)] = p.base + n
		if picked {
			ports["w"+strconv.Itoa(n)] = 0
		}
	}
	refuse := func(err error) error {
		var taken *net.OpError
		if !errors.As(err, &taken) {
			return err
		}
		return in.refuse(tenantsFlag, strconv.Itoa(tenants), "each needs a port behind that of the first, and %s is in use by another program; choose another with --%s", taken.Addr, addrFlag.name)
	}
	s := p.instance.server
	if err := s.RestoreTenants(saved, ports); err != nil {
		return refuse(err)
	}
	for n := 1; n < tenants; n++ {
		name := "w" + strconv.Itoa(n)
		if _, restored := s.Tenant(name); restored {
			continue
		}
		if _, err := s.AddTenant(name, server.Config{Port: ports[name]}); err != nil {
			return refuse(err)
		}
	}
	return nil
}

// Base is the port of the first tenant.
func (p *tenantPorts) Base() int { return p.base }

// Open lets a tenant answer on a port.
func (p *tenantPorts) Open(h http.Handler, number int) (server.Port, error) {
	i := p.instance
	if p.hosts == nil { // a tenant of the state: the first has no port yet
		return nil, nil
	}
	listeners, err := localtls.ListenAll("port", p.addrs(number))
	if err != nil && number == 0 && errors.Is(err, syscall.EMFILE) {
		i.log.Warn("a tenant has no port, since the program may not open more files", "hint", "allow more (ulimit -n), or reach the tenant by its host name")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o := &tenantPort{ports: p, number: listeners[0].Addr().(*net.TCPAddr).Port, listeners: listeners, http: i.newHTTPServer(h)}
	o.unheard.watch(o.http)
	o.close = sync.OnceFunc(o.shut)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		localtls.CloseAll(listeners)
		return nil, nil
	}
	p.open[o] = true
	p.running.Go(func() { _ = localtls.Serve(o.http, i.ca.TLSConfig(), i.files.over(listeners)...) })
	return o, nil
}

// addrs are the addresses of a port.
func (p *tenantPorts) addrs(number int) []string {
	hosts := p.hosts
	if number == 0 {
		hosts = hosts[:1] // a port that is free on several is hard to find
	}
	var addrs []string
	for _, host := range hosts {
		addrs = append(addrs, net.JoinHostPort(host, strconv.Itoa(number)))
	}
	return addrs
}

// Number is the port's number.
func (o *tenantPort) Number() int { return o.number }

// Close frees the port. Calls that are being answered have drainTime to end.
func (o *tenantPort) Close() { o.close() }

func (o *tenantPort) shut() {
	localtls.CloseAll(o.listeners)
	p := o.ports
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, o)
	p.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		o.unheard.shutDown(ctx, o.http)
	})
}

// end closes all ports, and waits until what runs there has ended.
func (p *tenantPorts) end() {
	p.mu.Lock()
	p.closed = true
	var all []*tenantPort
	for o := range p.open {
		all = append(all, o)
	}
	p.mu.Unlock()
	for _, o := range all {
		o.Close()
	}
	p.running.Wait()
}

// describe writes the lines about further tenants of the announcement.
func (p *tenantPorts) describe(line func(label, format string, args ...any)) {
	label := "tenants"
	for _, t := range p.instance.server.Tenants()[1:] {
		line(label, "%s at %s", t.Name(), p.url(t))
		label = ""
	}
}

// url is where a tenant is, for a caller on this machine.
func (p *tenantPorts) url(t *server.Server) string {
	host, _, _ := net.SplitHostPort(p.instance.host())
	if port := t.Port(); port != 0 {
		return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
	}
	return fmt.Sprintf("http://%s.localhost:%d", t.Name(), p.base)
}

// attrs are the same for a log.
func (p *tenantPorts) attrs() []any {
	var urls []string
	for _, t := range p.instance.server.Tenants()[1:] {
		urls = append(urls, p.url(t))
	}
	if urls == nil {
		return nil
	}
	return []any{"tenants", urls}
}
