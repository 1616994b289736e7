package server

import (
	"strings"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/authapi"
	"github.com/mockauth0/mockauth0/server/internal/login"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// routes is the whole HTTP surface. From it come the router, the README's
// endpoint table and the OpenAPI document of the control API.
func routes() []route {
	var table []route
	for _, r := range apiRoutes() {
		table = append(table, route{Route: r})
	}
	return append(table, controlRoutes()...)
}

// A route is a line of the table, which all Servers of a process share.
type route struct {
	web.Route
	control controlFlow // in place of Flow, for the control API
}

// A controlFlow answers an endpoint of the control API of a Server.
type controlFlow func(*Server, *web.Call) (any, error)

// of is the route as a Server answers it.
func (r *route) of(s *Server) web.Route {
	bound := r.Route
	if r.control != nil {
		bound.Flow = func(c *web.Call) (any, error) { return r.control(s, c) }
	}
	return bound
}

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
func controlRoutes() []route {
	waiting := append([]string{"wait", "format"}, messageFilters...)
	table := []route{
		{web.Route{Method: "GET", Path: "/_mock/", Summary: "the inbox page for a browser; for curl this table, as text"}, (*Server).index},
		{web.Route{Method: "GET", Path: "/_mock/health", Summary: "ready or not; what is held and what was dropped (also /health, /healthz, /readyz)"}, (*Server).health},
		{web.Route{Method: "GET", Path: "/_mock/outbox", Query: append([]string{"limit"}, messageFilters...), Summary: "the messages that were sent, oldest first"}, (*Server).listMessages},
		{web.Route{Method: "DELETE", Path: "/_mock/outbox", Query: messageFilters, Summary: "forget messages"}, (*Server).deleteMessages},
		{web.Route{Method: "GET", Path: "/_mock/outbox/cursor", Summary: "the place after the newest message, for since="}, (*Server).cursor},
		{web.Route{Method: "GET", Path: "/_mock/outbox/code", Query: waiting, Summary: "the newest live code; wait=10s waits for it"}, (*Server).waitForCode},
		{web.Route{Method: "GET", Path: "/_mock/outbox/link", Query: waiting, Summary: "the newest live magic link"}, (*Server).waitForLink},
		{web.Route{Method: "GET", Path: "/_mock/outbox/latest", Query: waiting, Summary: "the newest message"}, (*Server).waitForMessage},
		{web.Route{Method: "GET", Path: "/_mock/outbox/stream", Query: []string{"since", "brief"}, Summary: "changes as Server-Sent Events, resumable by Last-Event-ID; brief=1 without the bodies"}, (*Server).streamMessages},
		{web.Route{Method: "GET", Path: "/_mock/outbox/{id}", Summary: "one message"}, (*Server).message},
		{web.Route{Method: "GET", Path: "/_mock/outbox/{id}/text", Summary: "its plain text"}, (*Server).messageText},
		{web.Route{Method: "GET", Path: "/_mock/outbox/{id}/html", Query: []string{"links"}, Summary: "its HTML, in a sandbox; links=1 lets links open a tab"}, (*Server).messageHTML},
		{web.Route{Method: "GET", Path: "/_mock/outbox/{id}/raw", Summary: "the e-mail as RFC 5322 text"}, (*Server).messageRaw},
		{web.Route{Method: "POST", Path: "/_mock/outbox/{id}/expire", Summary: "its code lapses now, no clock moved"}, (*Server).expireMessage},
		{web.Route{Method: "POST", Path: "/_mock/outbox/{id}/deliver", Summary: "it arrives now, if it is queued"}, (*Server).deliverMessage},
		{web.Route{Method: "GET", Path: "/_mock/scenarios", Query: []string{"describe"}, Summary: "the failures that are on: what matched, fired, was skipped and why; and those there are, with describe=1 what they do"}, (*Server).listScenarios},
		{web.Route{Method: "POST", Path: "/_mock/scenarios", Summary: `switch one on: {"name":"rate-limited"}, narrowed by when, times, ttl; or a whole scenario file`}, (*Server).switchScenarioOn},
		{web.Route{Method: "DELETE", Path: "/_mock/scenarios", Summary: "switch all off"}, (*Server).switchScenariosOff},
		{web.Route{Method: "POST", Path: "/_mock/scenarios/verify", Summary: `{"flaky-sms/down":{"fired":">=1"}}: 200, or 409 with the difference and near misses; no body: what the files expect`}, (*Server).verifyScenarios},
		{web.Route{Method: "GET", Path: "/_mock/scenarios/{name}", Summary: "one of them, by name or id"}, (*Server).readScenario},
		{web.Route{Method: "DELETE", Path: "/_mock/scenarios/{name}", Summary: "switch it off"}, (*Server).switchScenarioOff},
		{web.Route{Method: "GET", Path: "/_mock/clock", Summary: "the tenant's clock"}, (*Server).readClock},
		{web.Route{Method: "POST", Path: "/_mock/clock", Summary: `{"advance":"3m"}, {"set":"2030-01-01T00:00:00Z"}, {"freeze":true} or false, or {"reset":true}`}, (*Server).moveClock},
		{web.Route{Method: "GET", Path: "/_mock/tenant", Summary: "what an app is configured with: issuer, domain, clients with their secrets, connections, APIs, keys"}, (*Server).readTenant},
		{web.Route{Method: "GET", Path: "/_mock/users", Summary: "all users"}, (*Server).listUsers},
		{web.Route{Method: "POST", Path: "/_mock/users", Summary: "add a user, in the fixture's fields"}, (*Server).createUser},
		{web.Route{Method: "GET", Path: "/_mock/users/{id}", Summary: "one user"}, (*Server).readUser},
		{web.Route{Method: "PATCH", Path: "/_mock/users/{id}", Summary: "change a user: only the fields given"}, (*Server).updateUser},
		{web.Route{Method: "DELETE", Path: "/_mock/users/{id}", Summary: "forget a user"}, (*Server).removeUser},
		{web.Route{Method: "POST", Path: "/_mock/tokens", Summary: `sign any claims: {"claims":{…},"key":"current" or "rogue"}`}, (*Server).mintToken},
		{web.Route{Method: "POST", Path: "/_mock/keys/rotate", Summary: "the next key signs"}, (*Server).rotateKeys},
		{web.Route{Method: "GET", Path: "/_mock/requests", Summary: "the last 1,000 requests: who called what, and the answer"}, (*Server).listRequests},
		{web.Route{Method: "DELETE", Path: "/_mock/requests", Summary: "forget them"}, (*Server).clearRequests},
		{web.Route{Method: "GET", Path: "/_mock/state", Summary: "everything, as a fixture file"}, (*Server).exportState},
		{web.Route{Method: "PUT", Path: "/_mock/state", MaxBody: strictyaml.MaxSize, Summary: "replace everything by a fixture"}, (*Server).importState},
		{web.Route{Method: "POST", Path: "/_mock/reset", Summary: "back to the fixture loaded last"}, (*Server).resetState},
		{web.Route{Method: "GET", Path: "/_mock/ca.pem", Summary: "the certificate authority of the https side"}, (*Server).caPEM},
		{web.Route{Method: "GET", Path: "/_mock/inbox/{file}", Summary: "the files of the inbox page"}, (*Server).inboxFile},
		{web.Route{Method: "GET", Path: "/_mock/openapi.json", Summary: "this table as OpenAPI"}, (*Server).openAPI},
	}
	for i := range table {
		table[i].Dialect, table[i].CORS = web.Control, web.LocalOrigins
		if strings.HasPrefix(table[i].Path, "/_mock/outbox") {
			table[i].control = cursored(table[i].control)
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
