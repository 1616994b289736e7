package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func clientOf(t *testing.T, s *server.Server, id string) fixtures.Client {
	t.Helper()
	clients := s.Fixture().Clients
	i := slices.IndexFunc(clients, func(c fixtures.Client) bool { return c.ClientID == id })
	if i < 0 {
		t.Fatalf("there is no client %s", id)
	}
	return clients[i]
}

// A callback works at once: its origin may call, and a logout may lead to it.
func TestACallbackIsEveryClients(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Callbacks: []string{"https://app.example.com:8443/cb", "com.example.app://cb"}})
	for _, id := range []string{"acme-native", "acme-web", "acme-spa"} {
		c := clientOf(t, s, id)
		if !slices.Contains(c.Callbacks, "https://app.example.com:8443/cb") || !slices.Contains(c.AllowedLogoutURLs, "https://app.example.com:8443/cb") {
			t.Errorf("%s: callbacks %q, logout URLs %q", id, c.Callbacks, c.AllowedLogoutURLs)
		}
		if got, want := slices.Contains(c.Callbacks, "com.example.app://cb"), c.AppType == "native"; got != want {
			t.Errorf("%s, which is %s, has the app's own scheme: %t", id, c.AppType, got)
		}
	}
	for origin, want := range map[string]string{"https://app.example.com:8443": "https://app.example.com:8443", "https://app.example.com": ""} {
		w := servertest.Call(t, s, "OPTIONS", "/oauth/token", nil, servertest.Header("Origin", origin), servertest.Header("Access-Control-Request-Method", http.MethodPost))
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("a page of %s may call by %q, want %q", origin, got, want)
		}
	}
	if built, err := fixtures.Load("default"); err != nil || slices.Contains(built.Clients[0].Callbacks, "com.example.app://cb") {
		t.Errorf("the built-in fixture has changed (%v): %q", err, built.Clients[0].Callbacks)
	}
}

// Who adds a machine or an API has no place to write a client_grants entry.
func TestWhatIsAddedIsGranted(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{
		Clients: []fixtures.Client{
			{ClientID: "robot", ClientSecret: "s3cret", GrantTypes: []string{fixtures.GrantClientCredentials}},
			{ClientID: "acme-native", Name: "Mine now", TokenEndpointAuthMethod: "none", GrantTypes: []string{fixtures.GrantPasswordlessOTP}},
		},
		ResourceServers: []fixtures.ResourceServer{{Identifier: "https://mine.test/", Scopes: []fixtures.Scope{{Value: "read:it"}}}},
	})
	for _, tt := range []struct{ id, secret, audience, scope string }{
		{"robot", "s3cret", "https://mine.test/", "read:it"},
		{"robot", "s3cret", "https://api.acme.test/", "read:orders write:orders"},
		{"acme-m2m", "acme-m2m-secret", "https://mine.test/", "read:it"},
	} {
		w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "client_credentials", "client_id": tt.id, "client_secret": tt.secret, "audience": tt.audience})
		if got := servertest.DecodeAnswer[servertest.Tokens](t, w); w.Code != http.StatusOK || got.Scope != tt.scope {
			t.Errorf("%s at %s: %d %s", tt.id, tt.audience, w.Code, w.Body)
		}
	}
	if c := clientOf(t, s, "acme-native"); c.Name != "Mine now" || s.Fixture().Clients[0].ClientID != "acme-native" {
		t.Errorf("the client of the same id is not replaced where it stood: %+v", c)
	}
}

// moduli are the n of the published keys: the one that signs first.
func moduli(t *testing.T, s *server.Server) (list []string) {
	t.Helper()
	var set struct{ Keys []struct{ N string } }
	if err := json.Unmarshal(servertest.JWKS(t, s), &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		list = append(list, k.N)
	}
	return list
}

func modulusOf(t *testing.T, name string) string {
	t.Helper()
	return base64.RawURLEncoding.EncodeToString(servertest.KeyOf(t, name).N.Bytes())
}

