package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// An instance is a server that listens.
type instance struct {
	server    *server.Server
	ca        *localtls.CA
	listeners []net.Listener
	http      *http.Server
	unheard   unheard
	log       *programLog
	ports     *ports
	files     *shortage
	tenants   *tenantPorts
	base      context.Context // of all requests
	errorLog  *log.Logger     // of all HTTP servers
	keeper    *keeper         // of the state
	unfired   bool            // at the end, a scenario that has not acted is an error
	served    chan error
	stop      context.CancelFunc
}

// writeTimeout is for what net/http writes by itself, and for a connection with HTTP/2
// from which nothing is read. Handlers set the deadlines of their own writes.
const writeTimeout = 30 * time.Second

// drainTime is how long a stop waits for calls that are being answered.
const drainTime = 5 * time.Second

// launch makes a server from the flags and lets it listen.
func launch(in *input, addrs []string) (_ *instance, err error) {
	log, err := newLog(in)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			log.lines.flush()
		}
	}()
	config, err := serverConfig(in)
	if err != nil {
		return nil, err
	}
	i := &instance{log: log, unfired: in.on(failOnUnfiredFlag), served: make(chan error, 1)}
	config.Log = log.Logger
	tenants, err := in.readTenants()
	if err != nil {
		return nil, err
	}
	if i.ports, err = readPorts(in); err != nil {
		return nil, err
	}
	var state *stateFile
	if state, config.Restore, err = openState(in, func(s string) { log.Warn(s) }); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			state.close()
		}
	}()
	if i.ca, err = openCA(in, func(s string) { log.Warn(s) }); err != nil {
		return nil, err
	}
	config.CA = i.ca.PEM
	i.tenants = &tenantPorts{instance: i, open: map[*tenantPort]bool{}}
	config.Ports = i.tenants
	if i.server, err = newServer(in, config); err != nil {
		return nil, err
	}
	for _, warning := range i.server.Fixture().Warnings {
		log.Warn(warning)
	}
	i.files = &shortage{log: log.Logger}
	if err := i.ports.listen(in, i.files); err != nil {
		i.ports.abandon()
		return nil, err
	}
	listeners, err := localtls.ListenAll("--"+addrFlag.name, addrs)
	if err != nil {
		i.ports.abandon()
		if other := neighbour(addrs); other != "" {
			return nil, fmt.Errorf("another mockauth0 serves there already: its inbox is %s/; use that one, or choose another address with --%s", other, addrFlag.name)
		}
		return nil, in.blame(addrFlag, err)
	}
	i.listeners = i.files.over(listeners)
	// The end of the server ends the calls that wait for something.
	i.base, i.stop = context.WithCancel(context.Background())
	i.errorLog = localtls.ErrorLog(func() { log.Warn(localtls.Distrust, "hint", "mockauth0 ca trust tells how to trust it") })
	if err := i.tenants.begin(in, addrs, tenants, config.Restore); err != nil {
		i.stop()
		i.tenants.end()
		localtls.CloseAll(i.listeners)
		i.ports.abandon()
		return nil, err
	}
	i.http = i.newHTTPServer(i.server)
	i.keeper = keep(state, i.server, log.Logger)
	i.unheard.watch(i.http)
	i.ports.serve(i)
	go func() { i.served <- localtls.Serve(i.http, i.ca.TLSConfig(), i.listeners...) }()
	return i, nil
}

// newHTTPServer is a server for a tenant.
func (i *instance) newHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 30 * time.Second,
		ReadTimeout:       2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		WriteTimeout:      writeTimeout,
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: writeTimeout},
		MaxHeaderBytes:    1 << 20,
		BaseContext:       func(net.Listener) context.Context { return i.base },
		ErrorLog:          i.errorLog,
	}
}

// hosts are the host and port of each listener as a URL has them, the best one
// first. 127.0.0.1 and an address of all interfaces are written localhost, and
// so is ::1 if 127.0.0.1 has the same port. ::1 alone is not: localhost is
// 127.0.0.1 on some machines.
func hosts(listeners []net.Listener) []string {
	var all []string
	for _, l := range listeners {
		addr := l.Addr().(*net.TCPAddr)
		host, local := addr.String(), fmt.Sprintf("localhost:%d", addr.Port)
		switch {
		case addr.IP.IsUnspecified(), addr.IP.Equal(net.IPv4(127, 0, 0, 1)),
			addr.IP.Equal(net.IPv6loopback) && slices.Contains(all, local):
			host = local
		}
		if !slices.Contains(all, host) {
			all = append(all, host)
		}
	}
	return all
}

// host is the best of the hosts.
func (i *instance) host() string { return hosts(i.listeners)[0] }

// drain lets the calls that are being answered finish, saves the state, and writes
// the last lines of the log.
func (i *instance) drain() error {
	defer i.log.lines.flush()
	i.stop()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	i.ports.close(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		i.tenants.end()
	}()
	i.unheard.shutDown(ctx, i.http)
	<-i.served
	<-ended
	i.server.Close()
	return errors.Join(i.keeper.end(), i.checkFired())
}

// checkFired is an error if scenarios have not acted, and the user asked for it.
func (i *instance) checkFired() error {
	if !i.unfired {
		return nil
	}
	var failed []error
	for _, f := range i.server.UnfiredScenarios() {
		failed = append(failed, errors.New(f.Message))
	}
	return errors.Join(failed...)
}

// failed is the end of a server that nobody stopped.
func (i *instance) failed(err error) error {
	i.served <- err // drain takes it
	return errors.Join(fmt.Errorf("the server stopped by itself: %w; start it again", cmp.Or(err, errors.New("no listener is left"))), i.drain())
}
