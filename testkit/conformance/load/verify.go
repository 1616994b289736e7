package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// A verifier checks the tokens of one server by its own discovery and JWKS.
type verifier struct {
	check *oidc.IDTokenVerifier
	bits  map[string]int // of each published key
}

func newVerifier(ctx context.Context, s *server) (*verifier, error) {
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: patience, Transport: &http.Transport{}}) // through no proxy
	c, err := dial(s.host)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var discovery struct {
		Issuer string
		JWKS   string `json:"jwks_uri"`
	}
	if err := getJSON(c, "/.well-known/openid-configuration", &discovery); err != nil {
		return nil, err
	}
	jwks, err := url.Parse(discovery.JWKS)
	if err != nil {
		return nil, err
	}
	var published struct {
		Keys []struct{ KID, N string }
	}
	if err := getJSON(c, jwks.Path, &published); err != nil {
		return nil, err
	}
	v := &verifier{bits: map[string]int{}, check: oidc.NewVerifier(discovery.Issuer, oidc.NewRemoteKeySet(ctx, discovery.JWKS), &oidc.Config{
		SkipClientIDCheck: true, SupportedSigningAlgs: []string{oidc.RS256},
	})}
	for _, key := range published.Keys {
		modulus, err := base64.RawURLEncoding.DecodeString(key.N)
		if err != nil {
			return nil, err
		}
		v.bits[key.KID] = 8 * len(modulus)
	}
	return v, nil
}

func getJSON(c *conn, target string, into any) error {
	status, err := c.get(target)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s answers %d %s", target, status, c.body)
	}
	return json.Unmarshal(c.body, into)
}

// tokens takes the tokens out of a response, and verifies both: RS256 by a
// published key of 2048 bits, of this issuer, and issued just now.
func (v *verifier) tokens(ctx context.Context, body []byte) (pair [2]string, err error) {
	var got struct {
		Access string `json:"access_token"`
		ID     string `json:"id_token"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return pair, err
	}
	return [2]string{got.Access, got.ID}, errors.Join(v.token(ctx, got.Access), v.token(ctx, got.ID))
}

func (v *verifier) token(ctx context.Context, token string) error {
	verified, err := v.check.Verify(ctx, token)
	if err != nil {
		return err
	}
	var header struct{ KID string }
	encoded, _, _ := strings.Cut(token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(decoded, &header); err != nil {
		return err
	}
	if bits := v.bits[header.KID]; bits != 2048 {
		return fmt.Errorf("key %q has %d bits", header.KID, bits)
	}
	if age := time.Since(verified.IssuedAt); age > 10*time.Second {
		return fmt.Errorf("a token of the last login is %s old", age)
	}
	return nil
}

// honest logs one user in twice. Both tokens must verify and be others each
// time. Neither Auth0's nor the peer's tell two logins of one second apart, so
// the second waits for the next.
func (v *verifier) honest(ctx context.Context, s *server, login flow) error {
	c, err := dial(s.host)
	if err != nil {
		return err
	}
	defer c.Close()
	var pairs [2][2]string
	for i := range pairs {
		if err := login(c, 0, i); err != nil {
			return err
		}
		if pairs[i], err = v.tokens(ctx, c.body); err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
	if pairs[0][0] == pairs[1][0] || pairs[0][1] == pairs[1][1] {
		return errors.New("two logins have the same token")
	}
	return nil
}
