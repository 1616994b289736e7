package conformance

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
	"github.com/mockauth0/mockauth0/testkit/mailhog"
)

// The clients that suites read MailHog and Mailpit with, and an application
// that sends by nodemailer, by the test files in javascript/mail/.
func TestMailClients(t *testing.T) {
	t.Parallel()
	installPackages(t)
	files, err := filepath.Glob("javascript/mail/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no tests in javascript/mail/ (%v)", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t)
			mail := mailhog.Start(t, auth)
			res, err := auth.Client().Post(auth.URL()+"/passwordless/start", "application/json",
				strings.NewReader(`{"client_id":"`+auth.ClientID()+`","connection":"email","email":"tenant@example.com","send":"code"}`))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Fatal(res.Status)
			}
			sent := auth.WaitFor(t, outbox.To("tenant@example.com"))
			c := exec.CommandContext(within(t), "node", "--test", "--test-timeout=240000", "--test-reporter=spec", file)
			c.Env = append(environWithout("NODE_OPTIONS"), "MAIL_SMTP="+mail.SMTPAddr(), "MAIL_API="+mail.APIURL(), "MAILPIT_API="+mail.MailpitURL(),
				"MAIL_SUBJECT="+sent.Subject, "MAIL_CODE="+sent.Code)
			gently(c)
			out, err := c.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
