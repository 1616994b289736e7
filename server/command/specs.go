package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

const (
	grantOTP               = "http://auth0.com/oauth/grant-type/passwordless/otp"
	grantRefresh           = "refresh_token"
	grantCode              = "authorization_code"
	grantClientCredentials = "client_credentials"
)

// clientTypes are what --client makes of each type: as the default fixture has
// them.
var clientTypes = map[string]fixtures.Client{
	"native": {AppType: "native", TokenEndpointAuthMethod: "none", GrantTypes: []string{grantOTP, grantRefresh, grantCode}},
	"web":    {AppType: "regular_web", TokenEndpointAuthMethod: "client_secret_post", GrantTypes: []string{grantOTP, grantCode, grantRefresh}},
	"spa":    {AppType: "spa", TokenEndpointAuthMethod: "none", GrantTypes: []string{grantCode, grantRefresh}, RefreshToken: fixtures.RefreshToken{RotationType: "rotating"}},
	"m2m":    {AppType: "non_interactive", TokenEndpointAuthMethod: "client_secret_post", GrantTypes: []string{grantClientCredentials}},
}

// loopback are the callbacks, logout URLs and origins of a client that the
// command line adds.
var loopback = []string{"http://localhost:*", "https://localhost:*"}

// parseClient reads ID[:SECRET][@TYPE].
func parseClient(spec string) (fixtures.Client, error) {
	rest, kind, _ := cutLast(spec, "@")
	id, secret, _ := strings.Cut(rest, ":")
	if kind == "" {
		kind = "native"
		if secret != "" {
			kind = "web"
		}
	}
	client, ok := clientTypes[kind]
	names := slices.Sorted(maps.Keys(clientTypes))
	switch {
	case !ok:
		return client, fmt.Errorf("--client %s: unknown type %q; it is one of %s", spec, kind, strings.Join(names, ", "))
	case id == "":
		return client, fmt.Errorf("--client %s: there is no client id; write ID[:SECRET][@TYPE]", spec)
	case client.TokenEndpointAuthMethod != "none" && secret == "":
		return client, fmt.Errorf("--client %s: a client of type %s needs a secret: %s:SECRET@%s", spec, kind, id, kind)
	}
	client.ClientID, client.ClientSecret = id, secret
	if kind != "m2m" {
		client.Callbacks, client.AllowedLogoutURLs = slices.Clone(loopback), slices.Clone(loopback)
		client.AllowedOrigins, client.WebOrigins = slices.Clone(loopback), slices.Clone(loopback)
	}
	return client, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// parseAudience reads URL[=SCOPE,…].
func parseAudience(spec string) (fixtures.ResourceServer, error) {
	identifier, scopes, _ := strings.Cut(spec, "=")
	if identifier == "" {
		return fixtures.ResourceServer{}, fmt.Errorf("--audience %s: there is no identifier; write URL[=SCOPE,…]", spec)
	}
	api := fixtures.ResourceServer{Identifier: identifier, AllowOfflineAccess: true}
	for scope := range strings.SplitSeq(scopes, ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			api.Scopes = append(api.Scopes, fixtures.Scope{Value: scope})
		}
	}
	return api, nil
}

// parseClock reads the time at which the clock stands; zero means that it runs.
func parseClock(spec string) (time.Time, error) {
	if spec == "" || spec == "running" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, spec)
	if err != nil {
		return t, fmt.Errorf("--clock %s: write a time such as 2030-01-01T00:00:00Z, or running", spec)
	}
	return t, nil
}
