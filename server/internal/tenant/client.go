package tenant

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// Credentials are what a request says about its client.
type Credentials struct {
	ClientID string
	Secret   string
	// Assertion is a token that the client signed, or "".
	Assertion, AssertionType string
	// Audiences are the audiences that an assertion may have, the best first. Now
	// is the time of the request.
	Audiences []string
	Now       time.Time
}

// AuthenticateForToken finds the client of a token request. A public client
// needs only its id, and whatever secret it sends is ignored.
func (t *Tenant) AuthenticateForToken(setup *Setup, creds Credentials) (*fixtures.Client, error) {
	c, ok := setup.Client(creds.ClientID)
	switch {
	case !ok:
		return nil, refusal.WrongClient.Because(UnknownClientHint(creds.ClientID))
	case !Confidential(c):
		return c, nil
	}
	if why := t.WhyNotAuthentic(c, creds); why != "" {
		return nil, refusal.WrongClient.Because(why)
	}
	return c, nil
}

// AuthenticateConfidential finds the client of a request that no public client
// may send.
func (t *Tenant) AuthenticateConfidential(setup *Setup, creds Credentials) (*fixtures.Client, error) {
	c, err := t.AuthenticateForToken(setup, creds)
	if err == nil && !Confidential(c) {
		return nil, refusal.WrongClient.Because(fmt.Sprintf("client %q is public, and only a confidential one may ask for this", c.ClientID))
	}
	return c, err
}

// WhyNotAuthentic says why the credentials do not prove that the client calls; ""
// if they do.
func (t *Tenant) WhyNotAuthentic(c *fixtures.Client, creds Credentials) string {
	switch {
	case c.SignsAssertions() && creds.Assertion == "":
		return fmt.Sprintf("client %q authenticates by private_key_jwt and sent no client_assertion", c.ClientID)
	case c.SignsAssertions():
		if err := t.useAssertion(c, creds); err != nil {
			return assertionHint(c, err)
		}
	case !secretMatches(c, creds):
		return wrongSecretHint(c, creds)
	}
	return ""
}

func secretMatches(c *fixtures.Client, creds Credentials) bool {
	return c.ClientSecret != "" && subtle.ConstantTimeCompare([]byte(c.ClientSecret), []byte(creds.Secret)) == 1
}

// UnknownClientHint says how to make an unknown client known.
func UnknownClientHint(id string) string {
	if id == "" {
		return "the request names no client_id"
	}
	return fmt.Sprintf("client %q is not in the fixture; add --client %s (in Go, testkit.Clients)", id, id)
}

func wrongSecretHint(c *fixtures.Client, creds Credentials) string {
	switch {
	case creds.Secret != "":
		return fmt.Sprintf("the client_secret is not the one of client %q in the fixture", c.ClientID)
	case creds.Assertion != "":
		return fmt.Sprintf("client %q sent a client_assertion, and has no client_authentication_methods in the fixture that say by which key", c.ClientID)
	}
	return fmt.Sprintf("client %q is confidential and sent no client_secret; to make it public set token_endpoint_auth_method: none", c.ClientID)
}

// RefuseThirdParty refuses a third-party application at an endpoint that is not for
// these.
func RefuseThirdParty(c *fixtures.Client) error {
	return refusal.ThirdPartyClient.Because(fmt.Sprintf("the fixture says is_first_party: false for client %q; third_party_security_mode: permissive would let it", c.ClientID))
}

// withoutPages are the grants in which a user signs in to an app itself, or to a device.
// They take no organization.
// Source: auth0/docs-v2 manage-users/organizations/organizations-overview.mdx names the
// password grant and devices; auth0/auth0-server-python says it of the OTP grant.
var withoutPages = []string{fixtures.GrantPassword, fixtures.GrantPasswordRealm, fixtures.GrantPasswordlessOTP, fixtures.GrantLegacyRO, fixtures.GrantDeviceCode}

// AllowsGrant refuses a grant that the client may not use.
func AllowsGrant(c *fixtures.Client, grant string) error {
	if c.IsThirdParty() && !fixtures.ForThirdParties(grant) {
		return refusal.GrantNotAllowed.With("grant", grant).Because(fmt.Sprintf("client %q is a third-party application (is_first_party: false)", c.ClientID))
	}
	if !slices.Contains(c.GrantTypes, grant) {
		return refusal.GrantNotAllowed.With("grant", grant).Because(
			fmt.Sprintf("add %q to grant_types of client %q in the fixture", grant, c.ClientID))
	}
	if slices.Contains(withoutPages, grant) {
		return AllowsNoOrganization(c)
	}
	return nil
}

// AllowsNoOrganization refuses a login that cannot name an organization, to a client whose
// users must sign in through one. Unverified: the status and words.
func AllowsNoOrganization(c *fixtures.Client) error {
	if c.OrganizationUsage != "require" {
		return nil
	}
	return refusal.OrganizationRequired.Because(fmt.Sprintf("client %q has organization_usage: require, and this login takes no organization; sign in at /authorize, or set organization_usage to allow", c.ClientID))
}
