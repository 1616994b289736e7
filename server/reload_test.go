package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// An editedFile is a file whose every edit has a time of its own.
type editedFile struct {
	t     *testing.T
	path  string
	edits int
}

func fileIn(t *testing.T, dir, name, text string) *editedFile {
	t.Helper()
	f := &editedFile{t: t, path: filepath.Join(dir, name)}
	f.write(text)
	return f
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

func (f *editedFile) remove() {
	f.t.Helper()
	if err := os.Remove(f.path); err != nil {
		f.t.Fatal(err)
	}
}

// A watched server logs, and looks after its files. The tests run in a bubble of
// synctest, where half a second passes at once.
type watched struct {
	*testing.T
	*server.Server
	log *servertest.LogBuffer
}

func watch(t *testing.T, c server.Config) *watched {
	t.Helper()
	w := &watched{T: t, log: &servertest.LogBuffer{}}
	c.At, c.Log = servertest.At2030, slog.New(slog.NewTextHandler(w.log, nil))
	w.Server = servertest.New(t, c)
	w.log.Take()
	return w
}

// expect starts a login as soon as the server looks after its files again, and
// checks the status.
func (w *watched) expect(want int) {
	w.Helper()
	<-time.After(500 * time.Millisecond)
	if got := servertest.PostStart(w, w.Server, "ada@example.com", nil).Code; got != want {
		w.Errorf("status %d, not %d", got, want)
	}
}

// says checks what health says of the scenario files and of the fixture's, and
// that the log has one line about them. "" is nothing.
func (w *watched) says(scenario, fixture, log string) {
	w.Helper()
	health := servertest.DecodeAnswer[struct {
		ScenarioError string `json:"scenario_error"`
		FixtureError  string `json:"fixture_error"`
	}](w, servertest.Call(w, w.Server, "GET", "/_mock/health", nil))
	var lines []string
	for line := range strings.Lines(w.log.Take()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "in use") {
			lines = append(lines, line)
		}
	}
	for what, one := range map[string][2]string{
		"health of the scenarios": {health.ScenarioError, scenario}, "health of the fixture": {health.FixtureError, fixture}, "the log": {strings.Join(lines, ""), log},
	} {
		if got, want := one[0], one[1]; !strings.Contains(got, want) || (got == "") != (want == "") {
			w.Errorf("%s says %q, not %q", what, got, want)
		}
	}
	if len(lines) > 1 {
		w.Errorf("the log says it more than once: %q", lines)
	}
}

func TestAChangedFixtureFileIsTakenIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		named := func(name string) string {
			return "version: 1\nextends: default\nusers:\n  - {email: ada@example.com, name: " + name + "}\n"
		}
		file := fileIn(t, t.TempDir(), "mockauth0.yaml", named("One"))
		w := watch(t, server.Config{FixtureFile: file.path, Seed: "dev"})
		session := servertest.Login(t, w.Server, "grace@example.com", nil)
		pending := servertest.Start(t, w.Server, "ada@example.com")
		expect := func(after time.Duration, want string) {
			t.Helper()
			<-time.After(after)
			servertest.Call(t, w, "GET", "/_mock/", nil) // any request looks after the file
			if got := servertest.UserOf(t, w.Server, "ada@example.com").Name; got != want {
				t.Errorf("after %s the user is %s, not %s", after, got, want)
			}
		}
		file.write(named("Two"))
		expect(499*time.Millisecond, "One") // it looks twice a second
		expect(time.Millisecond, "Two")
		w.says("", "", "in use")

		// A bad edit keeps what was there, and so does a file that is gone.
		file.write("version: 1\nusers:\n  - {emial: ada@example.com}\n")
		expect(time.Second, "Two")
		w.says("", "emial", "emial")
		file.write(named("Three"))
		expect(time.Second, "Three")
		w.says("", "", "in use")
		file.remove()
		expect(time.Second, "Three")
		w.says("", "mockauth0.yaml", "mockauth0.yaml")
		file.edits--
		file.write(named("Three"))
		expect(time.Second, "Three")
		w.says("", "", "in use")

		// Tokens, codes, and users who signed up outlive the changes.
		if a := servertest.Refresh(t, w.Server, session.RefreshToken); a.Code != http.StatusOK {
			t.Errorf("a refresh token does not go on: %d %s", a.Code, a.Body)
		}
		if a := servertest.Redeem(t, w.Server, "ada@example.com", pending, nil); a.Code != http.StatusOK {
			t.Errorf("a code does not go on: %d %s", a.Code, a.Body)
		}
		servertest.UserOf(t, w.Server, "grace@example.com")

		// Clients do not. The codes go on counting, under the configuration's seed.
		file.write("version: 1\nextends: minimal\nclients:\n  - {client_id: other, app_type: native, grant_types: [refresh_token]}\n")
		w.expect(http.StatusForbidden)
		if got := servertest.StartAs(t, w.Server, "other", "ada@example.com"); got != "361243" || !w.Clock().Now().Equal(servertest.At2030) {
			t.Errorf("the second code is %s, the clock shows %s", got, w.Clock().Now())
		}
	})
}

