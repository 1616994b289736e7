package management

import (
	"net/http"
	"regexp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// notificationProviders are /branding/phone/providers. The mock sends all messages to its
// outbox, whoever the provider is.
var notificationProviders = keptKind{
	path: "/branding/phone/providers", key: "providers", scope: "phone_providers", one: "a phone provider", all: "phone providers", dialect: wrappedList,
	of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.PhoneProviders },
	prefix: "pro_", name: "name", missing: refusal.InexistentPhoneResource, deletesOnce: true,
	unique: true, taken: refusal.ExistentPhoneProvider,
	members: []property{
		property{types: []string{"string"}, enum: []string{"twilio", "custom"}}.of("name", "Name of the phone notification provider"),
		boolean.of("disabled", "Whether the provider is enabled (false) or disabled (true)."), anyBag.of("configuration", ""), anyBag.of("credentials", "Provider credentials required to use authenticate to the provider."),
	},
	required: []string{"name", "credentials"},
	starts: object{
		{Key: "tenant", Value: fixtures.TenantName}, {Key: "name"}, {Key: "channel", Value: "phone"}, {Key: "disabled", Value: false}, {Key: "configuration"}, {Key: "created_at"}, {Key: "updated_at"},
	},
	hidden: []string{"credentials"}, nulls: "credentials",
}

// notificationTemplates are /branding/phone/templates.
var notificationTemplates = keptKind{
	path: "/branding/phone/templates", key: "templates", scope: "phone_templates", one: "a template of text messages", all: "templates of text messages", dialect: wrappedList,
	of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.PhoneTemplates },
	prefix: "tem_", name: "type", missing: refusal.InexistentPhoneResource, deletesOnce: true,
	unique: true, taken: refusal.ExistentPhoneTemplate,
	members: []property{
		property{types: []string{"string"}, enum: []string{"otp_verify", "otp_enroll", "change_password", "blocked_account", "password_breach"}}.of("type", ""),
		boolean.of("disabled", "Whether the template is enabled (false) or disabled (true)."), anyBag.of("content", ""),
	},
	required: []string{"type"}, fixed: []string{"type"},
	starts: object{
		{Key: "tenant", Value: fixtures.TenantName},
		{Key: "channel", Value: "phone"},
		{Key: "type"},
		{Key: "disabled", Value: false},
		{Key: "created_at"},
		{Key: "updated_at"},
		{Key: "content", Value: builtInText},
	},
}

// builtInText is the content of a template that was reset.
// Source: the recordings of auth0/go-auth0.
var builtInText = object{
	{Key: "syntax", Value: "liquid"},
	{Key: "body", Value: object{
		{Key: "text", Value: "{{ code | escape }} is your verification code for {{ friendly_name | escape }}"},
		{Key: "voice", Value: "Hello. Your verification code for {{ friendly_name | escape }} is {{ pause }} {{ code | escape }}. I repeat, your verification code is {{ pause }} {{ code | escape }}"},
	}},
}

// tried is the answer to a test.
var tried = web.Status{Code: http.StatusAccepted, Value: object{{Key: "code", Value: http.StatusAccepted}, {Key: "message", Value: "Test notification successfully sent for processing"}}}

var triedBody = property{types: []string{"object"}, required: []string{"to"}, members: []property{
	property{types: []string{"string"}, pattern: regexp.MustCompile(`^\+?[0-9]{1,15}$`)}.of("to", "The recipient phone number to receive a given notification."),
	property{types: []string{"string"}, enum: []string{"text", "voice"}}.of("delivery_method", "The delivery method for the notification"),
}}

// try sends a text to the number that the body names.
func (k keptKind) try(words func(item map[string]any) string) func(*call) (any, error) {
	return func(c *call) (any, error) {
		item, ok := k.find(c, c.Vars["id"])
		if !ok {
			return nil, k.missing
		}
		kind := outbox.SMS
		if c.text("delivery_method") == "voice" {
			kind = outbox.Voice
		}
		to := c.text("to")
		m := outbox.Message{Kind: kind, To: to, Recipients: []string{to}, Text: words(item), CreatedAt: c.Now}
		c.Tenant.SendMail(c.Effects, c.Now, m)
		return tried, nil
	}
}

// phoneOperations are those on phone providers and templates beside the operations of
// each kind.
func phoneOperations() []operation {
	return []operation{
		{
			method: "POST", path: notificationProviders.path + "/{id}/try", summary: "sends a text message as a test", scopes: []string{"create:phone_providers"}, body: &triedBody,
			run: notificationProviders.try(func(map[string]any) string { return "This is a test of the phone provider." }),
		},
		{
			method: "POST", path: notificationTemplates.path + "/{id}/try", summary: "sends the text of a template as a test, without filling it in", scopes: []string{"create:phone_templates"}, body: &triedBody,
			run: notificationTemplates.try(func(item map[string]any) string {
				content, _ := item["content"].(map[string]any)
				body, _ := content["body"].(map[string]any)
				words, _ := body["text"].(string)
				return words
			}),
		},
		{
			method: "PATCH", path: notificationTemplates.path + "/{id}/reset", summary: "gives a template the built-in text", scopes: []string{"update:phone_templates"},
			body: &property{types: []string{"object", "null"}},
			run: func(c *call) (any, error) {
				return notificationTemplates.change(c, func(item map[string]any) {
					content, _ := item["content"].(map[string]any)
					reset, _ := plain(builtInText).(map[string]any)
					if from, ok := content["from"]; ok {
						reset["from"] = from
					}
					item["content"] = reset
				})
			},
		},
	}
}
