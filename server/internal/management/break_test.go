package management_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// call calls an operation and returns what became of it.
func (c *caller) call(method, path string, body any, changes ...servertest.Change) *httptest.ResponseRecorder {
	c.Helper()
	return servertest.Call(c, c.server, method, "/api/v2"+path, body, append([]servertest.Change{servertest.Header("Authorization", "Bearer "+c.token)}, changes...)...)
}

// together calls a function several times at once.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// An empty address is nobody's: it deletes none of the users who have no address.
func TestADeleteByNoAddressDeletesNobody(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	sms := ""
	for _, conn := range c.server.State().Connections {
		if conn.Strategy == "sms" {
			sms = conn.Name
		}
	}
	var id string
	for _, one := range servertest.DecodeAnswer[[]servertest.Object](t, c.call("GET", "/connections?name="+sms, nil)) {
		id, _ = one["id"].(string)
	}
	before := len(c.server.State().Users)
	c.refused("DELETE", "/connections/"+id+"/users?email=", nil)
	if after := len(c.server.State().Users); after != before {
		t.Errorf("there are %d users left of %d", after, before)
	}
}

// A term without quotes may have letters of all alphabets, and a long one takes no time
// that grows with its square.
func TestASearchForOtherLetters(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	c.must("POST", "/users", servertest.Object{"connection": "email", "email": "jose@example.com", "name": "José Ørsted"})
	for _, q := range []string{`name:José*`, `name:*Ørs*`, `name:José\ Ørsted`} {
		if found := c.must("GET", "/users?include_totals=true&q="+url.QueryEscape(q), nil); found["total"] != 1.0 {
			t.Errorf("%s: %v", q, found["total"])
		}
	}
	c.must("GET", "/users?include_totals=true&q="+strings.Repeat("a", 900_000), nil)
}

// Clients of one name that are made at once get one id each.
func TestClientsOfOneNameAtOnce(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	var mu sync.Mutex
	ids := map[any]bool{}
	together(8, func(int) {
		w := c.call("POST", "/clients", servertest.Object{"name": "Twin"})
		if w.Code != http.StatusCreated {
			t.Errorf("%d %s", w.Code, w.Body)
			return
		}
		id := servertest.DecodeAnswer[servertest.Object](t, w)["client_id"]
		mu.Lock()
		defer mu.Unlock()
		if ids[id] {
			t.Errorf("two clients are %s", id)
		}
		ids[id] = true
	})
}

