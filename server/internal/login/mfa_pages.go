package login

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

var (
	sixDigits    = regexp.MustCompile(`^[0-9]{6}$`)
	recoveryForm = regexp.MustCompile(`^[A-Za-z0-9]{24}$`)
)

func codeField(label string) field {
	return field{Name: "code", Label: label, Type: "text", Mode: "numeric", Complete: "one-time-code"}
}

// typedCode is the code that the user has typed. It returns false, with the mistake
// on the page, for what is no code.
func (m *secondFactor) typedCode(v *view, form *regexp.Regexp, misformed string) (string, bool) {
	code := strings.ReplaceAll(m.Params.Text("code"), " ", "")
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
	m.page = page
	return err
}

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
		Screen: p.screen, Fields: []field{codeField(p.label)}, Check: m.remember(), Who: masked(a.To), What: "phone number",
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
	v := view{Screen: "mfa-phone-challenge", Radio: messageTypes(m.messageType()), Who: masked(a.To)}
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

// recoveryChallenge asks for a recovery code.
func recoveryChallenge(m *secondFactor) (any, error) {
	if len(m.those(fixtures.FactorRecovery)) == 0 && !m.page.Proved {
		return web.Redirect{To: m.next()}, nil
	}
	code := field{Name: "code", Label: "Enter your recovery code", Type: "text", Complete: "off"}
	v := view{Screen: "mfa-recovery-code-challenge", Fields: []field{code}, Lines: m.otherMethod()}
	return m.askForm(v, recoveryForm, "invalid-code-format", func(code string) tenant.Proof { return tenant.Proof{RecoveryCode: strings.ToUpper(code)} })
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

// pushWelcome asks the user to install the app of push notifications.
func pushWelcome(m *secondFactor) (any, error) {
	if !slices.Contains(m.page.Can, fixtures.FactorPush) {
		return web.Redirect{To: m.next()}, nil
	}
	switch action, _ := m.action(); action {
	case "":
		return m.show(view{Screen: "mfa-push-welcome", Action: "enroll", Lines: m.otherMethod()})
	case "pick-authenticator":
		return m.pick()
	}
	return m.redirect("push-enrollment")
}

// pushEnrollment shows the QR code for the app of push notifications. The answer to
// the notification that waits meanwhile stands for the app that reads the code.
func pushEnrollment(m *secondFactor) (any, error) {
	if !slices.Contains(m.page.Can, fixtures.FactorPush) && !m.page.Proved {
		return web.Redirect{To: m.next()}, nil
	}
	if err := m.enroll(fixtures.FactorPush, tenant.ChannelPush, ""); err != nil {
		return nil, err
	}
	v := view{Screen: "mfa-push-enrollment-qr", Action: "continue", Poll: true, Lines: m.otherMethod(), Inbox: "/_mock/", InboxHas: "The button that stands for the app"}
	v.showCode(m.Call, m.page.Enrollment.BarcodeURI)
	return m.askApp(v)
}

// pushChallenge waits until the user answers a notification.
func pushChallenge(m *secondFactor) (any, error) {
	if !m.page.Proved {
		a, ok := m.by(tenant.ChannelPush)
		if !ok {
			return web.Redirect{To: m.next()}, nil
		}
		if chosen := m.page.Authenticator; chosen.Type == fixtures.FactorPush {
			a = chosen
		}
		if err := m.use(a); err != nil {
			return nil, err
		}
	}
	v := view{
		Screen: "mfa-push-challenge-push", Who: m.deviceName(m.page.Authenticator), Action: "continue", Poll: true, Check: m.remember(), Inbox: "/_mock/", InboxHas: "The notification",
		Lines: append([]line{
			{Ask: "Didn't receive a notification?", Buttons: []button{{Action: "resend", Text: "Resend"}}},
			{Ask: "OR", Buttons: []button{{Action: "enter-otp-code", Text: "Manually Enter Code"}}},
		}, m.otherMethod()...),
	}
	if len(m.those(fixtures.FactorPush)) > 1 {
		v.Lines = append(v.Lines, line{Buttons: []button{{Action: "pick-device", Text: "Registered Devices"}}})
	}
	return m.askApp(v)
}

// askApp shows a page that waits for the app of push notifications.
func (m *secondFactor) askApp(v view) (any, error) {
	switch action, _ := m.action(); action {
	case "":
		if m.polls() {
			return completed(m.page.Answered), nil
		}
		if err := m.send(false); err != nil {
			return m.wrong(v, err)
		}
		return m.show(v)
	case "resend":
		if err := m.send(true); err != nil {
			return m.wrong(v, err)
		}
		return m.show(v)
	case "enter-otp-code":
		return m.redirect("otp-challenge")
	case "pick-device":
		return m.redirect("guardian-list")
	case "pick-authenticator":
		return m.pick()
	}
	return m.prove(v, tenant.Proof{}, true)
}

// A method is one row of a list of factors.
type method struct {
	button
	authenticator tenant.Authenticator
}

// options are the factors among which the user can choose.
// Unverified: what the index of several of one factor counts from; here it is 0.
func (m *secondFactor) options() []method {
	var out []method
	for _, factor := range factors {
		all := m.those(factor)
		if factor == fixtures.FactorOTP && len(all) > 1 {
			all = all[:1] // the code of any app will do
		}
		for i, a := range all {
			b := button{Action: m.factorAction(factor), Text: m.factorName(factor)}
			if len(all) > 1 {
				b.Action += "::" + strconv.Itoa(i)
				b.Detail = m.detail(a)
			}
			out = append(out, method{b, a})
		}
	}
	return out
}

// factorAction is the action that chooses a factor. A phone with one kind of message
// has the kind's name.
func (m *secondFactor) factorAction(factor string) string {
	if factor == fixtures.FactorPhone && len(m.messageTypes()) == 1 {
		return m.messageTypes()[0]
	}
	return factor
}

func (m *secondFactor) factorName(factor string) string {
	switch m.factorAction(factor) {
	case fixtures.FactorPush:
		return "Notification via " + appName + " app"
	case fixtures.FactorOTP:
		return "Google Authenticator or similar"
	case fixtures.FactorEmail:
		return "Email"
	case fixtures.FactorRecovery:
		return "Recovery code"
	case tenant.ChannelSMS:
		return "SMS"
	}
	return "Phone"
}

// factorOf is the factor that an action names.
func factorOf(action string) string {
	if action == tenant.ChannelSMS || action == tenant.ChannelVoice {
		return fixtures.FactorPhone
	}
	return action
}

// loginOptions lists the user's factors.
func loginOptions(m *secondFactor) (any, error) {
	action, i := m.action()
	if all := m.those(factorOf(action)); len(all) > 0 {
		return m.choose(at(all, i))
	}
	if action == "back-action" {
		return web.Redirect{To: m.next()}, nil
	}
	v := view{Screen: "mfa-login-options", Lines: goBack}
	for _, o := range m.options() {
		v.List = append(v.List, o.button)
	}
	return m.show(v)
}

var goBack = []line{{Buttons: []button{{Action: "back-action", Text: "Go back"}}}}

// enrollOptions lists the factors that the user can enroll.
func enrollOptions(m *secondFactor) (any, error) {
	action, _ := m.action()
	if factor := factorOf(action); slices.Contains(m.page.Can, factor) {
		return web.Redirect{To: m.enrollmentOf(factor)}, nil
	}
	v := view{Screen: "mfa-begin-enroll-options"}
	for _, factor := range m.page.Can {
		v.List = append(v.List, button{Action: m.factorAction(factor), Text: m.factorName(factor)})
	}
	return m.show(v)
}

// listOf lists the user's authenticators of a factor.
func listOf(factor string) func(*secondFactor) (any, error) {
	return func(m *secondFactor) (any, error) {
		all := m.those(factor)
		action, i := m.action()
		switch {
		case len(all) == 0, action == "back-action":
			return web.Redirect{To: m.next()}, nil
		case action == "selection-action":
			return m.choose(at(all, i))
		}
		v := view{Screen: map[string]string{fixtures.FactorPhone: "mfa-sms-list", fixtures.FactorEmail: "mfa-email-list", fixtures.FactorPush: "mfa-push-list"}[factor], Lines: goBack}
		for i, a := range all {
			v.List = append(v.List, button{Action: "selection-action::" + strconv.Itoa(i), Text: m.detail(a)})
		}
		return m.show(v)
	}
}

// detail tells an authenticator from others of its factor.
func (m *secondFactor) detail(a tenant.Authenticator) string {
	if a.To == "" {
		return m.deviceName(a)
	}
	return masked(a.To)
}

// deviceName is the name of a device with push notifications. The mock knows no
// better one.
func (m *secondFactor) deviceName(a tenant.Authenticator) string {
	return "Device " + strconv.Itoa(1+slices.IndexFunc(m.those(a.Type), func(b tenant.Authenticator) bool { return a.ID == b.ID }))
}

// masked is a number or an address as the pages show it: of a number the last four
// digits, of an address the first four letters of its parts.
func masked(to string) string {
	name, host, isEmail := strings.Cut(to, "@")
	if !isEmail {
		return strings.Repeat("X", max(0, len(to)-4)) + to[max(0, len(to)-4):]
	}
	hide := func(s string) string {
		letters := []rune(s)
		shown := min(4, len(letters))
		return string(letters[:shown]) + strings.Repeat("*", len(letters)-shown)
	}
	return hide(name) + "@" + hide(host)
}
