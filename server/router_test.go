package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Every request has an answer in time that is well formed and no failure of the
// mock, at every endpoint. Only a scenario that the request asks for may break it.
func FuzzRequest(f *testing.F) {
	shared := servertest.New(f, server.Config{At: servertest.At2030})
	routes := append(servertest.Table(f, shared), servertest.Endpoint{Method: "GET", Path: "/health"}, servertest.Endpoint{Method: "OPTIONS", Path: "/oauth/token"}, servertest.Endpoint{Method: "GET", Path: "/nowhere"})
	types := []string{"", "application/json", "application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-16", ";", "multipart/form-data; boundary=x"}
	for i := range routes {
		if routes[i].Path == "/otp/challenge" {
			f.Add(uint16(i), uint8(1), "", "", "", []byte(`{"client_id":"acme-native","connection":"Username-Password-Authentication","phone_number":"+12025550101","allow_signup":true,"delivery_method":"voice"}`))
		}
		f.Add(uint16(i), uint8(1), "", "", "", []byte(`{"client_id":"acme-native","connection":"email","email":"ada@example.com"}`))
	}
	for i, e := range routes {
		if strings.Contains(e.Path, "/device") || e.Path == "/activate" || e.Path == "/oauth/token" {
			f.Add(uint16(i), uint8(2), "", "user_code=bbbb%20bbbb", "", []byte("client_id=acme-native&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=x&action=confirm&code=%00"))
			f.Add(uint16(i), uint8(1), "", "", "", []byte(`{"client_id":"acme-native","scope":["openid"],"user":"ada@example.com","answer":"approve"}`))
		}
	}
	for i, e := range routes {
		if strings.Contains(e.Path, "/mfa/") || strings.HasSuffix(e.Path, "/push") || e.Path == "/oauth/token" {
			f.Add(uint16(i), uint8(1), "Bearer Fe26.2*x", "", "", []byte(`{"client_id":"acme-native","mfa_token":"Fe26.2*x","challenge_type":"otp oob","authenticator_types":["oob",1],"oob_channels":["sms"],"phone_number":"+1","user":"ada@example.com","answer":"accept"}`))
			f.Add(uint16(i), uint8(2), "Bearer eyJ..", "", "", []byte("grant_type=http://auth0.com/oauth/grant-type/mfa-oob&client_id=acme-native&mfa_token=x&oob_code=%00&binding_code=1"))
		}
	}
	f.Add(uint16(0), uint8(1), "", "", "", []byte(`{"client_id":"acme-native","connection":"email","email":"ada@example.com","authParams":{"a":[{}],"state":"\ud800"}}`))
	f.Add(uint16(1), uint8(1), "", "", "", []byte("{\"scope\":[\"\xff\"],\"x\":{\"\xfe\":[\"\xff\"]}}"))
	f.Add(uint16(1), uint8(1), "Basic YTpi", "", "", []byte(`{"grant_type":"refresh_token","client_id":"acme-native","refresh_token":"v1.x"}`))
	f.Add(uint16(1), uint8(2), "Bearer eyJ..", "x=%00&y=;", "", []byte("grant_type=refresh_token&scope=a&scope=b&%ff=%fe"))
	proof := servertest.NewProofKey(f, "app").Proof(f, servertest.Object{"jti": "1", "htm": "POST", "htu": "http://localhost:2884/oauth/token", "iat": servertest.At2030.Unix()})
	f.Add(uint16(1), uint8(2), proof, "", "", []byte("grant_type=client_credentials&client_id=acme-m2m&client_secret=acme-m2m-secret&audience=https://api.acme.test/"))
	f.Add(uint16(3), uint8(0), "DPoP eyJ..", "", "", []byte(nil))
	f.Add(uint16(15), uint8(0), "", "to=+&wait=0.1&format=json", "", []byte(nil))
	f.Add(uint16(24), uint8(1), "", "", "", []byte(`{"advance":"2540400h"}`))
	f.Add(uint16(30), uint8(1), "", "", "", []byte(`{"claims":{"exp":1e400,"\u0000":-0}}`))
	f.Add(uint16(35), uint8(0), "", "", "", []byte("version: 1\nextends: &a strict\n<<: *a\n"))
	for _, name := range scenarios.Names() {
		for route, body := range []string{`{"client_id":"acme-native","connection":"email","email":"TO"}`, `{"client_id":"acme-native","grant_type":"` + servertest.GrantOTP + `","username":"TO","otp":"1","realm":"email"}`} {
			f.Add(uint16(route), uint8(1), "", "", name, []byte(strings.Replace(body, "TO", "ada@example.com", 1)))
			f.Add(uint16(route), uint8(1), "", "", "", []byte(strings.Replace(body, "TO", "ada+mock-"+name+"@example.com", 1)))
		}
	}
	managed, err := shared.ManagementToken("http://localhost:2884/")
	if err != nil {
		f.Fatal(err)
	}
	for i, e := range routes {
		if strings.HasPrefix(e.Path, "/api/v2/") {
			f.Add(uint16(i), uint8(1), "", "q=email:a*&page=1&include_totals=true&fields=a", "", []byte(`{"connection":"email","email":"x@example.com","user_metadata":{"a":[1,null,{"b":1e999}]},"blocked":true}`))
			f.Add(uint16(i), uint8(1), "", "take=1&from=MQ", "", []byte(`{"permissions":[{"resource_server_identifier":"https://api.acme.test/","permission_name":"read:orders"}],"":[[[]]]}`))
		}
	}
	for i, e := range routes {
		body := map[string]string{
			"/api/v2/email-templates":                `{"template":"verify_email","body":"{{ user.name }}","enabled":true,"urlLifetimeInSeconds":1}`,
			"/api/v2/email-templates/{templateName}": `{"subject":null,"enabled":false}`,
			"/api/v2/emails/provider":                `{"name":"smtp","credentials":{"smtp_pass":"x","smtp_port":1e2},"settings":null}`,
			"/api/v2/tickets/email-verification":     `{"user_id":"email|1cce6cf6de44decdc7fb465a","ttl_sec":9007199254740993,"result_url":"http://a/#b"}`,
			"/api/v2/tickets/password-change":        `{"user_id":"email|1cce6cf6de44decdc7fb465a","identity":{"user_id":"x","provider":"auth0"}}`,
			"/api/v2/jobs/verification-email":        `{"user_id":"email|1cce6cf6de44decdc7fb465a","client_id":"acme-web"}`,
			"/api/v2/jobs/users-exports":             `{"limit":9007199254740993,"format":"csv","fields":[{"name":"a[0]..b","export_as":""}]}`,
		}[e.Path]
		if body != "" {
			f.Add(uint16(i), uint8(1), "", "", "", []byte(body))
		}
		if e.Path == "/api/v2/jobs/users-imports" {
			file := `[{"email":"a@example.com","mfa_factors":[{"phone":{"value":"+1"}},{"totp":null}]},null,[1],{"email":"b@example.com","x":{"y":[{}]}}]`
			f.Add(uint16(i), uint8(6), "", "", "", []byte("--x\nContent-Disposition: form-data; name=connection_id\n\ncon_RiSLDOqS4WPQpUOz\n--x\nContent-Disposition: form-data; name=users\n\n"+file+"\n--x--"))
		}
	}
	f.Add(uint16(7), uint8(0), "", "", "jwks-rotated, jwks-unavailable,,slow\tnowhere", []byte(nil))
	f.Fuzz(func(t *testing.T, route uint16, contentType uint8, authorization, query, asked string, body []byte) {
		e := routes[int(route)%len(routes)]
		s := servertest.New(t, server.Config{At: servertest.At2030})
		id := "x"
		if strings.HasPrefix(e.Path, "/api/v2/users") {
			id = "email%7C1cce6cf6de44decdc7fb465a" // ada@example.com
		}
		target := strings.NewReplacer("{id}", id, "{templateName}", "verify_email").Replace(e.Path)
		r := httptest.NewRequest(e.Method, target, bytes.NewReader(body))
		r.URL.RawQuery = query
		r.Host = "localhost:2884"
		r.Header.Set("Content-Type", types[int(contentType)%len(types)])
		r.Header.Set("Authorization", authorization)
		if strings.HasPrefix(e.Path, "/api/v2/") && authorization == "" {
			r.Header.Set("Authorization", "Bearer "+managed)
		}
		r.Header.Set("Origin", "http://localhost:3000")
		r.Header.Set("Auth0-Client", authorization)
		r.Header.Set("DPoP", authorization)
		if asked != "" {
			r.Header.Set("X-Mock-Scenario", asked)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		w := httptest.NewRecorder()
		broken := servertest.ServeBroken(s, w, r.WithContext(ctx))
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s %s took %s", e.Method, target, took)
		}
		acted := ""
		if requests := s.Requests(); len(requests) > 0 {
			acted = requests[len(requests)-1].Scenario
		}
		if acted == "" {
			wellFormed(t, w)
		}
		if (w.Code >= 500 && w.Code != http.StatusNotImplemented || broken) && acted == "" { // 501: an unknown grant type
			t.Errorf("%s %s: %d %s", e.Method, target, w.Code, w.Body)
		}
		// After any request the journal and the state can be written.
		for _, path := range []string{"/_mock/requests", "/_mock/outbox", "/_mock/users", "/_mock/state", "/_mock/clock", "/_mock/health"} {
			w := servertest.Call(t, s, "GET", path, nil)
			wellFormed(t, w)
			if w.Code != http.StatusOK {
				t.Errorf("after %s %s: GET %s: %d %s", e.Method, target, path, w.Code, w.Body)
			}
		}
	})
}

