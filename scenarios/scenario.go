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
// No scenario is random. What looks random derives from the seed, from names and
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
	Seed        string `yaml:"seed" doc:"The seed for probability, and for delays that vary. Default: the tenant's seed."`
	Rules       []Rule `yaml:"rules" required:"true" doc:"The rules, in the order in which the mock tries them. After a rule with respond or fault it tries no other rule. If two rules set the same effect, the first one wins."`

	// Source is the file that it was read from. It is "" for a built-in
	// scenario, and for one that was made in Go or sent to the control API.
	Source string `yaml:"-"`
}

// A Rule says on which requests something goes wrong, and what.
type Rule struct {
	ID     string `yaml:"id" required:"true" doc:"The rule's name within the scenario: letters, digits, - and _."`
	When   When   `yaml:"when" doc:"On which requests the rule acts. All conditions must hold. A list holds if one of its members does. Default: all requests on which the effects can act."`
	Then   Then   `yaml:"then" required:"true" doc:"What happens."`
	Times  int    `yaml:"times" min:"1" max:"1000000" doc:"How often the rule may act. With per, this is for each recipient or each client. Default: no limit."`
	Expect Expect `yaml:"expect" doc:"How often the rule should act in a test run. POST /_mock/scenarios/verify, testkit and --fail-on-unfired check it."`
}

// Expect says how often a rule should act in a test run.
type Expect struct {
	Fired Count `yaml:"fired" doc:"A number, or a lower limit such as \">=1\"."`
}

// When is the conditions of a rule. All of them must hold.
type When struct {
	Endpoint    AnyOf            `yaml:"endpoint" doc:"The endpoint of the request. Default: every endpoint on which the effects can act."`
	Grant       AnyOf            `yaml:"grant" doc:"The grant_type of a token request, as a glob or /RE2/. You may leave out http://auth0.com/oauth/grant-type/, as in passwordless/otp."`
	Connection  AnyOf            `yaml:"connection" doc:"The connection's name, as a glob or /RE2/."`
	Send        AnyOf            `yaml:"send" doc:"How the code is sent (code, link, link_ios, link_android), as a glob or /RE2/."`
	Client      AnyOf            `yaml:"client" doc:"The client's id or name, as a glob or /RE2/."`
	Recipient   AnyOf            `yaml:"recipient" doc:"The user's e-mail address or phone number, as a glob or /RE2/."`
	Header      map[string]AnyOf `yaml:"header" doc:"Request headers by name, as globs or /RE2/. A missing header is empty."`
	Params      map[string]AnyOf `yaml:"params" doc:"Parameters of the body or the query by name, as globs or /RE2/. authParams.scope is a member of an object. A missing parameter is empty."`
	Call        Calls            `yaml:"call" doc:"Which of the requests on which the rule could act: 1, [1, 3], 2..4, \">=3\" or {every: 3}. per says how they are counted."`
	Per         string           `yaml:"per" enum:"rule,recipient,client" doc:"How requests are counted. rule: all together; recipient: each recipient's alone; client: each client's alone. Default: rule."`
	Probability *float64         `yaml:"probability" min:"0" max:"1" doc:"On which share of the requests the rule acts, from 0 to 1. The choice derives from the seed, the rule, the recipient or client of per, and the count, so each run makes the same choice."`
	After       Moment           `yaml:"after" doc:"The rule acts from this time on. A duration begins when the scenario is switched on, and the tenant's clock measures it."`
	Until       Moment           `yaml:"until" doc:"The rule acts before this time only. A duration begins when the scenario is switched on, and the tenant's clock measures it."`
}

