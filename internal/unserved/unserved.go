// Package unserved lists what Auth0 has and the mock does not serve. A hint tells
// a client that asks for it, and the endpoint reference shows the list. If you build one
// of these features, take its entry out.
package unserved

import (
	"slices"
	"strings"
)

// A Feature is one thing of Auth0 that the mock does not serve.
type Feature struct {
	// Name completes "mockauth0 does not serve".
	Name string
	// Paths are the endpoints. A path stands for those below it, too.
	Paths []string
	// Grants are the grant types of /oauth/token.
	Grants []string
	// Parameters and Headers are what the mock takes and ignores, at any endpoint.
	Parameters, Headers []string
}

// All are the features.
func All() []Feature { return features }

var features = []Feature{
	{Name: "other resources of the Management API", Paths: []string{"/api/v2"}},
	{Name: "passkeys", Paths: []string{"/passkey/register", "/passkey/challenge"}, Grants: []string{"urn:okta:params:oauth:grant-type:webauthn"}},
	{Name: "the token vault", Grants: []string{
		"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
	}},
	{Name: "CIBA", Paths: []string{"/bc-authorize"}, Grants: []string{"urn:openid:params:grant-type:ciba"}},
	{Name: "request objects (JAR)", Parameters: []string{"request"}},
	{Name: "rich authorization requests (RAR)", Parameters: []string{"authorization_details"}},
	{Name: "resource indicators (RFC 8707)", Parameters: []string{"resource"}},
	{Name: "client certificates (mTLS)", Headers: []string{"Client-Certificate"}},
	{Name: "the frame of embedded login", Paths: []string{"/co/verify"}},
	{Name: "the classic login page", Paths: []string{"/login", "/usernamepassword/login"}},
	{Name: "registration of clients", Paths: []string{"/oidc/register"}},
	{Name: "global token revocation", Paths: []string{"/oauth/global-token-revocation"}},
	{Name: "SAML and WS-Federation", Paths: []string{"/samlp", "/wsfed"}},
	{Name: "certificates as PKCS #7 and as raw PEM", Paths: []string{"/pb7", "/rawpem"}},
	{Name: "endpoints from before 2017", Paths: []string{"/oauth/ro", "/oauth/access_token", "/delegation", "/tokeninfo"}},
}

// Path is the feature of a path; "" if no feature has it.
func Path(path string) string {
	return find(func(f Feature) bool {
		return slices.ContainsFunc(f.Paths, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
	})
}

// Grant is the feature of a grant type; "" if no feature has it.
func Grant(name string) string {
	return find(func(f Feature) bool { return slices.Contains(f.Grants, name) })
}

// Parameter is the feature of a parameter; "" if no feature has it.
func Parameter(name string) string {
	return find(func(f Feature) bool { return slices.Contains(f.Parameters, name) })
}

func find(has func(Feature) bool) string {
	if i := slices.IndexFunc(features, has); i >= 0 {
		return features[i].Name
	}
	return ""
}
