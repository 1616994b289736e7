package scenarios

import (
	"maps"
	"slices"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// anyEndpoint stands for all endpoints.
const anyEndpoint = "any"

// endpoints are the names that a rule can use. The server does not serve all of
// them yet.
var endpoints = []string{
	"passwordless.start", "oauth.token", "oauth.revoke", "mfa.challenge", "mfa.associate", "mfa.authenticators", "otp.challenge", "verify_redirect", "authorize",
	"co.authenticate", "passwordless.verify", "dbconnections.signup", "dbconnections.change_password", "oauth.par",
	"oauth.device_code", "activate", "userinfo", "jwks", "openid-configuration", "logout", "management", "smtp", anyEndpoint,
}

// EnumValues are the values that a field can have, if they are too many for a
// tag.
func (When) EnumValues(field string) []string {
	if field == "endpoint" {
		return endpoints
	}
	return nil
}

// EnumValues are the values that a field can have, if they are too many for a
// tag. The presets are the refusals of the catalogue.
func (Respond) EnumValues(field string) []string {
	if field != "preset" {
		return nil
	}
	var names []string
	for _, r := range refusal.All() {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

// The endpoints on which each effect can act. Effects that are absent here can
// act on all endpoints.
var (
	onDPoP    = []string{"oauth.token"}
	onOTP     = []string{"oauth.token", "verify_redirect", "authorize", "co.authenticate", "passwordless.verify"}
	onUser    = []string{"oauth.token", "mfa.challenge", "mfa.associate", "verify_redirect", "authorize", "activate", "co.authenticate", "passwordless.verify", "userinfo"}
	onMFA     = []string{"oauth.token", "verify_redirect", "authorize", "activate", "passwordless.verify"} // the others never ask for a second factor
	onJoin    = []string{"authorize"}
	onSignup  = []string{"passwordless.start", "oauth.token", "otp.challenge", "verify_redirect", "authorize", "co.authenticate", "passwordless.verify", "dbconnections.signup"}
	onDeliver = []string{"passwordless.start", "mfa.challenge", "mfa.associate", "otp.challenge", "authorize", "dbconnections.signup", "dbconnections.change_password", "management", "smtp"}
	onToken   = []string{"oauth.token", "verify_redirect", "authorize", "passwordless.verify"}
	onRotate  = []string{"jwks", "oauth.token", "passwordless.verify"}
	onKeys    = []string{"jwks"}
)

// An effect is one field of Then that is set: its name in a file, and the
// endpoints on which it can act. A nil list means all endpoints.
type effect struct {
	name string
	on   []string
}

// effects are the fields of Then that are set, in their order.
func (t *Then) effects() []effect {
	var all []effect
	add := func(set bool, name string, on []string) {
		if set {
			all = append(all, effect{name, on})
		}
	}
	add(t.Delay != nil, "delay", nil)
	add(t.Fault != "", "fault", nil)
	add(t.Respond != nil, "respond", nil)
	add(t.DPoP != "", "dpop", onDPoP)
	add(t.OTP != nil, "otp", onOTP)
	add(t.User == "mfa_required", "user", onMFA)
	add(t.User == "organization_full", "user", onJoin)
	add(t.User == "blocked", "user", onUser)
	add(t.Signup != "", "signup", onSignup)
	add(t.Deliver != nil, "deliver", onDeliver)
	add(t.Token != nil, "token", onToken)
	add(t.Keys == "rotate", "keys", onRotate)
	add(t.Keys == "empty" || t.Keys == "stale", "keys", onKeys)
	add(len(t.Patch) > 0, "patch", nil)
	add(len(t.Headers) > 0, "headers", nil)
	return all
}

// Endpoints are the endpoints on which the rule acts. They are in its
// conditions, and all its effects can act on them. Nil means all endpoints.
func (r *Rule) Endpoints() []string {
	var acts []string
	if len(r.When.Endpoint) > 0 && !slices.Contains(r.When.Endpoint, anyEndpoint) {
		acts = slices.Clone(r.When.Endpoint)
	}
	for _, e := range r.Then.effects() {
		acts = common(acts, e.on)
	}
	return acts
}

// common is what two lists of endpoints share. A nil list means all endpoints.
func common(a, b []string) []string {
	if a == nil {
		return slices.Clone(b)
	}
	if b == nil {
		return a
	}
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return !slices.Contains(b, name) })
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
