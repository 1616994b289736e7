package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A webhook on loopback gets the log of a login and the events of its user, and the
// state that is saved has the streams.
func TestWebhooksGetWhatALoginDoes(t *testing.T) {
	t.Parallel()
	got := make(chan [2]string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- [2]string{r.URL.Path + " " + r.Header.Get("Authorization"), string(body)}
	}))
	defer hook.Close()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, `
log_streams: [{name: logs, sink: {httpEndpoint: "`+hook.URL+`/logs", httpAuthorization: let me in}}]
event_streams:
  - name: users
    subscriptions: [{event_type: user.created}, {event_type: user.updated}, {event_type: user.deleted}]
    destination: {configuration: {webhook_endpoint: "`+hook.URL+`/users", webhook_authorization: {method: basic, username: a, password: b}}}
`)})
	servertest.Login(t, s, "fresh@example.com", nil)
	u, _ := s.UserByAddress("fresh@example.com")
	if err := s.DeleteUser(u.UserID); err != nil {
		t.Fatal(err)
	}
	var types, events []string
	for strings.Join(types, " ") != "cls ss s" || strings.Join(events, " ") != "user.created user.deleted" {
		select {
		case call := <-got:
			for line := range strings.Lines(call[1]) {
				var sent struct {
					Type string
					Data struct{ Type string }
				}
				if err := json.Unmarshal([]byte(line), &sent); err != nil {
					t.Fatal(err)
				}
				switch call[0] {
				case "/logs let me in":
					types = append(types, sent.Data.Type)
				case "/users Basic YTpi":
					events = append(events, sent.Type)
				}
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("the webhooks got %q and %q", types, events)
		}
	}
	saved, err := s.State().JSON()
	if err != nil || strings.Count(string(saved), hook.URL) != 2 {
		t.Errorf("the state has not both webhooks: %v", err)
	}
}
