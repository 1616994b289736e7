package server_test

import (
	"fmt"
	"log/slog"
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

// A watchedServer has scenario files, and time that passes at once.
type watchedServer struct {
	*testing.T
	*server.Server
	log *servertest.LockedBuffer
	dir string
}

func watching(t *testing.T, config func(dir string) server.Config) *watchedServer {
	t.Helper()
	w := &watchedServer{T: t, log: &servertest.LockedBuffer{}, dir: t.TempDir()}
	c := config(w.dir)
	c.At, c.Log = servertest.At2030, slog.New(slog.NewTextHandler(w.log, nil))
	w.Server = servertest.New(t, c)
	w.log.Take()
	return w
}

func (w *watchedServer) file(name string) *editedFile {
	return &editedFile{t: w.T, path: filepath.Join(w.dir, name)}
}

// start is the status of a start after the time that files need to be seen.
func (w *watchedServer) start() int {
	w.Helper()
	<-time.After(500 * time.Millisecond)
	return servertest.StartWith(w, w.Server, "ada@example.com")
}

func (w *watchedServer) expect(want int) {
	w.Helper()
	if got := w.start(); got != want {
		w.Errorf("status %d, not %d", got, want)
	}
}

// health is what health says of the scenario files and of the fixture's.
func (w *watchedServer) health() (scenario, fixture string) {
	w.Helper()
	h := servertest.DecodeAnswer[struct {
		ScenarioError string `json:"scenario_error"`
		FixtureError  string `json:"fixture_error"`
	}](w, servertest.Call(w, w.Server, "GET", "/_mock/health", nil))
	return h.ScenarioError, h.FixtureError
}

func (w *watchedServer) says(scenario, fixture, log string) {
	w.Helper()
	s, f := w.health()
	for _, one := range [][2]string{{s, scenario}, {f, fixture}} {
		if !strings.Contains(one[0], one[1]) || (one[0] == "") != (one[1] == "") {
			w.Errorf("health says %q, not %q", one[0], one[1])
		}
	}
	var errors []string
	for line := range strings.Lines(w.log.Take()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "in use") {
			errors = append(errors, line)
		}
	}
	if got := strings.Join(errors, ""); !strings.Contains(got, log) || (got == "") != (log == "") || len(errors) > 1 {
		w.Errorf("the log says %q, not %q", got, log)
	}
}

// A bad edit keeps the old rules; a file that is gone does, until it is back;
// rules that stay as they are keep their counts.
func TestAChangedScenarioFileIsTakenIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const kept = "  - {id: kept, when: {endpoint: passwordless.start, call: [1, 4]}, then: {respond: {status: 418}}}\n"
		var a, b *editedFile
		w := watching(t, func(dir string) server.Config {
			a, b = &editedFile{t: t, path: filepath.Join(dir, "a.yaml")}, &editedFile{t: t, path: filepath.Join(dir, "b.yaml")}
			a.write("version: 1\nname: a\nrules:\n" + kept + "  - {id: other, when: {endpoint: userinfo}, then: {respond: {status: 420}}}\n")
			b.write(servertest.Answering("b", 421))
			return server.Config{Scenarios: []string{a.path, "slow", b.path}}
		})
		w.expect(418)
		w.expect(421)
		if got := servertest.StartWith(t, w.Server, "ada@example.com"); got != 421 { // the third
			t.Error(got)
		}

		// Rules are added and one is moved; the kept one is at its fourth call.
		if err := w.Clock().Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		a.write("version: 1\nname: a\ndescription: changed\nrules:\n  - {id: more, when: {endpoint: jwks}, then: {respond: {status: 422}}}\n" + kept)
		w.expect(418)
		w.says("", "", a.path+" has changed and is in use")
		st := servertest.StatusOf(t, w.Server, "a")
		if kept := st.Rules[1]; kept.Matched != 4 || kept.Fired != 2 || len(kept.Last) != 2 || !st.Since.Equal(servertest.At2030) || st.Description != "changed" {
			t.Errorf("after the edit: %+v", st)
		}

		// A mistake in one file keeps the rules of all.
		a.write("version: 1\nname: a\nrules:\n  - {id: kept, when: {endpoint: passwordles.start}, then: {respond: {status: 423}}}\n")
		b.write(servertest.Answering("b", 424))
		w.expect(421)
		w.says(`passwordles.start`, "", "a.yaml")
		w.expect(421)
		w.says(`did you mean "passwordless.start"?`, "", "") // said once
		a.write("version: 1\nname: a\nrules:\n" + kept)
		w.expect(424)
		w.says("", "", "in use")
		if rule := servertest.StatusOf(t, w.Server, "a").Rules[0]; rule.Matched != 7 {
			t.Errorf("a bad edit lost the counts: %+v", rule)
		}

		// A file that is gone, and comes back.
		if err := os.Remove(b.path); err != nil {
			t.Fatal(err)
		}
		w.expect(424)
		w.says("b.yaml", "", "b.yaml")
		w.expect(424)
		w.says("b.yaml", "", "")
		b.edits--
		b.write(servertest.Answering("b", 424))
		w.expect(424)
		w.says("", "", "in use")

		// A scenario that takes another's name is a mistake, too.
		b.write(servertest.Answering("a", 425))
		w.expect(424)
		w.says("both called a", "", "both called a")
		b.write(servertest.Answering("b", 426))
		w.expect(426)
		w.says("", "", "in use")
	})
}

