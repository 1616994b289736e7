package passwordless_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// withGateway is the default fixture whose text messages go to the URL.
func withGateway(t testing.TB, url, more string) *fixtures.Fixture {
	t.Helper()
	return servertest.ParseFixture(t, "connections:\n  - {name: sms, strategy: sms, enabled_clients: ['*'], options: {provider: sms_gateway, gateway_url: '"+url+"'"+more+"}}\n")
}

// A gatewayLog is a gateway that answers with a status, and notes what it gets.
type gatewayLog struct {
	url    string
	status int
	during func() // what happens before it answers
	mu     sync.Mutex
	got    []string
}

func newGateway(t testing.TB) *gatewayLog {
	t.Helper()
	g := &gatewayLog{status: http.StatusOK, during: func() {}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		g.during()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.got = append(g.got, string(body))
		w.WriteHeader(g.status)
	}))
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

func (g *gatewayLog) take() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := strings.Join(g.got, "\n")
	g.got = nil
	return all
}

const phone = "+12025550101"

func startSMS(t testing.TB, s *server.Server, changes ...servertest.Change) *httptest.ResponseRecorder {
	t.Helper()
	return servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "sms", "phone_number": phone}, changes...)
}

func lastSMS(t testing.TB, s *server.Server) outbox.Message {
	t.Helper()
	all := s.Outbox().All(outbox.To(phone))
	if len(all) == 0 {
		t.Fatal("there is no message")
	}
	return all[len(all)-1]
}

func TestAGatewayOnLoopbackGetsTheMessage(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withGateway(t, g.url, `, from: "+1 234 567", forward_req_info: true, template: "Your code: @@password@@"`)})
	g.during = func() { s.Users() } // the tenant is not locked while the gateway thinks
	if w := startSMS(t, s, servertest.Header("User-Agent", "test/1")); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	m := lastSMS(t, s)
	want := `{"recipient":"+12025550101","body":"Your code: ` + m.Code + `","sender":"+1 234 567","req":{"ip":"192.0.2.1","user-agent":"test/1"}}`
	if got := g.take(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if m.Relay == nil || *m.Relay != (outbox.Relay{State: "sent"}) || m.Note != "" || m.State != outbox.Delivered {
		t.Errorf("the message is %+v", m)
	}
}

// The client learns that a gateway refuses. The message is in the outbox all the
// same, and its code is good.
func TestAGatewayThatRefusesIsToldToTheClient(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.status = http.StatusUnauthorized
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withGateway(t, g.url, "")})
	const description = "Authentication failed while calling the SMS gateway: 401"
	if w := startSMS(t, s); w.Code != http.StatusBadRequest || w.Body.String() != `{"error":"sms_provider_error","error_description":"`+description+`"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	m := lastSMS(t, s)
	if m.Relay == nil || *m.Relay != (outbox.Relay{State: "failed", Error: description}) {
		t.Errorf("the message says %+v", m.Relay)
	}
	if w := servertest.Redeem(t, s, phone, m.Code, servertest.Object{"realm": "sms"}); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if hint := s.Requests()[0].Hint; !strings.Contains(hint, strings.TrimPrefix(g.url, "http://")) {
		t.Errorf("the journal has the hint %q", hint)
	}
}

// The client of the start has gone already, so that nothing leaves this machine.
// The message shows that the call was tried.
func TestAHostThatIsAllowedIsCalled(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: withGateway(t, "http://192.0.2.1:1/", ""), AllowOutbound: []string{"192.0.2.1"}})
	_ = startSMS(t, s, servertest.Ended(t))
	if m := lastSMS(t, s); m.Relay == nil || m.Relay.State != "failed" || m.Note != "" {
		t.Errorf("the message is %+v", m)
	}
}

// A gateway_url counts only with the provider sms_gateway.
func TestWithoutTheProviderNobodyIsCalled(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	f := withGateway(t, g.url, "")
	f.Connections[0].Options.Provider = "twilio"
	s := servertest.New(t, server.Config{Fixture: f})
	if w := startSMS(t, s); w.Code != http.StatusOK || g.take() != "" || lastSMS(t, s).Relay != nil {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestScenariosGoBeforeTheGateway(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withGateway(t, g.url, "")})
	if w := startSMS(t, s, servertest.Header("X-Mock-Scenario", "sms-provider-error")); w.Code != http.StatusBadRequest || g.take() != "" || len(s.Outbox().All()) != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := startSMS(t, s, servertest.Header("X-Mock-Scenario", "sms-lost")); w.Code != http.StatusOK || g.take() != "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if m := s.Outbox().All(outbox.State(outbox.Lost)); len(m) != 1 || m[0].Note != "the SMS gateway was not called: a scenario keeps the message back" {
		t.Errorf("%+v", m)
	}
	servertest.SwitchOn(t, s, "version: 1\nname: twice\nrules: [{id: copies, then: {deliver: {copies: 2}}}]\n")
	if w := startSMS(t, s); w.Code != http.StatusOK || strings.Count(g.take(), "recipient") != 2 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
