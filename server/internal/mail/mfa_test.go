package mail_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/mail"
)

// The messages with the code of a second factor, at a login and at an enrolment.
func TestMessagesOfSecondFactors(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Tenant.FriendlyName = "Acme & <b>Co</b>"
	for _, tt := range []struct{ got, want string }{
		{mail.MFASMS(l, false).Plain, "012345 is your verification code for Acme & <b>Co</b>."},
		{mail.MFASMS(l, true).Plain, "012345 is your verification code to enroll with Acme & <b>Co</b>."},
		{mail.MFAVoice(l, true).Plain, "Hello. Your verification code to enroll with Acme & <b>Co</b> is: 0, 1, 2, 3, 4, 5. Again: 0, 1, 2, 3, 4, 5."},
		{mail.MFAEmail(l, false).Subject, "Your verification code for Acme & <b>Co</b>"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
	email := mail.MFAEmail(l, true)
	if !strings.HasPrefix(email.Plain, "Your verification code to enroll with Acme & <b>Co</b> is: 012345\n") {
		t.Errorf("the text is %q", email.Plain)
	}
	if strings.Contains(email.HTML, "<b>Co") || !strings.Contains(email.HTML, "012345") {
		t.Errorf("the page is %q", email.HTML)
	}
}
