package actions

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// An API is what an Action calls. Each call is recorded, and acts when the Action has
// returned. A call that the trigger does not have is dropped, and the journal says so.
// Source: auth0/docs-v2 actions/reference, the api objects of the triggers.
type API struct {
	Access         AccessAPI
	IDToken        TokenAPI
	AccessToken    AccessTokenAPI
	User           UserAPI
	Multifactor    MultifactorAPI
	Authentication AuthenticationAPI
	Redirect       RedirectAPI
	Session        SessionAPI
	RefreshToken   RefreshTokenAPI
	Transaction    TransactionAPI
	Validation     ValidationAPI
	Notification   NotificationAPI

	rec *recorder
}

type recorder struct {
	Result
	mayRedirect bool
	event       *Event
}

// NewAPI makes an API that records. mayRedirect is what Redirect.CanRedirect returns.
func NewAPI(event *Event, mayRedirect bool) *API {
	rec := &recorder{mayRedirect: mayRedirect, event: event}
	a := &API{rec: rec}
	a.Access.a, a.IDToken = a, TokenAPI{"idToken", a}
	a.AccessToken.TokenAPI = TokenAPI{"accessToken", a}
	a.User.a, a.Multifactor.a, a.Authentication.a, a.Redirect.a = a, a, a, a
	a.Session.a, a.RefreshToken.a, a.Transaction.a, a.Validation.a, a.Notification.a = a, a, a, a, a
	return a
}

// Result is what was recorded so far.
func (a *API) Result() Result { return a.rec.Result }

// Call records a call by its JavaScript name, such as "access.deny". The other methods
// do so, too.
func (a *API) Call(name string, args ...any) {
	a.rec.Commands = append(a.rec.Commands, Command{name, append([]any{}, args...)})
}

