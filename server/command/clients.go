package command

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/allowedurl"
	"github.com/mockauth0/mockauth0/server"
)

// clientTypes are the clients that --client adds, by type. They equal those of
// the default fixture.
var clientTypes = map[string]fixtures.Client{
	"native": {
		AppType: "native", TokenEndpointAuthMethod: "none", CrossOriginAuthentication: true,
		GrantTypes: []string{fixtures.GrantPasswordlessOTP, fixtures.GrantRefreshToken, fixtures.GrantAuthorizationCode, fixtures.GrantPassword, fixtures.GrantPasswordRealm, fixtures.GrantDeviceCode},
	},
	"web": {
		AppType: "regular_web", TokenEndpointAuthMethod: "client_secret_post", CrossOriginAuthentication: true,
		GrantTypes: []string{fixtures.GrantPasswordlessOTP, fixtures.GrantAuthorizationCode, "implicit", fixtures.GrantRefreshToken, fixtures.GrantPassword, fixtures.GrantPasswordRealm},
	},
	"spa": {
		AppType: "spa", TokenEndpointAuthMethod: "none", CrossOriginAuthentication: true,
		GrantTypes:   []string{fixtures.GrantAuthorizationCode, "implicit", fixtures.GrantRefreshToken},
		RefreshToken: fixtures.RefreshToken{RotationType: "rotating"},
	},
	"m2m": {
		AppType: "non_interactive", TokenEndpointAuthMethod: "client_secret_post",
		GrantTypes: []string{fixtures.GrantClientCredentials},
	},
}

// loopback are the callbacks, logout URLs and origins of a client that --client
// adds.
var loopback = []string{"http://localhost:*", "https://localhost:*"}

// parseClient reads ID[:SECRET][@TYPE].
func parseClient(spec string) (fixtures.Client, error) {
	rest, kind := spec, ""
	if i := strings.LastIndex(spec, "@"); i >= 0 {
		rest, kind = spec[:i], spec[i+1:]
	} else if kind = "native"; strings.Contains(spec, ":") {
		kind = "web"
	}
	id, secret, hasSecret := strings.Cut(rest, ":")
	client, known := clientTypes[kind]
	types := slices.Sorted(maps.Keys(clientTypes))
	switch {
	case id == "" || strings.ContainsAny(id, " \t\r\n"):
		return client, errors.New("there is no client id; write ID[:SECRET][@TYPE]")
	case !known && strings.Contains(rest, ":"):
		return client, fmt.Errorf("the text after the last @ must be a type, one of %s; if the secret has an @, add the type: %s@web", strings.Join(types, ", "), spec)
	case !known:
		return client, fmt.Errorf("there is no type %q; write one of %s%s", kind, strings.Join(types, ", "), closest(kind, types))
	case client.TokenEndpointAuthMethod != "none" && secret == "":
		return client, fmt.Errorf("a client of type %s needs a secret; write %s:SECRET@%s", kind, id, kind)
	case client.TokenEndpointAuthMethod == "none" && hasSecret:
		return client, fmt.Errorf("a client of type %s has no secret; write %s@%s, or make it a web client", kind, id, kind)
	}
	client.ClientID, client.ClientSecret = id, secret
	if kind != "m2m" {
		client.Callbacks, client.AllowedLogoutURLs = slices.Clone(loopback), slices.Clone(loopback)
		client.AllowedOrigins, client.WebOrigins = slices.Clone(loopback), slices.Clone(loopback)
	}
	return client, nil
}

// parseAudience reads URL[=SCOPE,…].
func parseAudience(spec string) (fixtures.ResourceServer, error) {
	identifier, scopes, _ := strings.Cut(spec, "=")
	if identifier == "" {
		return fixtures.ResourceServer{}, errors.New("there is no identifier; write URL[=SCOPE,…]")
	}
	api := fixtures.ResourceServer{Identifier: identifier, AllowOfflineAccess: true, ProofOfPossession: fixtures.ProofOfPossession{Mechanism: fixtures.MechanismDPoP}}
	for scope := range strings.SplitSeq(scopes, ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			api.Scopes = append(api.Scopes, fixtures.Scope{Value: scope})
		}
	}
	return api, nil
}

func addClients(in *input, config *server.Config) error {
	for _, spec := range in.list(clientFlag) {
		client, err := parseClient(spec)
		if err == nil {
			err = judge(&fixtures.Fixture{Clients: []fixtures.Client{client}})
		}
		if err != nil {
			return in.refuse(clientFlag, spec, "%w", err)
		}
		config.Clients = append(config.Clients, client)
	}
	return nil
}

func addAudiences(in *input, config *server.Config) error {
	for _, spec := range in.list(audienceFlag) {
		api, err := parseAudience(spec)
		if err == nil {
			err = judge(&fixtures.Fixture{ResourceServers: []fixtures.ResourceServer{api}})
		}
		if err != nil {
			return in.refuse(audienceFlag, spec, "%w", err)
		}
		config.ResourceServers = append(config.ResourceServers, api)
	}
	return nil
}

func checkCallbacks(in *input, _ *server.Config) error {
	for _, callback := range in.list(callbackFlag) {
		client := clientTypes["native"]
		client.ClientID, client.Callbacks = "any", []string{callback}
		if err := judge(&fixtures.Fixture{Clients: []fixtures.Client{client}}); err != nil {
			return in.refuse(callbackFlag, callback, "%w", err)
		}
		if why := allowedurl.Unmatched(callback); why != "" {
			return in.refuse(callbackFlag, callback, "%s", why)
		}
	}
	return nil
}
