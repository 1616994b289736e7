package login

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mfa"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A messagePage asks for the code of a message.
type messagePage struct {
	channel, screen, label, ask, resend string
	pick, list                          string // the button that leads to the other numbers or addresses, and their page
	other, switchTo                     string // the other way by which a code comes to a phone, and the button's action
	or                                  string // and its text
}

var (
	smsCode = messagePage{
		channel: tenant.ChannelSMS, screen: "mfa-sms-challenge", label: "Enter the 6-digit code", ask: "Didn't receive a code?", resend: "Resend",
		pick: "pick-sms", list: "sms-list", other: tenant.ChannelVoice, switchTo: "switch-to-voice", or: "get a call",
	}
	voiceCode = messagePage{
		channel: tenant.ChannelVoice, screen: "mfa-voice-challenge", label: "Enter the 6-digit code", ask: "Didn't receive a call?", resend: "Call again",
		pick: "pick-phone", list: "sms-list", other: tenant.ChannelSMS, switchTo: "switch-to-sms", or: "send a text",
	}
	emailCode = messagePage{
		channel: tenant.ChannelEmail, screen: "mfa-email-challenge", label: "Enter the code", ask: "Didn't receive an email?", resend: "Resend",
		pick: "pick-email", list: "email-list",
	}
)

// challenge asks for the code of a message to an authenticator of the user.
func (p messagePage) challenge(m *secondFactor) (any, error) {
	if !m.page.Proved {
		a, ok := m.by(p.channel)
		if !ok {
			return web.Redirect{To: m.next()}, nil
		}
		if err := m.use(a); err != nil {
			return nil, err
		}
	}
	return p.askCode(m)
}

// by is the user's authenticator with a channel: the chosen one, or its twin, or the
// first.
func (m *secondFactor) by(channel string) (tenant.Authenticator, bool) {
	var all []tenant.Authenticator
	for _, a := range m.page.Has {
		if a.Channel == channel {
			all = append(all, a)
		}
	}
	for _, a := range all {
		if a.To == m.page.Authenticator.To {
			return a, true
		}
	}
	if len(all) == 0 {
		return tenant.Authenticator{}, false
	}
	return all[0], true
}

// askCode asks for the code of a message to the authenticator of the step, and sends
// it first.
func (p messagePage) askCode(m *secondFactor) (any, error) {
	a := m.page.Authenticator
	v := view{
		Screen: p.screen, Fields: []field{codeField(p.label)}, Check: m.remember(), codeTo: a.To, Who: mfa.Masked(a.To), What: "phone number",
		Inbox: "/_mock/", InboxHas: "The code",
	}
	resend := line{Ask: p.ask, Buttons: []button{{Action: "resend-code", Text: p.resend}}}
	if p.other != "" && len(m.messageTypes()) > 1 {
		resend.Buttons = append(resend.Buttons, button{Action: p.switchTo, Text: p.or, Or: true})
	}
	v.Lines = append([]line{resend}, m.otherMethod()...)
	switch {
	case m.page.Enrolls:
		v.Edit = m.enrollmentOf(fixtures.FactorPhone)
	case len(m.those(a.Type)) > 1:
		v.EditAction = p.pick
	}
	if p.channel == tenant.ChannelEmail {
		v.What = "email address"
	}
	switch action, _ := m.action(); {
	case action == "pick-authenticator":
		return m.pick()
	case action == p.pick && !m.page.Enrolls:
		return m.redirect(p.list)
	case action == p.switchTo && p.switchTo != "":
		return p.turn(m)
	case action == "resend-code":
		if err := m.send(true); err != nil {
			return m.wrong(v, err)
		}
		v.Notice = "We've sent you a new code"
		return m.show(v)
	case action == "":
		if err := m.send(false); err != nil {
			return m.wrong(v, err)
		}
		return m.show(v)
	}
	code, ok := m.typedCode(&v, sixDigits, "invalid-otp-code-format")
	if !ok {
		return m.show(v)
	}
	return m.prove(v, tenant.Proof{BindingCode: code}, true)
}

// turn lets the code come the other way.
func (p messagePage) turn(m *secondFactor) (any, error) {
	if m.page.Enrolls {
		if err := m.enroll(fixtures.FactorPhone, p.other, m.page.Authenticator.To); err != nil {
			return nil, err
		}
		return m.redirect("sms-enrollment-verify")
	}
	a, ok := m.by(p.other)
	if !ok {
		return web.Redirect{To: m.next()}, nil
	}
	if err := m.use(a); err != nil {
		return nil, err
	}
	return m.redirect(p.other + "-challenge")
}

