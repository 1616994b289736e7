package tenant

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// What Auth0 asks of a client assertion.
// Source: auth0/docs-v2 authenticate-with-private-key-jwt.mdx.
const (
	assertionType        = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	maxAssertion         = 2048 // bytes
	maxAssertionClaim    = 64   // characters of iss, sub and jti
	maxAssertionLifetime = 5 * time.Minute
	assertionSkew        = 10 * time.Second // of iat and nbf
	maxAssertions        = 20_000
)

// assertions are those that have been used, by client and jti, with the time
// from which they would be refused anyway.
type assertions struct {
	bounded bounded[challengeKey, time.Time]
}

func newAssertions() assertions {
	return assertions{newBounded[challengeKey](maxAssertions, func(time.Time) bool { return true })}
}

func (as *assertions) settle(now time.Time) {
	for key, expires := range as.bounded.all {
		if !now.Before(expires) {
			as.bounded.remove(key)
		}
	}
}

// AssertedClient is the client that an assertion says it is of, for a request
// that names none; "" if it is no assertion.
func AssertedClient(assertion string) string {
	var claims struct {
		Subject string `json:"sub"`
	}
	if len(assertion) > maxAssertion || token.Unverified(assertion, &claims) != nil {
		return ""
	}
	return claims.Subject
}

// assertionClaims are what an assertion says. The times are RFC 7519's numbers.
type assertionClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	ID        string   `json:"jti"`
	Expires   *float64 `json:"exp"`
	IssuedAt  *float64 `json:"iat"`
	NotBefore *float64 `json:"nbf"`
}

// audience is a string or a list of them.
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// useAssertion is why an assertion does not authenticate the client, or nil.
// It is good for one call.
func (t *Tenant) useAssertion(c *fixtures.Client, creds Credentials) error {
	switch {
	case creds.AssertionType != assertionType:
		return fmt.Errorf("client_assertion_type is %q, not %q", creds.AssertionType, assertionType)
	case len(creds.Assertion) > maxAssertion:
		return fmt.Errorf("it has %d bytes, and Auth0 takes %d at most", len(creds.Assertion), maxAssertion)
	}
	payload, err := token.VerifyAssertion(creds.Assertion, verificationKeys(c, creds.Now))
	if err != nil {
		return err
	}
	var claims assertionClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return fmt.Errorf("its claims cannot be read: %w", err)
	}
	if err := claims.check(c.ClientID, creds); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	key := challengeKey{c.ClientID, claims.ID}
	if _, used := t.assertions.bounded.get(key); used {
		return fmt.Errorf("its jti %q was used already, and an assertion is good for one call", claims.ID)
	}
	t.assertions.bounded.put(key, unixTime(*claims.Expires))
	return nil
}

// verificationKeys are the client's keys that still count.
func verificationKeys(c *fixtures.Client, now time.Time) []token.PublicKey {
	var keys []token.PublicKey
	for _, credential := range c.ClientAuthenticationMethods.PrivateKeyJWT.Credentials {
		if !credential.ExpiresAt.IsZero() && !now.Before(credential.ExpiresAt) {
			continue
		}
		if key, err := credential.PublicKey(); err == nil { // the loader has refused others
			keys = append(keys, token.PublicKey{Key: key, Alg: credential.Alg, KID: credential.KID})
		}
	}
	return keys
}

// check holds the claims against the call. The tenant's clock counts.
func (a *assertionClaims) check(clientID string, creds Credentials) error {
	now := creds.Now
	switch {
	case a.Issuer != clientID || a.Subject != clientID:
		return fmt.Errorf("its iss is %q and its sub %q, and both must be the client_id", a.Issuer, a.Subject)
	case !slices.ContainsFunc(creds.Audiences, func(want string) bool { return slices.Contains(a.Audience, want) }):
		return fmt.Errorf("its aud is %q, which must be the issuer, %s", a.Audience, creds.Audiences[0])
	case a.ID == "":
		return errors.New("it has no jti")
	case len(a.ID) > maxAssertionClaim || len(a.Subject) > maxAssertionClaim:
		return fmt.Errorf("its jti or sub is longer than %d characters", maxAssertionClaim)
	case a.Expires == nil:
		return errors.New("it has no exp")
	case !now.Before(unixTime(*a.Expires)):
		return fmt.Errorf("it expired at %s, and the tenant's clock says %s", stamp(unixTime(*a.Expires)), stamp(now))
	case unixTime(*a.Expires).Sub(now) > maxAssertionLifetime+assertionSkew:
		return fmt.Errorf("its exp is %s, more than 5 minutes from now, which is %s by the tenant's clock", stamp(unixTime(*a.Expires)), stamp(now))
	case tooEarly(a.IssuedAt, now) || tooEarly(a.NotBefore, now):
		return fmt.Errorf("its iat or nbf is later than the tenant's clock, which says %s", stamp(now))
	}
	return nil
}

func tooEarly(at *float64, now time.Time) bool {
	return at != nil && unixTime(*at).Sub(now) > assertionSkew
}

// unixTime is a time that JSON names as a number, as far as one can be named.
func unixTime(seconds float64) time.Time {
	const most = 253402300799 // the end of the year 9999
	return time.Unix(int64(min(max(seconds, -most), most)), 0).UTC()
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// assertionHint is what the log says of an assertion that did not count.
func assertionHint(c *fixtures.Client, why error) string {
	return "the client_assertion of client " + strconv.Quote(c.ClientID) + " does not count: " + why.Error()
}
