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

// What Auth0 requires of a client assertion.
// Source: auth0/docs-v2 authenticate-with-private-key-jwt.mdx.
const (
	assertionType        = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	maxAssertion         = 2048 // bytes
	maxAssertionClaim    = 64   // characters of iss, sub and jti
	maxAssertionLifetime = 5 * time.Minute
	assertionSkew        = 10 * time.Second // of iat and nbf
	maxAssertions        = 20_000
)

// A usedAssertion names an assertion by its client and its jti.
type usedAssertion struct{ clientID, id string }

// assertions are those that have been used, each with the time of its exp.
// After that time it would be refused anyway.
type assertions struct {
	bounded[usedAssertion, time.Time]
}

func newAssertions() assertions {
	return assertions{newBounded[usedAssertion, time.Time](maxAssertions, nil)}
}

func (as *assertions) settle(now time.Time) {
	as.removeIf(func(expires time.Time) bool { return !now.Before(expires) })
}

// AssertedClient returns the client_id that an assertion names, for a request
// that has none itself. It is "" for what is no assertion.
func AssertedClient(assertion string) string {
	var claims struct {
		Subject string `json:"sub"`
	}
	if len(assertion) > maxAssertion || token.Unverified(assertion, &claims) != nil {
		return ""
	}
	return claims.Subject
}

// assertionClaims are the claims of an assertion. The times are numbers as in RFC
// 7519.
type assertionClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	ID        string   `json:"jti"`
	Expires   *float64 `json:"exp"`
	IssuedAt  *float64 `json:"iat"`
	NotBefore *float64 `json:"nbf"`
}

// An audience is one string or a list of strings.
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// useAssertion checks an assertion and notes that it was used. The error says why
// it does not authenticate the client. An assertion works for one call.
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
	key := usedAssertion{c.ClientID, claims.ID}
	if _, used := t.assertions.get(key); used {
		return fmt.Errorf("its jti %q was used already, and an assertion is good for one call", claims.ID)
	}
	t.assertions.put(key, unixTime(*claims.Expires))
	return nil
}

// verificationKeys returns the client's keys that have not expired.
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

// check compares the claims with the call, by the tenant's clock.
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

// unixTime converts a number of seconds to a time, up to the last one that has a
// usual form.
func unixTime(seconds float64) time.Time {
	const most = 253402300799 // the end of the year 9999
	return time.Unix(int64(min(max(seconds, -most), most)), 0).UTC()
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// assertionHint is what the log says about an assertion that was refused.
func assertionHint(c *fixtures.Client, why error) string {
	return "the client_assertion of client " + strconv.Quote(c.ClientID) + " does not count: " + why.Error()
}
