package management_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The location of an export leads to a file with a line for each user.
func TestTheFileOfAnExport(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	c.must("POST", "/users", servertest.Object{"connection": "email", "email": "a@example.com", "name": `A "B", C`, "user_metadata": servertest.Object{"n": 1}})
	for _, tt := range []struct {
		ask  servertest.Object
		want string
	}{
		{servertest.Object{"format": "csv", "fields": []servertest.Object{{"name": "email"}, {"name": "name", "export_as": "full name"}, {"name": "user_metadata.n"}, {"name": "identities[0].connection"}, {"name": "nothing"}}}, `"email","full name","user_metadata.n","identities[0].connection","nothing"
"ada@example.com","Ada Lovelace","","email",""
"","+12025550101","","sms",""
"alan@example.com","Alan Turing","","email",""
"dora@example.com","Dora","","Username-Password-Authentication",""
"a@example.com","A ""B"", C","1","email",""
`},
		{servertest.Object{"limit": 1, "fields": []servertest.Object{{"name": "email", "export_as": "to"}, {"name": "nothing"}}}, `{"to":"ada@example.com"}` + "\n"},
	} {
		job := c.must("POST", "/jobs/users-exports", tt.ask)
		location := c.must("GET", "/jobs/"+job["id"].(string), nil)["location"].(string)
		w := servertest.Call(t, c.server, "GET", strings.TrimPrefix(location, "http://localhost:2884"), nil)
		r, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatalf("%s: %d %s", location, w.Code, w.Body)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != tt.want {
			t.Errorf("%v: %v\n%s\nwant\n%s", tt.ask, err, got, tt.want)
		}
		if w.Header().Get("Content-Type") != "application/gzip" || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("the header is %v", w.Header())
		}
	}
}

// Tickets, jobs, templates and the provider are in an export, and work for who loads it.
func TestTicketsAndJobsAreInTheExport(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	u := c.must("POST", "/users", servertest.Object{"connection": "Username-Password-Authentication", "email": "kay@example.com", "name": "Kay", "nickname": "k", "password": "Passw0rd!"})
	c.must("POST", "/email-templates", servertest.Object{"template": "verify_email", "subject": "Hello", "enabled": true})
	c.must("POST", "/emails/provider", servertest.Object{"name": "smtp", "credentials": servertest.Object{"smtp_host": "smtp.acme.test", "smtp_pass": "secret"}})
	ticket := c.must("POST", "/tickets/email-verification", servertest.Object{"user_id": u["user_id"]})["ticket"].(string)
	job := c.must("POST", "/jobs/verification-email", servertest.Object{"user_id": u["user_id"]})["id"].(string)

	state := exported(t, c.server)
	f, err := fixtures.Parse("", []byte(state))
	if err != nil {
		t.Fatal(err)
	}
	again := &caller{t, servertest.New(t, server.Config{Fixture: f, At: servertest.At2030}), c.token}
	if got := exported(t, again.server); got != state {
		t.Errorf("a server that has loaded the export has\n%s\nwant\n%s", got, state)
	}
	if got := again.must("GET", "/jobs/"+job, nil)["status"]; got != "completed" {
		t.Errorf("the job is %v", got)
	}
	// A new ticket does not replace the old one.
	if again.must("POST", "/tickets/email-verification", servertest.Object{"user_id": u["user_id"]})["ticket"] == ticket {
		t.Error("a new ticket is the old one")
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(ticket, "http://localhost:2884"), "#")
	if w := servertest.Call(t, again.server, "GET", path, nil); w.Code != http.StatusOK {
		t.Errorf("the ticket: %d %s", w.Code, w.Body)
	}
	again.server.Reset()
	again.refused("GET", "/email-templates/reset_email", nil)
}

// Jobs and tickets are bounded.
func TestJobsAreBounded(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	first := c.must("POST", "/jobs/users-exports", servertest.Object{})["id"].(string)
	for range 100 {
		c.must("POST", "/jobs/users-exports", servertest.Object{})
	}
	c.refused("GET", "/jobs/"+first, nil)
}
