package passwordless_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// withGateway is the default fixture whose text messages go to the URL.
func withGateway(t testing.TB, url, more string) *fixtures.Fixture {
	t.Helper()
	f, err := fixtures.Parse("gateway.yaml", []byte("version: 1\nextends: default\nconnections:\n"+
		"  - {name: sms, strategy: sms, enabled_clients: ['*'], options: {provider: sms_gateway, gateway_url: '"+url+"'"+more+"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A gatewayLog is a gateway that answers with a status, and what it was sent.
type gatewayLog struct {
	url    string
	mu     sync.Mutex
	status int
	got    []string
	during func()
}

func newGateway(t testing.TB) *gatewayLog {
	t.Helper()
	g := &gatewayLog{status: http.StatusOK}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if g.during != nil {
			g.during()
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.got = append(g.got, strings.TrimSpace(r.Header.Get("Authorization")+" "+string(body)))
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

func (g *gatewayLog) answer(status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status = status
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
	// The tenant is not locked while the gateway thinks.
	g.during = func() { s.Users() }
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

func TestAGatewayThatRefusesIsToldToTheClient(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withGateway(t, g.url, "")})
	for status, description := range map[int]string{
		401: "Authentication failed while calling the SMS gateway: 401",
		500: "Unexpected response while calling the SMS gateway: 500",
		204: "Unexpected response while calling the SMS gateway: 204",
	} {
		g.answer(status)
		w := startSMS(t, s)
		if got, want := w.Body.String(), `{"error":"sms_provider_error","error_description":"`+description+`"}`; w.Code != http.StatusBadRequest || got != want {
			t.Errorf("%d: %d %s", status, w.Code, got)
		}
		m := lastSMS(t, s)
		if m.Relay == nil || *m.Relay != (outbox.Relay{State: "failed", Error: description}) {
			t.Errorf("%d: the message says %+v", status, m.Relay)
		}
	}
	// The message is in the outbox all the same, and its code is good.
	w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
		"grant_type": fixtures.GrantPasswordlessOTP, "client_id": "acme-native", "realm": "sms", "username": phone, "otp": lastSMS(t, s).Code,
	})
	if w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var entry struct{ Hint string }
	requests := s.Requests()
	if data, err := json.Marshal(requests[0]); err != nil || json.Unmarshal(data, &entry) != nil || !strings.Contains(entry.Hint, strings.TrimPrefix(g.url, "http://")) {
		t.Errorf("the journal has the hint %q", entry.Hint)
	}
}

// Fixtures that come from a real tenant name real gateways.
func TestNoOtherHostIsCalled(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: withGateway(t, "https://sms.example.com/send", "")})
	if w := startSMS(t, s); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if m := lastSMS(t, s); m.Note != "the SMS gateway was not called: --allow-outbound sms.example.com would call it" || m.Relay != nil || m.Code == "" {
		t.Errorf("the message is %+v", m)
	}
}

// The caller has gone already, so that nothing leaves this machine; but it was
// tried.
func TestAHostThatIsAllowedIsCalled(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: withGateway(t, "http://192.0.2.1:1/", ""), AllowOutbound: []string{"192.0.2.1"}})
	_ = startSMS(t, s, servertest.Ended(t))
	if m := lastSMS(t, s); m.Relay == nil || m.Relay.State != "failed" || m.Note != "" {
		t.Errorf("the message is %+v", m)
	}
}

// Without the provider the URL is nothing.
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
	twice := scenarios.Scenario{Name: "twice", Rules: []scenarios.Rule{{ID: "copies", Then: scenarios.Then{Deliver: &scenarios.Deliver{Copies: 2}}}}}
	if _, err := s.InjectScenario(twice, scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	if w := startSMS(t, s); w.Code != http.StatusOK || strings.Count(g.take(), "recipient") != 2 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A template cannot write into the head of a mail.
func TestATemplateCannotInjectHeaders(t *testing.T) {
	t.Parallel()
	f, err := fixtures.Parse("f", []byte(`
version: 1
extends: default
connections:
  - name: email
    strategy: email
    enabled_clients: ["*"]
    options: {email: {from: "A\r\nX-Evil: 1\r\n <a@b.test>", subject: "x\r\nBcc: {{ user.email }}\n\nbody", body: "{{ code }}"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, server.Config{Fixture: f})
	servertest.Start(t, s, "ada@example.com")
	if m := s.Outbox().All()[0]; m.From != "A X-Evil: 1 <a@b.test>" || m.Subject != "x Bcc: ada@example.com body" || m.Note != "" {
		t.Errorf("from %q, subject %q, note %q", m.From, m.Subject, m.Note)
	}
}
