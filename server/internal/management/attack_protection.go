package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
)

// The attack protection. Its settings are those of a new tenant as long as nothing is
// set.
// Source: auth0/auth0-deploy-cli, its recordings.
var (
	botDetection = setting[fixtures.BotDetection]{
		path: "/attack-protection/bot-detection", one: "the bot detection", scope: "attack_protection", change: []string{"PATCH"},
		of: func(f *fixtures.Fixture) *fixtures.BotDetection { return &f.AttackProtection.BotDetection },
		starts: object{
			{Key: "challenge_password_policy", Value: "never"},
			{Key: "challenge_passwordless_policy", Value: "never"},
			{Key: "challenge_password_reset_policy", Value: "never"},
			{Key: "allowlist", Value: []string{}},
			{Key: "bot_detection_level", Value: "medium"},
			{Key: "monitoring_mode_enabled", Value: false},
		},
		fields: section[fixtures.BotDetection]{shown: func(c *call, bots fixtures.BotDetection, o *shape) {
			if policy := c.Setup.Fixture.AttackProtection.Captcha.Policy; policy != "" { // the mock's short form of the three
				for name, own := range map[string]string{
					"challenge_password_policy": bots.ChallengePasswordPolicy, "challenge_passwordless_policy": bots.ChallengePasswordlessPolicy,
					"challenge_password_reset_policy": bots.ChallengePasswordResetPolicy,
				} {
					if own == "" {
						o.set(name, policy)
					}
				}
			}
		}},
	}
	bruteForce = setting[fixtures.BruteForceProtection]{
		path: "/attack-protection/brute-force-protection", one: "the brute-force protection", scope: "attack_protection", change: []string{"PATCH"},
		of: func(f *fixtures.Fixture) *fixtures.BruteForceProtection {
			return &f.AttackProtection.BruteForceProtection
		},
		starts: object{
			{Key: "enabled", Value: true},
			{Key: "shields", Value: []string{"block", "user_notification"}},
			{Key: "mode", Value: "count_per_identifier_and_ip"},
			{Key: "allowlist", Value: []string{}},
			{Key: "max_attempts", Value: 10},
		},
	}
	captcha = setting[fixtures.Captcha]{
		path: "/attack-protection/captcha", one: "the provider of captchas", scope: "attack_protection", change: []string{"PATCH"},
		of: func(f *fixtures.Fixture) *fixtures.Captcha { return &f.AttackProtection.Captcha },
		starts: object{
			{Key: "active_provider_id", Value: "auth_challenge"},
			{Key: "simple_captcha", Value: object{}},
			{Key: "auth_challenge", Value: object{{Key: "fail_open", Value: false}}},
			{Key: "recaptcha_v2", Value: object{{Key: "site_key", Value: ""}}},
			{Key: "recaptcha_enterprise", Value: object{{Key: "site_key", Value: ""}, {Key: "project_id", Value: ""}}},
			{Key: "hcaptcha", Value: object{{Key: "site_key", Value: ""}}},
			{Key: "friendly_captcha", Value: object{{Key: "site_key", Value: ""}}},
			{Key: "arkose", Value: object{
				{Key: "site_key", Value: ""},
				{Key: "client_subdomain", Value: "client-api"},
				{Key: "verify_subdomain", Value: "verify-api"},
				{Key: "fail_open", Value: false},
			}},
		},
		fields: section[fixtures.Captcha]{hidden: []string{"policy"}, shown: func(_ *call, _ fixtures.Captcha, o *shape) {
			for i, m := range o.object { // no answer has a secret of a provider
				if provider, ok := m.Value.(object); ok {
					o.object[i].Value = (&shape{slices.Clone(provider)}).without("secret", "api_key")
				}
			}
		}},
	}
	suspiciousIPs = setting[map[string]any]{
		path: "/attack-protection/suspicious-ip-throttling", one: "the throttling of suspicious IP addresses", scope: "attack_protection", change: []string{"PATCH"},
		of: func(f *fixtures.Fixture) *map[string]any { return &f.AttackProtection.SuspiciousIPThrottling },
		starts: object{
			{Key: "enabled", Value: true},
			{Key: "shields", Value: []string{"admin_notification", "block"}},
			{Key: "allowlist", Value: []string{}},
			{Key: "stage", Value: object{
				{Key: "pre-login", Value: rate(100, 864000)}, {Key: "pre-user-registration", Value: rate(50, 1200)}, {Key: "pre-custom-token-exchange", Value: rate(10, 600000)},
			}},
		},
		members: []property{boolean.of("enabled", ""), listOf("block", "admin_notification").of("shields", ""), listOf().of("allowlist", ""), anyBag.of("stage", "")},
	}
	breachedPasswords = setting[map[string]any]{
		path: "/attack-protection/breached-password-detection", one: "the detection of breached passwords", scope: "attack_protection", change: []string{"PATCH"},
		of: func(f *fixtures.Fixture) *map[string]any { return &f.AttackProtection.BreachedPasswordDetection },
		starts: object{
			{Key: "enabled", Value: false},
			{Key: "shields", Value: []string{}},
			{Key: "admin_notification_frequency", Value: []string{}},
			{Key: "method", Value: "standard"},
			{Key: "stage", Value: object{
				{Key: "pre-user-registration", Value: object{{Key: "shields", Value: []string{}}}}, {Key: "pre-change-password", Value: object{{Key: "shields", Value: []string{}}}},
			}},
		},
		members: []property{
			boolean.of("enabled", ""), listOf("block", "user_notification", "admin_notification").of("shields", ""),
			listOf("immediately", "daily", "weekly", "monthly").of("admin_notification_frequency", ""),
			property{types: []string{"string"}, enum: []string{"standard", "enhanced"}}.of("method", ""), anyBag.of("stage", ""),
		},
	}
	phoneProtection = setting[map[string]any]{
		path: "/attack-protection/phone-provider-protection", one: "the protection of phone providers", scope: "attack_protection", change: []string{"PATCH"},
		of:      func(f *fixtures.Fixture) *map[string]any { return &f.AttackProtection.PhoneProviderProtection },
		starts:  object{{Key: "type", Value: "none"}},
		members: []property{property{types: []string{"string"}, enum: []string{"none", "exponential"}}.of("type", "")}, required: []string{"type"},
	}
	riskAssessments = setting[map[string]any]{
		path: "/risk-assessments/settings", one: "the settings of risk assessments", scope: "attack_protection", change: []string{"PATCH"},
		of:      func(f *fixtures.Fixture) *map[string]any { return &f.AttackProtection.RiskAssessments },
		starts:  object{{Key: "enabled", Value: false}},
		members: []property{boolean.of("enabled", "Whether or not risk assessment is enabled.")}, required: []string{"enabled"},
	}
	newDevice = setting[map[string]any]{
		path: "/risk-assessments/settings/new-device", one: "the assessment of new devices", scope: "attack_protection", change: []string{"PATCH"},
		of:      func(f *fixtures.Fixture) *map[string]any { return &f.AttackProtection.NewDevice },
		starts:  object{{Key: "remember_for", Value: 30}},
		members: []property{integer.between(1, 365).of("remember_for", "Length of time to remember devices for, in days.")}, required: []string{"remember_for"},
	}
	supplementalSignals = setting[map[string]any]{
		path: "/supplemental-signals", one: "the supplemental signals", scope: "attack_protection", change: []string{"PATCH"},
		of:      func(f *fixtures.Fixture) *map[string]any { return &f.AttackProtection.SupplementalSignals },
		starts:  object{{Key: "akamai_enabled", Value: false}},
		members: []property{boolean.of("akamai_enabled", "Indicates if incoming Akamai Headers should be processed")}, required: []string{"akamai_enabled"},
	}
)

// attackProtection are all settings against attacks.
func attackProtection() []operation {
	return slices.Concat(
		botDetection.operations(), bruteForce.operations(), captcha.operations(), suspiciousIPs.operations(), breachedPasswords.operations(),
		phoneProtection.operations(), riskAssessments.operations(), newDevice.operations(), supplementalSignals.operations(),
	)
}

// rate is one of the stages of the throttling.
func rate(attempts, milliseconds int) object {
	return object{{Key: "max_attempts", Value: attempts}, {Key: "rate", Value: milliseconds}}
}

// listOf is a list of strings, which are those of an enum if there is one.
func listOf(enum ...string) property {
	item := text
	item.enum = enum
	return property{types: []string{"array"}, items: &item}
}
