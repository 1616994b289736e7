package runner

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// maxSize is how many bytes of JSON the claims of a token may have, and maxMetadata
// those of a call that sets metadata.
// Source: auth0/docs-v2 customize/actions/limitations.mdx.
const (
	maxClaims   = 100_000
	maxMetadata = 32_000
)

// A rule says what a call does. It returns why the call was dropped; "" if it acts.
type rule struct {
	triggers []actions.Trigger // nil: all that run with a user
	apply    func(*step, actions.Command) string
}

// A step is the run of one Action, whose calls are applied to the outcome.
type step struct {
	*Outcome
	flow   *Flow
	action string
}

var (
	ofLogin     = []actions.Trigger{actions.PostLogin}
	ofProviders = []actions.Trigger{actions.CustomEmailProvider, actions.CustomPhoneProvider}
	withUser    = []actions.Trigger{actions.PostLogin, actions.PreUserRegistration, actions.CustomTokenExchange}
)

// rules are the calls that act, by their names.
// Source: auth0/docs-v2 actions/reference, the api objects of the triggers.
var rules = map[string]rule{
	"access.deny":                      {[]actions.Trigger{actions.PostLogin, actions.PreUserRegistration, actions.CredentialsExchange, actions.CustomTokenExchange}, deny},
	"access.rejectInvalidSubjectToken": {[]actions.Trigger{actions.CustomTokenExchange}, rejectSubjectToken},
	"validation.error":                 {[]actions.Trigger{actions.PostLogin, actions.PreUserRegistration}, validationError},
	"session.revoke":                   {ofLogin, revokeSession},
	"refreshToken.revoke":              {ofLogin, revokeRefreshToken},

	"idToken.setCustomClaim":     {ofLogin, func(s *step, c actions.Command) string { return s.claim(&s.ID, c, false) }},
	"accessToken.setCustomClaim": {[]actions.Trigger{actions.PostLogin, actions.CredentialsExchange}, func(s *step, c actions.Command) string { return s.claim(&s.Access, c, s.flow.Auth0API) }},
	"accessToken.addScope":       {ofLogin, func(s *step, c actions.Command) string { return move(c.Text(0), &s.Removed, &s.Added) }},
	"accessToken.removeScope":    {ofLogin, func(s *step, c actions.Command) string { return move(c.Text(0), &s.Added, &s.Removed) }},

	"user.setAppMetadata":  {withUser, func(s *step, c actions.Command) string { return setMetadata(&s.AppMetadata, c) }},
	"user.setUserMetadata": {withUser, func(s *step, c actions.Command) string { return setMetadata(&s.UserMetadata, c) }},

	"multifactor.enable":              {ofLogin, enableMultifactor},
	"authentication.challengeWith":    {ofLogin, func(s *step, c actions.Command) string { return s.ask(c, false) }},
	"authentication.challengeWithAny": {ofLogin, func(s *step, c actions.Command) string { return s.ask(c, false) }},
	"authentication.enrollWith":       {ofLogin, func(s *step, c actions.Command) string { return s.ask(c, true) }},
	"authentication.enrollWithAny":    {ofLogin, func(s *step, c actions.Command) string { return s.ask(c, true) }},
	"authentication.recordMethod":     {ofLogin, recordMethod},

	"authentication.setUserById":         {[]actions.Trigger{actions.CustomTokenExchange}, setUserByID},
	"authentication.setUserByConnection": {[]actions.Trigger{actions.CustomTokenExchange}, setUserByConnection},
	"authentication.setOrganization":     {[]actions.Trigger{actions.CustomTokenExchange}, func(s *step, c actions.Command) string { s.Organization = c.Text(0); return "" }},
	"authentication.setActor":            {[]actions.Trigger{actions.CustomTokenExchange}, setActor},

	"redirect.sendUserTo":     {ofLogin, sendUserTo},
	"transaction.setMetadata": {ofLogin, setTransactionMetadata},

	"transaction.addTargetScope":    {[]actions.Trigger{actions.CredentialsExchange}, targetScope},
	"transaction.removeTargetScope": {[]actions.Trigger{actions.CredentialsExchange}, targetScope},
	"transaction.setTargetScopes":   {[]actions.Trigger{actions.CredentialsExchange}, targetScope},
	"transaction.clearTargetScopes": {[]actions.Trigger{actions.CredentialsExchange}, targetScope},

	"notification.drop":  {ofProviders, func(s *step, c actions.Command) string { s.Unsent = "dropped: " + c.Text(0); return "" }},
	"notification.retry": {ofProviders, func(s *step, c actions.Command) string { s.Unsent = "not sent yet: " + c.Text(0); return "" }},
}