// Two who enable clients for a connection at once do not undo what the other did.
func TestConnectionsAreEnabledAtOnce(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	conn := c.must("POST", "/connections", servertest.Object{"name": "crew", "strategy": "auth0", "enabled_clients": []string{}})
	const many = 8
	var clients []string
	for i := range many {
		clients = append(clients, c.must("POST", "/clients", servertest.Object{"name": fmt.Sprint("c", i)})["client_id"].(string))
	}
	path := "/connections/" + conn["id"].(string)
	together(many, func(i int) {
		if w := c.call("PATCH", path+"/clients", []servertest.Object{{"client_id": clients[i], "status": true}}); w.Code != http.StatusNoContent {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	if got := c.must("GET", path, nil)["enabled_clients"].([]any); len(got) != many {
		t.Errorf("%d of %d are enabled", len(got), many)
	}
}

// An import does not change a user of another connection, though both are databases.
func TestAnImportKeepsToItsConnection(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	conn := c.must("POST", "/connections", servertest.Object{"name": "crew", "strategy": "auth0"})
	other := c.must("POST", "/users", servertest.Object{"connection": "Username-Password-Authentication", "email": "victim@example.com", "password": "Passw0rd!", "user_id": "v1"})
	const edge = "xXx"
	body := "--" + edge + "\r\nContent-Disposition: form-data; name=\"connection_id\"\r\n\r\n" + conn["id"].(string) +
		"\r\n--" + edge + "\r\nContent-Disposition: form-data; name=\"upsert\"\r\n\r\ntrue\r\n--" + edge +
		"\r\nContent-Disposition: form-data; name=\"users\"; filename=\"u.json\"\r\n\r\n" + `[{"user_id":"v1","email":"thief@example.com"}]` + "\r\n--" + edge + "--\r\n"
	w := c.call("POST", "/jobs/users-imports", body, servertest.Header("Content-Type", "multipart/form-data; boundary="+edge))
	if w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := c.must("GET", "/users/"+url.PathEscape(other["user_id"].(string)), nil)["email"]; got != "victim@example.com" {
		t.Errorf("the user of the other connection has the address %s", got)
	}
}

// What links an account is an ID token that is still good, by a signature that only the
// tenant can make, of a user who may sign in.
func TestWhichIDTokensLink(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	bearer := func(id string) string {
		token, err := c.server.MintToken("http://localhost:2884/", map[string]any{
			"sub": id, "azp": "acme-native", "aud": "http://localhost:2884/api/v2/", "scope": "update:current_user_identities",
		})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	for name, tt := range map[string]struct {
		before func(second string)
		status int
	}{
		"good":    {func(string) {}, http.StatusCreated},
		"HS256":   {func(string) {}, http.StatusBadRequest},
		"expired": {func(string) { c.server.Clock().Advance(100 * time.Hour) }, http.StatusBadRequest},
		"blocked": {func(second string) {
			c.must("PATCH", "/users/"+url.PathEscape(second), servertest.Object{"blocked": true})
		}, http.StatusBadRequest},
	} {
		c = newCaller(t)
		first := servertest.UserOf(t, c.server, "ada@example.com")
		if name == "HS256" {
			c.must("PATCH", "/clients/acme-native", servertest.Object{"jwt_configuration": servertest.Object{"alg": "HS256"}})
		}
		tokens := servertest.Login(t, c.server, "second@example.com", nil)
		tt.before(servertest.UserOf(t, c.server, "second@example.com").UserID)
		w := servertest.Call(t, c.server, "POST", "/api/v2/users/"+url.PathEscape(first.UserID)+"/identities", servertest.Object{"link_with": tokens.IDToken}, servertest.Header("Authorization", "Bearer "+bearer(first.UserID)))
		if w.Code != tt.status {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// What is made again after a delete is something else: it has another id, and gets
// nothing of what was given to the one before.
func TestWhatIsMadeAgainInheritsNothing(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	for path, body := range map[string]servertest.Object{
		"/clients":       {"name": "Again"},
		"/roles":         {"name": "again"},
		"/organizations": {"name": "again"},
	} {
		idOf := func(o servertest.Object) string {
			if id, ok := o["client_id"].(string); ok {
				return id
			}
			return o["id"].(string)
		}
		first := idOf(c.must("POST", path, body))
		c.must("DELETE", path+"/"+first, nil)
		if again := idOf(c.must("POST", path, body)); again == first {
			t.Errorf("%s: again it is %s", path, again)
		}
	}

	// A code of a connection.
	mail := servertest.Object{"name": "mail", "strategy": "email", "enabled_clients": []string{"acme-native"}}
	conn := c.must("POST", "/connections", mail)
	start := servertest.Object{"client_id": "acme-native", "connection": "mail", "email": "new@example.com", "send": "code"}
	if w := servertest.Call(t, c.server, "POST", "/passwordless/start", start); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	code := servertest.Live(t, c.server, "new@example.com")
	c.must("DELETE", "/connections/"+conn["id"].(string), nil)
	c.must("POST", "/connections", mail)
	w := servertest.Call(t, c.server, "POST", "/oauth/token", servertest.Object{
		"grant_type": servertest.GrantOTP, "client_id": "acme-native", "realm": "mail", "username": "new@example.com", "otp": code, "scope": "openid",
	})
	if w.Code != http.StatusForbidden {
		t.Errorf("the code of the connection before: %d %s", w.Code, w.Body)
	}

	// A linked account of a connection, to which a ticket may lead.
	crew := servertest.Object{"name": "crew", "strategy": "auth0"}
	body := servertest.Object{"connection": "crew", "email": "grace@example.com", "password": "Passw0rd!"}
	conn = c.must("POST", "/connections", crew)
	grace := c.must("POST", "/users", body)["user_id"].(string)
	ada := servertest.UserOf(t, c.server, "ada@example.com")
	provider, id, _ := strings.Cut(grace, "|")
	c.must("POST", "/users/"+url.PathEscape(ada.UserID)+"/identities", servertest.Object{"provider": provider, "user_id": id})
	c.must("DELETE", "/connections/"+conn["id"].(string), nil)
	c.must("POST", "/connections", crew)
	if again := c.must("POST", "/users", body)["user_id"]; again == grace {
		t.Errorf("the new user is %s, as the linked account was", again)
	}

	// A refresh token of an API.
	api := servertest.Object{"identifier": "https://again.test/", "allow_offline_access": true, "scopes": []servertest.Object{{"value": "read:it"}}}
	c.must("POST", "/resource-servers", api)
	tokens := servertest.Login(t, c.server, "ada@example.com", servertest.Object{"audience": "https://again.test/", "scope": "openid offline_access read:it"})
	if w := servertest.Refresh(t, c.server, tokens.RefreshToken); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	c.must("DELETE", "/resource-servers/https%3A%2F%2Fagain.test%2F", nil)
	c.must("POST", "/resource-servers", api)
	if w := servertest.Refresh(t, c.server, tokens.RefreshToken); w.Code != http.StatusForbidden {
		t.Errorf("a refresh token of the API before: %d %s", w.Code, w.Body)
	}
}

// The tenant's log shows nobody the ticket of an invitation.
func TestTheLogShowsNoTicket(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	c.must("PATCH", "/tenants/settings", servertest.Object{"default_redirection_uri": "https://acme.test/login"})
	c.must("PATCH", "/clients/acme-web", servertest.Object{"organization_usage": "allow"})
	org := c.must("POST", "/organizations", servertest.Object{"name": "team"})["id"].(string)
	made := c.must("POST", "/organizations/"+org+"/invitations", servertest.Object{
		"client_id": "acme-web", "inviter": servertest.Object{"name": "Ada"}, "invitee": servertest.Object{"email": "new@example.com"},
	})
	if log := c.call("GET", "/logs?per_page=100", nil).Body.String(); !strings.Contains(log, "new@example.com") || strings.Contains(log, made["ticket_id"].(string)) {
		t.Errorf("the log has %s", log)
	}
}
