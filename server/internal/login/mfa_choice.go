package login

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// factors are the factors in the order in which the pages offer them.
// Unverified: which one Auth0 asks for first.
var factors = []string{fixtures.FactorPush, fixtures.FactorOTP, fixtures.FactorPhone, fixtures.FactorEmail, fixtures.FactorRecovery}

// those are the user's authenticators of a factor. A phone number is there once.
func (m *secondFactor) those(factor string) []tenant.Authenticator {
	var out []tenant.Authenticator
	for _, a := range m.page.Has {
		if a.Type == factor && !(factor == fixtures.FactorPhone && slices.ContainsFunc(out, func(b tenant.Authenticator) bool { return b.To == a.To })) {
			out = append(out, a)
		}
	}
	return out
}

// chosen is the authenticator that the user has chosen, or the first.
func (m *secondFactor) chosen() tenant.Authenticator {
	for _, a := range m.page.Has {
		if a.ID == m.page.Authenticator.ID {
			return a
		}
	}
	for _, factor := range factors {
		if all := m.those(factor); len(all) > 0 {
			return all[0]
		}
	}
	return tenant.Authenticator{}
}

// choose notes that the user wants to use an authenticator, and leads to its page.
func (m *secondFactor) choose(a tenant.Authenticator) (any, error) {
	if err := m.use(a); err != nil {
		return nil, err
	}
	return web.Redirect{To: m.challengeOf(a)}, nil
}

func (m *secondFactor) use(a tenant.Authenticator) (err error) {
	m.page, err = m.Tenant.ChooseAuthenticator(m.page.ID, a, m.Now)
	return err
}

// messageTypes are the channels by which codes come by phone.
func (m *secondFactor) messageTypes() []string { return m.Setup.Fixture.Guardian.Phone.MessageTypes }

// challengeOf is the page that asks for an authenticator.
func (m *secondFactor) challengeOf(a tenant.Authenticator) string {
	switch {
	case a.Type == fixtures.FactorPhone && len(m.messageTypes()) > 1 && m.page.OOBTo.ID != a.ID:
		return m.to("phone-challenge")
	case a.Type == fixtures.FactorPhone:
		return m.to(a.Channel + "-challenge")
	case a.Type == fixtures.FactorPush:
		return m.to("push-challenge")
	}
	return m.to(a.Type + "-challenge") // otp, email, recovery-code
}

// enrollmentOf is the page where the enrolment of a factor begins.
func (m *secondFactor) enrollmentOf(factor string) string {
	switch {
	case factor == fixtures.FactorPush:
		return m.to("guardian-welcome")
	case factor == fixtures.FactorOTP:
		return m.to("otp-enrollment")
	case len(m.messageTypes()) > 1:
		return m.to("phone-enrollment")
	}
	return m.to(m.messageTypes()[0] + "-enrollment")
}
