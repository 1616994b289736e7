package mailhog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
	"github.com/mockauth0/mockauth0/testkit/mailhog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The tenant's e-mail and the app's are in one inbox. A test reads it by the
// outbox, by MailHog's API and by Mailpit's.
func TestTheTenantAndTheAppShareAnInbox(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	mail := mailhog.Start(t, auth) // mail.SMTPAddr() for the app, mail.APIURL() for a client of MailHog
	login(t, auth, "ada@example.com")
	if err := smtp.SendMail(mail.SMTPAddr(), nil, "app@x.test", []string{"ada@example.com"}, []byte("To: ada@example.com\r\nSubject: Welcome\r\n\r\nYour coupon: 20301\r\n")); err != nil {
		t.Fatal(err)
	}
	app := auth.WaitFor(t, outbox.To("ada@example.com"), outbox.Kind(outbox.SMTP))
	if app.Subject != "Welcome" || len(app.Codes) != 1 || app.Codes[0] != "20301" {
		t.Errorf("%+v", app)
	}
	code := auth.OTP(t, "ada@example.com") // the tenant's, not the app's newer one
	var hog struct {
		Items []struct {
			Content struct{ Headers map[string][]string }
		}
	}
	get(t, mail.APIURL()+"/api/v2/search?kind=to&query=ada@example.com", &hog)
	if len(hog.Items) != 2 || hog.Items[0].Content.Headers["Subject"][0] != "Welcome" {
		t.Errorf("MailHog: %+v", hog)
	}
	var pit struct {
		Messages []struct{ Subject, Snippet string }
	}
	get(t, mail.MailpitURL()+"/api/v1/search?query=to:ada", &pit)
	if len(pit.Messages) != 2 || !strings.Contains(pit.Messages[1].Snippet, code) {
		t.Errorf("Mailpit: %+v, code %s", pit, code)
	}
}

func TestAScenarioActsOnTheAppsMail(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	mail := mailhog.Start(t, auth)
	injected := auth.InjectScenario(t, scenarios.Scenario{Name: "greylisted", Rules: []scenarios.Rule{{
		ID: "first", When: scenarios.When{Endpoint: scenarios.AnyOf{"smtp"}}, Times: 1,
		Then: scenarios.Then{Respond: &scenarios.Respond{Status: 451, Body: "try later"}},
	}}})
	send := func() error {
		return smtp.SendMail(mail.SMTPAddr(), nil, "app@x.test", []string{"ada@example.com"}, []byte("Subject: Welcome\r\n\r\n"))
	}
	var refused *textproto.Error
	if err := send(); !errors.As(err, &refused) || refused.Code != 451 || refused.Msg != "try later" {
		t.Errorf("the first is answered %v", err)
	}
	if err := send(); err != nil {
		t.Error(err)
	}
	injected.MustFire(t, 1)
}

func TestEachTestHasItsOwnMail(t *testing.T) {
	t.Parallel()
	for i := range 10 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t)
			mail := mailhog.Start(t, auth)
			if err := smtp.SendMail(mail.SMTPAddr(), nil, "app@x.test", []string{"ada@example.com"}, []byte("Subject: x\r\n\r\n")); err != nil {
				t.Fatal(err)
			}
			if held, _ := auth.Server().Outbox().Counts(); held != 1 {
				t.Errorf("%d messages", held)
			}
		})
	}
}

func login(t *testing.T, auth *testkit.Auth0, email string) {
	t.Helper()
	body := fmt.Sprintf(`{"client_id":%q,"connection":"email","email":%q,"send":"code"}`, auth.ClientID(), email)
	res, err := auth.Client().Post(auth.URL()+"/passwordless/start", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
}

func get(t *testing.T, url string, v any) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}
