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
)

// moduli are the n of the published keys: the one that signs first.
func moduli(t *testing.T, s *server.Server) (list []string) {
	t.Helper()
	var set struct{ Keys []struct{ N string } }
	if err := json.Unmarshal(jwks(t, s), &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		list = append(list, k.N)
	}
	return list
}

func modulusOf(t *testing.T, name string) string {
	t.Helper()
	return base64.RawURLEncoding.EncodeToString(keyOf(t, name).N.Bytes())
}

func TestKeysMode(t *testing.T) {
	t.Parallel()
	of := map[string][]string{}
	for _, mode := range []string{"", "fast", "rsa"} {
		f, err := fixtures.Parse("f.yaml", []byte("version: 1\nextends: default\nkeys: {mode: "+mode+"}\n"))
		if err != nil {
			t.Fatal(err)
		}
		s := newServer(t, server.Config{Fixture: f})
		got := login(t, s, "ada@example.com", object{"audience": "https://api.acme.test/"})
		verify(t, jwks(t, s), got.AccessToken)
		verify(t, jwks(t, s), got.IDToken)
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
	s := newServer(t, server.Config{FixtureFile: keysFixture(t, "3", "2").path})
	if got := moduli(t, s); len(got) != 2 || got[0] != modulusOf(t, "3") || got[1] != modulusOf(t, "2") {
		t.Error("the key set is not that of the two files")
	}
	before := login(t, s, "ada@example.com", object{"audience": "https://api.acme.test/"})
	s.RotateKey()
	after := login(t, s, "ada@example.com", object{"audience": "https://api.acme.test/"})
	for _, compact := range []string{before.AccessToken, before.IDToken, after.AccessToken, after.IDToken} {
		verify(t, jwks(t, s), compact)
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
		s := newServer(t, server.Config{FixtureFile: file.path})
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
	s := newServer(t, server.Config{FixtureFile: file.path})
	signed := login(t, s, "ada@example.com", nil).IDToken

	exported := call(t, s, "GET", "/_mock/state", nil).Body.String()
	if strings.Contains(exported, "PRIVATE") {
		t.Error("the export holds keys")
	}
	if w := call(t, s, "PUT", "/_mock/state", exported); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	verify(t, jwks(t, s), signed)

	if w := call(t, s, "PUT", "/_mock/state", `{"version":1,"extends":"default"}`); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	if got := moduli(t, s); got[0] == modulusOf(t, "1") {
		t.Error("a state without files keeps those of the one before")
	}

	other := filepath.Join(filepath.Dir(file.path), "2.pem")
	w := call(t, s, "PUT", "/_mock/state", `{"version":1,"extends":"default","keys":{"files":["`+other+`"]}}`)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "keys.files[0]") || !strings.Contains(w.Body.String(), "name them there") {
		t.Error(w.Code, w.Body)
	}
}
