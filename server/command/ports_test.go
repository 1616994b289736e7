package command

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
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

// playSMS is an app that sends a text message of its own by Twilio's API, and
// one with a code by the tenant, and shows what the outbox has.
func playSMS() int {
	fail := func(err error) int { fmt.Println(err); return 1 }
	r, err := http.NewRequest("POST", os.Getenv("MOCKAUTH0_TWILIO_URL")+"/2010-04-01/Accounts/AC1/Messages.json",
		strings.NewReader(url.Values{"To": {"+12025550101"}, "From": {"Acme"}, "Body": {"Parcel 4711"}}.Encode()))
	if err != nil {
		return fail(err)
	}
	r.SetBasicAuth("AC1", "token")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	own, err := http.DefaultClient.Do(r)
	if err != nil {
		return fail(err)
	}
	res, err := http.Post(os.Getenv("MOCKAUTH0_URL")+"/passwordless/start", "application/json",
		strings.NewReader(`{"client_id":"acme-native","connection":"sms","phone_number":"+12025550101"}`))
	if err != nil {
		return fail(err)
	}
	fmt.Println(own.StatusCode, res.StatusCode)
	if res, err = http.Get(os.Getenv("MOCKAUTH0_URL") + "/_mock/outbox"); err != nil {
		return fail(err)
	}
	var box struct {
		Items []struct {
			Kind, Text, Note string
			Relay            *struct{ State string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&box); err != nil {
		return fail(err)
	}
	for _, m := range box.Items {
		state := ""
		if m.Relay != nil {
			state = m.Relay.State
		}
		fmt.Printf("%s, %s, %s, %s\n", m.Kind, m.Text, state, m.Note)
	}
	return 0
}

func TestTextMessages(t *testing.T) {
	t.Parallel()
	called := make(chan string, 10)
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		called <- string(body)
	}))
	t.Cleanup(gateway.Close)
	port := gateway.Listener.Addr().(*net.TCPAddr).Port
	passedOn := `{"recipient":"+12025550101","body":"It is 340691","sender":"+15005550006"}`
	for name, c := range map[string]struct {
		url    string
		flags  []string
		want   string
		called string
	}{
		"loopback": {gateway.URL, nil, "201 200\ntwilio, Parcel 4711, , \nsms, It is 340691, sent, \n", passedOn},
		// 0.0.0.0 is this machine, too, but it is not loopback.
		"allowed": {fmt.Sprintf("http://0.0.0.0:%d", port), []string{"--allow-outbound", "0.0.0.0"}, "201 200\ntwilio, Parcel 4711, , \nsms, It is 340691, sent, \n", passedOn},
		"elsewhere": {"https://sms.example.com/", nil, "201 200\ntwilio, Parcel 4711, , \n" +
			"sms, It is 340691, , the SMS gateway was not called: --allow-outbound sms.example.com would call it\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && name == "allowed" {
				t.Skip("Windows does not call 0.0.0.0")
			}
			fixture := filepath.Join(t.TempDir(), "sms.yaml")
			text := "version: 1\nextends: default\nconnections:\n  - {name: sms, strategy: sms, enabled_clients: ['*'], options: {provider: sms_gateway, gateway_url: '" + c.url + "', template: 'It is {{ code }}'}}\n"
			if err := os.WriteFile(fixture, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			env, args := child(t, "sms")
			flags := []string{"exec", "--log", "none", "--fixture", fixture, "--twilio", "localhost:0"}
			if got := run(t, environ(env...), slices.Concat(flags, c.flags, []string{"--"}, args)...); got != (result{out: c.want}) {
				t.Errorf("%+v", got)
			}
			select {
			case got := <-called:
				if got != c.called {
					t.Errorf("the gateway got %s", got)
				}
			default:
				if c.called != "" {
					t.Error("the gateway was not called")
				}
			}
		})
	}
}

// The addresses are told where people and programs look for them.
func TestPortsAreAnnounced(t *testing.T) {
	t.Parallel()
	flags := []string{"--smtp", "127.0.0.1:0", "--mail-api", "127.0.0.1:0", "--smtp-relay", "mail.test:25", "--twilio", "127.0.0.1:0"}
	out, _ := stopped(t, environ(), true, flags...)
	for _, want := range []string{
		"\n  mail     SMTP at localhost:", "\n           MailHog's API at http://localhost:", "\n           handed on to mail.test:25\n",
		"\n  SMS      Twilio's API at http://localhost:",
	} {
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
		SMS struct{ Twilio []string }
	}
	if err := json.Unmarshal([]byte(errout), &line); err != nil || len(line.Mail.SMTP) != 1 || len(line.Mail.API) != 1 ||
		line.Mail.Dialect != "mailhog" || line.Mail.Relay != "mail.test:25" || len(line.SMS.Twilio) != 1 {
		t.Errorf("%s: %v", errout, err)
	}
}
