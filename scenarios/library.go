package scenarios

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// The names of the built-in scenarios.
const (
	// RateLimited refuses every request for a code, a token or a challenge with 429.
	RateLimited = "rate-limited"
	// RateLimitedOnce refuses the first such request of each recipient with 429.
	RateLimitedOnce = "rate-limited-once"
	// OTPExpired makes every code expired when it is redeemed.
	OTPExpired = "otp-expired"
	// OTPLocked makes every code locked after too many wrong tries.
	OTPLocked = "otp-locked"
	// OTPAlwaysWrong makes every code wrong, also the one that was sent.
	OTPAlwaysWrong = "otp-always-wrong"
	// SMSProviderError makes the SMS provider refuse every message.
	SMSProviderError = "sms-provider-error"
	// SMSProviderTimeout makes the SMS provider answer too late.
	SMSProviderTimeout = "sms-provider-timeout"
	// SMSLost loses every SMS on its way.
	SMSLost = "sms-lost"
	// EmailLost loses every e-mail on its way.
	EmailLost = "email-lost"
	// EmailDelayed delivers every e-mail 45 seconds late.
	EmailDelayed = "email-delayed"
	// EmailDuplicate delivers every e-mail twice.
	EmailDuplicate = "email-duplicate"
	// EmailOutOfOrder delivers the first e-mail to each recipient after the second.
	EmailOutOfOrder = "email-out-of-order"
	// EmailBounced returns every e-mail to its sender.
	EmailBounced = "email-bounced"
	// Slow delays every answer: half of them by 800 ms or more, 1 in 100 by 5 s or more.
	Slow = "slow"
	// ConnectionReset breaks the connection of every request for a code or a token.
	ConnectionReset = "connection-reset"
	// BadGatewayHTML answers every request with 502 and a page of HTML.
	BadGatewayHTML = "bad-gateway-html"
	// Unavailable answers every request with 503.
	Unavailable = "unavailable"
	// TruncatedJSON cuts the answer with the tokens off in the middle.
	TruncatedJSON = "truncated-json"
	// TokenBadSignature issues tokens that no published key verifies.
	TokenBadSignature = "token-bad-signature"
	// TokenAlgNone issues tokens without a signature.
	TokenAlgNone = "token-alg-none"
	// TokenExpired issues tokens that expired an hour ago.
	TokenExpired = "token-expired"
	// TokenWrongIssuer issues tokens that name another tenant as their issuer.
	TokenWrongIssuer = "token-wrong-issuer"
	// TokenWrongAudience issues tokens for another audience.
	TokenWrongAudience = "token-wrong-audience"
	// ClockSkew issues tokens by a clock that is ten minutes ahead.
	ClockSkew = "clock-skew"
	// JWKSRotated replaces all keys by a new one when the first token is issued.
	JWKSRotated = "jwks-rotated"
	// JWKSUnavailable answers every request for the key set with 503.
	JWKSUnavailable = "jwks-unavailable"
	// UserBlocked blocks every user.
	UserBlocked = "user-blocked"
	// MFARequired asks every user for a second factor.
	MFARequired = "mfa-required"
	// SignupDisabled refuses new users.
	SignupDisabled = "signup-disabled"
	// DPoPNonceStale asks each client once for another nonce in its DPoP proof.
	DPoPNonceStale = "dpop-nonce-stale"
	// Flaky fails one in ten requests for a code or a token.
	Flaky = "flaky"
	// StrictClient does a little of everything that a client should survive by retrying.
	StrictClient = "strict-client"
)

// A builtIn is a built-in scenario: its name, and the last two digits of the
// phone number that switches it on. It has no number if no SMS login meets it.
type builtIn struct{ name, digits string }

// library is all built-in scenarios. Their numbers never change.
var library = []builtIn{
	{RateLimited, "01"},
	{RateLimitedOnce, "02"},
	{OTPExpired, "03"},
	{OTPLocked, "04"},
	{OTPAlwaysWrong, "05"},
	{SMSProviderError, "06"},
	{SMSProviderTimeout, "07"},
	{SMSLost, "08"},
	{EmailLost, ""},
	{EmailDelayed, ""},
	{EmailDuplicate, ""},
	{EmailOutOfOrder, ""},
	{EmailBounced, ""},
	{Slow, "09"},
	{ConnectionReset, "10"},
	{BadGatewayHTML, "11"},
	{Unavailable, "12"},
	{TruncatedJSON, "13"},
	{TokenBadSignature, "14"},
	{TokenAlgNone, "15"},
	{TokenExpired, "16"},
	{TokenWrongIssuer, "17"},
	{TokenWrongAudience, "18"},
	{ClockSkew, "19"},
	{JWKSRotated, "20"},
	{JWKSUnavailable, ""},
	{UserBlocked, "21"},
	{MFARequired, "22"},
	{SignupDisabled, "23"},
	{DPoPNonceStale, "26"},
	{Flaky, "24"},
	{StrictClient, "25"},
}

//go:embed library/*.yaml
var files embed.FS

// Names are the names of the built-in scenarios.
func Names() []string {
	names := make([]string, len(library))
	for i, b := range library {
		names[i] = b.name
	}
	return names
}

func isBuiltIn(name string) bool { return slices.Contains(Names(), name) }

// MagicPhone is a phone number in E.164 form. Logins with it meet the built-in
// scenario of that name. It is "" if the scenario has no number.
func MagicPhone(name string) string {
	for _, b := range library {
		if b.name == name && b.digits != "" {
			return "+150055501" + b.digits
		}
	}
	return ""
}

// loaded are the built-in scenarios by name, each parsed when it is first
// asked for: a func() (*Scenario, error).
var loaded sync.Map

// Load returns a built-in scenario. All callers share it, so nobody may change
// it. The error for an unknown name lists the names.
func Load(name string) (*Scenario, error) {
	if !isBuiltIn(name) {
		return nil, fmt.Errorf("there is no built-in scenario %q; the names are %s%s",
			name, strings.Join(Names(), ", "), strictyaml.Suggest(name, Names()))
	}
	load, _ := loaded.LoadOrStore(name, sync.OnceValues(func() (*Scenario, error) {
		s, err := parse(name+".yaml", Source(name), origin{builtIn: true})
		if err != nil {
			return nil, fmt.Errorf("the built-in scenario %s: %w", name, err)
		}
		s.Source = ""
		return s, nil
	}))
	return load.(func() (*Scenario, error))()
}

// Source is the YAML of a built-in scenario. It is nil if there is none of that
// name.
func Source(name string) []byte {
	if !isBuiltIn(name) {
		return nil
	}
	data, err := files.ReadFile("library/" + name + ".yaml")
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return data
}
