package mail_test

import (
	"os"
	"path/filepath"
	"regexp"
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

func link() mail.Letter {
	l := letter()
	l.Code, l.Link = "", `https://tenant.test/x?a=1&b="><script>`
	return l
}

// The default e-mails. Open the .html files in a browser to see them.
func TestDefaultEmails(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]mail.Letter{"code": letter(), "link": link()} {
		got := mail.Email(l)
		if want := `Your verification ` + name + ` for <b>Shop</b> & "Co"`; got.From != "Acme <no-reply@mockauth0.test>" || got.Subject != want || got.Note != "" {
			t.Errorf("%q from %q, %q", got.Subject, got.From, got.Note)
		}
		golden(t, name+".txt", got.Plain)
		golden(t, name+".html", got.HTML)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// Test suites look for Auth0's sentence, in the text and in the HTML, some with and
// some without its tags.
func TestTheSentenceIsInEveryForm(t *testing.T) {
	t.Parallel()
	l := letter()
	got := mail.Email(l)
	for form, text := range map[string]string{"plain": got.Plain, "html": got.HTML, "stripped": mail.Plain(got.HTML), "readable": mail.Readable(got.HTML)} {
		if !strings.Contains(text, "Your verification code is: "+l.Code) {
			t.Errorf("%s lacks the sentence:\n%s", form, text)
		}
	}
	l = link()
	l.Link = "https://tenant.test/x?a=1&b=2"
	got = mail.Email(l)
	for form, text := range map[string]string{"plain": got.Plain, "stripped": mail.Plain(got.HTML), "readable": mail.Readable(got.HTML)} {
		if !strings.Contains(text, "Your verification link is: "+l.Link) || strings.Contains(text, "012345") {
			t.Errorf("%s lacks the sentence, or has a code:\n%s", form, text)
		}
	}
	if strings.Count(got.HTML, `<a href="https://tenant.test/x?a=1&amp;b=2"`) != 2 {
		t.Errorf("the page has no button, or no link:\n%s", got.HTML)
	}
}

// A reader of the mail finds the code and the link, and takes no colour or size for
// a code.
func TestNothingElseLooksLikeACode(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]mail.Letter{"code": letter(), "link": link()} {
		if name == "link" {
			l.Link = "https://tenant.test/x?a=1&b=2"
		}
		l.Tenant = fixtures.Tenant{}
		m := message()
		text := mail.Email(l)
		m.Text, m.HTML = text.Plain, text.HTML
		read := mail.Read(mail.Raw(m))
		if got := strings.Join(append(read.Codes, read.Links...), " "); got != l.Code+l.Link {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Mail clients fetch nothing for the page, and Word can lay it out.
func TestThePageIsSelfContained(t *testing.T) {
	t.Parallel()
	for _, l := range []mail.Letter{letter(), link()} {
		page := mail.Email(l).HTML
		for _, bad := range []string{"<img", "<script", "<link", "url(", "@import", "src=", "<form", "position:", "flex", "grid"} {
			if strings.Contains(page, bad) {
				t.Errorf("the page has %s", bad)
			}
		}
		for _, tag := range []string{"table", "td", "tr", "div", "strong", "a", "html", "body", "head", "style", "title"} {
			if open, end := len(regexp.MustCompile("<"+tag+"[ >]").FindAllString(page, -1)), strings.Count(page, "</"+tag+">"); open != end || open == 0 && tag != "a" && tag != "strong" {
				t.Errorf("%d <%s> and %d ends", open, tag, end)
			}
		}
		for line := range strings.SplitSeq(page, "\n") {
			if len(line) > 990 {
				t.Errorf("a line has %d characters", len(line))
			}
		}
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
