package authapi

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/unserved"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A grant redeems what a client presents. It returns the login of which tokens
// are made, or a refusal.
type grant func(*web.Call, tenant.TokenRequest) (*tenant.Login, error)

// grants are the grant types of the token endpoint.
var grants = map[string]grant{
	fixtures.GrantPasswordlessOTP:   otpGrant,
	fixtures.GrantAuthorizationCode: codeGrant,
	fixtures.GrantRefreshToken:      refreshGrant,
	fixtures.GrantPassword:          passwordGrant,
	fixtures.GrantPasswordRealm:     realmGrant,
	fixtures.GrantClientCredentials: clientCredentialsGrant,
	fixtures.GrantMFAOTP:            mfaOTPGrant,
	fixtures.GrantMFAOOB:            mfaOOBGrant,
	fixtures.GrantMFARecoveryCode:   mfaRecoveryCodeGrant,
	fixtures.GrantDeviceCode:        deviceGrant,
	fixtures.GrantTokenExchange:     exchangeGrant,
}

// OAuthToken is POST /oauth/token.
// Source: auth0/docs-v2 api/authentication/passwordless/authenticate-user.mdx
// and its neighbours.
func OAuthToken(c *web.Call) (any, error) {
	// 1. Check the parameters.
	if err := stringsOnly(c.Params, "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "username", "otp", "password", "realm", "audience", "refresh_token", "code", "redirect_uri", "code_verifier", "device_code", "mfa_token", "oob_code", "binding_code", "recovery_code", "auth_session", "organization", "subject_token", "subject_token_type", "requested_token_type", "actor_token", "actor_token_type"); err != nil {
		return nil, err
	}
	name := c.Params.Text("grant_type")
	if name == "" {
		return nil, missing("grant_type")
	}
	// 2. Authenticate the client.
	client, err := c.Client()
	switch {
	case err != nil && c.Params.Text("auth_session") != "":
		return nil, otpClientError(err)
	case err != nil:
		return nil, err
	}
	// 3. Find the grant.
	give, ok := grants[name]
	if !ok {
		hint := "mockauth0 serves " + strings.Join(slices.Sorted(maps.Keys(grants)), ", ")
		if feature := unserved.Grant(name); feature != "" {
			hint = "mockauth0 does not serve " + feature + "; it serves " + strings.Join(slices.Sorted(maps.Keys(grants)), ", ")
		}
		return nil, refusal.UnsupportedGrant.With("grant", name).Because(hint)
	}
	if name != fixtures.GrantTokenExchange { // which no grant_types have
		if err := tenant.AllowsGrant(client, name); err != nil {
			return nil, err
		}
	}
	// 4. Find the key that the client has, if it sent a proof.
	request, err := tokenRequest(c, client)
	if err != nil {
		return nil, err
	}
	if request.ProofKey, err = proofKey(c, client); err != nil {
		return nil, err
	}
	// 5. Redeem what the client presents.
	login, err := give(c, request)
	if err != nil {
		return nil, err
	}
	if asked, given := request.Audience, login.Audience(); asked != "" && asked != given && asked != c.Issuer+"userinfo" {
		c.Hint("the parameter audience is ignored: the token is for the audience of the login, " + cmp.Or(given, "which has none"))
	}
	if asked := c.Params.Text("organization"); asked != "" && !login.IsThrough(asked) {
		c.Hint("the parameter organization is ignored: with this grant the organization is that of the login")
	}
	// 6. Run the Actions.
	if err := triggers.Granted(c, name, login); err != nil {
		return nil, err
	}
	// 7. Sign the tokens.
	recordExchange(c, name, login)
	return c.Tenant.Issue(login)
}

// TokenSubject is the user of a token request: the one whom it names, the one to
// whom the authorization code or the refresh token was given, or the one who approved
// the device.
func TokenSubject(c *web.Call) web.Subject {
	s := passwordless.NamedSubject(c)
	var owner fixtures.User
	switch s.Grant {
	case fixtures.GrantPasswordlessOTP:
		if session := c.Params.Text("auth_session"); session != "" {
			s.Connection, s.Recipient = c.Tenant.OTPSessionOwner(session)
		}
		return s
	case fixtures.GrantRefreshToken:
		owner, _ = c.Tenant.RefreshOwner(c.Params.Text("refresh_token"))
	case fixtures.GrantAuthorizationCode:
		owner, _ = c.Tenant.CodeOwner(c.Params.Text("code"))
	case fixtures.GrantMFAOTP, fixtures.GrantMFAOOB, fixtures.GrantMFARecoveryCode:
		owner, _ = c.Tenant.MFATokenOwner(c.Params.Text("mfa_token"))
	case fixtures.GrantDeviceCode:
		owner, _ = c.Tenant.DeviceOwner(c.Params.Text("device_code"))
	default:
		return s
	}
	s.Connection, s.Recipient = owner.Connection, c.Setup.AddressOf(owner)
	return s
}

// TokenClient authenticates the client of a token request.
func TokenClient(c *web.Call) (*fixtures.Client, error) {
	return c.Tenant.AuthenticateForToken(c.Setup, c.Credentials())
}