// A bad edit keeps the rules of before, and so does a file that is gone. Rules
// that stay as they are keep their counts.
// A small file that expands to more than the memory is a mistake like any other.
func TestAFileThatExpandsWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		fixture := fileIn(t, dir, "mockauth0.yaml", "version: 1\nextends: default\n")
		scenario := fileIn(t, dir, "down.yaml", "version: 1\nname: mine\nrules: [{id: a, then: {respond: {status: 503}}}]\n")
		w := watch(t, server.Config{FixtureFile: fixture.path, Scenarios: []string{scenario.path}})
		w.expect(http.StatusServiceUnavailable)
		scenario.write(string(strictyamltest.MergeBomb()))
		w.expect(http.StatusServiceUnavailable)
		w.says("expand to more", "", "expand to more")
		fixture.write(string(strictyamltest.MergeBomb()))
		w.expect(http.StatusServiceUnavailable)
		w.says("expand to more", "expand to more", "expand to more")
	})
}

func TestAChangedScenarioFileIsTakenIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const kept = "  - {id: kept, when: {endpoint: passwordless.start, call: [1, 4]}, then: {respond: {status: 418}}}\n"
		dir := t.TempDir()
		a := fileIn(t, dir, "a.yaml", "version: 1\nname: a\nrules:\n"+kept+"  - {id: other, when: {endpoint: userinfo}, then: {respond: {status: 420}}}\n")
		b := fileIn(t, dir, "b.yaml", servertest.Answering("b", 421))
		w := watch(t, server.Config{Scenarios: []string{a.path, "slow", b.path}})
		for _, status := range []int{418, 421, 421} {
			w.expect(status)
		}

		// One rule is added and one moved. The kept one is at its fourth call.
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

		// A mistake in one file keeps the rules of all. It is told once.
		a.write("version: 1\nname: a\nrules:\n  - {id: kept, when: {endpoint: passwordles.start}, then: {respond: {status: 423}}}\n")
		b.write(servertest.Answering("b", 424))
		w.expect(421)
		w.says(`passwordles.start`, "", "a.yaml")
		w.expect(421)
		w.says(`did you mean "passwordless.start"?`, "", "")
		a.write("version: 1\nname: a\nrules:\n" + kept)
		w.expect(424)
		w.says("", "", "in use")
		if rule := servertest.StatusOf(t, w.Server, "a").Rules[0]; rule.Matched != 7 {
			t.Errorf("a bad edit lost the counts: %+v", rule)
		}

		// A file that is gone, and comes back.
		b.remove()
		w.expect(424)
		w.says("b.yaml", "", "b.yaml")
		w.expect(424)
		w.says("b.yaml", "", "")
		b.edits--
		b.write(servertest.Answering("b", 424))
		w.expect(424)
		w.says("", "", "in use")

		// It is a mistake, too, that a scenario takes another's name.
		b.write(servertest.Answering("a", 425))
		w.expect(424)
		w.says("both called a", "", "both called a")
		b.write(servertest.Answering("b", 426))
		w.expect(426)
		w.says("", "", "in use")
	})
}

// A fixture that names scenarios changes, and so do their files, in any order.
func TestAChangedFixtureSwitchesItsScenarios(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		naming := func(list string) string {
			return "version: 1\nextends: default\nscenarios: [" + list + "]\n"
		}
		dir := t.TempDir()
		f := fileIn(t, dir, "mockauth0.yaml", "version: 1\nextends: default\n")
		w := watch(t, server.Config{FixtureFile: f.path})
		w.expect(200)

		// The fixture is saved before the file that it names.
		f.write(naming("a.yaml, rate-limited"))
		w.expect(200)
		w.says("", "a.yaml", "a.yaml")
		w.expect(200)
		w.says("", "a.yaml", "")
		a := fileIn(t, dir, "a.yaml", "version: 1\nname: a\nrules: [{id: a, then: {otp: expird}}]\n")
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

		// A bad edit of the fixture keeps its scenarios. One without scenarios
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

		// A state that was put is not the fixture's: its files do not count, until
		// the fixture says so again.
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
		f.write(naming("a.yaml"))
		w.expect(420)
		w.says("", "", "in use")
	})
}

