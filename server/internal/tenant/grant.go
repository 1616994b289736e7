package tenant

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// ManagementPath is the name of the Management API in a fixture. Its audience is
// the issuer with this path, so it differs from domain to domain.
const ManagementPath = "/api/v2/"

// managementAPI is the resource server of the Management API.
// Source: auth0/docs-v2 secure/tokens/access-tokens/management-api-access-tokens.
var managementAPI = &fixtures.ResourceServer{
	Identifier: ManagementPath, Name: "Auth0 Management API", TokenLifetime: 86400, TokenLifetimeForWeb: 7200, TokenDialect: "access_token",
	Scopes: []fixtures.Scope{
		{Value: "read:current_user"},
		{Value: "update:current_user_identities"},
		{Value: "create:current_user_metadata"},
		{Value: "update:current_user_metadata"},
		{Value: "delete:current_user_metadata"},
	},
}

// ManagementAPI is the resource server of the Management API, which every tenant has.
func ManagementAPI() fixtures.ResourceServer { return *managementAPI }

// A TokenRequest holds the parameters that all grants have.
type TokenRequest struct {
	Client   *fixtures.Client
	Audience string // "" if absent
	Scope    string // "" if absent
	// Organization is the id of the organization of the login; "" for none.
	Organization string
	Issuer       string // with the trailing slash
	Now          time.Time
	Caller       Caller
	// ProofKey is the thumbprint of the key that the client has proven to possess by
	// DPoP, "" if it sent no proof.
	ProofKey string
	// Effects are what scenarios do.
	Effects *faults.Effects
	// provedSecondFactor tells that the login has been asked for a second factor
	// already, or that its pages have let it pass.
	provedSecondFactor bool
	// exchanges tells that it is the grant token-exchange.
	exchanges bool
}

// api returns the API that a request is for, nil if it names none. known is false
// if it names one that the fixture does not have.
func (t *Tenant) api(r TokenRequest) (api *fixtures.ResourceServer, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.findAPILocked(r)
}

// apiLocked returns the API of a request that was accepted before. The fixture may
// have lost that API since.
func (t *Tenant) apiLocked(r TokenRequest) (*fixtures.ResourceServer, error) {
	api, known := t.findAPILocked(r)
	if !known {
		return nil, refusal.NoSuchService.With("audience", r.Audience)
	}
	return api, nil
}

func (t *Tenant) findAPILocked(r TokenRequest) (api *fixtures.ResourceServer, known bool) {
	audience := r.Audience
	if audience == "" {
		audience = t.setup.Fixture.Tenant.DefaultAudience
	}
	switch audience {
	case "", r.Issuer + "userinfo":
		return nil, true
	case strings.TrimSuffix(r.Issuer, "/") + ManagementPath:
		return managementAPI, true
	case strings.TrimSuffix(r.Issuer, "/") + MFAPath:
		return mfaAPI, true
	}
	api, known = t.setup.apis[audience]
	return api, known
}

// oidcScopes are the scopes that need no API. Each of them releases claims.
var oidcScopes = []string{
	"openid", "profile", "email", "address", "phone", "offline_access",
	"name", "given_name", "family_name", "nickname", "email_verified", "picture", "created_at", "identities",
}

// passwordScopes returns the scopes that a password-style grant asks for. A
// request without a scope other than openid and offline_access asks for all
// standard scopes.
func passwordScopes(asked string) []string {
	scopes := strings.Fields(asked)
	for _, s := range scopes {
		if s != "openid" && s != "offline_access" {
			return scopes
		}
	}
	standard := []string{"openid", "profile", "email", "address", "phone", "offline_access"}
	if !slices.Contains(scopes, "offline_access") {
		return standard[:5]
	}
	return standard
}

// grantScopes returns those of the asked scopes that the user may give to the
// client, each once: the standard ones, then those of the API.
func (s *Setup) grantScopes(asked []string, c *fixtures.Client, api *fixtures.ResourceServer, u *user) []string {
	var standard, ofAPI []string
	for _, name := range asked {
		switch {
		case slices.Contains(standard, name) || slices.Contains(ofAPI, name):
		case name == "offline_access":
			if mayRefresh(c) && (api == nil || api.AllowOfflineAccess) {
				standard = append(standard, name)
			}
		case slices.Contains(oidcScopes, name):
			standard = append(standard, name)
		case api != nil && hasScope(api, name):
			ofAPI = append(ofAPI, name)
		}
	}
	return append(standard, s.permitted(ofAPI, api, u)...)
}

// mayRefresh tells whether a client gets refresh tokens. A single-page app gets
// them only if they rotate.
// Source: auth0/docs-v2 configure-refresh-token-expiration.mdx.
func mayRefresh(c *fixtures.Client) bool {
	return slices.Contains(c.GrantTypes, fixtures.GrantRefreshToken) && (c.AppType != "spa" || rotates(c))
}

func hasScope(api *fixtures.ResourceServer, scope string) bool {
	return slices.ContainsFunc(api.Scopes, func(s fixtures.Scope) bool { return s.Value == scope })
}

// RedeemOTP is the passwordless grant. It uses up a code, creates the user at the
// first login, and returns the login of which tokens are made.
func (t *Tenant) RedeemOTP(r TokenRequest, realm, username, otp string) (*Login, error) {
	conn, recipient, err := t.realm(r.Client, realm, username)
	if err != nil {
		return nil, err
	}
	return t.redeemCode(r, conn, recipient, otp, t.passwordLoginLocked)
}

// RedeemLegacyCode is the grant of /passwordless/verify. Unlike RedeemOTP it gives no
// scope that was not asked for.
func (t *Tenant) RedeemLegacyCode(r TokenRequest, conn *fixtures.Connection, recipient, otp string) (*Login, error) {
	return t.redeemCode(r, conn, recipient, otp, func(r TokenRequest, u *user) (*Login, error) {
		return t.loginOfScopesLocked(r, u, strings.Fields(r.Scope))
	})
}

