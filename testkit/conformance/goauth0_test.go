package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/auth0/go-auth0/authentication"
	"github.com/auth0/go-auth0/authentication/database"
	"github.com/auth0/go-auth0/authentication/oauth"
	"github.com/auth0/go-auth0/authentication/passwordless"
)

const audience = "https://api.acme.test/"

// The refusals in Auth0's words, as go-auth0 hands them to its caller.
var (
	wrongEmailCode = authentication.Error{StatusCode: 403, Err: "invalid_grant", Message: "Wrong email or verification code."}
	wrongPhoneCode = authentication.Error{StatusCode: 403, Err: "invalid_grant", Message: "Wrong phone number or verification code."}
	tooManyTries   = authentication.Error{StatusCode: 403, Err: "invalid_grant", Message: "You've reached the maximum number of attempts. Please try to login again."}
	codeExpired    = authentication.Error{StatusCode: 403, Err: "invalid_grant", Message: "The verification code has expired. Please try to login again."}
	wrongRefresh   = authentication.Error{StatusCode: 403, Err: "invalid_grant", Message: "Unknown or invalid refresh token."}
	badEmail       = authentication.Error{StatusCode: 400, Err: "bad.email", Message: "error in email - email format validation failed: not-an-address"}
	wrongSecret    = authentication.Error{StatusCode: 401, Err: "access_denied", Message: "Unauthorized"}
)

// clients are the clients of the default fixture that may use a code.
var clients = []struct{ id, secret string }{{"acme-web", "acme-web-secret"}, {"acme-native", ""}}

// newClient is go-auth0 with an HTTP client of its own, which has no settings:
// New writes to the one that it is given, by default to that of the process.
func newClient(t *testing.T, m mock, id, secret string) *authentication.Authentication {
	t.Helper()
	return connect(t, m, id, secret, authentication.WithClient(new(http.Client)))
}

