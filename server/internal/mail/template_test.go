package mail_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/internal/liquid"
	"github.com/mockauth0/mockauth0/server/internal/mail"
)

// A template replaces its part of the message. If one fails, the message is the
// default one, with a note.
func TestTemplates(t *testing.T) {
	t.Parallel()
	subject, err := liquid.Parse("Hello {{ code }}")
	if err != nil {
		t.Fatal(err)
	}
	failing, err := liquid.Parse("{{ code | upcase: 1 }}")
	if err != nil {
		t.Fatal(err)
	}
	l := letter()
	want := mail.Email(l)
	l.OTP, l.Templates.Subject = l.Code, subject
	want.Subject = "Hello 012345"
	if got := mail.Email(l); got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	l.Templates.Body = failing
	want = mail.Email(letter())
	want.Note = `the template email.body failed, so this is the default text: line 1: error applying filter "upcase" ("it has too many arguments") in {{ code | upcase: 1 }}`
	if got := mail.Email(l); got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}
