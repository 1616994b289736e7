package login

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

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
