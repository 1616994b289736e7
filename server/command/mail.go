package command

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/localtls"
	"github.com/mockauth0/mockauth0/server/mailhog"
)

var (
	smtpFlag = flag{
		name: "smtp", value: "HOST:PORT", list: true, group: mailGroup,
		usage: "take mail by SMTP there, into the same outbox (1025 is MailHog's port)",
	}
	mailAPIFlag = flag{
		name: "mail-api", value: "HOST:PORT", list: true, group: mailGroup,
		usage: "answer MailHog's HTTP API there, over every e-mail of the outbox (8025 is MailHog's port)",
	}
	mailDialectFlag = flag{
		name: "mail-api-dialect", value: "NAME", group: mailGroup,
		usage: "whose API that is, mailhog or mailpit (default mailhog)",
	}
	smtpRelayFlag = flag{
		name: "smtp-relay", value: "HOST:PORT", group: mailGroup,
		usage: "hand every e-mail on to a mail server such as Mailpit; one that is down fails no login",
	}
)

// Whose API --mail-api answers.
const (
	dialectMailHog = "mailhog"
	dialectMailpit = "mailpit"
)

// post is what an instance does with mail beyond its own: it takes some in by
// SMTP, shows all of it to clients of MailHog, and hands it on.
type post struct {
	mailhog    *mailhog.Server // nil unless it does any of that
	dialect    string
	relay      string
	smtp, http []net.Listener
	api        *http.Server
	running    chan struct{} // one value for each goroutine that has ended
	started    int
}

// readPost reads the flags about mail.
func readPost(in *input) (post, error) {
	p := post{dialect: cmp.Or(in.text(mailDialectFlag), dialectMailHog), relay: in.text(smtpRelayFlag)}
	dialects := []string{dialectMailHog, dialectMailpit}
	if p.dialect != dialectMailHog && p.dialect != dialectMailpit {
		return p, in.refuse(mailDialectFlag.name, p.dialect, "write mailhog or mailpit%s", strictyaml.Suggest(p.dialect, dialects))
	}
	if dialect := in.text(mailDialectFlag); dialect != "" && len(in.list(mailAPIFlag)) == 0 {
		return p, in.refuse(mailDialectFlag.name, dialect, "give --mail-api, too: it is that API's")
	}
	if p.relay != "" {
		host, port, err := net.SplitHostPort(p.relay)
		if _, errPort := strconv.ParseUint(port, 10, 16); err != nil || errPort != nil || host == "" {
			return p, in.refuse(smtpRelayFlag.name, p.relay, "write the mail server's host and port, such as localhost:1025")
		}
	}
	return p, nil
}

// listen opens the addresses of the flags.
func (p *post) listen(in *input) (err error) {
	for _, door := range []struct {
		flag      flag
		listeners *[]net.Listener
	}{{smtpFlag, &p.smtp}, {mailAPIFlag, &p.http}} {
		addrs := in.list(door.flag)
		if len(addrs) == 0 {
			continue
		}
		if *door.listeners, err = localtls.ListenAll("--"+door.flag.name, addrs); err != nil {
			p.abandon()
			return in.blame(door.flag, err)
		}
	}
	return nil
}

// abandon gives the addresses up before anything is served there.
func (p *post) abandon() {
	localtls.CloseAll(p.smtp)
	localtls.CloseAll(p.http)
}

// serve starts what the flags ask for.
func (p *post) serve(i *instance) {
	if len(p.smtp)+len(p.http) == 0 && p.relay == "" {
		return
	}
	p.mailhog = mailhog.New(mailhog.Options{
		Box: i.server.Outbox(), Now: i.server.Clock().Now, Decide: i.server.DecideSMTP, Log: i.log,
	})
	p.running = make(chan struct{}, len(p.smtp)+len(p.http)+1)
	for _, ln := range p.smtp {
		p.start(func() { _ = p.mailhog.ServeSMTP(ln) })
	}
	api := p.mailhog.API()
	if p.dialect == dialectMailpit {
		api = p.mailhog.Mailpit()
	}
	p.api = &http.Server{
		Handler: i.server.Guard(api), ErrorLog: i.http.ErrorLog,
		ReadHeaderTimeout: 30 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
	}
	for _, ln := range p.http {
		p.start(func() { _ = p.api.Serve(ln) })
	}
	if p.relay != "" {
		p.start(func() { p.mailhog.Relay(p.relay) })
	}
}

func (p *post) start(work func()) {
	p.started++
	go func() { work(); p.running <- struct{}{} }()
}

// close ends it all. Sessions that are open are cut, event streams end, and
// API calls that are being answered are answered as long as ctx lasts.
func (p *post) close(ctx context.Context) {
	if p.mailhog == nil {
		return
	}
	_ = p.mailhog.Close()
	if p.api.Shutdown(ctx) != nil {
		_ = p.api.Close()
	}
	for range p.started {
		<-p.running
	}
}

// describe are the lines about mail of the announcement.
func (p *post) describe(line func(label, format string, args ...any)) {
	label := "mail"
	tell := func(format string, args ...any) {
		line(label, format, args...)
		label = ""
	}
	for _, host := range hosts(p.smtp) {
		tell("SMTP at %s", host)
	}
	for _, host := range hosts(p.http) {
		tell("%s API at http://%s", map[string]string{dialectMailHog: "MailHog's", dialectMailpit: "Mailpit's"}[p.dialect], host)
	}
	if p.relay != "" {
		tell("handed on to %s", p.relay)
	}
}

// attrs are the same for a log; nothing unless there is something.
func (p *post) attrs() []slog.Attr {
	var out []slog.Attr
	if at := hosts(p.smtp); len(at) > 0 {
		out = append(out, slog.Any("smtp", at))
	}
	if at := hosts(p.http); len(at) > 0 {
		out = append(out, slog.Any("api", at), slog.String("dialect", p.dialect))
	}
	if p.relay != "" {
		out = append(out, slog.String("relay", p.relay))
	}
	return out
}

// settings are what a command that exec runs finds about mail.
func (p *post) settings() []setting {
	var out []setting
	if at := hosts(p.smtp); len(at) > 0 {
		out = append(out, setting{name: "MOCKAUTH0_SMTP_URL", value: fmt.Sprintf("smtp://%s", at[0])})
	}
	if at := hosts(p.http); len(at) > 0 {
		out = append(out, setting{name: "MOCKAUTH0_MAIL_API_URL", value: fmt.Sprintf("http://%s", at[0])})
	}
	return out
}
