// Package actions is what an Action sees and says: the event that it gets, the api
// that it calls, and the commands that the calls become.
//
// A Go test brings an Action as a function, see testkit.PostLogin. A JavaScript Action
// of a fixture gets the same event as JSON, and its calls become the same commands.
// The calls only record: the mock applies them when the Action has returned.
package actions

import "time"

// A Trigger is the place in a flow at which Actions run, by Auth0's name.
type Trigger string

// The triggers.
// Source: auth0/docs-v2 customize/actions/explore-triggers.
const (
	PostLogin            Trigger = "post-login"
	CredentialsExchange  Trigger = "credentials-exchange"
	PreUserRegistration  Trigger = "pre-user-registration"
	PostUserRegistration Trigger = "post-user-registration"
	PostChangePassword   Trigger = "post-change-password"
	CustomEmailProvider  Trigger = "custom-email-provider"
	CustomPhoneProvider  Trigger = "custom-phone-provider"
	CustomTokenExchange  Trigger = "custom-token-exchange"
)

// Triggers are all triggers that the mock runs.
func Triggers() []Trigger {
	return []Trigger{
		PostLogin, CredentialsExchange, PreUserRegistration, PostUserRegistration, PostChangePassword,
		CustomEmailProvider, CustomPhoneProvider, CustomTokenExchange,
	}
}

// Entries are the names of the functions that a JavaScript Action exports for a
// trigger. The second one runs when the user comes back from a redirect; it is "" if
// the trigger has none.
func (t Trigger) Entries() (execute, resume string) {
	switch t {
	case PostLogin:
		return "onExecutePostLogin", "onContinuePostLogin"
	case CredentialsExchange:
		return "onExecuteCredentialsExchange", ""
	case PreUserRegistration:
		return "onExecutePreUserRegistration", ""
	case PostUserRegistration:
		return "onExecutePostUserRegistration", ""
	case PostChangePassword:
		return "onExecutePostChangePassword", ""
	case CustomEmailProvider:
		return "onExecuteCustomEmailProvider", ""
	case CustomPhoneProvider:
		return "onExecuteCustomPhoneProvider", ""
	case CustomTokenExchange:
		return "onExecuteCustomTokenExchange", ""
	}
	return "", ""
}

// An Event is what an Action learns. Which members are there depends on the trigger
// and on the flow. Times are as Auth0 writes them: 2030-01-01T00:00:00.000Z.
// Source: auth0/docs-v2 actions/reference.
type Event struct {
	User           *User             `json:"user,omitempty"`
	Client         *Client           `json:"client,omitempty"`
	Connection     *Connection       `json:"connection,omitempty"`
	Organization   *Organization     `json:"organization,omitempty"`
	Authorization  *Authorization    `json:"authorization,omitempty"`
	Authentication *Authentication   `json:"authentication,omitempty"`
	Request        *Request          `json:"request,omitempty"`
	Transaction    *Transaction      `json:"transaction,omitempty"`
	Session        *Session          `json:"session,omitempty"`
	RefreshToken   *RefreshToken     `json:"refresh_token,omitempty"`
	ResourceServer *ResourceServer   `json:"resource_server,omitempty"`
	AccessToken    *AccessTokenEvent `json:"accessToken,omitempty"`
	Notification   *Notification     `json:"notification,omitempty"`
	Stats          *Stats            `json:"stats,omitempty"`
	Tenant         Tenant            `json:"tenant"`
	Secrets        map[string]string `json:"secrets"`
}

// A User is the user whom the event is about.
type User struct {
	UserID            string         `json:"user_id,omitempty"` // "" before the registration
	Email             string         `json:"email,omitempty"`
	EmailVerified     bool           `json:"email_verified"`
	PhoneNumber       string         `json:"phone_number,omitempty"`
	PhoneVerified     bool           `json:"phone_verified,omitempty"`
	Username          string         `json:"username,omitempty"`
	Name              string         `json:"name,omitempty"`
	Nickname          string         `json:"nickname,omitempty"`
	GivenName         string         `json:"given_name,omitempty"`
	FamilyName        string         `json:"family_name,omitempty"`
	Picture           string         `json:"picture,omitempty"`
	CreatedAt         string         `json:"created_at,omitempty"`
	UpdatedAt         string         `json:"updated_at,omitempty"`
	LastPasswordReset string         `json:"last_password_reset,omitempty"`
	AppMetadata       map[string]any `json:"app_metadata"`
	UserMetadata      map[string]any `json:"user_metadata"`
	Identities        []Identity     `json:"identities,omitempty"`
	Multifactor       []string       `json:"multifactor,omitempty"`
	EnrolledFactors   []Factor       `json:"enrolledFactors,omitempty"`
}

// An Identity is one account of a user.
type Identity struct {
	Connection string `json:"connection"`
	Provider   string `json:"provider"`
	UserID     string `json:"user_id"`
	IsSocial   bool   `json:"isSocial"`
}

// A Factor is a second factor. Type is otp, email, phone, push-notification,
// webauthn-roaming, webauthn-platform or recovery-code.
type Factor struct {
	Type    string         `json:"type"`
	Options map[string]any `json:"options,omitempty"`
}

// A Client is the application.
type Client struct {
	ClientID string         `json:"client_id"`
	Name     string         `json:"name"`
	Metadata map[string]any `json:"metadata"`
}