// Then is what happens when a rule acts. Delay, Fault and Respond act before
// the request is handled. DPoP acts on a proof that would be accepted, OTP when a
// code is redeemed to which it makes a difference, User when a user signs in,
// Signup when a new user would sign up, Deliver when a message is sent, Token
// when tokens are signed, Keys when the key set is served (rotate: when tokens
// are signed, too), Patch and Headers on the response. A request that does not
// come to one of these places is not counted for call, times and probability.
type Then struct {
	Delay   *Delay            `yaml:"delay" doc:"Wait before the response, in real time: a duration; {min, max}, evenly distributed; or {median, p99}, log-normally distributed. The delays of several rules add up."`
	Fault   string            `yaml:"fault" enum:"reset,empty,hang,truncate,garbage,dribble" doc:"Break the connection. reset: TCP reset; empty: close it without a response; hang: send nothing until the client gives up; garbage: send bytes that are not HTTP. With these four the request is not handled. truncate: send half of the response; dribble: send the response in small pieces, for two seconds."`
	Respond *Respond          `yaml:"respond" doc:"Send this response. The request is not handled."`
	DPoP    string            `yaml:"dpop" enum:"stale_nonce" doc:"stale_nonce: a DPoP proof is refused, and the response has the nonce that the next one needs."`
	OTP     *OTP              `yaml:"otp" doc:"What happens to a code that is redeemed. expired, locked, wrong: it is refused for that reason; accept_any: every code is right; {code: \"111111\"}: this code is right, instead of the one that was sent. The outbox shows the code that was sent."`
	User    string            `yaml:"user" enum:"blocked,mfa_required,organization_full" doc:"blocked: the user is blocked; mfa_required: the user must give a second factor; organization_full: the user cannot become a member, since the organization has as many as it may have."`
	Signup  string            `yaml:"signup" enum:"disabled" doc:"disabled: new users may not sign up."`
	Deliver *Deliver          `yaml:"deliver" doc:"What happens to the message."`
	Token   *Token            `yaml:"token" doc:"How the tokens are wrong."`
	Keys    string            `yaml:"keys" enum:"rotate,empty,stale" doc:"rotate: from now on a new key signs, and the key set has no other key; empty: the key set has no keys; stale: the key set lacks the key that signs."`
	Patch   map[string]any    `yaml:"patch" doc:"A JSON merge patch (RFC 7386) for the response. null removes a member."`
	Headers map[string]string `yaml:"headers" doc:"Headers of the response. An empty value removes the header."`
}

// Respond is a response that a scenario sends: one of Auth0's (a preset), or any
// other.
type Respond struct {
	Preset  string            `yaml:"preset" doc:"One of Auth0's responses, by its name."`
	Vars    map[string]string `yaml:"vars" doc:"Values for the placeholders of the preset."`
	Status  int               `yaml:"status" min:"200" max:"599" doc:"The HTTP status. Default: that of the preset, else 200."`
	Headers map[string]string `yaml:"headers" doc:"Headers of the response. An empty value removes the header."`
	JSON    any               `yaml:"json" doc:"The body, as JSON."`
	Body    string            `yaml:"body" doc:"The body, as text."`
}

// Deliver is what happens to a message.
type Deliver struct {
	Outcome string        `yaml:"outcome" enum:"lost,bounced" doc:"The message never arrives. lost: nobody is told; bounced: it goes back to the sender."`
	Delay   time.Duration `yaml:"delay" doc:"How much later the message arrives, by the tenant's clock."`
	Copies  int           `yaml:"copies" min:"1" max:"100" doc:"How many times the message arrives."`
	Swap    string        `yaml:"swap" enum:"next" doc:"next: the message arrives after the next message to the recipient."`
	Corrupt string        `yaml:"corrupt" enum:"code,link" doc:"code: the code in the message is wrong; link: the link in the message is cut off."`
}

// Token says how the tokens are wrong.
type Token struct {
	Signature string         `yaml:"signature" enum:"bad" doc:"bad: no published key verifies the signature."`
	Alg       string         `yaml:"alg" enum:"none" doc:"none: the token has no signature."`
	KID       string         `yaml:"kid" enum:"unknown" doc:"unknown: the key that signs is not in the key set."`
	Iss       string         `yaml:"iss" doc:"The issuer."`
	Aud       AnyOf          `yaml:"aud" doc:"One audience, or several."`
	Exp       Moment         `yaml:"exp" doc:"When the tokens expire. A duration counts from the time of the response, and may be negative."`
	Skew      time.Duration  `yaml:"skew" doc:"How far the clock that issues the tokens is ahead (behind, if negative). It is added to iat, exp and auth_time."`
	Claims    map[string]any `yaml:"claims" doc:"Claims to set. null removes a claim."`
	Drop      []string       `yaml:"drop" enum:"access_token,refresh_token,id_token,scope,expires_in,token_type" doc:"Members to leave out of the response."`
	Malformed bool           `yaml:"malformed" doc:"The response has texts that are not tokens."`
}