// Log is console.log: the line goes to the log and to the journal.
func (a *API) Log(args ...any) {
	a.rec.Logs = append(a.rec.Logs, strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
}

// Throw ends the login as an error does that a JavaScript Action throws. The app sees
// its text. The calls that were recorded before count.
func (a *API) Throw(err error) { a.rec.Error = cmp.Or(err.Error(), "an empty text was thrown") }

// An AccessAPI refuses.
type AccessAPI struct{ a *API }

// Deny ends the login. The app sees the reason as error_description.
func (x AccessAPI) Deny(reason string) { x.a.Call("access.deny", reason) }

// DenySignUp ends a registration (pre-user-registration). The reason goes to the log,
// and the user sees the message.
func (x AccessAPI) DenySignUp(reason, userMessage string) {
	x.a.Call("access.deny", reason, userMessage)
}

// DenyCode ends an exchange (credentials-exchange, custom-token-exchange) with an error
// code of OAuth.
func (x AccessAPI) DenyCode(code, reason string) { x.a.Call("access.deny", code, reason) }

// RejectInvalidSubjectToken refuses the token of a custom-token-exchange.
func (x AccessAPI) RejectInvalidSubjectToken(reason string) {
	x.a.Call("access.rejectInvalidSubjectToken", reason)
}

// A TokenAPI changes a token.
type TokenAPI struct {
	name string
	a    *API
}

// SetCustomClaim adds a claim. The value is anything that encoding/json can write. A
// claim that Auth0 reserves is dropped, and the journal says so.
func (x TokenAPI) SetCustomClaim(name string, value any) {
	x.a.Call(x.name+".setCustomClaim", name, value)
}

// An AccessTokenAPI changes the access token.
type AccessTokenAPI struct{ TokenAPI }

// AddScope grants one more scope.
func (x AccessTokenAPI) AddScope(scope string) { x.a.Call("accessToken.addScope", scope) }

// RemoveScope takes a granted scope away.
func (x AccessTokenAPI) RemoveScope(scope string) { x.a.Call("accessToken.removeScope", scope) }

// A UserAPI changes the user's metadata, once all Actions have run. A nil value removes
// the member.
type UserAPI struct{ a *API }

// SetAppMetadata sets a member of app_metadata.
func (x UserAPI) SetAppMetadata(name string, value any) { x.a.Call("user.setAppMetadata", name, value) }

// SetUserMetadata sets a member of user_metadata.
func (x UserAPI) SetUserMetadata(name string, value any) {
	x.a.Call("user.setUserMetadata", name, value)
}

// A MultifactorAPI asks for a second factor.
type MultifactorAPI struct{ a *API }

// Enable asks for a second factor when all Actions have run. The provider is any,
// guardian, google-authenticator, or none, which takes it back.
func (x MultifactorAPI) Enable(provider string, allowRememberBrowser bool) {
	x.a.Call("multifactor.enable", provider, map[string]any{"allowRememberBrowser": allowRememberBrowser})
}

// An AuthenticationAPI asks for factors, and says who signs in.
type AuthenticationAPI struct{ a *API }

// ChallengeWithAny asks for one of the factors now. The Actions that follow run when
// the user has given it.
func (x AuthenticationAPI) ChallengeWithAny(factors ...Factor) {
	x.a.Call("authentication.challengeWithAny", asAny(factors))
}

// EnrollWithAny asks the user to enroll one of the factors now.
func (x AuthenticationAPI) EnrollWithAny(factors ...Factor) {
	x.a.Call("authentication.enrollWithAny", asAny(factors))
}

// RecordMethod adds a URL to the methods of the login, after a redirect.
func (x AuthenticationAPI) RecordMethod(url string) {
	x.a.Call("authentication.recordMethod", url)
}

// SetUserByID says whose tokens a custom-token-exchange gives.
func (x AuthenticationAPI) SetUserByID(id string) { x.a.Call("authentication.setUserById", id) }

// SetUserByConnection does so by the user's id in a connection. The profile has
// user_id, email and so on. With creationBehavior "create_if_not_exists" a user who
// does not exist is created.
func (x AuthenticationAPI) SetUserByConnection(connection string, profile map[string]any, creationBehavior, updateBehavior string) {
	x.a.Call("authentication.setUserByConnection", connection, profile, map[string]any{"creationBehavior": creationBehavior, "updateBehavior": updateBehavior})
}

// SetOrganization says through which organization the user of a custom-token-exchange signs
// in: by its id or its name.
func (x AuthenticationAPI) SetOrganization(idOrName string) {
	x.a.Call("authentication.setOrganization", idOrName)
}

// SetActor says who acts in the name of the user of a custom-token-exchange. The tokens
// have it as the claim act. It needs the member sub.
func (x AuthenticationAPI) SetActor(actor map[string]any) {
	x.a.Call("authentication.setActor", actor)
}

func asAny(factors []Factor) []any {
	list := make([]any, len(factors))
	for i, f := range factors {
		factor := map[string]any{"type": f.Type}
		if f.Options != nil {
			factor["options"] = f.Options
		}
		list[i] = factor
	}
	return list
}

// A RedirectAPI sends the browser to a page of your own.
type RedirectAPI struct{ a *API }

// CanRedirect tells whether there is a browser that can go to a page.
func (x RedirectAPI) CanRedirect() bool { return x.a.rec.mayRedirect }

// SendUserTo leads the browser to a URL, with the parameters and the state of the
// login, once the Action has returned. The page leads back to /continue?state=….
func (x RedirectAPI) SendUserTo(to string, query url.Values) {
	values := map[string]any{}
	for name := range query {
		values[name] = query.Get(name)
	}
	x.a.Call("redirect.sendUserTo", to, map[string]any{"query": values})
}

// A SessionAPI changes the browser's session.
type SessionAPI struct{ a *API }

// Revoke ends the session, and the login with it.
func (x SessionAPI) Revoke(reason string) { x.a.Call("session.revoke", reason) }

// A RefreshTokenAPI changes the refresh token that is exchanged.
type RefreshTokenAPI struct{ a *API }

// Revoke ends the refresh token, and the exchange with it.
func (x RefreshTokenAPI) Revoke(reason string) { x.a.Call("refreshToken.revoke", reason) }

// A TransactionAPI changes the login, or the scopes of credentials-exchange.
type TransactionAPI struct{ a *API }

// SetMetadata sets a member of event.Transaction.Metadata, which later Actions of this
// login see, too.
func (x TransactionAPI) SetMetadata(name string, value any) {
	if e := x.a.rec.event; e != nil && e.Transaction != nil {
		if e.Transaction.Metadata == nil {
			e.Transaction.Metadata = map[string]any{}
		}
		e.Transaction.Metadata[name] = value
	}
	x.a.Call("transaction.setMetadata", name, value)
}

// SetTargetScopes replaces the scopes of a credentials-exchange.
func (x TransactionAPI) SetTargetScopes(scopes ...string) {
	list := make([]any, len(scopes))
	for i, s := range scopes {
		list[i] = s
	}
	x.a.Call("transaction.setTargetScopes", list)
}

// A ValidationAPI refuses what the user has entered.
type ValidationAPI struct{ a *API }

// Error ends the login or the registration with a message for the user.
func (x ValidationAPI) Error(code, message string) { x.a.Call("validation.error", code, message) }

// A NotificationAPI says what became of a message of a provider trigger.
type NotificationAPI struct{ a *API }

// Drop says that the message will not be sent.
func (x NotificationAPI) Drop(reason string) { x.a.Call("notification.drop", reason) }

// Retry says that the message could not be sent yet.
func (x NotificationAPI) Retry(reason string) { x.a.Call("notification.retry", reason) }

// A Function is an Action in Go.
type Function func(*Event, *API)

// A Hook is an Action in Go, as a server gets it.
type Hook struct {
	Trigger Trigger
	// Name is that of the Action in the journal; "" is a name after the trigger.
	Name string
	// SubjectTokenType is the type of tokens that an Action of custom-token-exchange takes;
	// "" is any type.
	SubjectTokenType string
	// Execute runs at the trigger. It may be nil if there is Continue.
	Execute Function
	// Continue runs when the browser comes back from the page of SendUserTo; nil if the
	// Action has nothing to do then.
	Continue Function
}

// MaxTime is how long the Actions of a trigger may run, all together.
// Source: auth0/docs-v2 customize/actions/limitations.mdx.
const MaxTime = 20 * time.Second
