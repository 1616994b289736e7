package login

import (
	"regexp"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

func codeField(label string) field {
	return field{Name: "code", Label: label, Type: "text", Mode: "numeric", Complete: "one-time-code"}
}

// typedCode is the code that the user has typed. It returns false, with the mistake
// on the page, for what is no code.
func (m *secondFactor) typedCode(v *view, form *regexp.Regexp, misformed string) (string, bool) {
	code := typedDigits(m.Call)
	switch {
	case code == "":
		v.mistake("no-code")
	case !form.MatchString(code):
		v.mistake(misformed)
	default:
		return code, true
	}
	return "", false
}

// otpChallenge asks for the code of an authenticator app.
func otpChallenge(m *secondFactor) (any, error) {
	if len(m.those(fixtures.FactorOTP)) == 0 && !m.page.Proved {
		return web.Redirect{To: m.next()}, nil
	}
	v := view{Screen: "mfa-otp-challenge", Fields: []field{codeField("Enter your one-time code")}, Check: m.remember(), Lines: m.otherMethod()}
	return m.askOTP(v)
}

// askOTP asks for the code of an authenticator app.
func (m *secondFactor) askOTP(v view) (any, error) {
	return m.askForm(v, sixDigits, "invalid-otp-code-format", func(code string) tenant.Proof { return tenant.Proof{OTP: code} })
}

// askForm asks for a code of a form, and takes it.
func (m *secondFactor) askForm(v view, form *regexp.Regexp, misformed string, proof func(code string) tenant.Proof) (any, error) {
	switch action, _ := m.action(); action {
	case "", "toggle-view":
		return m.show(v)
	case "pick-authenticator":
		return m.pick()
	}
	code, ok := m.typedCode(&v, form, misformed)
	if !ok {
		return m.show(v)
	}
	return m.prove(v, proof(code), false)
}

// otpEnrollment shows the secret of an authenticator app, as a QR code or as text.
func otpEnrollment(m *secondFactor) (any, error) {
	if !slices.Contains(m.page.Can, fixtures.FactorOTP) && !m.page.Proved {
		return web.Redirect{To: m.next()}, nil
	}
	if err := m.enroll(fixtures.FactorOTP, "", ""); err != nil {
		return nil, err
	}
	if action, _ := m.action(); action == "toggle-view" {
		page, err := m.Tenant.ToggleView(m.page.ID, m.Now)
		if err != nil {
			return nil, err
		}
		m.page = page
	}
	v := view{Screen: "mfa-otp-enrollment-qr", Fields: []field{codeField("Enter your one-time code")}}
	if m.page.AsText {
		v.Screen, v.Secret = "mfa-otp-enrollment-code", m.page.Enrollment.Secret
		v.Lines = []line{{Buttons: []button{{Action: "toggle-view", Text: "Go back"}}}}
	} else {
		v.Above = []line{{Buttons: []button{{Action: "toggle-view", Text: "Trouble Scanning?"}}}}
		v.showCode(m.Call, m.page.Enrollment.BarcodeURI)
	}
	v.Lines = append(v.Lines, m.otherMethod()...)
	return m.askOTP(v)
}

// enroll begins the enrolment of a factor, unless that is under way.
func (m *secondFactor) enroll(factor, channel, to string) error {
	if m.page.Proved {
		return nil
	}
	page, err := m.Tenant.EnrollOnPage(tenant.EnrollRequest{StepRequest: m.request(), Factor: factor, Channel: channel, To: to, Origin: m.Origin})
	if err == nil && page.Authenticator.ID != m.page.Authenticator.ID {
		m.Record(tenantlog.Entry{Type: "gd_start_enroll"})
	}
	m.page = page
	return err
}
