package management_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

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

func exported(t testing.TB, s *server.Server) string {
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
	c.must("DELETE", "/resource-servers/https%3A%2F%2Fapi.acme.test%2F", nil) // of which ada has a permission
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
	if strings.Contains(state, "api.acme.test") {
		t.Error("the export has a permission of an API that was deleted")
	}
	c.server.Reset()
	if got := exported(t, c.server); got != before {
		t.Errorf("after a reset it has\n%s\nwant\n%s", got, before)
	}
}

// A restart keeps what was changed. A section that the fixture has changed meanwhile is
// as in the fixture, and so are all if the changes do not fit it.
func TestARestartKeepsChanges(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	client := c.must("POST", "/clients", servertest.Object{"name": "Shop"})
	c.must("PATCH", "/clients/acme-web", servertest.Object{"name": "Web shop"})
	c.must("DELETE", "/clients/acme-spa", nil)
	c.must("POST", "/resource-servers", servertest.Object{"identifier": "https://shop.test/api"})
	c.must("POST", "/client-grants", servertest.Object{"client_id": client["client_id"], "audience": "https://shop.test/api", "scope": []string{}})
	state := exported(t, c.server)
	parse := func(text string) *fixtures.Fixture {
		f, err := fixtures.Parse("", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	restarted := func(fixture string, log *servertest.LogBuffer) string {
		return exported(t, servertest.New(t, server.Config{At: servertest.At2030, Restore: parse(state), Fixture: parse(fixture), Log: slog.New(slog.NewTextHandler(log, nil))}))
	}
	var log servertest.LogBuffer
	if again := restarted("version: 1\nextends: default", &log); again != state {
		t.Errorf("after a restart it has\n%s\nwant\n%s", again, state)
	}
	if again := restarted("version: 1\nextends: default\nprompts: {identifier_first: false}", &log); !strings.Contains(again, "Web shop") || !strings.Contains(again, "identifier_first") || strings.Contains(again, "acme-spa\"") {
		t.Errorf("after an edit of another section it has\n%s", again)
	}
	if text := log.Take(); text != "" {
		t.Errorf("the log has %s", text)
	}
	edited := "version: 1\nextends: default\nclients: [{client_id: mine, name: Mine}]"
	if again := restarted(edited, &log); !strings.Contains(again, "\"mine\"") || strings.Contains(again, "Web shop") || !strings.Contains(again, "https://shop.test/api") {
		t.Errorf("after an edit of the clients it has\n%s", again)
	}
	if text := log.Take(); text != "" {
		t.Errorf("the log has %s", text)
	}

	const own = "version: 1\nclient_grants: []\nresource_servers: [{identifier: https://api.acme.test/}]\nclients: "
	c.server = servertest.New(t, server.Config{At: servertest.At2030, Fixture: parse(own + "[{client_id: one, client_secret: s, grant_types: [client_credentials]}]")})
	token, err := c.server.ManagementToken("http://localhost:2884/")
	if err != nil {
		t.Fatal(err)
	}
	c.token = token
	c.must("POST", "/client-grants", servertest.Object{"client_id": "one", "audience": "https://api.acme.test/", "scope": []string{}})
	state = exported(t, c.server)
	if again := restarted(own+"[{client_id: two, client_secret: s}]", &log); !strings.Contains(again, "\"two\"") || strings.Contains(again, "\"one\"") {
		t.Errorf("where a grant does not fit the clients it has\n%s", again)
	}
	if text := log.Take(); !strings.Contains(text, "does not fit the fixture any more") {
		t.Errorf("the log does not say that the grant does not fit the clients: %s", text)
	}
}

// A restart keeps the users as the API left them, those of the fixture too. If somebody has
// edited the users of the fixture meanwhile, those count.
func TestARestartKeepsUsers(t *testing.T) {
	t.Parallel()
	edited, err := fixtures.Parse("", []byte("version: 1\nextends: default\nusers: [{email: ada@example.com, name: Edited}, {email: alan@example.com}]"))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c *caller, ada string){
		"changed": func(c *caller, ada string) {
			c.must("PATCH", "/users/"+ada, servertest.Object{"blocked": true, "user_metadata": servertest.Object{"k": "v"}})
		},
		"deleted": func(c *caller, ada string) { c.must("DELETE", "/users/"+ada, nil) },
		"an API": func(c *caller, _ string) {
			c.must("DELETE", "/resource-servers/https%3A%2F%2Fapi.acme.test%2F", nil) // of which ada has a permission
		},
	} {
		c := newCaller(t)
		change(c, url.PathEscape(servertest.UserOf(t, c.server, "ada@example.com").UserID))
		state := exported(t, c.server)
		saved, err := fixtures.Parse("", []byte(state))
		if err != nil {
			t.Fatal(err)
		}
		again := servertest.New(t, server.Config{At: servertest.At2030, Restore: saved})
		if got := exported(t, again); got != state {
			t.Errorf("%s: after a restart it has\n%s\nwant\n%s", name, got, state)
		}
		again.Reset()
		if u := servertest.UserOf(t, again, "ada@example.com"); u.Blocked || len(u.Permissions) == 0 {
			t.Errorf("%s: after a reset ada is %+v", name, u)
		}
		again = servertest.New(t, server.Config{At: servertest.At2030, Restore: saved, Fixture: edited})
		if u := servertest.UserOf(t, again, "ada@example.com"); u.Name != "Edited" || u.Blocked {
			t.Errorf("%s: after an edit of the users ada is %+v", name, u)
		}
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

// A client that is made again begins anew: the refresh tokens of the one before are gone.
func TestAClientTakesItsRefreshTokensAlong(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	body := servertest.Object{"name": "Again", "app_type": "native", "token_endpoint_auth_method": "none", "grant_types": []string{servertest.GrantOTP, "refresh_token"}}
	id := c.must("POST", "/clients", body)["client_id"].(string)
	tokens := servertest.Login(t, c.server, "ada@example.com", servertest.Object{"client_id": id, "scope": "openid offline_access"})
	if tokens.RefreshToken == "" {
		t.Fatal("there is no refresh token")
	}
	c.must("DELETE", "/clients/"+id, nil)
	again := c.must("POST", "/clients", body)["client_id"]
	if again == id {
		t.Errorf("the new client is %s, as the old one was", again)
	}
	w := servertest.Call(t, c.server, "POST", "/oauth/token", servertest.Object{"grant_type": "refresh_token", "client_id": again, "refresh_token": tokens.RefreshToken})
	if w.Code != 403 {
		t.Errorf("a refresh token of the old client: %d %s", w.Code, w.Body)
	}
}

// The journal shows no secret of a body, however deep and large it is.
func TestTheJournalShowsNoSecret(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	const secret = "very-secret-indeed"
	c.refused("POST", "/connections", servertest.Object{"name": "x", "strategy": "none", "options": servertest.Object{
		"twilio_token": secret, "template": strings.Repeat("long ", 1000), "gateway_authentication": servertest.Object{"secret": secret},
	}})
	c.refused("POST", "/connections", servertest.Object{"options": servertest.Object{"twilio_token": secret}})
	c.refused("POST", "/users", servertest.Object{"connection": "none", "password": secret})
	c.refused("POST", "/resource-servers", servertest.Object{"signing_secret": secret})
	c.refused("POST", "/emails/provider", servertest.Object{"name": "none", "credentials": servertest.Object{
		"smtp_pass": secret, "api_key": secret, "accessKeyId": secret, "secretAccessKey": secret, "connectionString": secret, "clientSecret": secret,
	}})
	c.refused("POST", "/tickets/password-change", servertest.Object{"user_id": "none", "new_password": secret})
	journal, err := json.Marshal(c.server.Requests())
	if err != nil || strings.Contains(string(journal), secret) {
		t.Errorf("the journal has it: %s (%v)", journal, err)
	}
}

// A slash that came encoded is no border of a path, and one that came plain is.
func TestAnAPIIsFoundByItsIdentifier(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	for _, id := range []string{"https%3A%2F%2Fapi.acme.test%2F", "https%3a%2f%2fapi.acme.test%2f", "https%253A%252F%252Fapi.acme.test%252F"} {
		if got := c.must("GET", "/resource-servers/"+id, nil)["identifier"]; got != "https://api.acme.test/" {
			t.Errorf("%s is %v", id, got)
		}
	}
	if got := c.refused("GET", "/resource-servers/https://api.acme.test/", nil); !strings.Contains(got, "does not serve") {
		t.Errorf("plain slashes: %s", got)
	}
}

// A search for one address looks it up, and finds what a search through all users finds.
func TestASearchForOneAddress(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	c.must("POST", "/users", servertest.Object{"connection": "sms", "phone_number": "+12025550177", "email": "Ada@example.com"})
	for _, q := range []string{`email:ADA@Example.com`, `email:"ada@example.com"`, `(email:"ada@example.com")`, `email:ada@example*`} {
		found := c.must("GET", "/users?include_totals=true&q="+url.QueryEscape(q), nil)
		if found["total"] != 2.0 {
			t.Errorf("%s: %v", q, found)
		}
	}
}

// The Management API with 100,000 users, and a login beside it. Each call should take
// less than 5 ms.
func BenchmarkUsers(b *testing.B) {
	f, err := fixtures.Load("default")
	if err != nil {
		b.Fatal(err)
	}
	for i := range 100_000 {
		f.Users = append(f.Users, fixtures.User{Email: fmt.Sprintf("user%d@example.com", i)})
	}
	if f, err = fixtures.Complete(f); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	s := servertest.New(b, server.Config{At: servertest.At2030, Fixture: f})
	b.Log(time.Since(began))
	token, err := s.ManagementToken("http://localhost:2884/")
	if err != nil {
		b.Fatal(err)
	}
	last, ok := s.UserByAddress("user99999@example.com")
	if !ok {
		b.Fatal("there is no such user")
	}
	for name, ask := range map[string][3]string{
		"list":     {"GET", "/api/v2/users?include_totals=true", ""},
		"search":   {"GET", "/api/v2/users?q=email:user99999@example.com", ""},
		"by email": {"GET", "/api/v2/users-by-email?email=user99999@example.com", ""},
		"patch":    {"PATCH", "/api/v2/users/" + last.UserID, `{"user_metadata":{"a":1}}`},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var body any
				if ask[2] != "" {
					body = ask[2]
				}
				if w := servertest.Call(b, s, ask[0], ask[1], body, servertest.Header("Authorization", "Bearer "+token)); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
	b.Run("login beside a search of all", func(b *testing.B) {
		done := make(chan struct{})
		var searching sync.WaitGroup
		searching.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					servertest.Call(b, s, "GET", "/api/v2/users?q=name:*nobody*", nil, servertest.Header("Authorization", "Bearer "+token))
				}
			}
		})
		for b.Loop() {
			servertest.Login(b, s, "user99999@example.com", nil)
		}
		close(done)
		searching.Wait()
	})
	for name, of := range map[string]*server.Server{"login": s, "login among few": servertest.New(b, server.Config{At: servertest.At2030})} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				servertest.Login(b, of, "user99999@example.com", nil)
			}
		})
	}
}
