package tenant

import (
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A OwnMail is an e-mail template of the tenant that is enabled.
type OwnMail struct {
	Settings fixtures.MailTemplate
	fixtures.ParsedMail
}

func ownMails(f *fixtures.Fixture) map[string]*OwnMail {
	if len(f.EmailTemplates) == 0 {
		return nil
	}
	mails := make(map[string]*OwnMail, len(f.EmailTemplates))
	for i := range f.EmailTemplates {
		if t := &f.EmailTemplates[i]; t.Enabled {
			parsed, _ := t.Parse() // the fixture was checked: there is no error
			mails[t.Template] = &OwnMail{*t, parsed}
		}
	}
	return mails
}

// Mail is the tenant's template for e-mails of a purpose, if it is enabled. Without one
// it is empty, which stands for the mock's own text.
func (s *Setup) Mail(purpose string) (mail OwnMail, enabled bool) {
	if m, ok := s.mails[purpose]; ok {
		return *m, true
	}
	return OwnMail{}, false
}

// Lifetime is for how long the link of the e-mail works.
func (m OwnMail) Lifetime() time.Duration {
	if m.Settings.URLLifetimeInSeconds > 0 {
		return time.Duration(m.Settings.URLLifetimeInSeconds) * time.Second
	}
	return TicketLifetime
}
