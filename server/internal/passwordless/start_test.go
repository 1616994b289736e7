package passwordless_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The log shows what a user would read in the mail, and what helps against a
// refusal.
func TestTheLogTellsWhatWasSentAndWhatHelps(t *testing.T) {
	t.Parallel()
	var log servertest.LogBuffer
	s := servertest.New(t, server.Config{Seed: "dev", Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, tt := range []struct {
		email string
		more  servertest.Object
		want  string
	}{
		{"ada@example.com", nil, "To sign in as ada@example.com use the code 241272"},
		{"ada@example.com", servertest.Object{"send": nil}, "To sign in as ada@example.com open http://localhost:2884/passwordless/verify_redirect?"},
		{"", servertest.Object{"connection": "sms", "phone_number": "+14155550100"}, "To sign in as +14155550100 use the code 359427"},
		{"alan@example.com", nil, "Nothing was sent to alan@example.com: the user is blocked"},
		{"ada@example.com", servertest.Object{"client_id": "abc"}, `client \"abc\" is not in the fixture; add --client abc (in Go, testkit.Clients)`},
		{"foo", nil, "POST /passwordless/start: 400 bad.email: "},
	} {
		servertest.PostStart(t, s, tt.email, tt.more)
		if got := log.Take(); !strings.Contains(got, tt.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s %v: the log says %q, want %q in one line", tt.email, tt.more, got, tt.want)
		}
	}
}

// users: replaces the default users, which nobody notices until one of them signs in.
func TestTheLogTellsThatADefaultUserIsGone(t *testing.T) {
	t.Parallel()
	const gone = "is a user of the fixture default, but the users of f.yaml replace those"
	f, err := fixtures.Parse("f.yaml", []byte("version: 1\nextends: default\nusers: [{email: alan@example.com}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var log servertest.LogBuffer
	s := servertest.New(t, server.Config{Fixture: f, Log: slog.New(slog.NewTextHandler(&log, nil))})
	sms := servertest.Object{"connection": "sms", "phone_number": "+12025550101"}
	for _, tt := range []struct {
		email string
		more  servertest.Object
		want  bool
	}{
		{"ada@example.com", nil, true},
		{"", sms, true},
		{"alan@example.com", nil, false}, // the file has this one
		{"grace@example.com", nil, false},
	} {
		servertest.PostStart(t, s, tt.email, tt.more)
		if got := log.Take(); strings.Contains(got, gone) != tt.want {
			t.Errorf("%s %v: the log says %q", tt.email, tt.more, got)
		}
	}
	servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": fixtures.GrantPassword, "client_id": "acme-native", "username": "dora@example.com", "password": "Passw0rd!"})
	if got := log.Take(); !strings.Contains(got, "dora@example.com "+gone) {
		t.Errorf("a password: the log says %q", got)
	}
	// A user who has signed in since is known.
	servertest.Login(t, s, "ada@example.com", nil)
	log.Take()
	servertest.PostStart(t, s, "ada@example.com", nil)
	if got := log.Take(); strings.Contains(got, gone) {
		t.Errorf("the second login: the log says %q", got)
	}
	unchanged := servertest.New(t, server.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	servertest.PostStart(t, unchanged, "ada@example.com", nil)
	if got := log.Take(); strings.Contains(got, gone) {
		t.Errorf("the default fixture: the log says %q", got)
	}
}

// A template cannot write into the head of a mail.
func TestATemplateCannotInjectHeaders(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, `
connections:
  - name: email
    strategy: email
    enabled_clients: ["*"]
    options: {email: {from: "A\r\nX-Evil: 1\r\n <a@b.test>", subject: "x\r\nBcc: {{ user.email }}\n\nbody", body: "{{ code }}"}}
`)})
	servertest.Start(t, s, "ada@example.com")
	if m := s.Outbox().All()[0]; m.From != "A X-Evil: 1 <a@b.test>" || m.Subject != "x Bcc: ada@example.com body" || m.Note != "" {
		t.Errorf("from %q, subject %q, note %q", m.From, m.Subject, m.Note)
	}
}
