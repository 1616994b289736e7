package tenant

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/streams"
)

// ExchangedTokenType is what the grant token-exchange gives.
// Source: auth0/docs-v2 api/authentication/custom-token-exchange/get-token.mdx.
const ExchangedTokenType = "urn:ietf:params:oauth:token-type:access_token"

// limitSubjectTokens is how many subject tokens an Action may reject, for each IP.
// Source: auth0/docs-v2 cte-attack-protection.mdx.
var limitSubjectTokens = Limit{"token-exchange", 10, 1, 600_000_000_000}

// AllowsExchange refuses the grant token-exchange to a client that may not use it. An
// Action in Go needs no setting of the client.
func AllowsExchange(c *fixtures.Client, inGo bool) error {
	not := refusal.GrantNotAllowed.With("grant", fixtures.GrantTokenExchange)
	switch {
	case c.IsThirdParty():
		return not.Because("client " + strconv.Quote(c.ClientID) + " is a third-party application (is_first_party: false)")
	case !inGo && !c.ExchangesTokens():
		return not.Because("give client " + strconv.Quote(c.ClientID) + " token_exchange: {allow_any_profile_of_type: [custom_authentication]}")
	}
	return nil
}

// CheckSubjectTokens refuses an exchange from an IP address that has sent too many tokens
// which an Action has rejected. NoteSubjectToken counts one.
func (t *Tenant) CheckSubjectTokens(r TokenRequest) error {
	if !t.Setup().Fixture.Limits.Enforce {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.takeLocked(limitSubjectTokens, r.Caller.IP, r.Now)
	if q.Exceeded {
		return refusal.TooManySubjectTokens.Because("an Action has rejected too many tokens from " + r.Caller.IP + ", and the fixture says limits.enforce: true")
	}
	t.giveBackLocked(limitSubjectTokens, r.Caller.IP)
	return nil
}

// NoteSubjectToken counts a token that an Action has rejected.
func (t *Tenant) NoteSubjectToken(r TokenRequest) { t.Take(limitSubjectTokens, r.Caller.IP, r.Now) }

// CheckExchange refuses an exchange for an API that does not exist, or that gives this
// request no token. Unverified: that the words are those of client_credentials.
func (t *Tenant) CheckExchange(r TokenRequest) error {
	api, known := t.api(r)
	if !known {
		return refusal.ServiceNotEnabled.With("audience", r.Audience).Because(unknownAudienceHint(r))
	}
	return r.allowsBearer(api)
}

// An Exchange is what the Action of a token exchange profile has decided.
type Exchange struct {
	User  *runner.SetUser
	Actor map[string]any // nil for none
	// ByActor tells that the request has an actor_token. Then there is no refresh token.
	ByActor bool
}

// ExchangeToken logs in the user whom an Action has named. It may create the user.
// Source: auth0/docs-v2 custom-token-exchange-api-object.mdx.
func (t *Tenant) ExchangeToken(r TokenRequest, x Exchange) (*Login, error) {
	if x.User == nil {
		return nil, refusal.NoExchangeUser.Because("the Action has to call api.authentication.setUserById or setUserByConnection")
	}
	r.exchanges = true
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.exchangedUserLocked(r, x.User)
	if err != nil {
		return nil, err
	}
	if blocked(u, r.Effects) {
		return nil, refusal.UserBlocked
	}
	if r.Organization != "" {
		if _, err := t.enterLocked(Authorization{Organization: r.Organization, Effects: r.Effects}, Transaction{}, Session{Connection: u.Connection}, u); err != nil {
			return nil, err
		}
	}
	finish := func(r TokenRequest, u *user) (*Login, error) { return t.exchangeLoginLocked(r, u, x) }
	api, _ := t.findAPILocked(r)
	switch {
	case (x.Actor != nil || x.ByActor) && t.asksLocked(api, u):
		return nil, refusal.ActorWithMFA
	case r.Organization != "" && api != mfaAPI: // Source: cte-multi-factor-authentication.mdx: there is no second factor
		return finish(r, u)
	}
	return t.afterFirstFactorLocked(r, u, finish)
}

func (t *Tenant) exchangeLoginLocked(r TokenRequest, u *user, x Exchange) (*Login, error) {
	api, err := t.apiLocked(r)
	if err != nil {
		return nil, err
	}
	t.noteLoginLocked(u, r.Now)
	scopes := t.setup.grantScopes(strings.Fields(r.Scope), r.Client, api, t.actingLocked(u, r.Organization))
	refreshes := x.Actor == nil && !x.ByActor
	if !refreshes {
		scopes = slices.DeleteFunc(scopes, func(s string) bool { return s == "offline_access" })
	}
	// Unverified: the claim gty.
	l := t.loginLocked(r, api, u, scopes, []string{fixtures.GrantTokenExchange}, "token exchange", strconv.Itoa(u.LoginsCount))
	l.Actor = x.Actor
	if !r.provedSecondFactor { // else another grant gives the tokens
		l.IssuedTokenType = ExchangedTokenType
	}
	if refreshes && slices.Contains(scopes, "offline_access") {
		l.RefreshToken = t.newFamilyLocked(l, r.Now)
	}
	return l, nil
}

// exchangedUserLocked is the user whom an Action has named.
func (t *Tenant) exchangedUserLocked(r TokenRequest, asked *runner.SetUser) (*user, error) {
	if asked.Connection == "" {
		u, ok := t.users.get(asked.ID)
		if !ok {
			return nil, refusal.UnknownExchangeUser.Because("there is no user " + strconv.Quote(asked.ID))
		}
		return u, nil
	}
	conn, ok := t.setup.connections[asked.Connection]
	if !ok || conn.Disabled || !Enabled(conn, r.Client.ClientID) {
		return nil, refusal.NoSuchLoginConnection.Because("there is no connection " + strconv.Quote(asked.Connection) + ", or it is not enabled for client " + strconv.Quote(r.Client.ClientID))
	}
	id, _ := asked.Profile["user_id"].(string)
	if id == "" {
		return nil, refusal.UnknownExchangeUser.Because("the attributes of setUserByConnection need user_id")
	}
	given := exchangedProfile(asked.Profile)
	given.UserID, given.Connection = conn.Strategy+"|"+id, conn.Name
	u, known := t.users.get(given.UserID)
	switch {
	case !known && !asked.Create:
		return nil, refusal.UnknownExchangeUser.Because("there is no user " + strconv.Quote(given.UserID) + ", and creationBehavior is not create_if_not_exists")
	case !known:
		return t.createExchangedLocked(r, given)
	}
	if wrong := mismatches(u.User, given, asked.Profile); wrong != nil {
		return nil, refusal.WrongExchangeUser.With("attributes", strings.Join(wrong, ", "))
	}
	if !asked.Update {
		return u, nil
	}
	changed := cloned(u.User)
	for to, value := range map[*string]string{&changed.Name: given.Name, &changed.Nickname: given.Nickname, &changed.GivenName: given.GivenName, &changed.FamilyName: given.FamilyName, &changed.Picture: given.Picture} {
		*to = value
	}
	if _, err := t.changeUserLocked(u, changed, r.Now); err != nil {
		return nil, refusal.WrongExchangeUser.With("attributes", "name, picture").Because(err.Error())
	}
	u, _ = t.users.get(given.UserID)
	return u, nil
}

func (t *Tenant) createExchangedLocked(r TokenRequest, given fixtures.User) (*user, error) {
	given.CreatedAt = r.Now
	u, err := t.completeLocked(given, r.Now)
	if err == nil && len(t.users.sameAs(u)) > 0 {
		err = userExists(u, t.users.sameAs(u)[0])
	}
	if err != nil {
		return nil, refusal.WrongExchangeUser.With("attributes", "email, phone_number, username").Because(err.Error())
	}
	t.users.insert(u)
	t.tellLocked(streams.UserCreated, u, nil, r.Now)
	r.Caller.signedUp(u)
	t.noteChange()
	return u, nil
}

// exchangedProfile is a user of the attributes that an Action has given.
func exchangedProfile(p map[string]any) (u fixtures.User) {
	for name, to := range map[string]*string{
		"email": &u.Email, "phone_number": &u.PhoneNumber, "username": &u.Username, "name": &u.Name, "nickname": &u.Nickname,
		"given_name": &u.GivenName, "family_name": &u.FamilyName, "picture": &u.Picture,
	} {
		*to, _ = p[name].(string)
	}
	u.EmailVerified, _ = p["email_verified"].(bool)
	u.PhoneVerified, _ = p["phone_verified"].(bool)
	return u
}

// mismatches are the attributes that a user has otherwise, of those that an exchange
// cannot change.
func mismatches(have, given fixtures.User, asked map[string]any) (wrong []string) {
	for _, one := range []struct {
		name string
		same bool
	}{
		{"email", strings.EqualFold(have.Email, given.Email)},
		{"email_verified", have.EmailVerified == given.EmailVerified},
		{"phone_number", have.PhoneNumber == given.PhoneNumber},
		{"phone_verified", have.PhoneVerified == given.PhoneVerified},
		{"username", have.Username == given.Username},
	} {
		if asked[one.name] != nil && !one.same {
			wrong = append(wrong, one.name)
		}
	}
	return wrong
}
