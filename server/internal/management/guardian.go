package management

import (
	"cmp"
	"maps"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// The settings of second factors that are once there. Those of the providers have no
// effect: the mock sends nothing to them.
var (
	messageTypes = setting[fixtures.Phone]{
		path: "/guardian/factors/phone/message-types", one: "how the factor sms sends its codes", scope: "guardian_factors", change: []string{"PUT"},
		of: phoneFactor,
		fields: section[fixtures.Phone]{
			hidden: []string{"provider", "templates"},
			body:   map[string]property{"message_types": listOf(fixtures.MessageSMS, fixtures.MessageVoice).of("message_types", "The list of phone factors to enable on the tenant. Can include `sms` and `voice`.")},
		},
		required: []string{"message_types"},
	}
	phoneTemplates = setting[fixtures.PhoneTemplates]{
		of: func(f *fixtures.Fixture) *fixtures.PhoneTemplates { return &f.Guardian.Phone.Templates },
		// Source: auth0/docs-v2 main/docs/customize/customize-sms-or-voice-messages.mdx.
		starts: object{
			{Key: "enrollment_message", Value: "{{code}} is your verification code for {{tenant.friendly_name}}. Please enter this code to verify your enrollment."},
			{Key: "verification_message", Value: "{{code}} is your verification code for {{tenant.friendly_name}}"},
		},
		required: []string{"enrollment_message", "verification_message"},
	}
	phoneProvider = setting[fixtures.Phone]{
		of: phoneFactor, starts: object{{Key: "provider", Value: "auth0"}}, required: []string{"provider"},
		fields: section[fixtures.Phone]{hidden: []string{"message_types", "templates"}},
	}
	pushProvider = setting[fixtures.PushProvider]{
		of: func(f *fixtures.Fixture) *fixtures.PushProvider { return &f.Guardian.Push }, starts: object{{Key: "provider", Value: "guardian"}}, required: []string{"provider"},
	}
)

func phoneFactor(f *fixtures.Fixture) *fixtures.Phone { return &f.Guardian.Phone }

// at is the setting at a path.
func (s setting[T]) at(path, one string, change ...string) []operation {
	s.path, s.one, s.scope, s.change = path, one, "guardian_factors", change
	return s.operations()
}

// textOrNull is a member that null unsets.
func textOrNull(name string) property { return text.orNull().of(name, "") }

// A providerSetting is the settings of one provider. name is that in the fixture. No
// answer shows the secrets, except that to a change if they are echoed. Those of Twilio
// and Duo are in each answer.
// Source: auth0/go-auth0, its recordings.
type providerSetting struct {
	path, one, name string
	members         []property
	secrets         []string
	echoed          bool
	nulls           bool // a GET has null for a member that was not set, as long as one was
	change          []string
	scope           string // "": guardian_factors
}

var (
	twilioMembers = []property{textOrNull("from"), textOrNull("messaging_service_sid"), textOrNull("auth_token"), textOrNull("sid")}
	providers     = []providerSetting{
		{"/guardian/factors/phone/providers/twilio", "the settings of Twilio", "twilio", twilioMembers, nil, true, true, []string{"PUT"}, ""},
		{"/guardian/factors/sms/providers/twilio", "the settings of Twilio, by an older path", "twilio", twilioMembers, nil, true, true, []string{"PUT"}, ""},
		{
			"/guardian/factors/push-notification/providers/sns", "the settings of Amazon SNS", "sns",
			[]property{
				textOrNull("aws_access_key_id"), textOrNull("aws_secret_access_key"), textOrNull("aws_region"),
				textOrNull("sns_apns_platform_application_arn"), textOrNull("sns_gcm_platform_application_arn"),
			},
			[]string{"aws_secret_access_key"},
			true,
			false,
			[]string{"PUT", "PATCH"},
			"",
		},
		{
			"/guardian/factors/push-notification/providers/apns", "the settings of Apple's push notifications", "apns",
			[]property{boolean.of("sandbox", ""), textOrNull("bundle_id"), textOrNull("p12")},
			[]string{"p12"},
			false,
			false,
			[]string{"PUT", "PATCH"},
			"",
		},
		{
			"/guardian/factors/push-notification/providers/fcm", "the settings of Firebase", "fcm",
			[]property{textOrNull("server_key")},
			[]string{"server_key"},
			false,
			false,
			[]string{"PUT", "PATCH"},
			"",
		},
		{
			"/guardian/factors/push-notification/providers/fcmv1", "the settings of Firebase, version 1", "fcmv1",
			[]property{textOrNull("server_credentials")},
			[]string{"server_credentials"},
			false,
			false,
			[]string{"PUT", "PATCH"},
			"",
		},
		{
			"/guardian/factors/duo/settings", "the settings of Duo", "duo",
			[]property{text.of("ikey", ""), text.of("skey", ""), text.of("host", "")},
			nil,
			true,
			false,
			[]string{"PUT", "PATCH"},
			"",
		},
		// Source: auth0/terraform-provider-auth0, its recordings. Unverified: what a tenant that
		// has no such app answers, and the answer to the PATCH.
		{
			"/prompts/mfa-push", "the app of the team's own that gets push notifications", "custom_app",
			[]property{textOrNull("app_name"), textOrNull("apple_app_link"), textOrNull("google_app_link")},
			nil,
			true,
			false,
			[]string{"PATCH"},
			"prompts",
		},
	}
)

// operations are those of one provider. Auth0 has no GET for those of Firebase.
func (p providerSetting) operations() []operation {
	body := property{types: []string{"object"}, members: p.members}
	scope := cmp.Or(p.scope, "guardian_factors")
	show := func(c *call, hidden ...string) object {
		shown := &shape{}
		settings := c.Setup.Fixture.Guardian.Providers[p.name]
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			shown.set(name, settings[name])
		}
		return append(object{}, shown.without(hidden...)...)
	}
	var list []operation
	if p.name != "fcm" && p.name != "fcmv1" {
		list = append(list, operation{
			method: "GET", path: p.path, summary: "reads " + p.one, scopes: []string{"read:" + scope},
			run: func(c *call) (any, error) {
				shown := &shape{show(c, p.secrets...)}
				for _, m := range p.members {
					if p.nulls && len(shown.object) > 0 {
						shown.missing(m.name, nil)
					}
				}
				return shown.object, nil
			},
		})
	}
	for _, method := range p.change {
		list = append(list, operation{
			method: method, path: p.path, summary: "changes " + p.one, scopes: []string{"update:" + scope}, body: &body,
			run: func(c *call) (any, error) {
				err := c.configure(func(f *fixtures.Fixture) error {
					f.Guardian.Providers = cloned(f.Guardian.Providers)
					old := f.Guardian.Providers[p.name]
					if method == "PUT" {
						old = nil
					}
					f.Guardian.Providers[p.name] = mergedBag(old, c.body)
					return nil
				})
				if p.echoed {
					return show(c), err
				}
				return show(c, p.secrets...), err
			},
		})
	}
	return list
}

