package server_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

const reloaded = "version: 1\nextends: default\nusers:\n  - {email: ada@example.com, name: NAME}\n"

func named(name string) string { return strings.Replace(reloaded, "NAME", name, 1) }

func nameOf(t *testing.T, s *server.Server, email string) string {
	t.Helper()
	u, ok := s.UserByAddress(email)
	if !ok {
		t.Fatalf("there is no %s", email)
	}
	return u.Name
}

// Time is the bubble's: half a second passes without anybody waiting for it.
func TestAChangedFixtureFileIsTakenIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := &editedFile{t: t, path: filepath.Join(t.TempDir(), "mockauth0.yaml")}
		file.write(named("One"))
		s := servertest.New(t, server.Config{FixtureFile: file.path})
		session := servertest.Login(t, s, "grace@example.com", servertest.Object{"scope": "openid offline_access"})
		pending := servertest.Start(t, s, "ada@example.com")
		pass := func(d time.Duration) {
			<-time.After(d)
			servertest.Call(t, s, "GET", "/_mock/", nil) // any request looks after the file
		}

		file.write(named("Two"))
		if pass(499 * time.Millisecond); nameOf(t, s, "ada@example.com") != "One" {
			t.Error("the file was looked at twice within half a second")
		}
		if pass(time.Millisecond); nameOf(t, s, "ada@example.com") != "Two" {
			t.Error("the changed file is not in use after half a second")
		}

		// A bad edit keeps the old and says so.
		file.write("version: 1\nusers:\n  - {emial: ada@example.com}\n")
		pass(time.Second)
		if says := fixtureHealth(t, s); !strings.Contains(says, "emial") || nameOf(t, s, "ada@example.com") != "Two" {
			t.Errorf("a bad edit: health says %q, the user is %s", says, nameOf(t, s, "ada@example.com"))
		}
		file.write(named("Three"))
		pass(time.Second)
		if says := fixtureHealth(t, s); says != "" || nameOf(t, s, "ada@example.com") != "Three" {
			t.Errorf("a good edit: health says %q, the user is %s", says, nameOf(t, s, "ada@example.com"))
		}

		// So does a file that is gone, until it is back.
		if err := os.Remove(file.path); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if says := fixtureHealth(t, s); says == "" || nameOf(t, s, "ada@example.com") != "Three" {
			t.Errorf("a lost file: health says %q, the user is %s", says, nameOf(t, s, "ada@example.com"))
		}
		file.edits--
		file.write(named("Three"))
		pass(time.Second)
		if says := fixtureHealth(t, s); says != "" {
			t.Errorf("a file that is back: health says %q", says)
		}

		// What happened before goes on.
		if w := servertest.Refresh(t, s, session.RefreshToken); w.Code != http.StatusOK {
			t.Errorf("a refresh token does not go on: %d %s", w.Code, w.Body)
		}
		if w := servertest.Redeem(t, s, "ada@example.com", pending, nil); w.Code != http.StatusOK {
			t.Errorf("a code does not go on: %d %s", w.Code, w.Body)
		}
		if _, ok := s.UserByAddress("grace@example.com"); !ok {
			t.Error("who signed up is gone")
		}
	})
}

// Clients, connections and APIs of a changed file replace those before.
func TestAChangedFixtureFileReplacesItsClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := &editedFile{t: t, path: filepath.Join(t.TempDir(), "mockauth0.yaml")}
		file.write("version: 1\nextends: minimal\n")
		s := servertest.New(t, server.Config{FixtureFile: file.path, Seed: "dev", At: servertest.At2030})
		servertest.Start(t, s, "ada@example.com")
		file.write("version: 1\nextends: minimal\nclients:\n  - {client_id: other, app_type: native, grant_types: [refresh_token]}\n")
		<-time.After(time.Second)
		w := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"})
		if w.Code != http.StatusForbidden {
			t.Errorf("a client that is gone: %d %s", w.Code, w.Body)
		}
		// The codes go on counting, under the seed of the command line.
		if got := servertest.StartAs(t, s, "other", "ada@example.com"); got != "361243" {
			t.Errorf("the second code is %s", got)
		}
		if !s.Clock().Now().Equal(servertest.At2030) {
			t.Errorf("the clock shows %s", s.Clock().Now())
		}
	})
}

func TestAServerOfABadFixtureDoesNotStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mockauth0.yaml")
	if _, err := server.New(server.Config{FixtureFile: path}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("without a file: %v", err)
	}
	if err := os.WriteFile(path, []byte("version: 1\nclient: []\nuser: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := server.New(server.Config{FixtureFile: path})
	if err == nil || !strings.Contains(err.Error(), `"clients"`) || !strings.Contains(err.Error(), `"users"`) {
		t.Errorf("with two mistakes: %v", err)
	}
	if _, err := server.New(server.Config{Issuer: "localhost:2884"}); err == nil || !strings.Contains(err.Error(), "https://localhost:2884/") {
		t.Errorf("with an issuer that is no URL: %v", err)
	}
}
