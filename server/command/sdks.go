package command

import (
	"maps"
	"slices"
	"strings"
)

// An sdk is how an SDK, or its quickstart, reads its settings.
type sdk struct {
	settings func(t target) []setting
	// roots are the variables that name the certificate authority for an SDK
	// that insists on https.
	roots []string
	// note says what the app needs besides its environment. URL and SPA in it are
	// those of the target.
	note string
}

const (
	// sessionSecret is for SDKs that encrypt a session of their own.
	sessionSecret = "6d6f636b61757468306d6f636b61757468306d6f636b61757468306d6f636b61"
	appURL        = "http://localhost:3000"
)

// sdks are the values of --for. Those that speak http get the whole URL as
// their domain; the others want host and port, and speak https.
var sdks = map[string]sdk{
	"nextjs": {
		note: "nextjs-auth0 takes a domain with a port if its Auth0Client has allowInsecureRequests: true.",
		settings: func(t target) []setting {
			return []setting{
				{name: "AUTH0_DOMAIN", value: t.url.String()},
				{name: "AUTH0_CLIENT_ID", value: t.client.ClientID},
				{name: "AUTH0_CLIENT_SECRET", value: t.client.ClientSecret},
				{name: "AUTH0_SECRET", value: sessionSecret, app: true},
				{name: "APP_BASE_URL", value: appURL, app: true},
			}
		},
	},
	"authjs": {
		settings: func(t target) []setting {
			return []setting{
				{name: "AUTH_AUTH0_ID", value: t.client.ClientID},
				{name: "AUTH_AUTH0_SECRET", value: t.client.ClientSecret},
				{name: "AUTH_AUTH0_ISSUER", value: t.url.String()},
				{name: "AUTH_SECRET", value: sessionSecret, app: true},
			}
		},
	},
	// The names of next-auth 4, in the example of its Auth0 provider.
	"nextauth": {
		settings: func(t target) []setting {
			return []setting{
				{name: "AUTH0_CLIENT_ID", value: t.client.ClientID},
				{name: "AUTH0_CLIENT_SECRET", value: t.client.ClientSecret},
				{name: "AUTH0_ISSUER", value: t.url.String()},
				{name: "NEXTAUTH_SECRET", value: sessionSecret, app: true},
				{name: "NEXTAUTH_URL", value: appURL, app: true},
			}
		},
	},
	"express": {
		settings: func(t target) []setting {
			return []setting{
				{name: "ISSUER_BASE_URL", value: t.url.String()},
				{name: "CLIENT_ID", value: t.client.ClientID},
				{name: "CLIENT_SECRET", value: t.client.ClientSecret},
				{name: "BASE_URL", value: appURL, app: true},
				{name: "SECRET", value: sessionSecret, app: true},
			}
		},
	},
	// express-oauth2-jwt-bearer reads SECRET as the key of HS256 tokens, so an
	// API has an entry of its own.
	"express-api": {
		settings: func(t target) []setting {
			return []setting{{name: "ISSUER_BASE_URL", value: t.url.String()}, {name: "AUDIENCE", value: t.audience}}
		},
	},
	"vite": {
		settings: func(t target) []setting {
			return []setting{
				{name: "VITE_AUTH0_DOMAIN", value: t.url.String()},
				{name: "VITE_AUTH0_CLIENT_ID", value: t.spa},
				{name: "VITE_AUTH0_AUDIENCE", value: t.audience},
			}
		},
	},
	"expo": {
		note: "The device must trust the certificate authority: mockauth0 ca trust tells how.",
		settings: func(t target) []setting {
			return []setting{
				{name: "EXPO_PUBLIC_AUTH0_DOMAIN", value: t.url.Host},
				{name: "EXPO_PUBLIC_AUTH0_CLIENT_ID", value: t.native},
				{name: "EXPO_PUBLIC_AUTH0_AUDIENCE", value: t.audience},
			}
		},
	},
	// The example of auth0-flutter loads them from a file .env.
	"flutter": {
		note: "Save this as .env in the app. The device must trust the certificate authority: mockauth0 ca trust tells how.",
		settings: func(t target) []setting {
			return []setting{{name: "AUTH0_DOMAIN", value: t.url.Host}, {name: "AUTH0_CLIENT_ID", value: t.native}}
		},
	},
	// The example of goth.
	"goth": {
		roots: []string{"SSL_CERT_FILE"},
		settings: func(t target) []setting {
			return []setting{
				{name: "AUTH0_KEY", value: t.client.ClientID},
				{name: "AUTH0_SECRET", value: t.client.ClientSecret},
				{name: "AUTH0_DOMAIN", value: t.url.Host},
			}
		},
	},
	// The example of ruby-auth0 with Rails, on omniauth-auth0.
	"rails": {
		roots:    []string{"SSL_CERT_FILE"},
		settings: func(t target) []setting { return t.plain()[:3] },
	},
	// .NET reads the key Auth0:ClientId of its quickstarts from AUTH0__CLIENTID, in any case of letters.
	"aspnetcore": {
		roots: []string{"SSL_CERT_FILE"},
		settings: func(t target) []setting {
			return []setting{
				{name: "AUTH0__DOMAIN", value: t.url.Host},
				{name: "AUTH0__CLIENTID", value: t.client.ClientID},
				{name: "AUTH0__CLIENTSECRET", value: t.client.ClientSecret},
				{name: "AUTH0__AUDIENCE", value: t.audience},
			}
		},
	},
	"go": {
		roots: []string{"SSL_CERT_FILE"},
		settings: func(t target) []setting {
			return append(t.plain(), setting{name: "AUTH0_CALLBACK_URL", value: appURL + "/callback", app: true})
		},
	},
	"python": {
		roots: []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"},
		settings: func(t target) []setting {
			return append(t.plain(),
				setting{name: "APP_SECRET_KEY", value: sessionSecret, app: true},
				setting{name: "AUTH0_SECRET", value: sessionSecret, app: true})
		},
	},
	// Nuxt lets these replace runtimeConfig.auth0, which auth0-nuxt reads.
	"nuxt": {
		roots: []string{"NODE_EXTRA_CA_CERTS"},
		settings: func(t target) []setting {
			return []setting{
				{name: "NUXT_AUTH0_DOMAIN", value: t.url.Host},
				{name: "NUXT_AUTH0_CLIENT_ID", value: t.client.ClientID},
				{name: "NUXT_AUTH0_CLIENT_SECRET", value: t.client.ClientSecret},
				{name: "NUXT_AUTH0_AUDIENCE", value: t.audience},
				{name: "NUXT_AUTH0_SESSION_SECRET", value: sessionSecret, app: true},
				{name: "NUXT_AUTH0_APP_BASE_URL", value: appURL, app: true},
			}
		},
	},
	// auth0-hono 1 reads BASE_URL, and 2 APP_BASE_URL.
	"hono": {
		roots: []string{"NODE_EXTRA_CA_CERTS"},
		settings: func(t target) []setting {
			return append(t.plain(),
				setting{name: "AUTH0_SESSION_ENCRYPTION_KEY", value: sessionSecret, app: true},
				setting{name: "APP_BASE_URL", value: appURL, app: true},
				setting{name: "BASE_URL", value: appURL, app: true})
		},
	},
	// The quickstart of Flask, on Authlib.
	"flask": {
		roots: []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"},
		settings: func(t target) []setting {
			return append(t.plain(), setting{name: "APP_SECRET_KEY", value: sessionSecret, app: true})
		},
	},
	// The quickstart of Django, on Authlib.
	"django": {
		roots:    []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"},
		settings: func(t target) []setting { return t.plain()[:3] },
	},
	// Source: auth0/docs-v2, both quickstarts of FastAPI.
	"fastapi": {
		note:  "auth0-fastapi and auth0-fastapi-api read no variables: their quickstarts read these, and give them to Auth0Config and Auth0FastAPI.",
		roots: []string{"SSL_CERT_FILE"},
		settings: func(t target) []setting {
			return append(t.plain(), setting{name: "APP_BASE_URL", value: appURL, app: true}, setting{name: "SESSION_SECRET", value: sessionSecret, app: true})
		},
	},
	// Spring reads the property issuer-uri from ISSUERURI: without the dash.
	"spring": {
		settings: func(t target) []setting {
			const server, client = "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_", "SPRING_SECURITY_OAUTH2_CLIENT_"
			return []setting{
				{name: server + "ISSUERURI", value: t.url.String() + "/"},
				{name: server + "AUDIENCES", value: t.audience},
				{name: client + "PROVIDER_AUTH0_ISSUERURI", value: t.url.String() + "/"},
				{name: client + "REGISTRATION_AUTH0_CLIENTID", value: t.client.ClientID},
				{name: client + "REGISTRATION_AUTH0_CLIENTSECRET", value: t.client.ClientSecret},
				{name: client + "REGISTRATION_AUTH0_SCOPE", value: "openid,profile,email", app: true},
			}
		},
	},
	"okta": {
		note: "okta-spring-boot-starter takes https only: import the authority into a truststore of the JVM.",
		settings: func(t target) []setting {
			return []setting{
				{name: "OKTA_OAUTH2_ISSUER", value: "https://" + t.url.Host + "/"},
				{name: "OKTA_OAUTH2_CLIENTID", value: t.client.ClientID},
				{name: "OKTA_OAUTH2_CLIENTSECRET", value: t.client.ClientSecret},
				{name: "OKTA_OAUTH2_AUDIENCE", value: t.audience},
			}
		},
	},
	"angular": {
		note:     "auth0-angular reads no variables: give domain 'URL' and clientId 'SPA' to provideAuth0.",
		settings: func(target) []setting { return []setting{} },
	},
	"spa": {
		note:     "auth0-spa-js reads no variables: give domain 'URL' and clientId 'SPA' to createAuth0Client.",
		settings: func(target) []setting { return []setting{} },
	},
}

func (t target) plain() []setting {
	return []setting{
		{name: "AUTH0_DOMAIN", value: t.url.Host},
		{name: "AUTH0_CLIENT_ID", value: t.client.ClientID},
		{name: "AUTH0_CLIENT_SECRET", value: t.client.ClientSecret},
		{name: "AUTH0_AUDIENCE", value: t.audience},
	}
}

func sdkNames() []string { return slices.Sorted(maps.Keys(sdks)) }

// checkFor refuses a name of --for that nobody knows.
func (in *input) checkFor() error {
	name := in.text(forFlag)
	if _, ok := sdks[name]; name == "" || ok {
		return nil
	}
	return in.refuse(forFlag, name, "write one of %s%s", strings.Join(sdkNames(), ", "), closest(name, sdkNames()))
}

// sdkSettings are the settings of the SDK that --for names, if it names one.
func (in *input) sdkSettings(t target) []setting {
	if s, ok := sdks[in.text(forFlag)]; ok {
		return s.settings(t)
	}
	return nil
}