// A Connection is that of the user.
type Connection struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Strategy string         `json:"strategy"`
	Metadata map[string]any `json:"metadata,omitempty"`
}

// An Organization is the one to which the user signs in.
type Organization struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	DisplayName string         `json:"display_name"`
	Metadata    map[string]any `json:"metadata"`
}

// Authorization has the names of the user's roles.
type Authorization struct {
	Roles []string `json:"roles"`
}

// Authentication says how the user has signed in.
type Authentication struct {
	Methods []Method `json:"methods"`
}

// A Method is one way by which the user has signed in: email, sms, pwd, mfa, or a URL
// of recordMethod.
type Method struct {
	Name      string `json:"name"`
	Timestamp string `json:"timestamp"`
}

// A Request is the HTTP request that led to the Action. Secrets are not in its body.
type Request struct {
	IP        string         `json:"ip"`
	Method    string         `json:"method"`
	Hostname  string         `json:"hostname"`
	Language  string         `json:"language,omitempty"`
	UserAgent string         `json:"user_agent,omitempty"`
	Query     map[string]any `json:"query"`
	Body      map[string]any `json:"body"`
	GeoIP     map[string]any `json:"geoip"`
}

// A Transaction is the login, or the exchange.
type Transaction struct {
	ID                 string         `json:"id,omitempty"`
	Protocol           string         `json:"protocol,omitempty"`
	RequestedScopes    []string       `json:"requested_scopes"`
	ACRValues          []string       `json:"acr_values,omitzero"` // those of a login are never nil
	UILocales          []string       `json:"ui_locales,omitzero"`
	Locale             string         `json:"locale,omitempty"`
	LoginHint          string         `json:"login_hint,omitempty"`
	Prompt             []string       `json:"prompt,omitempty"`
	RedirectURI        string         `json:"redirect_uri,omitempty"`
	ResponseMode       string         `json:"response_mode,omitempty"`
	ResponseType       []string       `json:"response_type,omitempty"`
	State              string         `json:"state,omitempty"`
	SubjectToken       string         `json:"subject_token,omitempty"`
	SubjectTokenType   string         `json:"subject_token_type,omitempty"`
	ActorToken         string         `json:"actor_token,omitempty"`
	ActorTokenType     string         `json:"actor_token_type,omitempty"`
	ActorTokenUser     *User          `json:"actor_token_user,omitempty"`
	RequestedTokenType string         `json:"requested_token_type,omitempty"`
	Metadata           map[string]any `json:"metadata,omitempty"`
}

// A Session is that of the browser. Back-channel grants have none.
type Session struct {
	ID              string          `json:"id"`
	UserID          string          `json:"user_id"`
	CreatedAt       string          `json:"created_at"`
	UpdatedAt       string          `json:"updated_at"`
	AuthenticatedAt string          `json:"authenticated_at"`
	ExpiresAt       string          `json:"expires_at"`
	IdleExpiresAt   string          `json:"idle_expires_at"`
	Clients         []SessionClient `json:"clients"`
	Device          map[string]any  `json:"device"`
	Metadata        map[string]any  `json:"metadata,omitempty"`
}

// A SessionClient is a client to which the user has signed in with a session.
type SessionClient struct {
	ClientID string `json:"client_id"`
}

// A RefreshToken is the one that is exchanged.
type RefreshToken struct {
	ID              string         `json:"id"`
	UserID          string         `json:"user_id"`
	ClientID        string         `json:"client_id"`
	SessionID       string         `json:"session_id,omitempty"`
	CreatedAt       string         `json:"created_at"`
	ExpiresAt       string         `json:"expires_at,omitempty"`
	LastExchangedAt string         `json:"last_exchanged_at,omitempty"`
	Rotating        bool           `json:"rotating"`
	Device          map[string]any `json:"device"`
	Metadata        map[string]any `json:"metadata,omitempty"`
}

// A ResourceServer is the API of the access token.
type ResourceServer struct {
	Identifier string `json:"identifier"`
}

// An AccessTokenEvent is the token of the trigger credentials-exchange.
type AccessTokenEvent struct {
	CustomClaims map[string]any `json:"customClaims"`
	Scope        []string       `json:"scope"`
}

// A Notification is the message of the two provider triggers. An e-mail has From, To,
// Subject, HTML and Text; a phone message Recipient, AsText, AsVoice and Code.
type Notification struct {
	MessageType    string `json:"message_type"`
	From           string `json:"from,omitempty"`
	To             string `json:"to,omitempty"`
	Subject        string `json:"subject,omitempty"`
	HTML           string `json:"html,omitempty"`
	Text           string `json:"text,omitempty"`
	Recipient      string `json:"recipient,omitempty"`
	AsText         string `json:"as_text,omitempty"`
	AsVoice        string `json:"as_voice,omitempty"`
	Code           string `json:"code,omitempty"`
	DeliveryMethod string `json:"delivery_method,omitempty"`
	Locale         string `json:"locale,omitempty"`
}

// Stats has how many times the user has signed in.
type Stats struct {
	LoginsCount int `json:"logins_count"`
}

// A Tenant is the tenant.
type Tenant struct {
	ID string `json:"id"`
}

// Time writes a time as Auth0 does in an event, and a zero time as "".
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
