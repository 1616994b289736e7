package server_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The origin of a callback may call, and a logout may lead to the callback. An
// app's own scheme is for native clients.
func TestAConfiguredCallbackIsEveryClients(t *testing.T) {
	t.Parallel()
	const web, native = "https://app.example.com:8443/cb", "com.example.app://cb"
	s := servertest.New(t, server.Config{Callbacks: []string{web, native}})
	for _, c := range s.Fixture().Clients[:3] { // the fourth is a machine
		if !slices.Contains(c.Callbacks, web) || !slices.Contains(c.AllowedLogoutURLs, web) || slices.Contains(c.Callbacks, native) != (c.AppType == "native") {
			t.Errorf("%s, which is %s: callbacks %q, logout URLs %q", c.ClientID, c.AppType, c.Callbacks, c.AllowedLogoutURLs)
		}
	}
	if list := s.Fixture().Tenant.AllowedLogoutURLs; !slices.Contains(list, web) || !slices.Contains(list, native) {
		t.Errorf("a logout without client_id may lead to %q", list)
	}
	for origin, want := range map[string]string{"https://app.example.com:8443": "https://app.example.com:8443", "https://app.example.com": ""} {
		w := servertest.Call(t, s, "OPTIONS", "/oauth/token", nil, servertest.Header("Origin", origin), servertest.Header("Access-Control-Request-Method", http.MethodPost))
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("a page of %s may call by %q, want %q", origin, got, want)
		}
	}
	if built := servertest.NamedFixture(t, "default"); slices.Contains(built.Clients[0].Callbacks, native) {
		t.Errorf("the built-in fixture has changed: %q", built.Clients[0].Callbacks)
	}
}

// http://localhost:* is no URL, and is added all the same.
func TestAConfiguredCallbackMayBeAPattern(t *testing.T) {
	t.Parallel()
	own := fixtures.Client{ClientID: "mine", AppType: "spa", GrantTypes: []string{fixtures.GrantAuthorizationCode}}
	const anyPort, preview = "http://localhost:*", "https://pr-*-shop.example.app"
	s := servertest.New(t, server.Config{Clients: []fixtures.Client{own}, Callbacks: []string{anyPort, preview + "/cb"}})
	c := s.Fixture().Clients[len(s.Fixture().Clients)-1]
	if want := []string{anyPort, preview + "/cb"}; !slices.Equal(c.Callbacks, want) || !slices.Equal(c.AllowedLogoutURLs, want) {
		t.Errorf("the callbacks are %q, the logout URLs %q", c.Callbacks, c.AllowedLogoutURLs)
	}
	if want := []string{anyPort, preview}; !slices.Equal(c.AllowedOrigins, want) || !slices.Equal(c.WebOrigins, want) {
		t.Errorf("the origins are %q and %q", c.AllowedOrigins, c.WebOrigins)
	}
}

// What the configuration adds replaces what has the same name. A machine or an
// API that it adds needs no entry in client_grants.
func TestTheConfigurationAddsToTheFixture(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{
		Clients: []fixtures.Client{
			{ClientID: "robot", ClientSecret: "s3cret", GrantTypes: []string{fixtures.GrantClientCredentials}},
			{ClientID: "acme-native", Name: "Mine now", TokenEndpointAuthMethod: "none", GrantTypes: []string{fixtures.GrantPasswordlessOTP}},
		},
		ResourceServers: []fixtures.ResourceServer{{Identifier: "https://mine.test/", Scopes: []fixtures.Scope{{Value: "read:it"}}}},
		Users:           []fixtures.User{{Email: "Ada@Example.com", Claims: map[string]any{"https://acme.test/plan": "pro"}}},
	})
	for _, tt := range []struct{ id, secret, audience, scope string }{
		{"robot", "s3cret", "https://mine.test/", "read:it"},
		{"robot", "s3cret", "https://api.acme.test/", "read:orders write:orders"},
		{"acme-m2m", "acme-m2m-secret", "https://mine.test/", "read:it"},
	} {
		w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "client_credentials", "client_id": tt.id, "client_secret": tt.secret, "audience": tt.audience})
		if got := servertest.DecodeAnswer[servertest.Tokens](t, w); got.Scope != tt.scope {
			t.Errorf("%s at %s: %s", tt.id, tt.audience, w.Body)
		}
	}
	if c := s.Fixture().Clients[0]; c.ClientID != "acme-native" || c.Name != "Mine now" {
		t.Errorf("the client of the same id is not replaced in its place: %+v", c)
	}
	if c := servertest.Claims(t, s, servertest.Login(t, s, "ada@example.com", nil).IDToken); c["https://acme.test/plan"] != "pro" || len(s.Users()) != 4 {
		t.Errorf("the user of the same address is not replaced: %v", c)
	}
}

