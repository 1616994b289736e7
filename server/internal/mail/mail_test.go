package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
)

func letter() mail.Letter {
	return mail.Letter{
		Tenant: fixtures.Tenant{FriendlyName: "Acme", SupportURL: "https://acme.test/?a&b"},
		Client: &fixtures.Client{Name: `<b>Shop</b> & "Co"`}, Code: "012345", Lifetime: 3 * time.Minute,
	}
}

func TestAnEmailWithACode(t *testing.T) {
	t.Parallel()
	got := mail.Email(letter())
	want := mail.Text{
		From:    "Acme <no-reply@mockauth0.test>",
		Subject: `Your verification code for <b>Shop</b> & "Co"`,
		Plain: "Your verification code is: 012345\n\nIt works once, within 3 minutes, and only the newest one counts.\n" +
			"If you did not ask to sign in to <b>Shop</b> & \"Co\", you can ignore this e-mail.\n\nHelp: https://acme.test/?a&b\n",
		HTML: "<!DOCTYPE html>\n<html lang=\"en\"><body>\n<p>Your verification code is: <strong>012345</strong></p>\n" +
			"<p>It works once, within 3 minutes, and only the newest one counts.</p>\n" +
			"<p>If you did not ask to sign in to &lt;b&gt;Shop&lt;/b&gt; &amp; &#34;Co&#34;, you can ignore this e-mail.</p>\n" +
			"<p>Help: https://acme.test/?a&amp;b</p>\n</body></html>\n",
	}
	if got != want {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestAnEmailWithALinkHasNoCode(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Code, l.Link = "", `https://tenant.test/x?a=1&b="><script>`
	got := mail.Email(l)
	if !strings.Contains(got.Plain, "Your verification link is: "+l.Link+"\n") || strings.Contains(got.Plain, "012345") {
		t.Errorf("the text is\n%s", got.Plain)
	}
	if !strings.Contains(got.HTML, `<a href="https://tenant.test/x?a=1&amp;b=&#34;&gt;&lt;script&gt;">`) || strings.Contains(got.HTML, "<script>") {
		t.Errorf("the page is\n%s", got.HTML)
	}
}

func TestATextMessage(t *testing.T) {
	t.Parallel()
	if got := mail.SMS(letter()); got != (mail.Text{From: "+15005550006", Plain: "Your verification code is: 012345"}) {
		t.Errorf("%+v", got)
	}
}

func TestTheLifetimeIsInWords(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Second: "1 second", 30 * time.Second: "30 seconds", time.Minute: "1 minute",
		90 * time.Second: "90 seconds", 10 * time.Minute: "10 minutes",
	} {
		l := letter()
		l.Lifetime = d
		if got := mail.Email(l).Plain; !strings.Contains(got, "within "+want+",") {
			t.Errorf("%s is written as %s", d, got)
		}
	}
}
