package command

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
	"github.com/mockauth0/mockauth0/server/twilio"
)

var (
	twilioFlag = flag{
		name: "twilio", value: "HOST:PORT", list: true, group: smsGroup,
		usage: "take text messages there as Twilio's REST API does, into the same outbox",
	}
	allowOutboundFlag = flag{
		name: "allow-outbound", value: "HOST", list: true, group: smsGroup,
		usage: "call the SMS gateways of the fixture on this host; those on loopback are called anyway",
	}
)

// checkOutbound refuses what is no host.
func checkOutbound(in *input, _ *server.Config) error {
	for _, host := range in.list(allowOutboundFlag) {
		_, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil && (host == "" || strings.ContainsAny(host, "/:@?#* \t")) {
			return in.refuse(allowOutboundFlag.name, host, "write a host alone, such as sms.example.com")
		}
	}
	return nil
}

// A twilioDoor is where an instance takes the text messages of an application.
type twilioDoor struct {
	listeners []net.Listener
	http      *http.Server
	ended     chan struct{} // a value for each listener
}

// listen opens the addresses of the flag.
func (d *twilioDoor) listen(in *input) (err error) {
	addrs := in.list(twilioFlag)
	if len(addrs) == 0 {
		return nil
	}
	if d.listeners, err = localtls.ListenAll("--"+twilioFlag.name, addrs); err != nil {
		return in.blame(twilioFlag, err)
	}
	return nil
}

// abandon gives the addresses up before anything is served there.
func (d *twilioDoor) abandon() { localtls.CloseAll(d.listeners) }

func (d *twilioDoor) serve(i *instance) {
	if len(d.listeners) == 0 {
		return
	}
	d.http = &http.Server{
		Handler:           i.server.Guard(twilio.New(twilio.Options{Box: i.server.Outbox(), Now: i.server.Clock().Now, Log: i.log})),
		ErrorLog:          i.http.ErrorLog,
		ReadHeaderTimeout: 30 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
	}
	d.ended = make(chan struct{}, len(d.listeners))
	for _, ln := range d.listeners {
		go func() { _ = d.http.Serve(ln); d.ended <- struct{}{} }()
	}
}

// close ends it; calls that are being answered are answered as long as ctx
// lasts.
func (d *twilioDoor) close(ctx context.Context) {
	if d.http == nil {
		return
	}
	if d.http.Shutdown(ctx) != nil {
		_ = d.http.Close()
	}
	for range d.listeners {
		<-d.ended
	}
}

// describe are the lines about it of the announcement.
func (d *twilioDoor) describe(line func(label, format string, args ...any)) {
	label := "SMS"
	for _, host := range hosts(d.listeners) {
		line(label, "Twilio's API at http://%s", host)
		label = ""
	}
}

// attrs are the same for a log.
func (d *twilioDoor) attrs() []slog.Attr {
	if at := hosts(d.listeners); len(at) > 0 {
		return []slog.Attr{slog.Any("twilio", at)}
	}
	return nil
}

// settings are what a command that exec runs finds about it.
func (d *twilioDoor) settings() []setting {
	if at := hosts(d.listeners); len(at) > 0 {
		return []setting{{name: "MOCKAUTH0_TWILIO_URL", value: "http://" + at[0]}}
	}
	return nil
}
