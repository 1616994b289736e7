package scenarios

import "time"

// A Scenario is one way in which things go wrong: a file, or a value made in
// Go, which Complete checks.
type Scenario struct {
	Version     int    `yaml:"version" required:"true" enum:"1" doc:"The version of this format: 1."`
	Name        string `yaml:"name" required:"true" doc:"The name by which it is switched on: letters, digits, - and _."`
	Description string `yaml:"description" doc:"What happens, in a sentence."`
	Seed        string `yaml:"seed" doc:"What probability and jitter derive from. Default: the tenant's seed."`
	Rules       []Rule `yaml:"rules" required:"true" doc:"The rules, the first one first. respond and fault end the search; of two rules that say the same thing the first counts."`

	// Source is the file that it came from, or "" for a built-in one and for
	// one that was made in Go or sent to the control API.
	Source string `yaml:"-"`
}

// A Rule says when something goes wrong, and how.
type Rule struct {
	ID     string `yaml:"id" required:"true" doc:"The rule's name within the scenario: letters, digits, - and _."`
	When   When   `yaml:"when" doc:"Which requests it is for. All conditions must hold; a list means any of. Absent: all requests on which it can act."`
	Then   Then   `yaml:"then" required:"true" doc:"What happens."`
	Times  int    `yaml:"times" min:"1" max:"1000000" doc:"How often it acts at most, for each key of per. Default: without end."`
	Expect Expect `yaml:"expect" doc:"What a test run is to see. POST /_mock/scenarios/verify, testkit and --fail-on-unfired check it."`
}

// Expect is what a run is to see of a rule.
type Expect struct {
	Fired Count `yaml:"fired" doc:"How often the rule is to act: a number, or one such as \">=1\"."`
}

// When is the conditions of a rule: all must hold.
type When struct {
	Endpoint    AnyOf            `yaml:"endpoint" doc:"Which endpoint is called. Default: those on which the rule can act."`
	Grant       AnyOf            `yaml:"grant" doc:"The grant_type of a token request, as a glob or /RE2/. What stands behind http://auth0.com/oauth/grant-type/ will do: passwordless/otp."`
	Connection  AnyOf            `yaml:"connection" doc:"The connection's name, as a glob or /RE2/."`
	Send        AnyOf            `yaml:"send" doc:"How the code is sent (code, link, link_ios, link_android), as a glob or /RE2/."`
	Client      AnyOf            `yaml:"client" doc:"The client's id or name, as a glob or /RE2/."`
	Recipient   AnyOf            `yaml:"recipient" doc:"The user's e-mail address or phone number, as a glob or /RE2/."`
	Header      map[string]AnyOf `yaml:"header" doc:"Request headers by name, as globs or /RE2/. A header that is absent is empty."`
	Params      map[string]AnyOf `yaml:"params" doc:"Parameters of body or query by name, as globs or /RE2/; authParams.scope names a member of an object. One that is absent is empty."`
	Call        Calls            `yaml:"call" doc:"Which of the requests that meet the other conditions, counted for each key of per: 1, [1, 3], 2..4, \">=3\" or {every: 3}."`
	Per         string           `yaml:"per" enum:"rule,recipient,client" doc:"What is counted by itself: rule (default) has one count, recipient and client one each."`
	Probability *float64         `yaml:"probability" min:"0" max:"1" doc:"Which part of the requests, 0 to 1. It is derived from seed, rule, key and count: a run can be repeated."`
	After       Moment           `yaml:"after" doc:"Not before: a duration of the tenant's clock since the scenario was switched on, or a time."`
	Until       Moment           `yaml:"until" doc:"Not from then on: a duration of the tenant's clock since the scenario was switched on, or a time."`
}

