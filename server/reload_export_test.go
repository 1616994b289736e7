package server_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Any file of an export is read again when it changes, and so is one that comes or goes.
func TestAChangedExportIsTakenIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for _, folder := range []string{"clients", "connections"} {
			if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		web := fileIn(t, filepath.Join(dir, "clients"), "Web.json", `{"name": "Web", "app_type": "native", "description": "One in ##ENV##"}`)
		fileIn(t, filepath.Join(dir, "connections"), "email.json", `{"name": "email", "strategy": "email", "options": {"email": {"body": "./email.html", "syntax": "liquid"}}}`)
		body := fileIn(t, filepath.Join(dir, "connections"), "email.html", "first {{ code }}")
		w := watch(t, server.Config{FixtureFile: dir, Keywords: fixtures.Keywords{"ENV": "dev"}})
		look := func() *fixtures.Fixture {
			<-time.After(time.Second)
			servertest.Call(t, w, "GET", "/_mock/", nil)
			return w.Fixture()
		}
		if f := look(); f.Clients[0].Description != "One in dev" {
			t.Fatalf("%+v", f.Clients)
		}
		w.says("", "", "")

		web.write(`{"name": "Web", "app_type": "native", "description": "Two in ##ENV##"}`)
		if f := look(); f.Clients[0].Description != "Two in dev" {
			t.Errorf("an edit of a client: %+v", f.Clients)
		}
		w.says("", "", "in use")
		body.write("second {{ code }}")
		if f := look(); f.Connections[0].Options.Email.Body != "second {{ code }}" {
			t.Errorf("an edit of a text: %+v", f.Connections)
		}
		w.says("", "", "in use")
		app := fileIn(t, filepath.Join(dir, "clients"), "App.json", `{"name": "App", "app_type": "spa"}`)
		if f := look(); len(f.Clients) != 2 || f.Clients[0].ClientID != "app" {
			t.Errorf("a new client: %+v", f.Clients)
		}
		w.says("", "", "in use")
		app.write(`{"name": "App", "app_type": "spa", "description": "new"}`)
		if f := look(); f.Clients[0].Description != "new" {
			t.Errorf("an edit of the new client: %+v", f.Clients)
		}
		w.says("", "", "in use")
		overlay := fileIn(t, dir, "mockauth0.yaml", "users: [{email: ada@example.com, name: Ada}]\n")
		if f := look(); len(f.Users) != 1 {
			t.Errorf("an overlay: %+v", f.Users)
		}
		w.says("", "", "in use")
		overlay.write("users: [{emial: ada@example.com}]\n")
		if f := look(); len(f.Users) != 1 || f.Users[0].Name != "Ada" {
			t.Errorf("a mistake in the overlay: %+v", f.Users)
		}
		w.says("", "emial", "emial")
		overlay.remove()
		if f := look(); len(f.Users) != 0 {
			t.Errorf("without the overlay: %+v", f.Users)
		}
		app.remove()
		if f := look(); len(f.Clients) != 1 {
			t.Errorf("without the client: %+v", f.Clients)
		}
	})
}