// guardian are all settings of second factors.
func guardian() []operation {
	list := []operation{
		{method: "GET", path: "/guardian/factors", summary: "lists the factors", scopes: []string{"read:guardian_factors"}, run: listFactors},
		{
			method: "PUT", path: "/guardian/factors/{name}", summary: "switches a factor on or off", scopes: []string{"update:guardian_factors"},
			body: &property{types: []string{"object"}, required: []string{"enabled"}, members: []property{boolean.of("enabled", "Whether this factor is enabled (true) or disabled (false).")}},
			run:  switchFactor,
		},
		{method: "GET", path: "/guardian/policies", summary: "lists the policies that ask for a second factor", scopes: []string{"read:mfa_policies"}, run: listPolicies},
		{
			method: "PUT", path: "/guardian/policies", summary: "sets the policies that ask for a second factor", scopes: []string{"update:mfa_policies"},
			body: policiesBody(), run: setPolicies,
		},
	}
	list = append(list, messageTypes.operations()...)
	list = append(list, phoneTemplates.at("/guardian/factors/sms/templates", "the texts of the factor sms, by an older path", "PUT")...)
	list = append(list, phoneTemplates.at("/guardian/factors/phone/templates", "the texts of the factor sms", "PUT")...)
	list = append(list, phoneProvider.at("/guardian/factors/phone/selected-provider", "who sends the messages", "PUT")...)
	list = append(list, phoneProvider.at("/guardian/factors/sms/selected-provider", "who sends the messages, by an older path", "PUT")...)
	list = append(list, pushProvider.at("/guardian/factors/push-notification/selected-provider", "who sends the notifications", "PUT")...)
	for _, p := range providers {
		list = append(list, p.operations()...)
	}
	return append(list, enrollmentOperations...)
}

// factors are the places of the switches, in the order of Auth0's list.
func factors(f *fixtures.Factors) []struct {
	name string
	on   *bool
} {
	return []struct {
		name string
		on   *bool
	}{
		{"sms", &f.SMS},
		{"push-notification", &f.PushNotification},
		{"otp", &f.OTP},
		{"email", &f.Email},
		{"duo", &f.Duo},
		{"webauthn-roaming", &f.WebAuthnRoaming},
		{"webauthn-platform", &f.WebAuthnPlatform},
		{"recovery-code", &f.RecoveryCode},
	}
}

func listFactors(c *call) (any, error) {
	on := c.Setup.Fixture.Guardian.Factors
	var list []object
	for _, one := range factors(&on) {
		list = append(list, object{{Key: "name", Value: one.name}, {Key: "enabled", Value: *one.on}, {Key: "trial_expired", Value: false}})
	}
	return list, nil
}

func switchFactor(c *call) (any, error) {
	enabled := c.body["enabled"] == true
	err := c.configure(func(f *fixtures.Fixture) error {
		for _, one := range factors(&f.Guardian.Factors) {
			if one.name == c.Vars["name"] {
				*one.on = enabled
				return nil
			}
		}
		return refusal.InvalidPath.With("problem", sentence("Path", []fault{{"No enum match for: " + clip(c.Vars["name"]), "name", "Factor name."}}))
	})
	if err != nil {
		return nil, err
	}
	return object{{Key: "enabled", Value: enabled}}, nil
}

func policiesBody() *property {
	body := listOf("all-applications", "confidence-score")
	return &body
}

func listPolicies(c *call) (any, error) {
	return append([]string{}, c.Setup.Fixture.Guardian.Policies...), nil
}

func setPolicies(c *call) (any, error) {
	policies := []string{}
	for _, one := range c.list {
		name, _ := one.(string)
		policies = append(policies, name)
	}
	err := c.configure(func(f *fixtures.Fixture) error {
		f.Guardian.Policies = policies
		return nil
	})
	if err != nil {
		return nil, err
	}
	return policies, nil
}