// proofKey checks the DPoP proof of a token request. A client that sends one without having to
// authenticate needs a nonce in it, and gets the next one with each answer.
// Source: auth0/docs-v2 secure/sender-constraining/demonstrating-proof-of-possession-dpop.mdx.
func proofKey(c *web.Call, client *fixtures.Client) (string, error) {
	if len(c.Header.Values("DPoP")) == 0 {
		return "", nil
	}
	use := c.ProofUse()
	use.NeedsNonce, use.Effects = !tenant.Confidential(client), c.Effects
	key, err := c.Tenant.CheckProof(use)
	if use.NeedsNonce || errors.Is(err, refusal.UseProofNonce) {
		c.ResponseHeader.Set("DPoP-Nonce", c.Tenant.ProofNonce(c.Now))
	}
	return key, err
}

func tokenRequest(c *web.Call, client *fixtures.Client) (tenant.TokenRequest, error) {
	r := tenant.TokenRequest{Client: client, Audience: c.Params.Text("audience"), Issuer: c.Issuer, Now: c.Now, Caller: passwordless.Caller(c, client), Effects: c.Effects}
	if p, ok := c.Params.Get("scope"); ok {
		var err error
		if r.Scope, err = scope(p); err != nil {
			return r, err
		}
	}
	return r, nil
}

// scope reads a scope parameter: a string, or an array of strings.
func scope(p web.Param) (string, error) {
	switch p.Kind {
	case web.String:
		return p.Text, nil
	case web.Array:
		if words, ok := p.Strings(); ok {
			return strings.Join(words, " "), nil
		}
	}
	return "", refusal.BadScopeType
}

func missing(parameter string) error { return refusal.MissingParameter.With("parameter", parameter) }

// required refuses a request that lacks a parameter.
func required(c *web.Call, names ...string) error {
	for _, name := range names {
		if c.Params.Text(name) == "" {
			return missing(name)
		}
	}
	return nil
}

// stringsOnly refuses parameters that are present but are no strings.
func stringsOnly(ps web.Params, names ...string) error {
	for _, name := range names {
		if p, ok := ps.Get(name); ok && p.Kind != web.String {
			return refusal.BadParameterType.With("parameter", name)
		}
	}
	return nil
}

func otpGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if c.Params.Text("auth_session") != "" {
		return otpSessionGrant(c, r)
	}
	if err := required(c, "username", "otp", "realm"); err != nil {
		return nil, err
	}
	if err := triggers.RegisterAtGrant(c, r.Client, c.Subject.Connection, c.Subject.Recipient, c.Params.Text("otp")); err != nil {
		return nil, err
	}
	return c.Tenant.RedeemOTP(r, c.Params.Text("realm"), c.Params.Text("username"), c.Params.Text("otp"))
}

// passwordGrant is for the users of the tenant's default directory.
func passwordGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if err := required(c, "username", "password"); err != nil {
		return nil, err
	}
	if err := withoutCaptcha(c); err != nil {
		return nil, err
	}
	return c.Tenant.RedeemPassword(r, "", c.Params.Text("username"), c.Params.Text("password"))
}

// realmGrant is for the users of the database that the request names.
func realmGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	if err := required(c, "username", "password", "realm"); err != nil {
		return nil, err
	}
	if err := withoutCaptcha(c); err != nil {
		return nil, err
	}
	return c.Tenant.RedeemPassword(r, c.Params.Text("realm"), c.Params.Text("username"), c.Params.Text("password"))
}

// withoutCaptcha refuses a login with a password that needs a captcha. An app that has
// asked for the password itself cannot show one.
// Source: auth0/docs-v2 bot-detection-native-apps.mdx.
func withoutCaptcha(c *web.Call) error {
	if !c.Setup.Fixture.NeedsCaptcha(fixtures.FlowPassword) {
		return nil
	}
	return refusal.RequiresVerification.Because("the tenant asks for a captcha before a login with a password (attack_protection of the fixture); sign in on the login pages")
}

func codeGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	code := c.Params.Text("code")
	if code == "" {
		return nil, missing("code")
	}
	return c.Tenant.RedeemCode(r, code, c.Params.Text("redirect_uri"), c.Params.Text("code_verifier"))
}

func refreshGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	presented := c.Params.Text("refresh_token")
	if presented == "" {
		return nil, missing("refresh_token")
	}
	return c.Tenant.Refresh(r, presented)
}

func clientCredentialsGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	return c.Tenant.ClientCredentials(r, c.Params.Text("organization"))
}

// CountToken counts a token request against the tenant's limit.
func CountToken(c *web.Call) error { return c.Count(tenant.LimitToken, "") }

// OAuthRevoke is POST /oauth/revoke. For an unknown token the response is the same
// as for one that is revoked (RFC 7009 §2.2): no body, though it has the content
// type of one.
// Source: auth0/go-auth0 authentication TestRevokeRefreshToken.
func OAuthRevoke(c *web.Call) (any, error) {
	if err := stringsOnly(c.Params, "client_id", "client_secret", "client_assertion", "client_assertion_type", "token"); err != nil {
		return nil, err
	}
	client, err := c.Client()
	if refused := (*refusal.Refusal)(nil); errors.As(err, &refused) {
		return nil, refusal.WrongRevokeClient.Because(refused.Hint)
	}
	presented := c.Params.Text("token")
	if presented == "" {
		return nil, missing("token")
	}
	family, err := c.Tenant.Revoke(client, presented)
	if family.ID != "" {
		u, _ := c.Tenant.User(family.UserID)
		c.Actor = &u
		c.Record(tenantlog.Entry{Type: "srrt", Details: map[string]any{"credential_id": family.ID, "grant_id": nil}})
	}
	return web.Raw{ContentType: "application/json"}, err
}