func TestKeysMode(t *testing.T) {
	t.Parallel()
	of := map[string][]string{}
	for _, mode := range []string{"", "fast", "rsa"} {
		f, err := fixtures.Parse("f.yaml", []byte("version: 1\nextends: default\nkeys: {mode: "+mode+"}\n"))
		if err != nil {
			t.Fatal(err)
		}
		s := servertest.New(t, server.Config{Fixture: f})
		got := servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": "https://api.acme.test/"})
		servertest.Verify(t, servertest.JWKS(t, s), got.AccessToken)
		servertest.Verify(t, servertest.JWKS(t, s), got.IDToken)
		of[mode] = moduli(t, s)
	}
	if !slices.Equal(of[""], of["fast"]) {
		t.Error("the mode is not fast where none is given")
	}
	if of["rsa"][0] != modulusOf(t, "1") || of["fast"][0] == of["rsa"][0] {
		t.Error("the mode rsa does not sign with the ordinary keys")
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
	file := &editedFile{t: t, path: filepath.Join(dir, "mockauth0.yaml")}
	file.write(naming(names...))
	return file
}

func naming(names ...string) string {
	return "version: 1\nextends: default\nkeys: {files: [" + strings.Join(names, ".pem, ") + ".pem]}\n"
}

func TestKeyFilesSign(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{FixtureFile: keysFixture(t, "3", "2").path})
	if got := moduli(t, s); len(got) != 2 || got[0] != modulusOf(t, "3") || got[1] != modulusOf(t, "2") {
		t.Error("the key set is not that of the two files")
	}
	before := servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": "https://api.acme.test/"})
	s.RotateKey()
	after := servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": "https://api.acme.test/"})
	for _, compact := range []string{before.AccessToken, before.IDToken, after.AccessToken, after.IDToken} {
		servertest.Verify(t, servertest.JWKS(t, s), compact)
	}
	s.Reset()
	if got := moduli(t, s); got[0] != modulusOf(t, "3") {
		t.Error("a reset does not go back to the first file")
	}
}

func TestKeyFilesWithMistakes(t *testing.T) {
	t.Parallel()
	file := keysFixture(t)
	file.write(naming("none"))
	_, err := server.New(server.Config{FixtureFile: file.path})
	if want := file.path + ":3:16: keys.files[0]: there is no file "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s…", err, want)
	}
}

// A reload with other files signs with them; one with the same goes on with the
// key that signs.
func TestKeyFilesAreReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := keysFixture(t, "1", "2", "3")
		s := servertest.New(t, server.Config{FixtureFile: file.path})
		rotated := s.RotateKey()
		file.write(naming("1", "2", "3") + "users: []\n") // the next request looks after the file
		<-time.After(time.Second)
		if got := moduli(t, s); got[0] != modulusOf(t, "2") || s.RotateKey() == rotated {
			t.Error("a change of something else changes the key that signs")
		}
		file.write(naming("3"))
		<-time.After(time.Second)
		if got := moduli(t, s); got[0] != modulusOf(t, "3") {
			t.Error("other files in the fixture do not sign")
		}
		file.write(naming("none"))
		<-time.After(time.Second)
		if got := moduli(t, s); got[0] != modulusOf(t, "3") || !strings.Contains(fixtureHealth(t, s), "there is no file") {
			t.Error("a fixture with mistakes is taken in, or not told of")
		}
	})
}

// What the control API is given makes it read no file.
func TestAStateReadsNoKeyFiles(t *testing.T) {
	t.Parallel()
	file := keysFixture(t, "1", "2")
	s := servertest.New(t, server.Config{FixtureFile: file.path})
	signed := servertest.Login(t, s, "ada@example.com", nil).IDToken

	exported := servertest.Call(t, s, "GET", "/_mock/state", nil).Body.String()
	if strings.Contains(exported, "PRIVATE") {
		t.Error("the export holds keys")
	}
	if w := servertest.Call(t, s, "PUT", "/_mock/state", exported); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	servertest.Verify(t, servertest.JWKS(t, s), signed)

	if w := servertest.Call(t, s, "PUT", "/_mock/state", `{"version":1,"extends":"default"}`); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	if got := moduli(t, s); got[0] == modulusOf(t, "1") {
		t.Error("a state without files keeps those of the one before")
	}

	other := filepath.Join(filepath.Dir(file.path), "2.pem")
	w := servertest.Call(t, s, "PUT", "/_mock/state", `{"version":1,"extends":"default","keys":{"files":["`+other+`"]}}`)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "keys.files[0]") || !strings.Contains(w.Body.String(), "name them there") {
		t.Error(w.Code, w.Body)
	}
}

// An editedFile is a fixture file whose every edit has a time of its own.
type editedFile struct {
	t     *testing.T
	path  string
	edits int
}

func (f *editedFile) write(text string) {
	f.t.Helper()
	if err := os.WriteFile(f.path, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.edits++
	when := servertest.At2030.Add(time.Duration(f.edits) * time.Second)
	if err := os.Chtimes(f.path, when, when); err != nil {
		f.t.Fatal(err)
	}
}

// fixtureHealth is what health says of the fixture's file.
func fixtureHealth(t *testing.T, s *server.Server) (mistake string) {
	t.Helper()
	return servertest.DecodeAnswer[struct {
		FixtureError string `json:"fixture_error"`
	}](t, servertest.Call(t, s, "GET", "/_mock/health", nil)).FixtureError
}
