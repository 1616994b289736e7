package server

import (
	"strings"

	"github.com/mockauth0/mockauth0/fixtures/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/authapi"
	"github.com/mockauth0/mockauth0/server/internal/login"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// routes is the whole HTTP surface. From it come the router, the README's
// endpoint table and the OpenAPI document of the control API.
func (s *Server) routes() []web.Route { return append(apiRoutes(), s.controlRoutes()...) }

// apiRoutes are Auth0's endpoints.
func apiRoutes() []web.Route {
	return []web.Route{
		{
			Method: "POST", Path: "/passwordless/start", Endpoint: "passwordless.start", Flow: authapi.PasswordlessStart, Count: authapi.CountStart, Dialect: web.API, CORS: web.Credentials,
			Summary: "send a code or a magic link by e-mail or SMS",
		},
		{
			Method: "GET", Path: "/passwordless/verify_redirect", Endpoint: "verify_redirect", Flow: login.VerifyRedirect, Dialect: web.Browser,
			Summary: "where the magic link of an e-mail leads",
		},
		{
			Method: "GET", Path: "/passwordless/verify-redirect", Endpoint: "verify_redirect", Flow: login.VerifyRedirect, Dialect: web.Browser,
			Summary: "the same",
		},
		{
			Method: "GET", Path: "/ios/{id}/email", Flow: login.IOSLink, Dialect: web.Browser,
			Summary: "where the link of send=link_ios leads a browser that is no iPhone",
		},
		{
			Method: "GET", Path: "/android/{id}/email", Flow: login.AndroidLink, Dialect: web.Browser,
			Summary: "the same for send=link_android",
		},
		{
			Method: "GET", Path: "/authorize", Endpoint: "authorize", Flow: login.Authorize, Dialect: web.Browser,
			Summary: "where an app sends a browser to sign in",
		},
		{
			Method: "POST", Path: "/authorize", Endpoint: "authorize", Flow: login.Authorize, Dialect: web.Browser,
			Summary: "the same",
		},
		{
			Method: "GET", Path: "/authorize/resume", Endpoint: "authorize", Who: login.Whose, Flow: login.Resume, Dialect: web.Browser,
			Summary: "where a login on the pages ends",
		},
		{
			Method: "GET", Path: "/u/login/identifier", Endpoint: "authorize", Who: login.Whose, Flow: login.Identifier, Dialect: web.Browser,
			Summary: "the login page: who signs in",
		},
		{
			Method: "POST", Path: "/u/login/identifier", Endpoint: "authorize", Who: login.Whose, Flow: login.Identifier, Dialect: web.Browser,
			Summary: "its form",
		},
		{
			Method: "GET", Path: "/u/signup/identifier", Endpoint: "authorize", Who: login.Whose, Flow: login.Signup, Dialect: web.Browser,
			Summary: "the same for somebody new",
		},
		{
			Method: "POST", Path: "/u/signup/identifier", Endpoint: "authorize", Who: login.Whose, Flow: login.Signup, Dialect: web.Browser,
			Summary: "its form",
		},
		{
			Method: "GET", Path: "/u/login/passwordless-email-challenge", Endpoint: "authorize", Who: login.Whose, Flow: login.EmailChallenge, Count: login.CountEmailChallenge, Dialect: web.Browser,
			Summary: "the page for the code of an e-mail",
		},
		{
			Method: "POST", Path: "/u/login/passwordless-email-challenge", Endpoint: "authorize", Who: login.Whose, Flow: login.EmailChallenge, Count: login.CountEmailChallenge, Dialect: web.Browser,
			Summary: "its form",
		},
		{
			Method: "GET", Path: "/u/login/passwordless-sms-challenge", Endpoint: "authorize", Who: login.Whose, Flow: login.SMSChallenge, Count: login.CountSMSChallenge, Dialect: web.Browser,
			Summary: "the page for the code of a text message",
		},
		{
			Method: "POST", Path: "/u/login/passwordless-sms-challenge", Endpoint: "authorize", Who: login.Whose, Flow: login.SMSChallenge, Count: login.CountSMSChallenge, Dialect: web.Browser,
			Summary: "its form",
		},
		{
			Method: "GET", Path: "/u/login/password", Endpoint: "authorize", Who: login.Whose, Flow: login.Password, Dialect: web.Browser,
			Summary: "the page for the password of a database user",
		},
		{
			Method: "POST", Path: "/u/login/password", Endpoint: "authorize", Who: login.Whose, Flow: login.Password, Dialect: web.Browser,
			Summary: "its form",
		},
		{
			Method: "POST", Path: "/co/authenticate", Endpoint: "co.authenticate", Flow: authapi.CrossOriginAuthenticate, Dialect: web.API, CORS: web.Credentials,
			Summary: "embedded login: a login_ticket for a code or a password, to be taken to /authorize",
		},
		{
			Method: "POST", Path: "/passwordless/verify", Endpoint: "passwordless.verify", Flow: authapi.PasswordlessVerify, Dialect: web.API, CORS: web.Credentials,
			Summary: "whether a code is right, which stays good for verify_redirect",
		},
		{
			Method: "POST", Path: "/passwordless/challenge", Flow: authapi.Challenge, Dialect: web.API, CORS: web.Credentials,
			Summary: "the captcha that a login asks for: none",
		},
		{
			Method: "POST", Path: "/usernamepassword/challenge", Flow: authapi.Challenge, Dialect: web.API, CORS: web.Credentials,
			Summary: "the same for a password",
		},
		{
			Method: "POST", Path: "/dbconnections/signup/challenge", Flow: authapi.Challenge, Dialect: web.API, CORS: web.Credentials,
			Summary: "the same for signing up",
		},
		{
			Method: "POST", Path: "/dbconnections/change_password/challenge", Flow: authapi.Challenge, Dialect: web.API, CORS: web.Credentials,
			Summary: "the same for a forgotten password",
		},
		{
			Method: "POST", Path: "/dbconnections/signup", Endpoint: "dbconnections.signup", Flow: authapi.Signup, Dialect: web.API, CORS: web.Credentials,
			Summary: "a new user of a database, with a password",
		},
		{
			Method: "POST", Path: "/dbconnections/change_password", Endpoint: "dbconnections.change_password", Flow: authapi.ChangePassword, Dialect: web.API, CORS: web.Credentials,
			Summary: "an e-mail to whoever has forgotten the password",
		},
		{
			Method: "GET", Path: "/client/{id}.js", Flow: authapi.ClientSettings, Dialect: web.API, CORS: web.AnyOrigin,
			Summary: "a client's connections, as Lock reads them",
		},
		{
			Method: "GET", Path: "/info-v1.js", Flow: authapi.TenantSettings, Dialect: web.API, CORS: web.AnyOrigin,
			Summary: "the connections of all clients, as Lock reads them",
		},
		{
			Method: "GET", Path: "/tenants/v1/{id}.js", Flow: authapi.TenantSettings, Dialect: web.API, CORS: web.AnyOrigin,
			Summary: "the same",
		},
		{
			Method: "GET", Path: "/js/lock/{version}/{id}.js", Flow: authapi.Language, Dialect: web.API, CORS: web.AnyOrigin,
			Summary: "Lock's texts: those that it has with it",
		},
		{
			Method: "GET", Path: "/user/geoloc/country", Flow: authapi.Country, Dialect: web.API, CORS: web.Credentials,
			Summary: "the country of the caller, for Lock: US",
		},
		{
			Method: "GET", Path: "/user/ssodata", Flow: login.SSOData, Dialect: web.API, CORS: web.Credentials,
			Summary: "the browser's session, for the page of a tenant",
		},
		{
			Method: "GET", Path: "/v2/logout", Endpoint: "logout", Flow: login.Logout, Dialect: web.Browser,
			Summary: "sign the browser out, and go to returnTo",
		},
		{
			Method: "GET", Path: "/oidc/logout", Endpoint: "logout", Flow: login.OIDCLogout, Dialect: web.Browser,
			Summary: "the same, by OpenID Connect",
		},
		{
			Method: "POST", Path: "/oidc/logout", Endpoint: "logout", Flow: login.OIDCLogout, Dialect: web.Browser,
			Summary: "the same",
		},
		{
			Method: "POST", Path: "/oauth/token", Endpoint: "oauth.token", Who: authapi.WhoseToken, Flow: authapi.OAuthToken, Count: authapi.CountToken, Dialect: web.OAuth, CORS: web.Origins,
			Summary: "tokens for a code, a refresh token, or a client's own credentials",
		},
		{
			Method: "POST", Path: "/oauth/revoke", Endpoint: "oauth.revoke", Flow: authapi.OAuthRevoke, Dialect: web.OAuth, CORS: web.Origins,
			Summary: "revoke a refresh token",
		},
		{
			Method: "POST", Path: "/oauth/par", Endpoint: "oauth.par", Flow: login.PushedAuthorizationRequest, Dialect: web.OAuth,
			Summary: "what a server asks of /authorize, for a request_uri",
		},
		{
			Method: "GET", Path: "/userinfo", Endpoint: "userinfo", Who: authapi.WhoseUserinfo, Flow: authapi.Userinfo, Count: authapi.CountUserinfo, Dialect: web.Bearer, CORS: web.AnyOrigin,
			Summary: "the profile that an access token opens",
		},
		{
			Method: "POST", Path: "/userinfo", Endpoint: "userinfo", Who: authapi.WhoseUserinfo, Flow: authapi.Userinfo, Count: authapi.CountUserinfo, Dialect: web.Bearer, CORS: web.AnyOrigin,
			Summary: "the same",
		},
		{
			Method: "GET", Path: "/.well-known/openid-configuration", Endpoint: "openid-configuration", Flow: authapi.Discovery, Dialect: web.Discovery, CORS: web.AnyOrigin,
			Summary: "the OpenID provider's document",
		},
		{
			Method: "GET", Path: "/.well-known/oauth-authorization-server", Endpoint: "openid-configuration", Flow: authapi.Discovery, Dialect: web.Discovery, CORS: web.AnyOrigin,
			Summary: "the same document",
		},
		{
			Method: "GET", Path: "/.well-known/jwks.json", Endpoint: "jwks", Flow: authapi.JWKS, Count: authapi.CountJWKS, Dialect: web.Discovery, CORS: web.AnyOrigin,
			Summary: "the keys that tokens are signed with",
		},
		{
			Method: "GET", Path: "/pem", Flow: authapi.PEM, Dialect: web.Discovery, CORS: web.AnyOrigin,
			Summary: "the certificate of the key that signs",
		},
		{
			Method: "GET", Path: "/cer", Flow: authapi.CER, Dialect: web.Discovery, CORS: web.AnyOrigin,
			Summary: "the same in DER",
		},
	}
}

var messageFilters = []string{"to", "kind", "connection", "client", "state", "since"}

// controlRoutes are the mock's own endpoints.
func (s *Server) controlRoutes() []web.Route {
	waiting := append([]string{"wait", "format"}, messageFilters...)
	table := []web.Route{
		{Method: "GET", Path: "/_mock/", Flow: s.index, Summary: "the inbox page for a browser; for curl this table, as text"},
		{Method: "GET", Path: "/_mock/health", Flow: s.health, Summary: "ready or not; what is held and what was dropped (also /health, /healthz, /readyz)"},
		{Method: "GET", Path: "/_mock/outbox", Flow: s.listMessages, Query: append([]string{"limit"}, messageFilters...), Summary: "the messages that were sent, oldest first"},
		{Method: "DELETE", Path: "/_mock/outbox", Flow: s.deleteMessages, Query: messageFilters, Summary: "forget messages"},
		{Method: "GET", Path: "/_mock/outbox/cursor", Flow: s.cursor, Summary: "the place after the newest message, for since="},
		{Method: "GET", Path: "/_mock/outbox/code", Flow: s.waitForCode, Query: waiting, Summary: "the newest live code; wait=10s waits for it"},
		{Method: "GET", Path: "/_mock/outbox/link", Flow: s.waitForLink, Query: waiting, Summary: "the newest live magic link"},
		{Method: "GET", Path: "/_mock/outbox/latest", Flow: s.waitForMessage, Query: waiting, Summary: "the newest message"},
		{Method: "GET", Path: "/_mock/outbox/stream", Flow: s.streamMessages, Query: []string{"since", "brief"}, Summary: "changes as Server-Sent Events, resumable by Last-Event-ID; brief=1 without the bodies"},
		{Method: "GET", Path: "/_mock/outbox/{id}", Flow: s.message, Summary: "one message"},
		{Method: "GET", Path: "/_mock/outbox/{id}/text", Flow: s.messageText, Summary: "its plain text"},
		{Method: "GET", Path: "/_mock/outbox/{id}/html", Flow: s.messageHTML, Query: []string{"links"}, Summary: "its HTML, in a sandbox; links=1 lets links open a tab"},
		{Method: "GET", Path: "/_mock/outbox/{id}/raw", Flow: s.messageRaw, Summary: "the e-mail as RFC 5322 text"},
		{Method: "POST", Path: "/_mock/outbox/{id}/expire", Flow: s.expireMessage, Summary: "its code lapses now, no clock moved"},
		{Method: "POST", Path: "/_mock/outbox/{id}/deliver", Flow: s.deliverMessage, Summary: "it arrives now, if it is queued"},
		{Method: "GET", Path: "/_mock/scenarios", Flow: s.listScenarios, Query: []string{"describe"}, Summary: "the failures that are on: what matched, fired, was skipped and why; and those there are, with describe=1 what they do"},
		{Method: "POST", Path: "/_mock/scenarios", Flow: s.switchScenarioOn, Summary: `switch one on: {"name":"rate-limited"}, narrowed by when, times, ttl; or a whole scenario file`},
		{Method: "DELETE", Path: "/_mock/scenarios", Flow: s.switchScenariosOff, Summary: "switch all off"},
		{Method: "POST", Path: "/_mock/scenarios/verify", Flow: s.verifyScenarios, Summary: `{"flaky-sms/down":{"fired":">=1"}}: 200, or 409 with the difference and near misses; no body: what the files expect`},
		{Method: "GET", Path: "/_mock/scenarios/{name}", Flow: s.readScenario, Summary: "one of them, by name or id"},
		{Method: "DELETE", Path: "/_mock/scenarios/{name}", Flow: s.switchScenarioOff, Summary: "switch it off"},
		{Method: "GET", Path: "/_mock/clock", Flow: s.readClock, Summary: "the tenant's clock"},
		{Method: "POST", Path: "/_mock/clock", Flow: s.moveClock, Summary: `{"advance":"3m"}, {"set":"2030-01-01T00:00:00Z"}, {"freeze":true} or false, or {"reset":true}`},
		{Method: "GET", Path: "/_mock/tenant", Flow: s.readTenant, Summary: "what an app is configured with: issuer, domain, clients with their secrets, connections, APIs, keys"},
		{Method: "GET", Path: "/_mock/users", Flow: s.listUsers, Summary: "all users"},
		{Method: "POST", Path: "/_mock/users", Flow: s.createUser, Summary: "add a user, in the fixture's fields"},
		{Method: "GET", Path: "/_mock/users/{id}", Flow: s.readUser, Summary: "one user"},
		{Method: "PATCH", Path: "/_mock/users/{id}", Flow: s.updateUser, Summary: "change a user: only the fields given"},
		{Method: "DELETE", Path: "/_mock/users/{id}", Flow: s.removeUser, Summary: "forget a user"},
		{Method: "POST", Path: "/_mock/tokens", Flow: s.mintToken, Summary: `sign any claims: {"claims":{…},"key":"current" or "rogue"}`},
		{Method: "POST", Path: "/_mock/keys/rotate", Flow: s.rotateKeys, Summary: "the next key signs"},
		{Method: "GET", Path: "/_mock/requests", Flow: s.listRequests, Summary: "the last 1,000 requests: who called what, and the answer"},
		{Method: "DELETE", Path: "/_mock/requests", Flow: s.clearRequests, Summary: "forget them"},
		{Method: "GET", Path: "/_mock/state", Flow: s.exportState, Summary: "everything, as a fixture file"},
		{Method: "PUT", Path: "/_mock/state", Flow: s.importState, MaxBody: strictyaml.MaxSize, Summary: "replace everything by a fixture"},
		{Method: "POST", Path: "/_mock/reset", Flow: s.resetState, Summary: "back to the fixture loaded last"},
		{Method: "GET", Path: "/_mock/ca.pem", Flow: s.caPEM, Summary: "the certificate authority of the https side"},
		{Method: "GET", Path: "/_mock/inbox/{file}", Flow: s.inboxFile, Summary: "the files of the inbox page"},
		{Method: "GET", Path: "/_mock/openapi.json", Flow: s.openAPI, Summary: "this table as OpenAPI"},
	}
	for i := range table {
		table[i].Dialect, table[i].CORS = web.Control, web.LocalOrigins
		if strings.HasPrefix(table[i].Path, "/_mock/outbox") {
			table[i].Flow = s.cursored(table[i].Flow)
		}
	}
	return table
}

// aliases are more paths of an endpoint; the second is where it stands above.
var aliases = [][2]string{
	{"/health", "/_mock/health"},
	{"/healthz", "/_mock/health"},
	{"/readyz", "/_mock/health"},
	{"/", "/_mock/"},
	{"/_mock", "/_mock/"},
	// Browsers ask for it beside whatever they show; it is no request of an app.
	{"/favicon.ico", "/_mock/inbox/{file}"},
}

// open are the control endpoints that answer whoever asks.
var open = map[string]bool{"/_mock/health": true, "/health": true, "/healthz": true, "/readyz": true, "/_mock/ca.pem": true}