// A server whose files have mistakes does not start, and tells them all.
func TestAServerWithMistakesDoesNotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := fileIn(t, dir, "bad.yaml", "version: 1\nclient: []\nuser: []\n").path
	keys := fileIn(t, dir, "keys.yaml", naming("none")).path
	scenario := fileIn(t, dir, "scenario.yaml", "version: 1\nname: bad\nrules: [{id: a, then: {otp: expird, user: blockd}}]\n").path
	for _, tt := range []struct {
		config server.Config
		want   []string
	}{
		{server.Config{FixtureFile: filepath.Join(dir, "none.yaml")}, []string{filepath.Join(dir, "none.yaml")}},
		{server.Config{FixtureFile: bad}, []string{`"clients"`, `"users"`}},
		{server.Config{FixtureFile: keys}, []string{keys + ":3:16: keys.files[0]: there is no file "}},
		{server.Config{Issuer: "localhost:2884"}, []string{"https://localhost:2884/"}},
		{server.Config{Scenarios: []string{"otp-expird"}}, []string{`"otp-expired"`}},
		{server.Config{Scenarios: []string{scenario, "nowhere.yaml"}}, []string{"expird", "blockd", "nowhere.yaml"}},
		{server.Config{Scenarios: []string{"slow", "slow"}}, []string{"slow"}},
	} {
		_, err := server.New(tt.config)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
	}
}

func modulusOf(t *testing.T, name string) string {
	t.Helper()
	return base64.RawURLEncoding.EncodeToString(servertest.KeyOf(t, name).N.Bytes())
}

func TestTheFixtureSaysWhichKeysSign(t *testing.T) {
	t.Parallel()
	signing := func(s *server.Server) string {
		got := servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": "https://api.acme.test/"})
		servertest.Claims(t, s, got.AccessToken)
		servertest.Claims(t, s, got.IDToken)
		return servertest.JWKS(t, s)[0].N
	}
	of := map[string]string{}
	for _, mode := range []string{"", "fast", "rsa"} {
		of[mode] = signing(servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, "keys: {mode: "+mode+"}")}))
	}
	if of[""] != of["fast"] || of["fast"] == of["rsa"] || of["rsa"] != modulusOf(t, "1") {
		t.Error("the mode is not fast where none is given, or rsa does not sign with the ordinary keys")
	}

	// Key files sign in turn.
	s := servertest.New(t, server.Config{FixtureFile: keysFixture(t, "3", "2").path})
	for _, name := range []string{"3", "2"} {
		if signing(s) != modulusOf(t, name) {
			t.Errorf("file %s does not sign", name)
		}
		s.RotateKey()
	}
	if s.Reset(); signing(s) != modulusOf(t, "3") {
		t.Error("a reset does not go back to the first file")
	}
}

// keysFixture writes key files and a fixture file that names them.
func keysFixture(t *testing.T, names ...string) *editedFile {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name+".pem"), fixtures.Key(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fileIn(t, dir, "mockauth0.yaml", naming(names...))
}

func naming(names ...string) string {
	return "version: 1\nextends: default\nkeys: {files: [" + strings.Join(names, ".pem, ") + ".pem]}\n"
}

// The control API cannot make the server read a file.
func TestAStateReadsNoKeyFiles(t *testing.T) {
	t.Parallel()
	file := keysFixture(t, "1", "2")
	s := servertest.New(t, server.Config{FixtureFile: file.path})
	signed := servertest.Login(t, s, "ada@example.com", nil).IDToken
	exported := servertest.Call(t, s, "GET", "/_mock/state", nil).Body.String()
	if strings.Contains(exported, "PRIVATE") {
		t.Error("the export holds keys")
	}
	put := func(state string, status int) string {
		t.Helper()
		w := servertest.Call(t, s, "PUT", "/_mock/state", state)
		if w.Code != status {
			t.Fatal(w.Code, w.Body)
		}
		return w.Body.String()
	}
	put(exported, http.StatusNoContent)
	servertest.Claims(t, s, signed)
	put(`{"version":1,"extends":"default"}`, http.StatusNoContent)
	if servertest.JWKS(t, s)[0].N == modulusOf(t, "1") {
		t.Error("a state without files keeps those of the one before")
	}
	other := filepath.Join(filepath.Dir(file.path), "2.pem")
	says := put(`{"version":1,"extends":"default","keys":{"files":["`+other+`"]}}`, http.StatusBadRequest)
	if !strings.Contains(says, "keys.files[0]") || !strings.Contains(says, "name them there") {
		t.Error(says)
	}
}

// An added user takes the place of one with the same name, whichever name that is, and
// of nobody else.
func TestAnAddedUserReplacesTheOneOfTheSameName(t *testing.T) {
	t.Parallel()
	fixture := servertest.ParseFixture(t, "clients: [{client_id: app, grant_types: [password]}]\n"+
		"connections: [{name: db, strategy: auth0, options: {attributes: {username: {signup: {status: optional}}, email: {signup: {status: optional}}, phone_number: {signup: {status: optional}}}}}]\n"+
		"users: [{connection: db, username: grace, email: grace@example.com, phone_number: \"+12025550102\"}, {connection: db, username: alan}]\n")
	for _, tt := range []struct {
		added fixtures.User
		users int
	}{
		{fixtures.User{Username: "Grace"}, 2},
		{fixtures.User{Email: "grace@example.com"}, 2},
		{fixtures.User{PhoneNumber: "+1 202 555 0102"}, 2},
		{fixtures.User{Username: "ALAN", Email: "alan@example.com"}, 2},
		{fixtures.User{Username: "dora"}, 3},
		{fixtures.User{Email: "dora@example.com", PhoneNumber: "+12025550103"}, 3},
	} {
		tt.added.Connection = "db"
		s := servertest.New(t, server.Config{Fixture: fixture, Users: []fixtures.User{tt.added}})
		if n := len(s.Users()); n != tt.users {
			t.Errorf("with %+v there are %d users, want %d", tt.added, n, tt.users)
		}
	}
}