// kept are calls that Auth0 has and that have no effect here.
var kept = map[string]string{
	"session.setExpiresAt": "sessions end as the tenant says", "session.setIdleExpiresAt": "sessions end as the tenant says",
	"session.setCookieMode": "the cookie stays as it is", "session.setMetadata": "metadata of sessions are set by the Management API",
	"session.deleteMetadata": "metadata of sessions are set by the Management API", "session.evictMetadata": "metadata of sessions are set by the Management API",
	"refreshToken.setExpiresAt": "refresh tokens end as the client says", "refreshToken.setIdleExpiresAt": "refresh tokens end as the client says",
	"refreshToken.setMetadata": "metadata of refresh tokens are set by the Management API", "refreshToken.deleteMetadata": "metadata of refresh tokens are set by the Management API",
	"refreshToken.evictMetadata": "metadata of refresh tokens are set by the Management API",
	"prompt.render":              "mockauth0 has no forms", "authentication.setPrimaryUser": "mockauth0 does not change the user of a login",
}

// apply applies a call, and returns why it was dropped; "" if it acts.
func (s *step) apply(c actions.Command) string {
	r, known := rules[c.Call]
	switch {
	case known && !slices.Contains(r.triggers, s.flow.Trigger):
		return "the trigger " + string(s.flow.Trigger) + " has no api." + c.Call
	case known:
		return r.apply(s, c)
	case strings.HasPrefix(c.Call, "samlResponse."):
		return "mockauth0 has no SAML"
	case kept[c.Call] != "":
		return kept[c.Call]
	}
	return "there is no api." + c.Call
}

func deny(s *step, c actions.Command) string {
	d := Denial{Code: "access_denied", Reason: c.Text(0), Call: c.Call, Action: s.action}
	switch s.flow.Trigger {
	case actions.PreUserRegistration:
		d.UserMessage = c.Text(1)
	case actions.CredentialsExchange, actions.CustomTokenExchange:
		d.Code, d.Reason = c.Text(0), c.Text(1)
	}
	s.Denied = &d
	return ""
}

func denyBy(code string) func(*step, actions.Command) string {
	return func(s *step, c actions.Command) string {
		s.Denied = &Denial{Code: code, Reason: c.Text(0), Call: c.Call, Action: s.action}
		return ""
	}
}

func revokeSession(s *step, c actions.Command) string {
	keeps := c.Options(1)["preserveRefreshTokens"] == true
	s.Denied = &Denial{Code: "access_denied", Reason: c.Text(0), Call: c.Call, KeepsTokens: keeps, Action: s.action}
	return ""
}

func rejectSubjectToken(s *step, c actions.Command) string {
	return denyBy("invalid_request")(s, c)
}

func validationError(s *step, c actions.Command) string {
	s.Denied = &Denial{Code: "access_denied", Reason: c.Text(1), UserMessage: c.Text(1), Call: c.Call, Action: s.action}
	return ""
}

func revokeRefreshToken(s *step, c actions.Command) string {
	if s.flow.Event.RefreshToken == nil {
		return "the login exchanges no refresh token"
	}
	return denyBy("access_denied")(s, c)
}

// claim sets a claim. A claim of an access token for one of Auth0's own APIs needs a
// namespace.
// Source: auth0/docs-v2 secure/tokens/json-web-tokens/create-custom-claims.mdx.
func (s *step) claim(list *[]Claim, c actions.Command, needsNamespace bool) string {
	name := c.Text(0)
	namespaced, why := namespace(name)
	switch {
	case name == "":
		return "a claim needs a name"
	case why != "":
		return why
	case token.Reserved(name):
		return "claim " + name + " is restricted"
	case needsNamespace && !namespaced:
		return "claim " + name + " has no namespace, and the API of the access token is Auth0's own"
	}
	next := setClaim(slices.Clone(*list), name, c.Arg(1))
	if size(next) > maxClaims {
		return fmt.Sprintf("the claims have more than %d bytes", maxClaims)
	}
	*list = next
	return ""
}

// namespace tells whether a claim has a namespace, and why it may not be used.
func namespace(name string) (is bool, why string) {
	if strings.HasPrefix(name, "urn:") {
		if strings.HasPrefix(name, "urn:auth0") {
			return true, "claim " + name + " is in a namespace of Auth0"
		}
		return true, ""
	}
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return false, ""
	}
	for _, host := range []string{"auth0.com", "webtask.io", "webtask.run"} {
		if u.Hostname() == host || strings.HasSuffix(u.Hostname(), "."+host) {
			return true, "claim " + name + " is in a namespace of Auth0"
		}
	}
	return true, ""
}

func size(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(text)
}

