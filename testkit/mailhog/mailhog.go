// Package mailhog gives a Go test a mail server, and the HTTP APIs of MailHog and
// Mailpit. All three work on the outbox of the test's tenant. The package stands
// apart from testkit, so that a test without it links nothing of MailHog.
//
//	auth := testkit.Start(t)
//	mail := mailhog.Start(t, auth)
//	app := newApp(auth.URL(), mail.SMTPAddr()) // the app's own e-mails go to auth's outbox
package mailhog

import (
	"net"
	"net/http"
	"testing"

	"github.com/mockauth0/mockauth0/server/localtls"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/testkit"
)

// A Mail is the mail server and the HTTP APIs of a tenant.
type Mail struct {
	smtp, api, mailpit string
}

// Start runs the mail server and both HTTP APIs until t ends, each on a free port
// of 127.0.0.1, or of ::1 where there is no 127.0.0.1.
func Start(t testing.TB, auth *testkit.Auth0) *Mail {
	t.Helper()
	s := auth.Server()
	m := mailhog.New(mailhog.Options{Box: s.Outbox(), Now: s.Clock().Now, Decide: s.DecideSMTP})
	listen := func() net.Listener {
		ln, err := localtls.ListenLoopback(net.ListenConfig{})
		if err != nil {
			t.Fatalf("testkit/mailhog: %v", err)
		}
		t.Cleanup(func() { _ = ln.Close() })
		return ln
	}
	mail, api, mailpit := listen(), listen(), listen()
	ended := make(chan struct{}, 3)
	go func() {
		_ = m.ServeSMTP(mail) // it ends with Close
		ended <- struct{}{}
	}()
	serve := func(ln net.Listener, h http.Handler) *http.Server {
		srv := &http.Server{Handler: h}
		go func() {
			_ = srv.Serve(ln) // it ends with Close
			ended <- struct{}{}
		}()
		return srv
	}
	servers := []*http.Server{serve(api, m.API()), serve(mailpit, m.Mailpit())}
	t.Cleanup(func() {
		_ = m.Close()
		for _, srv := range servers {
			_ = srv.Close()
		}
		for range 1 + len(servers) {
			<-ended
		}
	})
	return &Mail{mail.Addr().String(), "http://" + api.Addr().String(), "http://" + mailpit.Addr().String()}
}

// SMTPAddr is the mail server's host:port. The server needs neither TLS nor a
// password, and accepts any password.
func (m *Mail) SMTPAddr() string { return m.smtp }

// APIURL is the address of MailHog's HTTP API, without a slash at the end.
func (m *Mail) APIURL() string { return m.api }

// MailpitURL is the address of Mailpit's HTTP API, without a slash at the end.
func (m *Mail) MailpitURL() string { return m.mailpit }
