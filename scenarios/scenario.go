// Package scenarios describes how things go wrong: what a scenario file may
// say, how it is loaded and checked, and what a test can read about a scenario
// that is on.
//
// A scenario has rules. A rule has conditions (when), which say on which
// requests it acts, and effects (then), which say what happens to them: before
// a request is handled (a delay, a broken connection, a canned answer), while
// it is handled (an expired code, a lost message, a token with a bad signature)
// or to its answer.
//
// Nothing is random. What looks random derives from the seed, from names and
// from the number of the request. So a run can be repeated, and tests that run
// in parallel do not disturb each other.
package scenarios

import "time"

// A Scenario is one way in which things go wrong. It comes from a file, or is
// made in Go and checked by Complete.
type Scenario struct {
	Version     int    `yaml:"version" required:"true" enum:"1" doc:"The version of this format: 1."`
	Name        string `yaml:"name" required:"true" doc:"The name that switches it on: letters, digits, - and _."`
	Description string `yaml:"description" doc:"What happens, in one sentence."`
	Seed        string `yaml:"seed" doc:"The seed of probability and jitter. Default: the tenant's seed."`
	Rules       []Rule `yaml:"rules" required:"true" doc:"The rules, in the order in which they are asked. After a rule with respond or fault no further rule is asked. If two rules say the same thing, the first one counts."`

	// Source is the file that it was read from. It is "" for a built-in
	// scenario, and for one that was made in Go or sent to the control API.
	Source string `yaml:"-"`
}

// A Rule says on which requests something goes wrong, and what.
type Rule struct {
	ID     string `yaml:"id" required:"true" doc:"The rule's name within the scenario: letters, digits, - and _."`
	When   When   `yaml:"when" doc:"On which requests the rule acts. All conditions must hold; of a list, one member is enough. Default: all requests on which the effects can act."`
	Then   Then   `yaml:"then" required:"true" doc:"What happens."`
	Times  int    `yaml:"times" min:"1" max:"1000000" doc:"How often the rule acts at most, for each key of per. Default: without limit."`
	Expect Expect `yaml:"expect" doc:"What a test run should see. POST /_mock/scenarios/verify, testkit and --fail-on-unfired check it."`
}

// Expect is what a test run should see of a rule.
type Expect struct {
	Fired Count `yaml:"fired" doc:"How often the rule should act: a number, or one such as \">=1\"."`
}

// When is the conditions of a rule. All of them must hold.
type When struct {
	Endpoint    AnyOf            `yaml:"endpoint" doc:"Which endpoint is called. Default: every endpoint on which the effects can act."`
	Grant       AnyOf            `yaml:"grant" doc:"The grant_type of a token request, as a glob or /RE2/. http://auth0.com/oauth/grant-type/ may be left out: passwordless/otp."`
	Connection  AnyOf            `yaml:"connection" doc:"The connection's name, as a glob or /RE2/."`
	Send        AnyOf            `yaml:"send" doc:"How the code is sent (code, link, link_ios, link_android), as a glob or /RE2/."`
	Client      AnyOf            `yaml:"client" doc:"The client's id or name, as a glob or /RE2/."`
	Recipient   AnyOf            `yaml:"recipient" doc:"The user's e-mail address or phone number, as a glob or /RE2/."`
	Header      map[string]AnyOf `yaml:"header" doc:"Request headers by name, as globs or /RE2/. A header that is absent counts as empty."`
	Params      map[string]AnyOf `yaml:"params" doc:"Parameters of body or query by name, as globs or /RE2/. authParams.scope names a member of an object. A parameter that is absent counts as empty."`
	Call        Calls            `yaml:"call" doc:"Which of the requests that meet the other conditions, counted for each key of per: 1, [1, 3], 2..4, \">=3\" or {every: 3}."`
	Per         string           `yaml:"per" enum:"rule,recipient,client" doc:"What has a count of its own: the rule (default), each recipient or each client."`
	Probability *float64         `yaml:"probability" min:"0" max:"1" doc:"The share of the requests on which the rule acts, from 0 to 1. It derives from seed, rule, key and count, so a run can be repeated."`
	After       Moment           `yaml:"after" doc:"The rule does not act before this time: a time, or a duration of the tenant's clock since the scenario was switched on."`
	Until       Moment           `yaml:"until" doc:"The rule does not act from this time on: a time, or a duration of the tenant's clock since the scenario was switched on."`
}