// wellFormed checks that an answer's headers and body fit together.
func wellFormed(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code < 200 || w.Code > 599 {
		t.Errorf("status %d", w.Code)
	}
	for name, values := range w.Header() {
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n\x00") {
				t.Errorf("header %s: %q", name, value)
			}
		}
	}
	contentType := w.Header().Get("Content-Type")
	media, _, err := mime.ParseMediaType(contentType)
	if contentType != "" && err != nil {
		t.Errorf("Content-Type %q: %v", contentType, err)
	}
	if body := w.Body.Bytes(); media == "application/json" && w.Code != http.StatusNoContent && (!json.Valid(body) || !utf8.Valid(body)) {
		t.Errorf("no JSON: %q", body)
	}
	if w.Code == http.StatusNoContent && w.Body.Len() > 0 {
		t.Errorf("204 with a body: %q", w.Body)
	}
	if media == "text/html" && w.Body.Len() > 2 { // more than OK
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "script-src 'unsafe") {
			t.Errorf("a page with the policy %q", policy)
		}
	}
	if to := w.Header().Get("Location"); to != "" && !known(to) {
		t.Errorf("a redirect to %q", to)
	}
	if w.Code >= 400 && w.Code != http.StatusUnauthorized && media != "application/json" && media != "text/html" {
		t.Errorf("a refusal as %q: %s", contentType, w.Body)
	}
}

// known reports whether a redirect may lead to an address: a login page, the
// inbox, or what the default fixture's clients allow, which is loopback and an
// app's own scheme.
func known(to string) bool {
	u, err := url.Parse(to)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "":
		return u.Host == "" && !strings.HasPrefix(to, "//") && !strings.Contains(to, "\\")
	case "http", "https":
		return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
	}
	return u.Scheme == "com.acme.app"
}

// Any path and any Host have a well formed answer.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"/", "//", "/oauth//token", "/_mock/users/a%2Fb", "/_mock/outbox/..", "/%00", "*", "/_mock/../oauth/token", "/a//////b"} {
		f.Add("GET", path, "localhost:2884")
	}
	f.Add("OPTIONS", "/userinfo", "")
	f.Add("CONNECT", "", "[::1")
	s := servertest.New(f, server.Config{At: servertest.At2030})
	f.Fuzz(func(t *testing.T, method, path, host string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			u = &url.URL{Path: path}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
		r.Method, r.URL, r.Host = method, u, host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		wellFormed(t, w)
		if w.Code >= 500 {
			t.Errorf("%s %q: %d %s", method, path, w.Code, w.Body)
		}
	})
}