// connect calls New, which fetches the key set over https.
func connect(t *testing.T, m mock, id, secret string, options ...authentication.Option) *authentication.Authentication {
	t.Helper()
	needCertFile(t)
	options = append(options, authentication.WithClientID(id))
	if secret != "" {
		options = append(options, authentication.WithClientSecret(secret))
	}
	a, err := authentication.New(within(t), m.domain, options...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A way is one of the two ways that a code takes.
type way struct {
	name  string
	to    func() string // a recipient that nobody else has
	wrong authentication.Error
	send  func(ctx context.Context, a *authentication.Authentication, to string) (id string, verified bool, err error)
	login func(ctx context.Context, a *authentication.Authentication, to, code string) (*oauth.TokenSet, error)
}

const scope = "openid profile email phone offline_access read:orders"

// recipients counts those that were handed out.
var recipients atomic.Int64

var ways = []way{
	{
		name:  "email",
		to:    func() string { return fmt.Sprintf("go-auth0-%d@example.com", recipients.Add(1)) },
		wrong: wrongEmailCode,
		send: func(ctx context.Context, a *authentication.Authentication, to string) (string, bool, error) {
			r, err := a.Passwordless.SendEmail(ctx, passwordless.SendEmailRequest{Email: to, Send: "code"})
			if err != nil {
				return "", false, err
			}
			if r.Email != to {
				return "", false, fmt.Errorf("a code was asked for %s, and sent to %s", to, r.Email)
			}
			return r.ID, r.EmailVerified, nil
		},
		login: func(ctx context.Context, a *authentication.Authentication, to, code string) (*oauth.TokenSet, error) {
			return a.Passwordless.LoginWithEmail(ctx, passwordless.LoginWithEmailRequest{
				Email: to, Code: code, Scope: scope, Audience: audience,
			}, oauth.IDTokenValidationOptions{})
		},
	},
	{
		name:  "sms",
		to:    func() string { return fmt.Sprintf("+1415555%04d", recipients.Add(1)) },
		wrong: wrongPhoneCode,
		send: func(ctx context.Context, a *authentication.Authentication, to string) (string, bool, error) {
			r, err := a.Passwordless.SendSMS(ctx, passwordless.SendSMSRequest{PhoneNumber: to})
			if err != nil {
				return "", false, err
			}
			if r.PhoneNumber != to {
				return "", false, fmt.Errorf("a code was asked for %s, and sent to %s", to, r.PhoneNumber)
			}
			return r.ID, r.PhoneVerified, nil
		},
		login: func(ctx context.Context, a *authentication.Authentication, to, code string) (*oauth.TokenSet, error) {
			return a.Passwordless.LoginWithSMS(ctx, passwordless.LoginWithSMSRequest{
				PhoneNumber: to, Code: code, Scope: scope, Audience: audience,
			}, oauth.IDTokenValidationOptions{})
		},
	},
}

// refused checks that go-auth0 returns exactly this error.
func refused(t *testing.T, err error, want authentication.Error) {
	t.Helper()
	var got *authentication.Error
	if !errors.As(err, &got) {
		t.Fatalf("the error is %v, not %v", err, &want)
	}
	if *got != want {
		t.Fatalf("refused with\n     %+v\nwant %+v", *got, want)
	}
}

// go-auth0 as its manual shows it: a domain, a client, and no other setting.
// Not parallel, since New then writes to the HTTP client of the process.
func TestGoAuth0AsInItsManual(t *testing.T) {
	conversation(t, connect(t, shared(), "acme-web", "acme-web-secret"), ways[0])
}

func TestGoAuth0(t *testing.T) {
	t.Parallel()
	for _, client := range clients {
		for _, way := range ways {
			t.Run(client.id+"/"+way.name, func(t *testing.T) {
				t.Parallel()
				conversation(t, newClient(t, shared(), client.id, client.secret), way)
			})
		}
	}
}

// conversation is a login from the first code to the revoked refresh token.
func conversation(t *testing.T, a *authentication.Authentication, way way) { //nolint:thelper // it is the test: its lines are to be told
	ctx, to := within(t), way.to()
	id, verified, err := way.send(ctx, a, to)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{24}$`).MatchString(id) || verified {
		t.Errorf("a start for a newcomer answers _id %q, verified %v", id, verified)
	}
	code := shared().code(t, to)

	_, err = way.login(ctx, a, to, wrong(code))
	refused(t, err, way.wrong)

	tokens, err := way.login(ctx, a, to, code) // go-auth0 verifies the ID token
	if err != nil {
		t.Fatal(err)
	}
	if tokens.AccessToken == "" || tokens.IDToken == "" || tokens.RefreshToken == "" {
		t.Errorf("a token is missing: %+v", tokens)
	}
	if tokens.TokenType != "Bearer" || tokens.ExpiresIn != 86400 {
		t.Errorf("token_type %q, expires_in %d", tokens.TokenType, tokens.ExpiresIn)
	}
	if got := " " + tokens.Scope + " "; !strings.Contains(got, " openid ") || !strings.Contains(got, " read:orders ") {
		t.Errorf("scope %q", tokens.Scope)
	}
	checkUser(ctx, t, a, tokens.AccessToken, way.name, id, to)

	_, err = way.login(ctx, a, to, code)
	refused(t, err, way.wrong) // a code works once

	refresh := oauth.RefreshTokenRequest{RefreshToken: tokens.RefreshToken}
	fresh, err := a.OAuth.RefreshToken(ctx, refresh, oauth.IDTokenValidationOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if fresh.AccessToken == "" || fresh.IDToken == "" || fresh.ExpiresIn != 86400 || fresh.RefreshToken != "" {
		t.Errorf("a refresh token that does not rotate gives %+v", fresh)
	}
	checkUser(ctx, t, a, fresh.AccessToken, way.name, id, to)

	if err := a.OAuth.RevokeRefreshToken(ctx, oauth.RevokeRefreshTokenRequest{Token: tokens.RefreshToken}); err != nil {
		t.Fatal(err)
	}
	_, err = a.OAuth.RefreshToken(ctx, refresh, oauth.IDTokenValidationOptions{})
	refused(t, err, wrongRefresh)
}

// checkUser checks the profile that an access token opens.
func checkUser(ctx context.Context, t *testing.T, a *authentication.Authentication, token, connection, id, to string) {
	t.Helper()
	user, err := a.UserInfo(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if want := connection + "|" + id; user.Sub != want {
		t.Errorf("sub %q, want %q", user.Sub, want)
	}
	if user.UpdatedAt == nil || time.Since(*user.UpdatedAt).Abs() > 10*time.Minute {
		t.Errorf("updated_at %v is not now", user.UpdatedAt)
	}
	switch connection {
	case "email":
		if user.Email != to || !user.EmailVerified {
			t.Errorf("email %q, verified %v", user.Email, user.EmailVerified)
		}
	case "sms":
		// Auth0 issues no phone_number_verified.
		if user.PhoneNumber != to || user.PhoneNumberVerified {
			t.Errorf("phone_number %q, verified %v", user.PhoneNumber, user.PhoneNumberVerified)
		}
	}
}

// The third wrong code burns the right one; a new start helps.
func TestGoAuth0ThirdWrongCode(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			ctx, to := within(t), way.to()
			a := newClient(t, shared(), "acme-web", "acme-web-secret")
			if _, _, err := way.send(ctx, a, to); err != nil {
				t.Fatal(err)
			}
			code := shared().code(t, to)
			for _, want := range []authentication.Error{way.wrong, way.wrong, tooManyTries} {
				_, err := way.login(ctx, a, to, wrong(code))
				refused(t, err, want)
			}
			_, err := way.login(ctx, a, to, code)
			refused(t, err, tooManyTries)

			if _, _, err := way.send(ctx, a, to); err != nil {
				t.Fatal(err)
			}
			if _, err := way.login(ctx, a, to, shared().code(t, to)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestGoAuth0Refusals(t *testing.T) {
	t.Parallel()
	ctx := within(t)
	a := newClient(t, shared(), "acme-web", "acme-web-secret")

	_, err := a.Passwordless.SendEmail(ctx, passwordless.SendEmailRequest{Email: "not-an-address", Send: "code"})
	refused(t, err, badEmail)

	_, err = a.OAuth.RefreshToken(ctx, oauth.RefreshTokenRequest{RefreshToken: "never-issued"}, oauth.IDTokenValidationOptions{})
	refused(t, err, wrongRefresh)

	_, err = ways[0].login(ctx, a, "go-auth0-nobody@example.com", "123456")
	refused(t, err, wrongEmailCode)

	// The answer of /userinfo is no JSON, as in Auth0; the status arrives.
	_, err = a.UserInfo(ctx, "not-a-token")
	var got *authentication.Error
	if !errors.As(err, &got) || got.StatusCode != 401 || got.Err != "Unauthorized" {
		t.Errorf("userinfo for a bad token: %v", err)
	}

	// Of a database's error the text is all.
	_, err = a.Database.Signup(ctx, database.SignupRequest{Connection: "Username-Password-Authentication", Email: "not-an-address", Password: "Passw0rd!"})
	refused(t, err, authentication.Error{StatusCode: 400, Err: "error in email - email format validation failed: not-an-address"})

	// A weak password is told by the rules that it breaks.
	_, err = a.Database.Signup(ctx, database.SignupRequest{Connection: "Username-Password-Authentication", Email: "weak@example.com", Password: "passwor!"})
	refused(t, err, authentication.Error{StatusCode: 400, Err: "invalid_password", Message: `{"rules":[` +
		`{"message":"At least %d characters in length","format":[8],"code":"lengthAtLeast","verified":true},` +
		`{"message":"Contain at least %d of the following %d types of characters:","code":"containsAtLeast","format":[3,4],"items":[` +
		`{"message":"lower case letters (a-z)","code":"lowerCase","verified":true},{"message":"upper case letters (A-Z)","code":"upperCase","verified":false},` +
		`{"message":"numbers (i.e. 0-9)","code":"numbers","verified":false},{"message":"special characters (e.g. !@#$%^&*)","code":"specialCharacters","verified":true}],"verified":false}],"verified":false}`})

	machine := newClient(t, shared(), "acme-m2m", "acme-m2m-secret")
	_, err = machine.OAuth.LoginWithClientCredentials(ctx, oauth.LoginWithClientCredentialsRequest{
		Audience: audience, ExtraParameters: map[string]string{"scope": "write:orders"},
	}, oauth.IDTokenValidationOptions{})
	refused(t, err, authentication.Error{StatusCode: 403, Err: "access_denied", Message: "Client has not been granted scopes: write:orders"})

	stranger := newClient(t, shared(), "acme-web", "a-wrong-secret")
	_, err = ways[0].login(ctx, stranger, "go-auth0-nobody@example.com", "123456")
	refused(t, err, wrongSecret)
}

// Without SSL_CERT_FILE the same program is refused: nothing here weakens the
// check of certificates.
func TestGoAuth0ChecksTheCertificate(t *testing.T) {
	t.Parallel()
	needCertFile(t)
	c := exec.CommandContext(within(t), os.Args[0])
	c.Env = append(environWithout("SSL_CERT_FILE", "SSL_CERT_DIR"), envRole+"="+roleUntrusted)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "certificate signed by unknown authority") {
		t.Errorf("without SSL_CERT_FILE go-auth0 says %q", out)
	}
}

// untrusted is that program: it prints what New returns.
func untrusted() int {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := authentication.New(ctx, shared().domain, authentication.WithClientID("acme-native"))
	fmt.Println(err)
	return 0
}