// Then is what happens when a rule acts. Delay, Fault and Respond come before
// the request is handled; OTP, User and Signup act when a code is redeemed,
// Deliver on the message, Token on what is issued, Keys on the key set, Patch
// and Headers on the answer.
type Then struct {
	Delay   *Delay            `yaml:"delay" doc:"Wait, in real time: a duration, {min, max}, or {median, p99} of a log-normal distribution. Delays of several rules add up."`
	Fault   string            `yaml:"fault" enum:"reset,empty,hang,truncate,garbage,dribble" doc:"Break the connection. reset: RST; empty: closed without an answer; hang: no answer until the client gives up; garbage: bytes that are no HTTP; with these the request is not handled. truncate: half of the answer; dribble: the answer in small pieces over two seconds."`
	Respond *Respond          `yaml:"respond" doc:"Answer this; the request is not handled."`
	OTP     *OTP              `yaml:"otp" doc:"When a code is redeemed: expired, locked, wrong, accept_any, or {code: \"111111\"}, which then is the right one. The outbox shows the code that was sent."`
	User    string            `yaml:"user" enum:"blocked,mfa_required" doc:"The user is blocked, or has to give a second factor."`
	Signup  string            `yaml:"signup" enum:"disabled" doc:"New users may not sign up."`
	Deliver *Deliver          `yaml:"deliver" doc:"What becomes of the message."`
	Token   *Token            `yaml:"token" doc:"What is wrong with the tokens."`
	Keys    string            `yaml:"keys" enum:"rotate,empty,stale" doc:"rotate: a key that nobody has seen signs from now on, and the others are gone; empty: the key set has no keys; stale: it lacks the key that signs."`
	Patch   map[string]any    `yaml:"patch" doc:"A JSON merge patch (RFC 7386) of the answer: null removes a member."`
	Headers map[string]string `yaml:"headers" doc:"Headers of the answer; an empty one is removed."`
}

// Respond is a canned answer: a preset, or an answer of one's own.
type Respond struct {
	Preset  string            `yaml:"preset" doc:"An answer of Auth0 by its name."`
	Vars    map[string]string `yaml:"vars" doc:"What stands in the preset's placeholders."`
	Status  int               `yaml:"status" min:"200" max:"599" doc:"The HTTP status. Default: the preset's, else 200."`
	Headers map[string]string `yaml:"headers" doc:"Headers of the answer; an empty one is removed."`
	JSON    any               `yaml:"json" doc:"The body, as JSON."`
	Body    string            `yaml:"body" doc:"The body, as it stands."`
}

// Deliver is what becomes of a message.
type Deliver struct {
	Outcome string        `yaml:"outcome" enum:"lost,bounced" doc:"It never arrives: lost, and nobody is told, or bounced."`
	Delay   time.Duration `yaml:"delay" doc:"It arrives so much later, by the tenant's clock."`
	Copies  int           `yaml:"copies" min:"1" max:"100" doc:"How many times it arrives."`
	Swap    string        `yaml:"swap" enum:"next" doc:"next: it arrives after the recipient's next message."`
	Corrupt string        `yaml:"corrupt" enum:"code,link" doc:"The message has another code than the right one, or a link that is cut off."`
}

// Token is what is wrong with the tokens that are issued.
type Token struct {
	Signature string         `yaml:"signature" enum:"bad" doc:"bad: no published key verifies it."`
	Alg       string         `yaml:"alg" enum:"none" doc:"none: a token without a signature."`
	KID       string         `yaml:"kid" enum:"unknown" doc:"unknown: signed by a key that is not in the key set."`
	Iss       string         `yaml:"iss" doc:"The issuer."`
	Aud       AnyOf          `yaml:"aud" doc:"The audience, or several."`
	Exp       Moment         `yaml:"exp" doc:"When they expire: a duration from now, which may be negative, or a time."`
	Skew      time.Duration  `yaml:"skew" doc:"How far the clock that issues them is ahead (or, negative, behind): added to iat, exp and auth_time."`
	Claims    map[string]any `yaml:"claims" doc:"Claims to set; null removes one."`
	Drop      []string       `yaml:"drop" enum:"access_token,refresh_token,id_token,scope,expires_in,token_type" doc:"Members that the answer lacks."`
	Malformed bool           `yaml:"malformed" doc:"What is issued is no token at all."`
}
