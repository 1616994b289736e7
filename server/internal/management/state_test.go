package management_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A caller has a token with all scopes.
type caller struct {
	*testing.T
	server *server.Server
	token  string
}

func newCaller(t *testing.T) *caller {
	t.Helper()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	token, err := s.ManagementToken("http://localhost:2884/")
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t, s, token}
}

// must calls an operation, which must succeed, and returns the answer.
func (c *caller) must(method, path string, body any) servertest.Object {
	c.Helper()
	w := servertest.Call(c, c.server, method, "/api/v2"+path, body, servertest.Header("Authorization", "Bearer "+c.token))
	if w.Code >= 300 {
		c.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	var answer servertest.Object
	if strings.HasPrefix(w.Body.String(), "{") {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			c.Fatal(err)
		}
	}
	return answer
}

// refused calls an operation, which must be refused, and returns the message.
func (c *caller) refused(method, path string, body any) string {
	c.Helper()
	w := servertest.Call(c, c.server, method, "/api/v2"+path, body, servertest.Header("Authorization", "Bearer "+c.token))
	var answer struct{ Message string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code < 400 || w.Code >= 500 {
		c.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return answer.Message
}

func exported(t *testing.T, s *server.Server) string {
	t.Helper()
	data, err := s.State().JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The export has what was changed, and a server that loads it has it, too. A reset goes
// back to the fixture.
func TestChangesAreInTheExport(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	before := exported(t, c.server)
	client := c.must("POST", "/clients", servertest.Object{"name": "Shop", "app_type": "regular_web", "callbacks": []string{"https://shop.test/cb"}, "logo_uri": "https://shop.test/l.png", "client_metadata": servertest.Object{"a": "b"}})
	c.must("POST", "/resource-servers", servertest.Object{"identifier": "https://shop.test/api", "scopes": []servertest.Object{{"value": "buy"}}})
	c.must("POST", "/client-grants", servertest.Object{"client_id": client["client_id"], "audience": "https://shop.test/api", "scope": []string{"buy"}})
	conn := c.must("POST", "/connections", servertest.Object{"name": "crew", "strategy": "auth0", "enabled_clients": []any{client["client_id"]}, "options": servertest.Object{"unheard_of": []int{1}}})
	c.must("POST", "/users", servertest.Object{"connection": "crew", "email": "grace@example.com", "name": "Grace", "nickname": "g", "password": "Passw0rd!", "user_metadata": servertest.Object{"n": 1.5, "list": []any{1, "a", servertest.Object{}}}})
	c.must("DELETE", "/connections/"+conn["id"].(string)+"/users?email=nobody@example.com", nil)
	c.must("DELETE", "/clients/acme-spa", nil)
	c.must("PATCH", "/connections/"+conn["id"].(string), servertest.Object{"show_as_button": true})

	state := exported(t, c.server)
	f, err := fixtures.Parse("", []byte(state))
	if err != nil {
		t.Fatal(err)
	}
	again := servertest.New(t, server.Config{Fixture: f, At: servertest.At2030})
	if got := exported(t, again); got != state {
		t.Errorf("a server that has loaded the export has\n%s\nwant\n%s", got, state)
	}
	for _, want := range []string{"https://shop.test/l.png", "unheard_of", "https://shop.test/api", "show_as_button", "grace@example.com"} {
		if !strings.Contains(state, want) {
			t.Errorf("the export lacks %s", want)
		}
	}
	c.server.Reset()
	if got := exported(t, c.server); got != before {
		t.Errorf("after a reset it has\n%s\nwant\n%s", got, before)
	}
}

// A change after which the export could not be loaded is refused.
func TestUsersFitTheirConnection(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	conn := c.must("POST", "/connections", servertest.Object{"name": "crew", "strategy": "auth0"})
	path := "/connections/" + conn["id"].(string)
	c.must("POST", "/users", servertest.Object{"connection": "crew", "email": "grace@example.com", "password": "Passw0rd!"})
	message := c.refused("PATCH", path, servertest.Object{"options": servertest.Object{"attributes": servertest.Object{
		"username": servertest.Object{"identifier": servertest.Object{"active": true}, "signup": servertest.Object{"status": "required"}},
	}}})
	if !strings.Contains(message, "would not fit the connection") {
		t.Errorf("it says %q", message)
	}
	c.must("PATCH", path, servertest.Object{"options": servertest.Object{"disable_signup": true}})
}
