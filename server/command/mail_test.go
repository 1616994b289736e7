package command_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// playMail is an app that sends a mail of its own, beside the one with the
// code, and reads both in the dialect that its arguments name. With a relay it
// waits until both were handed on.
func playMail() int {
	fail := func(err error) int { fmt.Println(err); return 1 }
	tenant := os.Getenv("MOCKAUTH0_URL")
	mail, err := url.Parse(os.Getenv("MOCKAUTH0_SMTP_URL"))
	if err != nil || mail.Scheme != "smtp" {
		return fail(fmt.Errorf("the mail server is %q (%w)", mail, err))
	}
	res, err := http.Post(tenant+"/passwordless/start", "application/json",
		strings.NewReader(`{"client_id":"acme-native","connection":"email","email":"ada@example.com","send":"code"}`))
	if err != nil || res.StatusCode != http.StatusOK {
		return fail(fmt.Errorf("%v %w", res, err))
	}
	welcome := "To: ada@example.com\r\nSubject: Welcome\r\n\r\nYour invoice code is 4711.\r\n"
	if err := smtp.SendMail(mail.Host, nil, "app@acme.test", []string{"ada@example.com"}, []byte(welcome)); err != nil {
		return fail(err)
	}
	api := os.Getenv("MOCKAUTH0_MAIL_API_URL")
	for _, path := range os.Args[1:] {
		res, err := http.Get(api + path)
		if err != nil {
			return fail(err)
		}
		var page struct{ Total int }
		if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
			return fail(err)
		}
		fmt.Println(res.StatusCode, page.Total)
		rebound, err := http.NewRequest(http.MethodGet, api+path, nil)
		if err != nil {
			return fail(err)
		}
		rebound.Host = "evil.example.com"
		if res, err = http.DefaultClient.Do(rebound); err != nil {
			return fail(err)
		}
		fmt.Println(res.StatusCode)
	}
	for deadline := time.Now().Add(patience); os.Getenv("RELAYED") != ""; {
		res, err := http.Get(tenant + "/_mock/outbox")
		if err != nil {
			return fail(err)
		}
		data, _ := io.ReadAll(res.Body)
		if strings.Count(string(data), os.Getenv("RELAYED")) == 2 {
			break
		}
		if time.Now().After(deadline) {
			return fail(fmt.Errorf("not handed on: %s", data))
		}
	}
	return 0
}

// The app's own mail comes in by SMTP, and clients of MailHog and Mailpit read
// it beside the tenant's; a page on a name that was rebound to this machine
// does not.
func TestMail(t *testing.T) {
	t.Parallel()
	for dialect, c := range map[string]struct{ path, want string }{
		"mailhog": {"/api/v2/messages", "200 2\n403\n"},
		"mailpit": {"/api/v1/messages", "200 2\n403\n"},
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			env, args := child(t, "mail", c.path)
			flags := []string{"exec", "--log", "none", "--smtp", "localhost:0", "--mail-api", "127.0.0.1:0", "--mail-api-dialect", dialect, "--"}
			if got := run(t, environ(env...), slices.Concat(flags, args)...); got != (result{out: c.want}) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Every mail is handed on to the relay; one that is down shows on the message,
// and fails nothing.
func TestMailRelay(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := outbox.New(outbox.Options{})
	far := mailhog.New(mailhog.Options{Box: box})
	ended := make(chan error, 1)
	go func() { ended <- far.ServeSMTP(ln) }()
	env, args := child(t, "mail")
	flags := []string{"exec", "--log", "none", "--smtp", "127.0.0.1:0", "--smtp-relay", ln.Addr().String(), "--"}
	if got := run(t, environ(append(env, `RELAYED="relay":{"state":"sent"}`)...), slices.Concat(flags, args)...); got != (result{}) {
		t.Errorf("%+v", got)
	}
	var subjects []string
	for _, m := range box.All() {
		subjects = append(subjects, m.Subject)
	}
	if want := []string{"Your verification code for Acme Native", "Welcome"}; !slices.Equal(subjects, want) {
		t.Errorf("the relay has %q, want %q", subjects, want)
	}
	if err := far.Close(); err != nil {
		t.Error(err)
	}
	<-ended
	if got := run(t, environ(append(env, `RELAYED="relay":{"state":"failed"`)...), slices.Concat(flags, args)...); got != (result{}) {
		t.Errorf("with a relay that is down: %+v", got)
	}
}

// The addresses are told where people and programs look for them.
func TestMailIsAnnounced(t *testing.T) {
	t.Parallel()
	flags := []string{"--smtp", "127.0.0.1:0", "--mail-api", "127.0.0.1:0", "--smtp-relay", "mail.test:25"}
	out, _ := stopped(t, environ(), true, flags...)
	for _, want := range []string{"\n  mail     SMTP at localhost:", "\n           MailHog's API at http://localhost:", "\n           handed on to mail.test:25\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	_, errout := stopped(t, environ(), false, flags...)
	var line struct {
		Mail struct {
			SMTP, API      []string
			Dialect, Relay string
		}
	}
	if err := json.Unmarshal([]byte(errout), &line); err != nil || len(line.Mail.SMTP) != 1 || len(line.Mail.API) != 1 || line.Mail.Dialect != "mailhog" || line.Mail.Relay != "mail.test:25" {
		t.Errorf("%s: %v", errout, err)
	}
}

// A command that fails is followed by what happened.
func TestExecTellsTheStory(t *testing.T) {
	t.Parallel()
	env, args := child(t, "start", "3")
	got := run(t, environ(env...), slices.Concat([]string{"exec", "--log", "json", "--scenario", "sms-lost", "--"}, args)...)
	if got.status != 3 {
		t.Errorf("status %d", got.status)
	}
	_, story, _ := strings.Cut(got.errout, "\nmockauth0: what happened until the command failed\n")
	for _, want := range []string{
		"requests: 1\n", "POST /passwordless/start {", "outbox: 1\n", "email to ada@example.com: code ",
		"scenarios: 1\n  sms-lost/", "matched 0, fired 0; near miss: passwordless.start: `connection` was email", "clock: ",
	} {
		if !strings.Contains(story, want) {
			t.Errorf("no %q in\n%s", want, got.errout)
		}
	}
	env, args = child(t, "start", "0")
	if got := run(t, environ(env...), slices.Concat([]string{"exec", "--log", "json", "--"}, args)...); strings.Contains(got.errout, "what happened") {
		t.Errorf("a command that succeeds is followed by\n%s", got.errout)
	}
}