func (t *Tenant) redeemCode(r TokenRequest, conn *fixtures.Connection, recipient, otp string, finish func(TokenRequest, *user) (*Login, error)) (*Login, error) {
	if err := t.checkAPI(r); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.redeemLocked(conn, recipient, otp, r); err != nil {
		return nil, err
	}
	return t.afterFirstFactorLocked(r, t.verifiedUserLocked(conn, recipient, r.Now, r.Caller), finish)
}

// checkAPI refuses a password-style grant for an API that does not exist, or that
// gives this request no token.
func (t *Tenant) checkAPI(r TokenRequest) error {
	api, known := t.api(r)
	if !known {
		return refusal.WrongAudience.Because(unknownAudienceHint(r))
	}
	return r.allowsBearer(api)
}

// passwordLoginLocked is the end of the password-style grants.
func (t *Tenant) passwordLoginLocked(r TokenRequest, u *user) (*Login, error) {
	return t.loginOfScopesLocked(r, u, passwordScopes(r.Scope))
}

func (t *Tenant) loginOfScopesLocked(r TokenRequest, u *user, asked []string) (*Login, error) {
	api, err := t.apiLocked(r)
	if err != nil {
		return nil, err
	}
	t.noteLoginLocked(u, r.Now)
	l := t.loginLocked(r, api, u, t.setup.grantScopes(asked, r.Client, api, u), []string{"password"}, strconv.Itoa(u.LoginsCount))
	if slices.Contains(l.Scopes, "offline_access") {
		l.RefreshToken = t.newFamilyLocked(l, r.Now)
	}
	return l, nil
}

// realm returns the passwordless connection that a token request names, and the
// user's address in its normal form.
func (t *Tenant) realm(c *fixtures.Client, realm, username string) (*fixtures.Connection, string, error) {
	conn, err := t.Setup().PasswordlessConnection(realm, c)
	switch {
	case errors.Is(err, refusal.ConnectionDisabled):
		return nil, "", refusal.RealmDisabled
	case err != nil:
		unknown := refusal.UnknownRealm.With("realm", realm)
		if why := (*refusal.Refusal)(nil); errors.As(err, &why) {
			unknown = unknown.Because(why.Hint)
		}
		return nil, "", unknown
	}
	normalize, wrong := fixtures.NormalizeEmail, refusal.WrongEmailCode
	if conn.Strategy == StrategySMS {
		normalize, wrong = normalizePhone, refusal.WrongPhoneCode
	}
	if recipient, ok := normalize(username); ok {
		return conn, recipient, nil
	}
	return nil, "", wrong.Because("username " + username + " is not an address of connection " + realm)
}

// normalizePhone accepts what Auth0's own pattern accepts, even if no such number
// can exist, and numbers as people write them.
func normalizePhone(s string) (string, bool) {
	if fixtures.IsE164Wire(s) {
		return s, true
	}
	return fixtures.NormalizePhone(s)
}

// ClientCredentials gives a client a token in its own name, perhaps for an organization,
// which is named by its id or its name.
func (t *Tenant) ClientCredentials(r TokenRequest, organization string) (*Login, error) {
	api, known := t.api(r)
	if !known {
		return nil, refusal.ServiceNotEnabled.With("audience", r.Audience).Because(unknownAudienceHint(r))
	}
	if api == nil {
		return nil, refusal.NoAudience
	}
	err := r.allowsBearer(api)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	grant, ok := t.setup.grants[grantKey{r.Client.ClientID, api.Identifier}]
	if !ok {
		return nil, refusal.NoClientGrant.With("client", r.Client.ClientID, "audience", cmp.Or(r.Audience, api.Identifier)).Because("add a client_grants entry to the fixture")
	}
	scopes := grant.Scope
	if asked := strings.Fields(r.Scope); len(asked) > 0 {
		if lacking := without(asked, grant.Scope); len(lacking) > 0 {
			return nil, refusal.ScopesNotGranted.With("scopes", strings.Join(lacking, ", ")).Because(
				fmt.Sprintf("the client_grants entry of client %q for this API has the scopes %q; OpenID scopes are for users only", r.Client.ClientID, grant.Scope))
		}
		scopes = asked
	}
	if r.Organization, err = t.grantedOrganizationLocked(r, organization, grant, cmp.Or(r.Audience, api.Identifier)); err != nil {
		return nil, err
	}
	n := t.clientLogins.add(grantKey{r.Client.ClientID, api.Identifier})
	return t.loginLocked(r, api, nil, scopes, []string{"client-credentials"}, strconv.FormatInt(n, 10)), nil
}

// without returns the members of a list that another list does not have.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// unknownAudienceHint tells how an audience becomes known. It also tells the tenant's own
// one: over http it is another than over https.
func unknownAudienceHint(r TokenRequest) string {
	own := ""
	for _, path := range []string{ManagementPath, MFAPath} {
		if strings.HasSuffix(r.Audience, path) {
			own = "the tenant's own audience here is " + strings.TrimSuffix(r.Issuer, "/") + path + "; for another API "
		}
	}
	return fmt.Sprintf("audience %q is not in the fixture; %sadd --audience %s (in Go, testkit.Audience)", r.Audience, own, r.Audience)
}

// scopesWithin returns those of the granted scopes that a request asks for. A
// request for more than was granted gets no more.
func scopesWithin(granted []string, asked string) []string {
	within := strings.Fields(asked)
	if len(within) == 0 {
		return granted
	}
	return slices.DeleteFunc(slices.Clone(granted), func(s string) bool { return !slices.Contains(within, s) })
}
