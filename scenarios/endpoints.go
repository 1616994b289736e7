package scenarios

import "slices"

// Any is the endpoint that stands for all.
const Any = "any"

// endpoints are the names of endpoints, some of which the server does not
// answer yet.
var endpoints = []string{
	"passwordless.start", "oauth.token", "oauth.revoke", "otp.challenge", "verify_redirect", "authorize",
	"co.authenticate", "passwordless.verify", "dbconnections.signup", "dbconnections.change_password", "oauth.par",
	"userinfo", "jwks", "openid-configuration", "logout", "management", "smtp", Any,
}

// EnumValues are the names that are too many for a tag.
func (When) EnumValues(field string) []string {
	if field == "endpoint" {
		return endpoints
	}
	return nil
}

// EnumValues are the names of the presets.
func (Respond) EnumValues(field string) []string {
	if field == "preset" {
		return presetNames()
	}
	return nil
}

// actsOn are the endpoints on which an effect can act, by its name in a file;
// those that are absent can act on all.
var actsOn = map[string][]string{
	"otp":     {"oauth.token", "verify_redirect", "authorize", "co.authenticate", "passwordless.verify"},
	"user":    {"oauth.token", "verify_redirect", "authorize", "co.authenticate", "passwordless.verify", "userinfo"},
	"signup":  {"passwordless.start", "oauth.token", "otp.challenge", "verify_redirect", "authorize", "co.authenticate", "passwordless.verify", "dbconnections.signup"},
	"deliver": {"passwordless.start", "otp.challenge", "authorize", "smtp"},
	"token":   {"oauth.token", "verify_redirect", "authorize"},
	"keys":    {"jwks", "oauth.token"},
}

// An effect is what one field of Then says: its name in a file, and the
// endpoints on which it can act, of which nil means all.
type effect struct {
	name string
	on   []string
}

// effects are what a rule does, in the order of Then.
func (t *Then) effects() []effect {
	var all []effect
	add := func(there bool, name string) {
		if there {
			all = append(all, effect{name: name, on: actsOn[name]})
		}
	}
	add(t.Delay != nil, "delay")
	add(t.Fault != "", "fault")
	add(t.Respond != nil, "respond")
	add(t.OTP != nil, "otp")
	add(t.User != "", "user")
	add(t.Signup != "", "signup")
	add(t.Deliver != nil, "deliver")
	add(t.Token != nil, "token")
	add(t.Keys != "", "keys")
	if t.Keys == "empty" || t.Keys == "stale" {
		all[len(all)-1].on = []string{"jwks"}
	}
	if t.User == "mfa_required" {
		i := slices.IndexFunc(all, func(e effect) bool { return e.name == "user" })
		all[i].on = []string{"oauth.token", "verify_redirect", "authorize"} // the others ask for no factor
	}
	add(len(t.Patch) > 0, "patch")
	add(len(t.Headers) > 0, "headers")
	return all
}

// endpoints are those on which the rule acts: those of its condition on which
// all of its effects can act. Nil means all endpoints.
func (r *Rule) endpoints() []string {
	var acts []string
	if !slices.Contains(r.When.Endpoint, Any) && len(r.When.Endpoint) > 0 {
		acts = slices.Clone(r.When.Endpoint)
	}
	for _, e := range r.Then.effects() {
		acts = common(acts, e.on)
	}
	return acts
}

// common is what two lists of endpoints share, where nil means all.
func common(a, b []string) []string {
	if a == nil {
		return slices.Clone(b)
	}
	if b == nil {
		return a
	}
	both := []string{}
	for _, name := range a {
		if slices.Contains(b, name) {
			both = append(both, name)
		}
	}
	return both
}
