package authapi

import (
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// discovery is the OpenID provider document, its members in Auth0's order. It
// lists only what is served. grant_types_supported is absent, as at Auth0.
type discovery struct {
	Issuer                       string   `json:"issuer"`
	AuthorizationEndpoint        string   `json:"authorization_endpoint"`
	TokenEndpoint                string   `json:"token_endpoint"`
	DeviceEndpoint               string   `json:"device_authorization_endpoint"`
	UserinfoEndpoint             string   `json:"userinfo_endpoint"`
	MFAChallengeEndpoint         string   `json:"mfa_challenge_endpoint"`
	JWKSURI                      string   `json:"jwks_uri"`
	RevocationEndpoint           string   `json:"revocation_endpoint"`
	ScopesSupported              []string `json:"scopes_supported"`
	ResponseTypesSupported       []string `json:"response_types_supported"`
	CodeChallengeMethods         []string `json:"code_challenge_methods_supported"`
	ResponseModesSupported       []string `json:"response_modes_supported"`
	SubjectTypesSupported        []string `json:"subject_types_supported"`
	TokenEndpointAuthMethods     []string `json:"token_endpoint_auth_methods_supported"`
	TokenEndpointAuthAlgs        []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	ClaimsSupported              []string `json:"claims_supported"`
	RequestURIParameterSupported bool     `json:"request_uri_parameter_supported"`
	RequestParameterSupported    bool     `json:"request_parameter_supported"`
	IDTokenSigningAlgsSupported  []string `json:"id_token_signing_alg_values_supported"`
	EndSessionEndpoint           string   `json:"end_session_endpoint"`
	PushedRequestEndpoint        string   `json:"pushed_authorization_request_endpoint"`
	DPoPSigningAlgs              []string `json:"dpop_signing_alg_values_supported"`
}

// Discovery is GET /.well-known/openid-configuration and
// /.well-known/oauth-authorization-server. With a pinned issuer, the URLs for
// browsers follow the issuer. The URLs that a back end calls follow the Host of
// the request, since a back end may know the tenant by another name.
func Discovery(c *web.Call) (any, error) {
	base := strings.TrimSuffix(c.Origin, "/")
	return discovery{
		Issuer:                c.Issuer,
		AuthorizationEndpoint: c.Issuer + "authorize",
		EndSessionEndpoint:    c.Issuer + "oidc/logout",
		TokenEndpoint:         base + "/oauth/token",
		DeviceEndpoint:        base + "/oauth/device/code",
		UserinfoEndpoint:      base + "/userinfo",
		MFAChallengeEndpoint:  base + "/mfa/challenge",
		JWKSURI:               base + "/.well-known/jwks.json",
		RevocationEndpoint:    base + "/oauth/revoke",
		PushedRequestEndpoint: base + "/oauth/par",
		ScopesSupported: []string{
			"openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname",
			"email", "email_verified", "picture", "created_at", "identities", "phone", "address",
		},
		ResponseTypesSupported:      []string{"code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token"},
		CodeChallengeMethods:        []string{"S256", "plain"},
		ResponseModesSupported:      []string{"query", "fragment", "form_post"},
		SubjectTypesSupported:       []string{"public"},
		TokenEndpointAuthMethods:    []string{"client_secret_basic", "client_secret_post", "private_key_jwt"},
		TokenEndpointAuthAlgs:       []string{"RS256", "RS384", "PS256"},
		ClaimsSupported:             []string{"aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name", "iat", "identities", "iss", "name", "nickname", "phone_number", "picture", "sub"},
		IDTokenSigningAlgsSupported: []string{"HS256", "RS256"},
		DPoPSigningAlgs:             []string{"ES256"}, // the tenant takes RS256, too, as Auth0's text says
	}, nil
}

// JWKS is GET /.well-known/jwks.json.
func JWKS(c *web.Call) (any, error) {
	keys := c.Tenant.Keys.JWKS()
	switch c.Effects.KeySet() {
	case "rotate":
		c.Tenant.ReplaceKey()
		keys = c.Tenant.Keys.JWKS()
	case "empty":
		keys = token.EmptyJWKS()
	case "stale":
		keys = c.Tenant.Keys.StaleJWKS()
	}
	return web.Raw{ContentType: "application/json; charset=utf-8", Body: keys}, nil
}

// CountJWKS counts a call against the tenant's limit for the key set.
func CountJWKS(c *web.Call) error { return c.Count(tenant.LimitJWKS, "") }
