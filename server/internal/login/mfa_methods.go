package login

import (
	"slices"
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mfa"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

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
		return "Notification via ${appName} app"
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
	return mfa.Masked(a.To)
}

// deviceName is the name of a device with push notifications. The mock knows no
// better one.
func (m *secondFactor) deviceName(a tenant.Authenticator) string {
	return "Device " + strconv.Itoa(1+slices.IndexFunc(m.those(a.Type), func(b tenant.Authenticator) bool { return a.ID == b.ID }))
}
