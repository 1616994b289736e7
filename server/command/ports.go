package command

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/server/twilio"
)

// mailAPIs are the dialects of --mail-api, with the name of the program that
// speaks them.
var mailAPIs = map[string]string{"mailhog": "MailHog", "mailpit": "Mailpit"}

// ports are those that an instance has beside its own, for an application's
// mail and text messages: SMTP, an HTTP API over all mail, and Twilio's API.
// The relay gets every mail.
type ports struct {
	smtp, mailAPI, twilio []net.Listener

	dialect string // of the mail API
	relay   string // an address, or empty
	mailhog *mailhog.Server
	servers []*http.Server
	unheard []*unheard // of each of the servers
	running sync.WaitGroup
}

// readPorts reads the flags about mail.
func readPorts(in *input) (*ports, error) {
	p := &ports{dialect: cmp.Or(in.text(mailDialectFlag), "mailhog"), relay: in.text(smtpRelayFlag)}
	if mailAPIs[p.dialect] == "" {
		return nil, in.refuse(mailDialectFlag, p.dialect, "write mailhog or mailpit%s", closest(p.dialect, []string{"mailhog", "mailpit"}))
	}
	if dialect := in.text(mailDialectFlag); dialect != "" && len(in.list(mailAPIFlag)) == 0 {
		return nil, in.refuse(mailDialectFlag, dialect, "give --mail-api, too: this is the dialect of its API")
	}
	if p.relay != "" {
		host, port, err := net.SplitHostPort(p.relay)
		if _, errPort := strconv.ParseUint(port, 10, 16); err != nil || errPort != nil || host == "" {
			return nil, in.refuse(smtpRelayFlag, p.relay, "write the mail server's host and port, such as localhost:1025")
		}
	}
	return p, nil
}

// checkOutbound refuses what is not a host.
func checkOutbound(in *input, _ *server.Config) error {
	for _, host := range in.list(allowOutboundFlag) {
		_, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil && (host == "" || strings.ContainsAny(host, "/:@?#* \t")) {
			return in.refuse(allowOutboundFlag, host, "write a host alone, such as sms.example.com")
		}
	}
	return nil
}

// listen opens the addresses of the flags.
func (p *ports) listen(in *input, files *shortage) (err error) {
	if p.smtp, err = in.listen(smtpFlag, files); err != nil {
		return err
	}
	if p.mailAPI, err = in.listen(mailAPIFlag, files); err != nil {
		return err
	}
	p.twilio, err = in.listen(twilioFlag, files)
	return err
}

// listen opens the addresses of a flag.
func (in *input) listen(f flag, files *shortage) ([]net.Listener, error) {
	addrs := in.list(f)
	if len(addrs) == 0 {
		return nil, nil
	}
	listeners, err := localtls.ListenAll("--"+f.name, addrs)
	return files.over(listeners), in.blame(f, err)
}

// abandon closes the ports before anything is served there.
func (p *ports) abandon() {
	localtls.CloseAll(p.smtp)
	localtls.CloseAll(p.mailAPI)
	localtls.CloseAll(p.twilio)
}

// serve starts what the flags ask for.
func (p *ports) serve(i *instance) {
	if len(p.smtp)+len(p.mailAPI) > 0 || p.relay != "" {
		p.mailhog = mailhog.New(mailhog.Options{
			Box: i.server.Outbox(), Now: i.server.Clock().Now, Log: i.log.Logger,
			Decide: func(from, to string) (*scenarios.Then, string, func() (scenarios.Deliver, string)) {
				return i.server.TenantOf(to).DecideSMTP(from, to)
			},
			Other: func(to string) (*outbox.Box, func() time.Time) {
				t := i.server.TenantOf(to)
				return t.Outbox(), t.Clock().Now
			},
		})
		for _, ln := range p.smtp {
			p.running.Go(func() { _ = p.mailhog.ServeSMTP(ln) })
		}
		if p.relay != "" {
			p.running.Go(func() { p.mailhog.Relay(p.relay) })
		}
		api := p.mailhog.API()
		if p.dialect == "mailpit" {
			api = p.mailhog.Mailpit()
		}
		p.serveHTTP(i, p.mailAPI, api)
	}
	p.serveHTTP(i, p.twilio, twilio.New(twilio.Options{
		Box: i.server.Outbox(), Now: i.server.Clock().Now, Log: i.log.Logger,
		Others: func() (others []twilio.Tenant) {
			for _, t := range i.server.Tenants()[1:] {
				others = append(others, twilio.Tenant{Name: t.Name(), Box: t.Outbox(), Now: t.Clock().Now})
			}
			return others
		},
		Owner: func(to string) string { return i.server.TenantOf(to).Name() },
	}))
}

func (p *ports) serveHTTP(i *instance, listeners []net.Listener, api http.Handler) {
	s := &http.Server{
		Handler: i.server.Guard(api), ErrorLog: i.http.ErrorLog,
		ReadHeaderTimeout: 30 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		WriteTimeout: writeTimeout,
	}
	silent := &unheard{}
	silent.watch(s)
	p.servers, p.unheard = append(p.servers, s), append(p.unheard, silent)
	for _, ln := range listeners {
		p.running.Go(func() { _ = s.Serve(ln) })
	}
}

// close ends it all. SMTP sessions and event streams are cut; API calls are
// still answered as long as ctx lasts.
func (p *ports) close(ctx context.Context) {
	if p.mailhog != nil {
		_ = p.mailhog.Close()
	}
	for n, s := range p.servers {
		p.unheard[n].shutDown(ctx, s)
	}
	p.running.Wait()
}

// describe writes the lines about the ports of the announcement.
func (p *ports) describe(line func(label, format string, args ...any)) {
	label := "mail"
	mail := func(format string, args ...any) {
		line(label, format, args...)
		label = ""
	}
	for _, host := range hosts(p.smtp) {
		mail("SMTP at %s", host)
	}
	for _, host := range hosts(p.mailAPI) {
		mail("%s's API at http://%s", mailAPIs[p.dialect], host)
	}
	if p.relay != "" {
		mail("handed on to %s", p.relay)
	}
	label = "SMS"
	for _, host := range hosts(p.twilio) {
		line(label, "Twilio's API at http://%s", host)
		label = ""
	}
}

// attrs are the same for a log.
func (p *ports) attrs() []any {
	var mail, sms []any
	if at := hosts(p.smtp); len(at) > 0 {
		mail = append(mail, "smtp", at)
	}
	if at := hosts(p.mailAPI); len(at) > 0 {
		mail = append(mail, "api", at, "dialect", p.dialect)
	}
	if p.relay != "" {
		mail = append(mail, "relay", p.relay)
	}
	if at := hosts(p.twilio); len(at) > 0 {
		sms = append(sms, "twilio", at)
	}
	return []any{slog.Group("mail", mail...), slog.Group("sms", sms...)}
}

// settings are what a command that exec runs finds about the ports.
func (p *ports) settings() []setting {
	var all []setting
	for _, port := range []struct {
		name, scheme string
		listeners    []net.Listener
	}{
		{"MOCKAUTH0_SMTP_URL", "smtp", p.smtp},
		{"MOCKAUTH0_MAIL_API_URL", "http", p.mailAPI},
		{"MOCKAUTH0_TWILIO_URL", "http", p.twilio},
	} {
		if at := hosts(port.listeners); len(at) > 0 {
			all = append(all, setting{name: port.name, value: port.scheme + "://" + at[0]})
		}
	}
	return all
}
