package main

import (
	"bytes"
	"fmt"
	"strconv"
)

// A flow is what is repeated over a connection: the requests of one iteration.
// Who is the connection's number, and n is one that no other iteration has.
type flow func(c *conn, who, n int) error

const (
	otp      = "123456" // mockauth0 is started with --otp fixed:123456
	audience = "https://api.acme.test/"
)

// loginOneUser is a passwordless login, start and token, with two signatures:
// a JWT access token and an ID token. Each connection is one user's, since the
// code that is sent last is the only one that is good.
func loginOneUser(c *conn, who, _ int) error {
	return passwordless(c, "user", who, otp, `","audience":"`+audience, signed)
}

// loginNewUser is the same; each login signs somebody up.
func loginNewUser(c *conn, _, n int) error {
	return passwordless(c, "new", n, otp, `","audience":"`+audience, signed)
}

// loginUnsigned is the same login with nothing signed: for no API, so that the
// access token is opaque, and without the scope openid.
func loginUnsigned(c *conn, who, _ int) error {
	return passwordless(c, "user", who, otp, `","scope":"read:orders`, func(status int, body []byte) bool {
		return status == 200 && bytes.Contains(body, []byte(`"access_token":"eyJhbGciOiJkaXIi`)) && !bytes.Contains(body, []byte("id_token"))
	})
}

// loginRefused is the same with a wrong code.
func loginRefused(c *conn, who, _ int) error {
	return passwordless(c, "user", who, "654321", `","audience":"`+audience, func(status int, body []byte) bool {
		return status == 403 && bytes.Contains(body, []byte(`"invalid_grant"`))
	})
}

// signed tells whether there are two tokens. The last of a round are verified.
func signed(status int, body []byte) bool {
	return status == 200 && bytes.Contains(body, []byte(`"access_token":"eyJ`)) && bytes.Contains(body, []byte(`"id_token":"eyJ`))
}

func passwordless(c *conn, name string, number int, code, more string, good func(int, []byte) bool) error {
	email := name + strconv.Itoa(number) + "@example.com"
	status, err := c.post("/passwordless/start", "application/json",
		[]byte(`{"client_id":"acme-native","connection":"email","email":"`+email+`","send":"code"}`))
	if err != nil {
		return err
	}
	if status != 200 {
		return fmt.Errorf("start answers %d %s", status, c.body)
	}
	status, err = c.post("/oauth/token", "application/json",
		[]byte(`{"grant_type":"http://auth0.com/oauth/grant-type/passwordless/otp","client_id":"acme-native","realm":"email","username":"`+
			email+`","otp":"`+code+more+`"}`))
	if err == nil && !good(status, c.body) {
		err = fmt.Errorf("the token request answers %d %s", status, c.body)
	}
	return err
}

// loginByCode is a login at oauth2-mock-server: authorize and token. It signs
// an access token and an ID token, too.
func loginByCode(c *conn, _, _ int) error {
	status, err := c.get("/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2Flocalhost%2Fcb&scope=openid&state=x")
	if err != nil {
		return err
	}
	_, query, _ := bytes.Cut(c.location, []byte("?"))
	var code []byte
	for pair := range bytes.SplitSeq(query, []byte("&")) {
		if value, found := bytes.CutPrefix(pair, []byte("code=")); found {
			code = value
		}
	}
	if status != 302 || code == nil {
		return fmt.Errorf("authorize answers %d, Location %q", status, c.location)
	}
	status, err = c.post("/token", "application/x-www-form-urlencoded",
		append([]byte("grant_type=authorization_code&client_id=app&redirect_uri=http%3A%2F%2Flocalhost%2Fcb&scope=openid&code="), code...))
	if err == nil && !signed(status, c.body) {
		err = fmt.Errorf("the token request answers %d %s", status, c.body)
	}
	return err
}

// keys gets the JWKS.
func keys(c *conn, _, _ int) error { return keysAt(c, jwksPath) }

// keysWithHeader gets it from the floor with the header that mockauth0 has.
func keysWithHeader(c *conn, _, _ int) error { return keysAt(c, "/.well-known/header") }

func keysAt(c *conn, path string) error {
	status, err := c.get(path)
	if err == nil && (status != 200 || !bytes.Contains(c.body, []byte(`"keys"`))) {
		err = fmt.Errorf("the JWKS answers %d %s", status, c.body)
	}
	return err
}