// move takes a scope out of one list and puts it into another one.
func move(scope string, from, to *[]string) string {
	if scope == "" || strings.ContainsAny(scope, " \"\\") {
		return "a scope is a word"
	}
	*from = slices.DeleteFunc(slices.Clone(*from), func(s string) bool { return s == scope })
	if !slices.Contains(*to, scope) {
		*to = append(slices.Clone(*to), scope)
	}
	return ""
}

func setMetadata(of *map[string]any, c actions.Command) string {
	switch {
	case c.Text(0) == "":
		return "metadata needs a name"
	case size(c.Arg(1)) > maxMetadata:
		return fmt.Sprintf("the value has more than %d bytes", maxMetadata)
	}
	if *of == nil {
		*of = map[string]any{}
	}
	(*of)[c.Text(0)] = c.Arg(1)
	return ""
}

// setTransactionMetadata: the value is a string, a number or a boolean.
func setTransactionMetadata(s *step, c actions.Command) string {
	switch v := c.Arg(1).(type) {
	case string, float64, bool, nil:
		if len(c.Text(0)) > 64 || size(v) > 8_000 {
			return "the name or the value is too long"
		}
	default:
		return "the value must be a string, a number or a boolean"
	}
	if s.Transaction == nil {
		s.Transaction = map[string]any{}
	}
	s.Transaction[c.Text(0)] = c.Arg(1)
	return ""
}

func enableMultifactor(s *step, c actions.Command) string {
	switch provider := c.Text(0); provider {
	case "none":
		s.Multifactor = nil
	case "any", "guardian", "google-authenticator":
		remember, _ := c.Options(1)["allowRememberBrowser"].(bool) // Source: actions/reference/post-login/post-login-api-object.mdx: the default is false
		s.Multifactor = &Multifactor{provider, remember}
	case "duo":
		return "mockauth0 has no duo"
	default:
		return "the provider is any, guardian, google-authenticator, duo or none"
	}
	return ""
}

// ask asks for one of the factors: one with additionalFactors, or a list.
func (s *step) ask(c actions.Command, enroll bool) string {
	f := &Factors{Enroll: enroll}
	add := func(v any) {
		if o, ok := v.(map[string]any); ok {
			if kind, _ := o["type"].(string); kind != "" {
				f.Types = append(f.Types, kind)
			}
		}
	}
	list, isList := c.Arg(0).([]any)
	if !isList {
		more, _ := c.Options(1)["additionalFactors"].([]any)
		list = append([]any{c.Arg(0)}, more...)
	}
	for _, one := range list {
		add(one)
	}
	if len(f.Types) == 0 {
		return "no factor was named"
	}
	if s.flow.ChallengeFails {
		s.Denied = &Denial{Code: "access_denied", Reason: "api." + c.Call + " does not work in a token exchange", Call: c.Call, Action: s.action}
		return ""
	}
	if !s.flow.MayChallenge {
		return "nobody can ask the user for a factor here"
	}
	s.Factors = f
	return ""
}

func recordMethod(s *step, c actions.Command) string {
	if !s.flow.resuming {
		return "recordMethod works in onContinuePostLogin only"
	}
	if u, err := url.Parse(c.Text(0)); err != nil || u.Scheme == "" || u.Host == "" {
		return "a method is a URL"
	}
	s.Methods = append(slices.Clone(s.Methods), c.Text(0))
	return ""
}

func sendUserTo(s *step, c actions.Command) string {
	u, err := url.Parse(c.Text(0))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "it needs a URL"
	case !s.flow.MayRedirect:
		s.Denied = &Denial{Code: "interaction_required", Reason: "External interaction required", Call: c.Call, Action: s.action}
		return ""
	}
	q := u.Query()
	query, _ := c.Options(1)["query"].(map[string]any)
	for name, value := range query {
		q.Set(name, fmt.Sprint(value))
	}
	u.RawQuery = q.Encode()
	s.Redirect = u.String()
	return ""
}

func targetScope(s *step, c actions.Command) string {
	scopes := s.TargetScopes
	if scopes == nil {
		scopes = slices.Clone(s.flow.Event.AccessToken.Scope)
	}
	switch c.Call {
	case "transaction.addTargetScope":
		if !slices.Contains(scopes, c.Text(0)) {
			scopes = append(scopes, c.Text(0))
		}
	case "transaction.removeTargetScope":
		scopes = slices.DeleteFunc(scopes, func(one string) bool { return one == c.Text(0) })
	default:
		list, _ := c.Arg(0).([]any)
		scopes = []string{}
		for _, one := range list {
			if text, ok := one.(string); ok {
				scopes = append(scopes, text)
			}
		}
	}
	s.TargetScopes = append([]string{}, scopes...)
	return ""
}
