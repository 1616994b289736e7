package management_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/management"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Whatever a body and a query say, no operation fails, and what it leaves is a fixture
// that can be loaded.
func FuzzManagement(f *testing.F) {
	routes := management.Routes()
	shared := servertest.New(f, server.Config{At: servertest.At2030})
	token, err := shared.ManagementToken("http://localhost:2884/")
	if err != nil {
		f.Fatal(err)
	}
	before := exported(f, shared)
	ids := []string{"email|1cce6cf6de44decdc7fb465a", "acme-m2m", "https://api.acme.test/", "x", "", "a|b|c", "\x00", "\xff%2F/.."}
	bodies := []string{
		`{"connection":"email","email":"x@example.com","user_metadata":{"a":[1,null,{"b":1e999}]},"blocked":true}`,
		`{"connection":"Username-Password-Authentication","email":"y@example.com","password":"Passw0rd!","user_id":"y|z","app_metadata":{"":{}}}`,
		`{"connection":"sms","phone_number":"+12025550188","name":null}`,
		`{"provider":"email","user_id":"email|1cce6cf6de44decdc7fb465a","connection_id":"con_x"}`,
		`{"link_with":"eyJ.e30.x"}`,
		`{"type":"phone","phone_number":"+12025550188","name":"\ud800","preferred_authentication_method":"voice"}`,
		`[{"type":"totp","totp_secret":"JBSWY3DPEHPK3PXP"},{"type":"email","email":"z@example.com"}]`,
		`{"session_id":"x","preserve_refresh_tokens":true}`, `{"session_metadata":{"a":"b"}}`, `{"refresh_token_metadata":null}`,
		`{"permissions":[{"resource_server_identifier":"https://api.acme.test/","permission_name":"read:orders"}]}`,
		`{"name":"n","strategy":"auth0","options":{"attributes":{"username":{"identifier":{"active":true}}},"mfa":{}},"enabled_clients":["acme-m2m"]}`,
		`{"identifier":"urn:x","scopes":[{"value":"a"}],"token_lifetime":-1}`, `{"client_id":"acme-m2m","audience":"https://api.acme.test/","scope":[]}`,
		``, `null`, `[]`, `{}`, `{"a":`, `{"a":1,"a":{"b":[[[]]]},"":null}`,
	}
	const each = 6 // bodies of a route: the next one has others
	for i := range routes {
		for j := range each {
			f.Add(uint16(i), uint8(j), uint8(i), "take=1&from=MQ&q=a:b", bodies[(i*each+j)%len(bodies)])
		}
	}
	if _, err := fixtures.Parse("", []byte(before)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, route uint16, first, second uint8, query, body string) {
		o := routes[int(route)%len(routes)]
		var path []string
		rest := []string{ids[int(first)%len(ids)], ids[int(second)%len(ids)], "y"}
		for part := range strings.SplitSeq(o.Path, "/") {
			if strings.HasPrefix(part, "{") {
				part, rest = url.PathEscape(rest[0]), rest[1:]
			}
			path = append(path, part)
		}
		s := servertest.New(t, server.Config{At: servertest.At2030})
		for range 2 {
			r := httptest.NewRequest(o.Method, strings.Join(path, "/"), strings.NewReader(body))
			r.URL.RawQuery = query
			r.Host = "localhost:2884"
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Fatalf("%s %s: %d %s", o.Method, r.URL, w.Code, w.Body)
			}
		}
		state := exported(t, s)
		if state == before {
			return // it is known to load
		}
		if _, err := fixtures.Parse("", []byte(state)); err != nil {
			t.Fatalf("after %s %s with %q: %v", o.Method, o.Path, body, err)
		}
	})
}
