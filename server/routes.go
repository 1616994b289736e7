package server

import (
	"slices"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/authapi"
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/inbox"
	"github.com/mockauth0/mockauth0/server/internal/login"
	"github.com/mockauth0/mockauth0/server/internal/management"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// routes is the whole HTTP surface of a server. From it come the router, the
// endpoint tables of the documents and the OpenAPI document of the control API.
func routes(a *control.API) []web.Route { return slices.Concat(apiRoutes(), controlRoutes(a)) }

// apiRoutes are Auth0's endpoints. All servers of a process share them.
var apiRoutes = sync.OnceValue(func() []web.Route {
	table := []web.Route{
		{
			Method: "POST", Path: "/passwordless/start", Summary: "sends a code or a magic link by e-mail or SMS",
			Endpoint: "passwordless.start", Subject: authapi.StartSubject, Client: authapi.StartClient, Flow: authapi.PasswordlessStart, Count: authapi.CountStart, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/oauth/token", Summary: "gives tokens for a code, a refresh token, a password, a second factor, a device, or a client's own credentials",
			Endpoint: "oauth.token", Subject: authapi.TokenSubject, Client: authapi.TokenClient, Flow: authapi.OAuthToken, Refused: authapi.TokenRefused, Count: authapi.CountToken, Dialect: web.OAuth, CORS: web.Origins,
		},
		{
			Method: "POST", Path: "/mfa/challenge", Summary: "asks for a second factor: sends the code of a message, or a push notification",
			Endpoint: "mfa.challenge", Subject: authapi.MFASubject, Client: authapi.TokenClient, Flow: authapi.MFAChallenge, Dialect: web.API, CORS: web.Origins,
		},
		{
			Method: "POST", Path: "/mfa/associate", Summary: "begins the enrolment of a second factor",
			Endpoint: "mfa.associate", Subject: authapi.MFASubject, Client: authapi.TokenClient, Flow: authapi.MFAAssociate, Dialect: web.API, CORS: web.Origins,
		},
		{
			Method: "GET", Path: "/mfa/authenticators", Summary: "the second factors of a user",
			Endpoint: "mfa.authenticators", Subject: authapi.MFASubject, Client: authapi.TokenClient, Flow: authapi.MFAAuthenticators, Dialect: web.API, CORS: web.Origins,
		},
		{
			Method: "DELETE", Path: "/mfa/authenticators/{id}", Summary: "removes a second factor of a user",
			Endpoint: "mfa.authenticators", Subject: authapi.MFASubject, Client: authapi.TokenClient, Flow: authapi.MFARemoveAuthenticator, Dialect: web.API, CORS: web.Origins,
		},
		{
			Method: "GET", Path: "/.well-known/jwks.json", Summary: "the public keys that verify tokens",
			Endpoint: "jwks", Flow: authapi.JWKS, Count: authapi.CountJWKS, Limited: refusal.RateLimitedText, Dialect: web.Discovery, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/userinfo", Summary: "the profile of the user to whom an access token belongs",
			Endpoint: "userinfo", Subject: authapi.UserinfoSubject, Flow: authapi.Userinfo, Count: authapi.CountUserinfo, Limited: refusal.RateLimitedText, Dialect: web.Bearer, CORS: web.AnyOrigin,
		},
		{
			Method: "POST", Path: "/userinfo", Summary: "the profile, with the access token sent as a form",
			Endpoint: "userinfo", Subject: authapi.UserinfoSubject, Flow: authapi.Userinfo, Count: authapi.CountUserinfo, Limited: refusal.RateLimitedText, Dialect: web.Bearer, CORS: web.AnyOrigin, AnyPage: true,
		},
		{
			Method: "GET", Path: "/.well-known/openid-configuration", Also: []string{"/.well-known/oauth-authorization-server"}, Summary: "the discovery document of OpenID Connect",
			Endpoint: "openid-configuration", Flow: authapi.Discovery, Limited: refusal.RateLimitedOAuth, Dialect: web.Discovery, CORS: web.AnyOrigin,
		},
		{
			Method: "POST", Path: "/oauth/revoke", Summary: "revokes a refresh token",
			Endpoint: "oauth.revoke", Client: authapi.TokenClient, Flow: authapi.OAuthRevoke, Limited: refusal.RateLimitedOAuth, Dialect: web.OAuth, CORS: web.Origins,
		},
		{
			Method: "GET", Path: "/passwordless/verify_redirect", Also: []string{"/passwordless/verify-redirect"}, Summary: "where the magic link of an e-mail leads",
			Endpoint: "verify_redirect", Flow: login.VerifyRedirect, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/ios/{id}/email", Summary: "where the link of send=link_ios leads a browser that is not on an iPhone",
			Flow: login.IOSLink, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/android/{id}/email", Summary: "where the link of send=link_android leads a browser that is not on an Android phone",
			Flow: login.AndroidLink, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/apple-app-site-association", Also: []string{"/.well-known/apple-app-site-association"}, Summary: "the iOS apps of all clients, by their mobile settings",
			Flow: authapi.AppleAppSiteAssociation, Dialect: web.API, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/.well-known/assetlinks.json", Summary: "the Android apps of all clients, by their mobile settings",
			Flow: authapi.AssetLinks, Dialect: web.API, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/authorize", Summary: "where an app sends a browser to sign in",
			Endpoint: "authorize", Flow: login.Authorize, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/authorize", Summary: "an app's request to sign in, sent as a form",
			Endpoint: "authorize", Flow: login.Authorize, Dialect: web.Browser, AnyPage: true,
		},
		{
			Method: "GET", Path: "/authorize/resume", Summary: "where the login pages send the browser when the login is done",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Resume, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/continue", Summary: "where the page to which an Action sent the browser leads back",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Continue, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/continue", Summary: "the same, with a form",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Continue, Dialect: web.Browser, AnyPage: true,
		},
		{
			Method: "POST", Path: "/oauth/device/code", Summary: "gives a device without a browser a device_code, and a code for its user",
			Endpoint: "oauth.device_code", Client: authapi.DeviceClient, Flow: authapi.DeviceCode, Refused: web.RecordRefused("fdeaz"), Dialect: web.API,
		},
		{
			Method: "GET", Path: "/activate", Summary: "where the user of a device enters the code that it shows; with user_code, where the user confirms it",
			Endpoint: "activate", Subject: login.DeviceSubject, Flow: login.Activate, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/activate", Summary: "the forms of these pages: the code, action=confirm, or action=cancel",
			Endpoint: "activate", Subject: login.DeviceSubject, Flow: login.Activate, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/device/success", Summary: "where the login for a device ends",
			Endpoint: "activate", Flow: login.DeviceSuccess, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/device/failure", Summary: "where the login for a device ends if the user cancels, or may not sign in",
			Endpoint: "activate", Flow: login.DeviceFailure, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login", Summary: "the login page that asks for address and password at once: with prompts.identifier_first: false",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Login, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/login", Summary: "the form of that page",
			Endpoint: "authorize", Subject: login.BothSubject, Flow: login.Login, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login/identifier", Summary: "the login page that asks who signs in",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Identifier, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/login/identifier", Summary: "the form of that page: an e-mail address or a phone number",
			Endpoint: "authorize", Subject: login.IdentifierSubject, Flow: login.Identifier, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/signup/identifier", Summary: "the page that asks a new user for an address or number",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Signup, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/signup/identifier", Summary: "the form of the sign-up page",
			Endpoint: "authorize", Subject: login.IdentifierSubject, Flow: login.Signup, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/signup", Summary: "the page that asks a new user for address and password at once: with prompts.identifier_first: false",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.SignupBoth, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/signup", Summary: "the form of that page, which creates the user",
			Endpoint: "authorize", Subject: login.BothSubject, Flow: login.SignupBoth, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/signup/password", Summary: "the page that asks a new database user for a password",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.SignupPassword, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/signup/password", Summary: "the form of that page, which creates the user",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.SignupPassword, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login/passwordless-email-challenge", Summary: "the page that asks for the code of an e-mail",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.EmailChallenge, Count: login.CountEmailChallenge, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/login/passwordless-email-challenge", Summary: "the form of that page: the code, or action=resend",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.EmailChallenge, Count: login.CountEmailChallenge, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login/passwordless-sms-challenge", Summary: "the page that asks for the code of a text message",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.SMSChallenge, Count: login.CountSMSChallenge, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/login/passwordless-sms-challenge", Summary: "the form of that page: the code, or action=resend",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.SMSChallenge, Count: login.CountSMSChallenge, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login/password", Summary: "the page that asks for the password of a database user",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Password, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/login/password", Summary: "the form of that page: the password",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Password, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/email-identifier/challenge", Summary: "the page that asks a user of a database for the code of an e-mail",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.EmailCode, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/email-identifier/challenge", Summary: "the form of that page: the code, or another action",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.EmailCode, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/phone-identifier/challenge", Summary: "the page that asks a user of a database for the code of a text message or a call",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.PhoneCode, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/phone-identifier/challenge", Summary: "the form of that page: the code, or another action",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.PhoneCode, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/confirmation", Summary: "the page that asks a new user whether to create an account",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Confirmation, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/confirmation", Summary: "the form of that page, which creates the user of a database",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Confirmation, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/organization", Summary: "the page that asks for the organization before the login, with organization_require_behavior: pre_login_prompt",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Organization, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/organization", Summary: "the form of that page: organizationName, or organizationSkipped=true",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Organization, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/pre-organization-picker", Summary: "the page that asks which of the organizations with the domain of the user is meant",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.PrePicker, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/pre-organization-picker", Summary: "the form of that page: organization",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.PrePicker, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/organization-picker", Summary: "the page on which a user who is signed in picks an organization, with organization_require_behavior: post_login_prompt",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Picker, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/organization-picker", Summary: "the form of that page: organization, or organizationSkipped=true",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.Picker, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/accept-invitation", Summary: "the page that tells who invites the user to an organization",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.AcceptInvitation, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/accept-invitation", Summary: "the form of that page: action=default",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.AcceptInvitation, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login/password-reset-start/{connection}", Summary: "where \"Forgot password?\" leads; it leads on",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.ResetStart, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/reset-password/request/{connection}", Summary: "the page that asks for the address of a user who has forgotten the password",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.ResetRequest, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/reset-password/request/{connection}", Summary: "the form of that page, which sends the e-mail: the address, or action=resend-email-action",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.ResetRequest, Count: tickets.CountReset, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: tickets.ResetPath, Also: []string{"/u/reset-password", "/lo/reset"}, Summary: "where the link of that e-mail leads; it leads on",
			Endpoint: "authorize", Flow: login.ResetVerify, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/reset-password/change", Summary: "the page that asks for the new password",
			Endpoint: "authorize", Flow: login.ResetPassword, Refused: login.ResetRefused, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/reset-password/change", Summary: "the form of that page, which changes the password",
			Endpoint: "authorize", Flow: login.ResetPassword, Refused: login.ResetRefused, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/u/login-email-verification", Summary: "the page that asks a user for the code that verifies the address, if the database wants that",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.EmailVerificationCode, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/u/login-email-verification", Summary: "the form of that page: the code, or action=resend-code",
			Endpoint: "authorize", Subject: login.PageSubject, Flow: login.EmailVerificationCode, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: tickets.VerifyPath, Summary: "where the link of the e-mail leads that verifies an address; opening it verifies",
			Endpoint: "authorize", Flow: login.EmailVerification, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: tickets.EnrollPath, Summary: "where an enrolment ticket leads; it leads on to the pages that enroll a second factor",
			Endpoint: "authorize", Flow: login.EnrollmentTicket, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: management.ExportPath + "{file}", Summary: "the file of an export of users, to which the location of its job leads",
			Flow: management.ExportFile, Dialect: web.Management, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: passwordless.UnblockPath, Summary: "where the link of the e-mail leads that tells of a blocked account",
			Flow: login.Unblock, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: passwordless.UnblockPath, Summary: "the form of that page, which takes the block away",
			Flow: login.Unblock, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/co/authenticate", Summary: "embedded login: gives a login_ticket for a code or a password; /authorize takes the ticket",
			Endpoint: "co.authenticate", Flow: authapi.CrossOriginAuthenticate, Refused: authapi.CrossOriginRefused, Count: authapi.CountCrossOrigin, Limited: refusal.RateLimitedOAuth, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/otp/challenge", Summary: "sends a code to a user of a database, by e-mail, text message or voice call",
			Endpoint: "otp.challenge", Client: authapi.OTPClient, Flow: authapi.OTPChallenge, Count: authapi.CountOTP, Dialect: web.API, CORS: web.Origins,
		},
		{
			Method: "POST", Path: "/passwordless/verify", Summary: "checks a code and leaves it good for verify_redirect; with grant_type: password it gives tokens for the code",
			Endpoint: "passwordless.verify", Client: authapi.VerifyClient, Flow: authapi.PasswordlessVerify, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/passwordless/challenge", Summary: "which captcha a login by code needs",
			Flow: authapi.Captcha(fixtures.FlowPasswordless), Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/usernamepassword/challenge", Summary: "which captcha a login by password needs",
			Flow: authapi.Captcha(fixtures.FlowPassword), Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/dbconnections/signup/challenge", Summary: "which captcha a sign-up needs",
			Flow: authapi.Captcha(fixtures.FlowPassword), Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/dbconnections/change_password/challenge", Summary: "which captcha a password change needs",
			Flow: authapi.Captcha(fixtures.FlowPasswordReset), Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/dbconnections/signup", Summary: "creates a database user with a password",
			Endpoint: "dbconnections.signup", Flow: authapi.Signup, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "POST", Path: "/dbconnections/change_password", Summary: "sends the e-mail to a user who has forgotten the password",
			Endpoint: "dbconnections.change_password", Flow: authapi.ChangePassword, Refused: tickets.ResetRefused, Count: tickets.CountReset, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "GET", Path: "/client/{id}.js", Summary: "the connections of one client, as Lock reads them",
			Flow: authapi.ClientSettings, Dialect: web.API, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/info-v1.js", Also: []string{"/tenants/v1/{id}.js"}, Summary: "the connections of all clients, as Lock reads them",
			Flow: authapi.TenantSettings, Dialect: web.API, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/js/lock/{version}/{id}.js", Summary: "the texts of Lock: its own English ones",
			Flow: authapi.Language, Dialect: web.API, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/user/geoloc/country", Summary: "the country of the caller, for Lock: always US",
			Flow: authapi.Country, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "GET", Path: "/user/ssodata", Summary: "the session of the browser, for a login page of the tenant's own",
			Flow: login.SSOData, Limited: refusal.RateLimitedText, Dialect: web.API, CORS: web.Credentials,
		},
		{
			Method: "GET", Path: "/v2/logout", Summary: "signs the browser out and sends it to returnTo",
			Endpoint: "logout", Flow: login.Logout, Refused: login.LogoutRefused, Dialect: web.Browser,
		},
		{
			Method: "GET", Path: "/oidc/logout", Summary: "signs the browser out, by OpenID Connect",
			Endpoint: "logout", Flow: login.OIDCLogout, Refused: login.LogoutRefused, Dialect: web.Browser,
		},
		{
			Method: "POST", Path: "/oidc/logout", Summary: "signs the browser out, by OpenID Connect, sent as a form",
			Endpoint: "logout", Flow: login.OIDCLogout, Refused: login.LogoutRefused, Dialect: web.Browser, AnyPage: true,
		},
		{
			Method: "POST", Path: "/oauth/par", Summary: "takes the parameters of /authorize from a server, and gives a request_uri for them",
			Endpoint: "oauth.par", Client: login.PARClient, Flow: login.PushedAuthorizationRequest, Refused: web.RecordRefused("fpar"), Dialect: web.API,
		},
		{
			Method: "GET", Path: "/pem", Summary: "the certificate of the current signing key, as PEM",
			Flow: authapi.PEM, Limited: refusal.RateLimitedText, Dialect: web.Discovery, CORS: web.AnyOrigin,
		},
		{
			Method: "GET", Path: "/cer", Summary: "the certificate of the current signing key, as DER",
			Flow: authapi.CER, Limited: refusal.RateLimitedText, Dialect: web.Discovery, CORS: web.AnyOrigin,
		},
	}
	table = append(table, management.Routes()...)
	for _, p := range login.MFAPages() {
		get := web.Route{Method: "GET", Path: p.Path, Also: p.Also, Summary: p.Summary, Endpoint: "authorize", Subject: login.MFASubject, Flow: p.Flow, Dialect: web.Browser}
		post := get
		post.Method, post.Summary = "POST", "the form of that page: "+p.Form
		table = append(table, get, post)
	}
	for i := range table {
		if table[i].Subject == nil {
			table[i].Subject = passwordless.NamedSubject
		}
	}
	return slices.Clip(table)
})

// messageFilters are the query parameters that choose messages.
var messageFilters = []string{"to", "kind", "purpose", "connection", "client", "state", "since"}

// controlRoutes are the mock's own endpoints.
func controlRoutes(a *control.API) []web.Route {
	waiting := append([]string{"wait", "format"}, messageFilters...)
	table := []web.Route{
		{
			Method: "GET", Path: "/_mock/", Summary: "the inbox page for a browser; this table as text for everybody else",
			Flow: inbox.PageOr(a.Index), Also: []string{"/", "/_mock"},
			Query: []string{"code", "state", "error", "error_description"}, // a login that "Try it" began leads back
		},
		{
			Method: "GET", Path: "/_mock/health", Summary: "whether the server is ready, what it holds, and what it dropped",
			Flow: a.ReadHealth, Also: []string{"/health", "/healthz", "/readyz"}, Open: true,
		},
		{
			Method: "GET", Path: "/_mock/outbox", Summary: "the messages that were sent, oldest first",
			Flow: a.WithCursor(a.ListMessages), Query: append([]string{"limit"}, messageFilters...),
		},
		{
			Method: "DELETE", Path: "/_mock/outbox", Summary: "deletes messages",
			Flow: a.WithCursor(a.DeleteMessages), Query: messageFilters,
		},
		{
			Method: "GET", Path: "/_mock/outbox/cursor", Summary: "the place after the newest message, to use as since=",
			Flow: a.WithCursor(a.ReadCursor),
		},
		{
			Method: "GET", Path: "/_mock/outbox/search", Summary: "the ids of the messages that have a text in a recipient, the subject, the code or the body; case does not matter",
			Flow: a.SearchMessages, Query: []string{"text"},
		},
		{
			Method: "GET", Path: "/_mock/outbox/code", Summary: "the newest live code; wait=10s waits for one",
			Flow: a.WithCursor(a.WaitForCode), Query: waiting,
		},
		{
			Method: "GET", Path: "/_mock/outbox/link", Summary: "the newest live magic link; wait=10s waits for one",
			Flow: a.WithCursor(a.WaitForLink), Query: waiting,
		},
		{
			Method: "GET", Path: "/_mock/outbox/latest", Summary: "the newest message; wait=10s waits for one",
			Flow: a.WithCursor(a.WaitForMessage), Query: waiting,
		},
		{
			Method: "GET", Path: "/_mock/outbox/stream", Summary: "changes of the outbox as Server-Sent Events; Last-Event-ID resumes; brief=1 leaves the bodies out",
			Flow: a.WithCursor(a.StreamMessages), Query: []string{"since", "brief"},
		},
		{
			Method: "GET", Path: "/_mock/outbox/{id}", Summary: "one message",
			Flow: a.WithCursor(a.ReadMessage),
		},
		{
			Method: "GET", Path: "/_mock/outbox/{id}/text", Summary: "the plain text of a message",
			Flow: a.WithCursor(a.ReadMessageText),
		},
		{
			Method: "GET", Path: "/_mock/outbox/{id}/html", Summary: "the HTML of a message, in a sandbox; links=1 lets links open a tab, pictures=1 loads remote pictures, fit=1 lets the page around it measure it",
			Flow: a.WithCursor(a.ReadMessageHTML), Query: []string{"links", "pictures", "fit"},
		},
		{
			Method: "GET", Path: "/_mock/outbox/{id}/raw", Summary: "an e-mail as RFC 5322 text",
			Flow: a.WithCursor(a.ReadMessageRaw),
		},
		{
			Method: "GET", Path: "/_mock/outbox/{id}/parts/{part}", Summary: "one attachment or inline picture of an app's e-mail, as a download",
			Flow: a.WithCursor(a.ReadMessagePart),
		},
		{
			Method: "DELETE", Path: "/_mock/outbox/{id}", Summary: "deletes one message",
			Flow: a.WithCursor(a.DeleteMessage),
		},
		{
			Method: "POST", Path: "/_mock/outbox/{id}/expire", Summary: "lets the code of a message expire now; the clock does not move",
			Flow: a.WithCursor(a.ExpireMessage),
		},
		{
			Method: "POST", Path: "/_mock/outbox/{id}/deliver", Summary: "delivers a queued message now",
			Flow: a.WithCursor(a.DeliverMessage),
		},
		{
			Method: "GET", Path: "/_mock/captcha", Summary: "the answer of the newest captcha: of a login, by its state, or of all",
			Flow: a.ReadCaptcha, Query: []string{"state", "format"},
		},
		{
			Method: "GET", Path: "/_mock/scenarios", Summary: "the scenarios that are on, with what they did; and the names of all; describe=1 adds what they do",
			Flow: a.ListScenarios, Query: []string{"describe"},
		},
		{
			Method: "POST", Path: "/_mock/scenarios", Summary: `switches a scenario on: {"name":"rate-limited"}, optionally with when, times and ttl; or a whole scenario file`,
			Flow: a.SwitchScenarioOn,
		},
		{
			Method: "DELETE", Path: "/_mock/scenarios", Summary: "switches all scenarios off",
			Flow: a.SwitchScenariosOff,
		},
		{
			Method: "POST", Path: "/_mock/scenarios/verify", Summary: `checks counters: {"flaky-sms/down":{"fired":">=1"}}; 200, or 409 with what differs; without a body it checks what the files expect`,
			Flow: a.VerifyScenarios,
		},
		{
			Method: "POST", Path: "/_mock/scenarios/check", Summary: "checks a scenario file, and switches nothing on: the mistakes, each with its line",
			Flow: a.CheckScenario,
		},
		{
			Method: "GET", Path: "/_mock/scenarios/{name}/file", Summary: "a scenario as a file: a built-in one, or one that was sent here",
			Flow: a.ReadScenarioFile,
		},
		{
			Method: "GET", Path: "/_mock/scenarios/{name}", Summary: "one scenario that is on, by name or id",
			Flow: a.ReadScenario,
		},
		{
			Method: "DELETE", Path: "/_mock/scenarios/{name}", Summary: "switches one scenario off",
			Flow: a.SwitchScenarioOff,
		},
		{
			Method: "GET", Path: "/_mock/clock", Summary: "the time of the tenant",
			Flow: a.ReadClock,
		},
		{
			Method: "POST", Path: "/_mock/clock", Summary: `moves the clock: {"advance":"3m"}, {"set":"2030-01-01T00:00:00Z"}, {"freeze":true} or false, or {"reset":true}`,
			Flow: a.MoveClock,
		},
		{
			Method: "GET", Path: "/_mock/tenant", Summary: "what an app needs to know: issuer, domain, clients with their secrets, connections, APIs, keys",
			Flow: a.ReadTenant,
		},
		{
			Method: "GET", Path: "/_mock/users", Summary: "all users; or those that search finds in address, name or user_id, of one connection, or with these ids (a,b), and then limit at most, from offset on",
			Flow: a.ListUsers, Query: []string{"search", "connection", "ids", "limit", "offset"},
		},
		{
			Method: "POST", Path: "/_mock/users", Summary: "creates a user, in the fields of the fixture",
			Flow: a.CreateUser,
		},
		{
			Method: "GET", Path: "/_mock/users/{id}", Summary: "one user, by user_id, e-mail address, phone number or username",
			Flow: a.ReadUser,
		},
		{
			Method: "PATCH", Path: "/_mock/users/{id}", Summary: "changes the given fields of a user; the path is that of GET",
			Flow: a.UpdateUser,
		},
		{
			Method: "DELETE", Path: "/_mock/users/{id}", Summary: "deletes a user; the path is that of GET",
			Flow: a.RemoveUser,
		},
		{
			Method: "GET", Path: "/_mock/users/{id}/activity", Summary: "what a user did: the sessions, the memberships of organizations, and the last 50 entries of the log",
			Flow: a.ReadActivity,
		},
		{
			Method: "DELETE", Path: "/_mock/users/{id}/sessions", Summary: "ends all sessions of a user, or the one with that sid",
			Flow: a.EndUserSessions, Query: []string{"sid"},
		},
		{
			Method: "GET", Path: "/_mock/users/{id}/totp", Summary: "the code that the user's authenticator app shows by the tenant's clock, and for how long",
			Flow: a.ReadTOTP,
		},
		{
			Method: "POST", Path: "/_mock/push", Summary: `answers the user's newest push notification: {"user":"ada@example.com","answer":"accept"} or "reject"`,
			Flow: a.AnswerPush,
		},
		{
			Method: "POST", Path: "/_mock/devices/{user_code}", Summary: `answers for the user of a device: {"user":"ada@example.com","answer":"approve"} or {"answer":"deny"}`,
			Flow: a.AnswerDevice,
		},
		{
			Method: "POST", Path: "/_mock/sessions", Summary: `signs a user in without a page: {"user":"ada@example.com"}; the answer is a storageState of Playwright, and sets the cookies`,
			Flow: a.StartSession,
		},
		{
			Method: "GET", Path: "/_mock/sessions/enter", Summary: "signs the browser in as the user, and leads it to the address to",
			Flow: a.EnterSession, Query: []string{"user", "to", "organization"},
		},
		{
			Method: "POST", Path: "/_mock/invitations", Summary: `invites somebody to an organization, by e-mail: {"organization":"acme","email":"grace@example.com"}`,
			Flow: a.Invite,
		},
		{
			Method: "GET", Path: "/_mock/organizations", Summary: "all organizations, with their members and invitations",
			Flow: a.ListOrganizations,
		},
		{
			Method: "PUT", Path: "/_mock/organizations/{organization}/members/{user}", Summary: `makes a user a member: {"roles":["admin"]}; name both by name or id`,
			Flow: a.SetMember,
		},
		{
			Method: "DELETE", Path: "/_mock/organizations/{organization}/members/{user}", Summary: "ends the membership of a user",
			Flow: a.RemoveMember,
		},
		{
			Method: "GET", Path: "/_mock/actions", Summary: "the Actions, what runs them, and why one does not run",
			Flow: a.ListActions,
		},
		{
			Method: "POST", Path: "/_mock/actions/{name}/run", Summary: `runs one Action alone, without a login: {"event":{"user":{"email":"ada@example.com"}}}; {"back":true} runs its onContinue…`,
			Flow: a.RunAction,
		},
		{
			Method: "POST", Path: "/_mock/tokens", Summary: `signs any claims: {"claims":{…},"key":"current" or "rogue"}; {"management":["read:users"]} gives a token for the Management API`,
			Flow: a.MintToken,
		},
		{
			Method: "POST", Path: "/_mock/keys/rotate", Summary: "lets the next key sign from now on",
			Flow: a.RotateKeys,
		},
		{
			Method: "GET", Path: "/_mock/requests", Summary: "the last 1,000 requests: who called what, and what was answered",
			Flow: a.ListRequests,
		},
		{
			Method: "DELETE", Path: "/_mock/requests", Summary: "deletes the requests",
			Flow: a.ClearRequests,
		},
		{
			Method: "GET", Path: "/_mock/requests/{id}", Summary: "one request with its headers and body, and the answer; secrets=1 shows their secrets",
			Flow: a.ReadRequest, Query: []string{"secrets"},
		},
		{
			Method: "GET", Path: "/_mock/report", Summary: "what happened, in lines for people: the last requests, the outbox, the scenarios and the clock",
			Flow: a.ReadReport,
		},
		{
			Method: "GET", Path: "/_mock/state", Summary: "settings, users, devices and refresh tokens, as a fixture file",
			Flow: a.ExportState,
		},
		{
			Method: "PUT", Path: "/_mock/state", Summary: "replaces the state of the tenant by a fixture",
			Flow: a.ImportState, MaxBody: strictyaml.MaxSize,
		},
		{
			Method: "POST", Path: "/_mock/reset", Summary: "goes back to the fixture that was loaded last",
			Flow: a.ResetState,
		},
		{
			Method: "GET", Path: "/_mock/tenants", Summary: "the tenants of the server, and how to reach them",
			Flow: a.ListTenants,
		},
		{
			Method: "POST", Path: "/_mock/tenants", Summary: `makes a tenant: {"name":"w3"}, optionally with fixture (a built-in name, or a whole fixture) and seed`,
			Flow: a.MakeTenant, MaxBody: strictyaml.MaxSize,
		},
		{
			Method: "DELETE", Path: "/_mock/tenants/{name}", Summary: "ends a tenant; the first one, default, stays",
			Flow: a.EndTenant,
		},
		{
			Method: "GET", Path: "/_mock/ca.pem", Summary: "the certificate authority of https",
			Flow: a.ReadCA, Open: true,
		},
		{
			Method: "GET", Path: "/_mock/inbox/{file}", Summary: "the files of the inbox page",
			Flow: inbox.File, Also: []string{"/favicon.ico"},
		},
		{
			Method: "GET", Path: "/_mock/openapi.json", Summary: "the control API as an OpenAPI document",
			Flow: a.ReadOpenAPI,
		},
	}
	for i := range table {
		table[i].Dialect, table[i].CORS = web.Control, web.KnownOrigins
		table[i].Flow = control.CheckQuery(table[i])
	}
	return table
}