// Then is what happens when a rule acts. Delay, Fault and Respond act before
// the request is handled. OTP, User and Signup act when a code is redeemed,
// Deliver on the message, Token on what is issued, Keys on the key set, Patch
// and Headers on the answer.
type Then struct {
	Delay   *Delay            `yaml:"delay" doc:"Wait, in real time: a duration, {min, max}, or {median, p99} of a log-normal distribution. Delays of several rules add up."`
	Fault   string            `yaml:"fault" enum:"reset,empty,hang,truncate,garbage,dribble" doc:"Break the connection. reset: RST; empty: closed without an answer; hang: no answer until the client gives up; garbage: bytes that are not HTTP. With these four the request is not handled. truncate: half of the answer; dribble: the answer in small pieces over two seconds."`
	Respond *Respond          `yaml:"respond" doc:"Answer this. The request is not handled."`
	OTP     *OTP              `yaml:"otp" doc:"When a code is redeemed: expired, locked, wrong, accept_any, or {code: \"111111\"}, which then is the right one. The outbox shows the code that was sent."`
	User    string            `yaml:"user" enum:"blocked,mfa_required" doc:"The user is blocked, or must give a second factor."`
	Signup  string            `yaml:"signup" enum:"disabled" doc:"New users may not sign up."`
	Deliver *Deliver          `yaml:"deliver" doc:"What happens to the message."`
	Token   *Token            `yaml:"token" doc:"What is wrong with the tokens."`
	Keys    string            `yaml:"keys" enum:"rotate,empty,stale" doc:"rotate: from now on a new key signs, and all other keys are gone; empty: the key set has no keys; stale: the key set lacks the key that signs."`
	Patch   map[string]any    `yaml:"patch" doc:"A JSON merge patch (RFC 7386) of the answer. null removes a member."`
	Headers map[string]string `yaml:"headers" doc:"Headers of the answer. An empty value removes the header."`
}

// Respond is a canned answer: one of Auth0's own (a preset), or any other.
type Respond struct {
	Preset  string            `yaml:"preset" doc:"An answer of Auth0, by its name."`
	Vars    map[string]string `yaml:"vars" doc:"Values for the preset's placeholders."`
	Status  int               `yaml:"status" min:"200" max:"599" doc:"The HTTP status. Default: that of the preset, or else 200."`
	Headers map[string]string `yaml:"headers" doc:"Headers of the answer. An empty value removes the header."`
	JSON    any               `yaml:"json" doc:"The body, as JSON."`
	Body    string            `yaml:"body" doc:"The body, as text."`
}

// Deliver is what happens to a message.
type Deliver struct {
	Outcome string        `yaml:"outcome" enum:"lost,bounced" doc:"The message never arrives. lost: nobody is told; bounced: it comes back."`
	Delay   time.Duration `yaml:"delay" doc:"The message arrives this much later, by the tenant's clock."`
	Copies  int           `yaml:"copies" min:"1" max:"100" doc:"How many times the message arrives."`
	Swap    string        `yaml:"swap" enum:"next" doc:"next: the message arrives after the recipient's next one."`
	Corrupt string        `yaml:"corrupt" enum:"code,link" doc:"code: the code in the message is wrong; link: the link in the message is cut off."`
}

// Token is what is wrong with the tokens that are issued.
type Token struct {
	Signature string         `yaml:"signature" enum:"bad" doc:"bad: no published key verifies the signature."`
	Alg       string         `yaml:"alg" enum:"none" doc:"none: the token has no signature."`
	KID       string         `yaml:"kid" enum:"unknown" doc:"unknown: the key that signs is not in the key set."`
	Iss       string         `yaml:"iss" doc:"The issuer."`
	Aud       AnyOf          `yaml:"aud" doc:"The audience, or several."`
	Exp       Moment         `yaml:"exp" doc:"When the tokens expire: a time, or a duration from now, which may be negative."`
	Skew      time.Duration  `yaml:"skew" doc:"How far the clock of the issuer is ahead (or behind, if negative). It is added to iat, exp and auth_time."`
	Claims    map[string]any `yaml:"claims" doc:"Claims to set. null removes a claim."`
	Drop      []string       `yaml:"drop" enum:"access_token,refresh_token,id_token,scope,expires_in,token_type" doc:"Members to leave out of the answer."`
	Malformed bool           `yaml:"malformed" doc:"What is issued is not a token at all."`
}
