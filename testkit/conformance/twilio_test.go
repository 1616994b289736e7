package conformance

import (
	"net/http/httptest"
	"os/exec"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/server/twilio"
	"github.com/mockauth0/mockauth0/testkit"
)

// An application that sends its own text messages by Twilio's client. They are
// in the outbox beside the tenant's.
func TestTwilio(t *testing.T) {
	t.Parallel()
	installPackages(t)
	auth := testkit.Start(t)
	door := httptest.NewServer(twilio.New(twilio.Options{Box: auth.Server().Outbox(), Now: auth.Server().Clock().Now}))
	defer door.Close()
	const to, body = "+12025550123", "Your parcel 4711 is here: https://acme.test/p?a=1&b=ü"
	c := exec.CommandContext(within(t), "node", "--test", "--test-timeout=240000", "--test-reporter=spec", "javascript/twilio/twilio.test.js")
	c.Env = append(environWithout("NODE_OPTIONS"), "TWILIO_API="+door.URL, "TWILIO_TO="+to, "TWILIO_BODY="+body)
	gently(c)
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	m := auth.WaitFor(t, outbox.To(to), outbox.Kind(outbox.Twilio))
	if m.Text != body || !slices.Equal(m.Codes, []string{"4711"}) || !slices.Equal(m.Links, []string{"https://acme.test/p?a=1&b=ü"}) {
		t.Errorf("the outbox has %+v", m)
	}
	if n := len(auth.Server().Outbox().All(outbox.Kind(outbox.Twilio))); n != 4 {
		t.Errorf("the outbox has %d messages; the refused ones must not be there", n)
	}
}
