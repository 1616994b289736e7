package login

import (
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

var recoveryForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9]{24}$`) })

// recoveryChallenge asks for a recovery code.
func recoveryChallenge(m *secondFactor) (any, error) {
	if len(m.those(fixtures.FactorRecovery)) == 0 && !m.page.Proved {
		return web.Redirect{To: m.next()}, nil
	}
	code := field{Name: "code", Label: "Enter your recovery code", Type: "text", Complete: "off"}
	v := view{Screen: "mfa-recovery-code-challenge", Fields: []field{code}, Lines: m.otherMethod()}
	return m.askForm(v, recoveryForm(), "invalid-code-format", func(code string) tenant.Proof { return tenant.Proof{RecoveryCode: strings.ToUpper(code)} })
}

// newRecoveryCode shows a recovery code until the user has written it down.
func newRecoveryCode(m *secondFactor) (any, error) {
	v := view{
		Screen: "mfa-recovery-code-enrollment", Secret: m.page.RecoveryCode,
		Check: &check{Name: "saved", Value: "on", Label: "I have safely recorded this code", Required: true},
	}
	if m.Method != http.MethodPost {
		return m.show(v)
	}
	if m.Params.Text("saved") != "on" {
		v.Check.Code, v.Check.Error = "no-confirmation", v.wordsFor("no-confirmation")
		return m.show(v)
	}
	page, err := m.Tenant.SaveRecoveryCode(m.page.ID, m.Now)
	if err != nil {
		return nil, err
	}
	m.page = page
	return web.Redirect{To: m.next()}, nil
}
