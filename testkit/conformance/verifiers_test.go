package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/auth0/go-jwt-middleware/v3/jwks"
	"github.com/auth0/go-jwt-middleware/v3/validator"
	"github.com/coreos/go-oidc/v3/oidc"
)

// A verifier is what an API uses to check the tokens that it is given. It
// finds the keys by itself, and returns the subject.
type verifier func(t *testing.T, origin, token, audience string) (sub string, err error)

// oidcVerify is coreos/go-oidc.
func oidcVerify(t *testing.T, origin, token, audience string) (string, error) {
	t.Helper()
	ctx := oidc.ClientContext(within(t), plainHTTP)
	provider, err := oidc.NewProvider(ctx, origin+"/")
	if err != nil {
		return "", err
	}
	verified, err := provider.Verifier(&oidc.Config{ClientID: audience}).Verify(ctx, token)
	if err != nil {
		return "", err
	}
	return verified.Subject, nil
}

// middlewareVerify is auth0/go-jwt-middleware.
func middlewareVerify(t *testing.T, origin, token, audience string) (string, error) {
	t.Helper()
	issuer, err := url.Parse(origin + "/")
	if err != nil {
		return "", err
	}
	keys, err := jwks.NewCachingProvider(jwks.WithIssuerURL(issuer))
	if err != nil {
		return "", err
	}
	v, err := validator.New(
		validator.WithKeyFunc(keys.KeyFunc),
		validator.WithAlgorithm(validator.RS256),
		validator.WithIssuer(issuer.String()),
		validator.WithAudience(audience),
	)
	if err != nil {
		return "", err
	}
	claims, err := v.ValidateToken(within(t), token)
	if err != nil {
		return "", err
	}
	return claims.(*validator.ValidatedClaims).RegisteredClaims.Subject, nil
}

// Verifiers find the keys over http and over https, accept the mock's tokens,
// and refuse those that a real tenant would not have signed.
func TestVerifiers(t *testing.T) {
	t.Parallel()
	for name, verify := range map[string]verifier{
		"go-oidc":           oidcVerify,
		"go-jwt-middleware": middlewareVerify,
		"PyJWT": func(t *testing.T, origin, token, audience string) (string, error) {
			t.Helper()
			return findPyJWT(t).run(t, origin, token, audience)
		},
	} {
		for _, scheme := range []string{"http", "https"} {
			t.Run(name+"/"+scheme, func(t *testing.T) {
				t.Parallel()
				if scheme == "https" && name != "PyJWT" {
					needCertFile(t)
				}
				origin := scheme + "://" + shared().domain
				to := "verifiers-" + name + "-" + scheme + "@example.com"
				tokens := plainLogin(t, origin, to)
				for _, c := range []struct{ token, audience string }{
					{tokens.AccessToken, audience},
					{tokens.AccessToken, origin + "/userinfo"},
					{tokens.IDToken, "acme-native"},
				} {
					if sub, err := verify(t, origin, c.token, c.audience); err != nil || !strings.HasPrefix(sub, "email|") {
						t.Errorf("for %s: sub %q, error %v", c.audience, sub, err)
					}
				}
				if _, err := verify(t, origin, tokens.AccessToken, "https://another.test/"); err == nil {
					t.Error("a token for another audience is accepted")
				}
				lapsed := mint(t, origin, "current", time.Now().Add(-time.Hour))
				if _, err := verify(t, origin, lapsed, audience); err == nil {
					t.Error("a token that has lapsed is accepted")
				}
				forged := mint(t, origin, "rogue", time.Now().Add(time.Hour))
				if _, err := verify(t, origin, forged, audience); err == nil {
					t.Error("a token that an unpublished key signed is accepted")
				}
				minted := mint(t, origin, "current", time.Now().Add(time.Hour))
				if _, err := verify(t, origin, minted, audience); err != nil {
					t.Errorf("a token minted like those is refused: %v", err)
				}
			})
		}
	}
}

// plainTokens are the tokens of a login without an SDK.
type plainTokens struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
}

// plainLogin logs in without an SDK: go-auth0 speaks https only, and over http
// the tokens carry an http issuer.
func plainLogin(t *testing.T, origin, to string) plainTokens {
	t.Helper()
	post(t, origin+"/passwordless/start", nil, map[string]any{"client_id": "acme-native", "connection": "email", "email": to, "send": "code"})
	var tokens plainTokens
	post(t, origin+"/oauth/token", &tokens, map[string]any{
		"client_id": "acme-native", "grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email",
		"username": to, "otp": shared().code(t, to), "audience": audience, "scope": "openid profile email",
	})
	return tokens
}

// mint lets the mock sign a token of our choice.
func mint(t *testing.T, origin, key string, exp time.Time) string {
	t.Helper()
	var minted struct {
		Token string `json:"token"`
	}
	post(t, origin+"/_mock/tokens", &minted, map[string]any{"key": key, "claims": map[string]any{
		"sub": "email|000000000000000000000001", "aud": audience, "iat": exp.Add(-2 * time.Hour).Unix(), "exp": exp.Unix(),
	}})
	return minted.Token
}

// post posts JSON and reads JSON.
func post(t *testing.T, to string, into any, body map[string]any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(within(t), "POST", to, strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := plainHTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: %s", to, res.Status)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// pyJWT is a Python that has PyJWT.
type pyJWT string

// python is one: Debian's, or the first one on the path.
var python = sync.OnceValue(func() pyJWT {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, name, "-c", "import cryptography, jwt").Run() == nil {
			return pyJWT(name)
		}
	}
	return ""
})

func findPyJWT(t *testing.T) pyJWT {
	t.Helper()
	if python() == "" {
		need(t, "no Python has PyJWT and cryptography: apt-get install python3-jwt python3-cryptography, or pip install 'PyJWT[crypto]'")
	}
	return python()
}

// run verifies a token now. SSL_CERT_FILE is all that it knows of certificates.
func (p pyJWT) run(t *testing.T, origin, token, audience string) (sub string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, string(p), "python/verify.py", origin+"/", audience)
	c.Env = environWithout("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
	c.Stdin = strings.NewReader(token)
	out, err := c.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		t.Logf("PyJWT: %s", lastLine(exit.Stderr))
	}
	return strings.TrimSpace(string(out)), err
}

// verify fails the test if the token is refused.
func (p pyJWT) verify(t *testing.T, origin, token, audience string) {
	t.Helper()
	if _, err := p.run(t, origin, token, audience); err != nil {
		t.Errorf("PyJWT refuses the token for %s: %v", audience, err)
	}
}

// lastLine is where Python says what went wrong.
func lastLine(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}