// A fixture that names scenarios and their files change each by itself, or
// together, in any order.
func TestAChangedFixtureSwitchesItsScenarios(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		naming := func(list string) string {
			return "version: 1\nextends: default\nscenarios: [" + list + "]\nusers:\n  - {email: ada@example.com}\n"
		}
		var f *editedFile
		w := watching(t, func(dir string) server.Config {
			f = &editedFile{t: t, path: filepath.Join(dir, "mockauth0.yaml")}
			f.write("version: 1\nextends: default\nusers:\n  - {email: ada@example.com}\n")
			return server.Config{FixtureFile: f.path}
		})
		w.expect(200)
		a := w.file("a.yaml")

		// The fixture is saved before the file that it names.
		f.write(naming("a.yaml, rate-limited"))
		w.expect(200)
		w.says("", "a.yaml", "a.yaml")
		w.expect(200)
		w.says("", "a.yaml", "")
		a.write("version: 1\nname: a\nrules: [{id: a, then: {otp: expird}}]\n")
		w.expect(200)
		w.says("", `did you mean "expired"?`, "expird")
		a.write(servertest.Answering("a", 418))
		w.expect(418)
		w.says("", "", "in use")

		// Then the file alone, well and badly.
		a.write(servertest.Answering("a", 420))
		w.expect(420)
		w.says("", "", a.path+" has changed and is in use")
		a.write("version: 1\n")
		w.expect(420)
		w.says("required field is missing", "", "a.yaml")
		a.write(servertest.Answering("a", 421))
		w.expect(421)
		w.says("", "", "in use")

		// A bad edit of the fixture keeps its scenarios; one without scenarios
		// switches them off, and their files do not count any more.
		f.write("version: 1\nusr: []\n")
		w.expect(421)
		w.says("", "usr", "usr")
		f.write(naming(""))
		w.expect(200)
		w.says("", "", "in use")
		a.write("nonsense")
		w.expect(200)
		w.says("", "", "")

		f.write(naming("rate-limited"))
		w.expect(429)
		w.says("", "", "in use")

		// What was put is no longer the fixture's: its files do not count.
		a.write(servertest.Answering("a", 418))
		f.write(naming("a.yaml"))
		w.expect(418)
		w.says("", "", "in use")
		if put := servertest.Call(t, w.Server, "PUT", "/_mock/state", `{"version":1,"extends":"default","scenarios":["bad-gateway-html","a"]}`); put.Code != http.StatusNoContent {
			t.Fatal(put.Code, put.Body)
		}
		a.write(servertest.Answering("a", 420))
		w.expect(502)
		w.says("", "", "")
		f.write(naming("a.yaml")) // until the file says so again
		w.expect(420)
		w.says("", "", "in use")
	})
}

// A fixture's new seed is the scenarios', too.
func TestAChangedSeedIsTakenIn(t *testing.T) {
	t.Parallel()
	fate := func(s *server.Server) string {
		servertest.SwitchOn(t, s, "version: 1\nname: half\nrules: [{id: a, when: {endpoint: passwordless.start, probability: 0.5}, then: {respond: {preset: unavailable}}}]\n")
		var answers []int
		for range 64 {
			answers = append(answers, servertest.StartWith(t, s, "ada@example.com"))
		}
		return fmt.Sprint(answers)
	}
	synctest.Test(t, func(t *testing.T) {
		var f *editedFile
		w := watching(t, func(dir string) server.Config {
			f = &editedFile{t: t, path: filepath.Join(dir, "mockauth0.yaml")}
			f.write("version: 1\nextends: default\notp: {seed: one}\n")
			return server.Config{FixtureFile: f.path}
		})
		one := fate(w.Server)
		f.write("version: 1\nextends: default\notp: {seed: two}\n")
		w.start() // any request looks after the file
		if two := fate(w.Server); two == one || two != fate(servertest.New(t, server.Config{At: servertest.At2030, Seed: "two"})) {
			t.Error("the old seed counts on")
		}
	})
}

// A server whose scenarios have mistakes does not start, and says them all.
func TestAServerOfBadScenariosDoesNotStart(t *testing.T) {
	t.Parallel()
	bad := servertest.ScenarioFile(t, "version: 1\nname: bad\nrules: [{id: a, then: {otp: expird, user: blockd}}]\n")
	for _, one := range []struct {
		config server.Config
		want   []string
	}{
		{server.Config{Scenarios: []string{"otp-expird"}}, []string{`"otp-expired"`}},
		{server.Config{Scenarios: []string{bad, "nowhere.yaml"}}, []string{"expird", "blockd", "nowhere.yaml"}},
		{server.Config{Scenarios: []string{"slow", "slow"}}, []string{"slow"}},
	} {
		_, err := server.New(one.config)
		for _, want := range one.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v lacks %q", one.config.Scenarios, err, want)
			}
		}
	}
}