// enrollment asks for a phone number.
func (p messagePage) enrollment(m *secondFactor) (any, error) {
	screen := "mfa-" + p.channel + "-enrollment"
	return m.askPhone(view{Screen: screen}, p.channel)
}

// phoneEnrollment asks for a phone number, and for the way by which codes come.
func phoneEnrollment(m *secondFactor) (any, error) {
	channel := m.messageType()
	return m.askPhone(view{Screen: "mfa-phone-enrollment", Radio: messageTypes(channel)}, channel)
}

// messageType is the way that the user has chosen.
func (m *secondFactor) messageType() string {
	if asked := m.Params.Text("type"); slices.Contains(m.messageTypes(), asked) {
		return asked
	}
	return m.messageTypes()[0]
}

func messageTypes(chosen string) *radio {
	return &radio{Name: "type", Label: "How do you want to receive the code?", Options: []option{
		{"sms", "Text message", chosen == tenant.ChannelSMS}, {"voice", "Voice call", chosen == tenant.ChannelVoice},
	}}
}

// askPhone asks for a phone number. One without a country's prefix is taken for one
// of the United States, as the page of Auth0 begins with the country of the caller.
func (m *secondFactor) askPhone(v view, channel string) (any, error) {
	if !slices.Contains(m.page.Can, fixtures.FactorPhone) && !m.page.Proved || !slices.Contains(m.messageTypes(), channel) {
		return web.Redirect{To: m.next()}, nil
	}
	typed := m.Params.Text("phone")
	v.Fields = []field{{Name: "phone", Label: "Enter your phone number", Type: "tel", Mode: "tel", Complete: "tel", Value: typed}}
	v.Lines = m.otherMethod()
	action, _ := m.action()
	if action == "" {
		return m.show(v)
	}
	if action == "pick-authenticator" {
		return m.pick()
	}
	phone, ok := fixtures.NormalizePhone(typed)
	if !ok {
		phone, ok = fixtures.NormalizePhone("+1" + typed)
		ok = ok && len(phone) == len("+12025550101")
	}
	switch {
	case typed == "":
		v.mistake("no-phone")
	case !ok && strings.ContainsFunc(typed, func(r rune) bool { return !strings.ContainsRune("+0123456789 -.()[]", r) }):
		v.mistake("invalid-phone-format")
	case !ok:
		v.mistake("invalid-phone")
	}
	if v.wrong() {
		return m.show(v)
	}
	if err := m.enroll(fixtures.FactorPhone, channel, phone); err != nil {
		return m.wrong(v, err)
	}
	if err := m.send(false); err != nil {
		return m.wrong(v, err)
	}
	return m.redirect("sms-enrollment-verify")
}

// enrollmentVerify asks for the first code of a phone number.
// Unverified: no source has a page for a code by voice; here it is the same.
func enrollmentVerify(m *secondFactor) (any, error) {
	switch a := m.page.Authenticator; {
	case a.Type != fixtures.FactorPhone:
		return web.Redirect{To: m.next()}, nil
	case a.Channel == tenant.ChannelVoice:
		return voiceCode.askCode(m)
	}
	return smsCode.askCode(m)
}

// phoneChallenge asks how a code comes to the phone.
func phoneChallenge(m *secondFactor) (any, error) {
	all := m.those(fixtures.FactorPhone)
	if len(all) == 0 {
		return web.Redirect{To: m.next()}, nil
	}
	a := all[0]
	for _, one := range all {
		if one.To == m.page.Authenticator.To {
			a = one
		}
	}
	v := view{Screen: "mfa-phone-challenge", Radio: messageTypes(m.messageType()), Who: mfa.Masked(a.To)}
	if len(all) > 1 {
		v.Lines = []line{{Buttons: []button{{Action: "pick-phone", Text: "Choose another phone number."}}}}
	}
	v.Lines = append(v.Lines, m.otherMethod()...)
	switch action, _ := m.action(); action {
	case "":
		return m.show(v)
	case "pick-authenticator":
		return m.pick()
	case "pick-phone":
		return m.redirect("sms-list")
	}
	channel := m.messageType()
	for _, one := range m.page.Has {
		if one.To == a.To && one.Channel == channel {
			if err := m.use(one); err != nil {
				return nil, err
			}
		}
	}
	return m.redirect(channel + "-challenge")
}