func TestAChangedSeedCountsForScenarios(t *testing.T) {
	t.Parallel()
	answers := func(s *server.Server) string {
		servertest.SwitchOn(t, s, "version: 1\nname: half\nrules: [{id: a, when: {endpoint: passwordless.start, probability: 0.5}, then: {respond: {preset: unavailable}}}]\n")
		var codes []int
		for range 64 {
			codes = append(codes, servertest.PostStart(t, s, "ada@example.com", nil).Code)
		}
		return fmt.Sprint(codes)
	}
	synctest.Test(t, func(t *testing.T) {
		f := fileIn(t, t.TempDir(), "mockauth0.yaml", "version: 1\nextends: default\notp: {seed: one}\n")
		w := watch(t, server.Config{FixtureFile: f.path})
		one := answers(w.Server)
		f.write("version: 1\nextends: default\notp: {seed: two}\n")
		<-time.After(time.Second)
		servertest.Call(t, w, "GET", "/_mock/", nil) // any request looks after the file
		if two := answers(w.Server); two == one || two != answers(servertest.New(t, server.Config{At: servertest.At2030, Seed: "two"})) {
			t.Error("the old seed counts on")
		}
	})
}

// A fixture with other key files signs with them. One with the same key files
// goes on with the key that signs.
func TestChangedKeyFilesAreTakenIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := keysFixture(t, "1", "2", "3")
		w := watch(t, server.Config{FixtureFile: file.path})
		w.RotateKey()
		for _, edit := range []struct{ text, signs, says string }{
			{naming("1", "2", "3") + "users: []\n", "2", ""},
			{naming("3"), "3", ""},
			{naming("none"), "3", "there is no file"},
		} {
			file.write(edit.text)
			<-time.After(time.Second)
			if got := servertest.JWKS(t, w.Server); got[0].N != modulusOf(t, edit.signs) {
				t.Errorf("with %s another key signs than %s", edit.text, edit.signs)
			}
			w.says("", edit.says, map[bool]string{true: "in use", false: edit.says}[edit.says == ""])
		}
	})
}

// A change of the fixture file is a change of the state.
func TestAReloadChangesTheState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := fileIn(t, t.TempDir(), "mockauth0.yaml", "version: 1\nextends: default\n")
		w := watch(t, server.Config{FixtureFile: file.path})
		select {
		case <-w.StateChanged():
			t.Error("a server that has just begun tells of a change")
		default:
		}
		file.write("version: 1\nextends: default\nusers: [{email: grace@example.com}]\n")
		<-time.After(500 * time.Millisecond)
		servertest.Call(t, w.Server, "GET", "/health", nil)
		select {
		case <-w.StateChanged():
		default:
			t.Error("it does not tell of a change")
		}
	})
}

// An edit of the file replaces what the Management API has changed only in the sections
// that it edits.
func TestAnEditOfTheFixtureKeepsOtherChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const begin = "version: 1\nextends: default\n"
		file := fileIn(t, t.TempDir(), "mockauth0.yaml", begin)
		w := watch(t, server.Config{FixtureFile: file.path})
		token, err := w.ManagementToken("http://localhost:2884/")
		if err != nil {
			t.Fatal(err)
		}
		if a := servertest.Call(t, w, "PATCH", "/api/v2/clients/acme-web", servertest.Object{"name": "Shop"}, servertest.Header("Authorization", "Bearer "+token)); a.Code != http.StatusOK {
			t.Fatal(a.Body)
		}
		name := func() string {
			<-time.After(time.Second)
			servertest.Call(t, w, "GET", "/_mock/", nil)
			client := slices.IndexFunc(w.Fixture().Clients, func(c fixtures.Client) bool { return c.ClientID == "acme-web" })
			return w.Fixture().Clients[client].Name
		}
		file.write(begin + "tenant: {friendly_name: Edited}\n")
		if got := name(); got != "Shop" || w.Fixture().Tenant.FriendlyName != "Edited" {
			t.Errorf("after an edit of the tenant the client is %q, and the tenant %q", got, w.Fixture().Tenant.FriendlyName)
		}
		file.write(begin + "clients:\n  - {client_id: acme-web, client_secret: s, name: Mine}\n")
		if got := name(); got != "Mine" {
			t.Errorf("after an edit of the clients the client is %q", got)
		}
	})
}
