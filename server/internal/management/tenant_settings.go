package management

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

// lifetimes are the settings of the tenant that are in hours, and may be written in
// minutes, too.
var lifetimes = []string{"session_lifetime", "idle_session_lifetime", "ephemeral_session_lifetime", "idle_ephemeral_session_lifetime"}

const inMinutes = "_in_minutes"

// tenantSettings are /tenants/settings.
// Source: auth0/auth0-deploy-cli, its recordings.
var tenantSettings = setting[fixtures.Tenant]{
	path: "/tenants/settings", one: "the settings of the tenant", scope: "tenant_settings", change: []string{"PATCH"}, query: fieldLists,
	always: []string{"sandbox_version", "sandbox_versions_available"},
	of:     func(f *fixtures.Fixture) *fixtures.Tenant { return &f.Tenant },
	starts: object{
		{Key: "allowed_logout_urls", Value: []string{}},
		{Key: "change_password", Value: object{{Key: "enabled", Value: false}, {Key: "html", Value: ""}}},
		{Key: "enabled_locales", Value: []string{"en"}},
		{Key: "flags", Value: tenantFlags},
		{Key: "guardian_mfa_page", Value: object{{Key: "enabled", Value: false}, {Key: "html", Value: ""}}},
		{Key: "idle_session_lifetime", Value: fixtures.IdleSessionHours},
		{Key: "sandbox_version", Value: "22"},
		{Key: "session_lifetime", Value: fixtures.SessionHours},
		{Key: "universal_login", Value: object{}},
		{Key: "resource_parameter_profile", Value: "audience"},
		{Key: "session_cookie", Value: object{{Key: "mode", Value: "persistent"}}},
		{Key: "sandbox_versions_available", Value: []string{"22", "18", "12"}},
	},
	fields: section[fixtures.Tenant]{
		hidden: []string{"hide_inbox_link", "global_client"}, read: []string{"sandbox_versions_available"},
		order: []string{
			"allowed_logout_urls", "change_password", "default_audience", "default_directory", "default_redirection_uri", "enabled_locales", "error_page",
			"flags", "friendly_name", "guardian_mfa_page", "idle_session_lifetime", "picture_url", "sandbox_version", "session_lifetime", "support_email",
			"support_url", "universal_login", "resource_parameter_profile", "session_cookie", "sandbox_versions_available",
		},
		body: map[string]property{
			"error_page": {types: []string{"object"}, about: "Error page customization.", members: []property{
				text.of("html", "Custom Error HTML"), boolean.of("show_log_link", "Whether to show the link to log as part of the default error page"),
				text.of("url", "URL to redirect to when an error occurs"),
			}},
			"change_password":   classicPage("Change Password page customization."),
			"guardian_mfa_page": classicPage("Guardian page customization."),
			"enabled_locales":   {types: []string{"array"}, min: 1, items: &text, about: "Supported locales for the user interface"},
		},
		shown: showTenant,
	},
	written: writeTenant, changed: changedTenant,
}

// classicPage is the property of a page of the classic login.
func classicPage(about string) property {
	return property{types: []string{"object"}, about: about, members: []property{boolean.of("enabled", ""), text.of("html", "")}}
}

const magicLinkFlag = "allow_magiclink_verify_without_session"

// tenantFlags are the flags of a new tenant.
var tenantFlags = object{
	{Key: "allow_changing_enable_sso", Value: false},
	{Key: "disable_impersonation", Value: true},
	{Key: "enable_sso", Value: true},
	{Key: "revoke_refresh_token_grant", Value: false},
}

// writeTenant merges the flags, of which a body has some, and takes lifetimes in
// minutes for what they are in hours.
func writeTenant(c *call, now *fixtures.Tenant) {
	for _, name := range lifetimes {
		switch minutes := c.body[name+inMinutes].(type) {
		case int64:
			c.body[name] = float64(minutes) / 60
			if minutes%60 == 0 {
				c.body[name] = minutes / 60
			}
		case float64:
			c.body[name] = minutes / 60
		}
		delete(c.body, name+inMinutes)
	}
	if _, sent := c.body["universal_login"]; sent {
		now.Flags.AllowMagicLinkVerifyWithoutSession = false
	}
	if change, ok := c.body["flags"].(map[string]any); ok {
		flags, _ := plain(unfolded(reflect.TypeFor[fixtures.TenantFlags](), jsonObject(now.Flags))).(map[string]any)
		maps.Copy(flags, change)
		c.body["flags"] = flags
	}
}

// changedTenant makes the answer to a PATCH of that to a GET.
// Source: auth0/go-auth0, its recordings.
func changedTenant(o *shape) {
	o.drop("sandbox_versions_available")
	if flags, ok := o.value("flags").(object); ok {
		shown := &shape{slices.Clone(flags)}
		shown.set("cannot_change_enforce_client_authentication_on_passwordless_start", true)
		shown.set("enforce_client_authentication_on_passwordless_start", true)
		o.set("flags", shown.object)
	}
}

func showTenant(_ *call, tenant fixtures.Tenant, o *shape) {
	flags := &shape{append(object{}, tenantFlags...)}
	if set, ok := o.value("flags").(object); ok {
		for _, m := range set {
			flags.set(m.Key, m.Value)
		}
	}
	for _, name := range lifetimes {
		if n, ok := o.value(name).(json.Number); ok {
			o.set(name, json.Number(strings.TrimSuffix(n.String(), ".0")))
		}
	}
	flags.drop(magicLinkFlag) // Auth0 has it elsewhere
	if tenant.LinksNeedNoSession() {
		o.set("universal_login", object{{Key: "passwordless", Value: object{{Key: magicLinkFlag, Value: true}}}})
	}
	o.set("flags", flags.object)
	if standard := (fixtures.DeviceFlow{Charset: "base20", Mask: "****-****"}); tenant.DeviceFlow == standard {
		o.drop("device_flow")
	}
}
