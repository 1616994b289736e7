package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const otp = "123456" // mockauth0 is started with --otp fixed:123456

// A conn is a connection with one request at a time. It costs less than a client
// of net/http, which would take much of the machine from the server.
type conn struct {
	net.Conn
	read     *bufio.Reader
	tenant   string // what stands before localhost in the Host, as in "w3."
	location string // of the last answer
	body     []byte // of the last answer
}

func dial(host string) (*conn, error) {
	c, err := net.DialTimeout("tcp", host, timeout)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, read: bufio.NewReader(c)}, nil
}

// expect sends a request, and fails if the answer has another status.
func (c *conn) expect(status int, method, path, kind, body string) error {
	_, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %slocalhost:%d\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", method, path, c.tenant, c.RemoteAddr().(*net.TCPAddr).Port, kind, len(body), body)
	if err != nil {
		return err
	}
	said, err := c.receive()
	if err == nil && said != status {
		err = fmt.Errorf("%s %s: %d: %s", method, path, said, c.body)
	}
	return err
}

// receive reads an answer, which must tell its length. It reads no header that no flow
// needs, or it would measure how many of them a server sends.
func (c *conn) receive() (status int, err error) {
	line, err := c.line()
	if _, err := fmt.Sscanf(string(line), "HTTP/1.1 %d", &status); err != nil {
		return 0, fmt.Errorf("no answer of HTTP: %q", line)
	}
	length := -1
	c.location = ""
	for err == nil {
		if line, err = c.line(); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, err = strconv.Atoi(string(value))
		case bytes.EqualFold(name, []byte("Location")):
			c.location = string(value)
		}
	}
	if err == nil && length < 0 {
		err = errors.New("the answer has no Content-Length")
	}
	if err != nil {
		return 0, err
	}
	c.body = make([]byte, length)
	_, err = io.ReadFull(c.read, c.body)
	return status, err
}

// line reads a line of a head. It is good until the next one is read.
func (c *conn) line() ([]byte, error) {
	line, err := c.read.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// A flow is the requests that a load repeats. Each connection has a number, and so
// has each repetition.
type flow func(c *conn, connection, n int) error

// login is a passwordless login with a signed access token and an ID token. Each
// connection has a user of its own, since only the newest code of a user is good.
func login(c *conn, connection, _ int) error {
	return loginAs(c, fmt.Sprintf("user%d@example.com", connection))
}

// loginNewUser signs up a user.
func loginNewUser(c *conn, _, n int) error { return loginAs(c, fmt.Sprintf("new%d@example.com", n)) }

// loginAtTenant is a login at one of so many tenants beside the first.
func loginAtTenant(tenants int) flow {
	return func(c *conn, connection, n int) error {
		c.tenant = fmt.Sprintf("w%d.", (connection*7+n)%tenants)
		return login(c, connection, n)
	}
}

func loginAs(c *conn, email string) error {
	const kind = "application/json"
	return errors.Join(
		c.expect(200, "POST", "/passwordless/start", kind, `{"client_id":"acme-native","connection":"email","email":"`+email+`","send":"code"}`),
		c.expect(200, "POST", "/oauth/token", kind, `{"grant_type":"http://auth0.com/oauth/grant-type/passwordless/otp","client_id":"acme-native",`+
			`"realm":"email","audience":"https://api.acme.test/","username":"`+email+`","otp":"`+otp+`"}`))
}

// loginAtPeer is a login at oauth2-mock-server, which also signs two tokens.
func loginAtPeer(c *conn, _, _ int) error {
	const app = "client_id=app&redirect_uri=http%3A%2F%2Flocalhost%2Fcb&scope=openid"
	if err := c.expect(302, "GET", "/authorize?response_type=code&state=x&"+app, "", ""); err != nil {
		return err
	}
	back, err := url.Parse(c.location)
	if err != nil {
		return err
	}
	return c.expect(200, "POST", "/token", "application/x-www-form-urlencoded", "grant_type=authorization_code&"+app+"&code="+back.Query().Get("code"))
}

func get(path string) flow {
	return func(c *conn, _, _ int) error { return c.expect(200, "GET", path, "", "") }
}

// A load is what drive measured.
type load struct {
	rate     float64 // repetitions a second
	p50, p99 float64 // seconds of a repetition
}

// connections are as many as a load has.
const connections = 16

// drive repeats a flow over all connections, for a time or count times.
func drive(ctx context.Context, s *server, f flow, length time.Duration, count int) (load, error) {
	return driveOver(ctx, connections, s, f, length, count)
}

// driveOver does so over that many connections.
func driveOver(ctx context.Context, connections int, s *server, f flow, length time.Duration, count int) (load, error) {
	if length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, length)
		defer cancel()
	}
	var number atomic.Int64
	repeat := func(connection int) (took []float64, err error) {
		c, err := dial(s.host)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		for ctx.Err() == nil {
			n := int(number.Add(1))
			if count > 0 && n > count {
				break
			}
			before := time.Now()
			if err := f(c, connection, n); err != nil {
				return nil, err
			}
			took = append(took, time.Since(before).Seconds())
		}
		return took, nil
	}
	var all sync.WaitGroup
	took, errs := make([][]float64, connections), make([]error, connections)
	began := time.Now()
	for i := range connections {
		all.Go(func() { took[i], errs[i] = repeat(i) })
	}
	all.Wait()
	elapsed := time.Since(began).Seconds()
	each := slices.Sorted(slices.Values(slices.Concat(took...)))
	if err := errors.Join(errs...); err != nil || len(each) == 0 {
		return load{}, errors.Join(err, ctx.Err())
	}
	return load{float64(len(each)) / elapsed, each[len(each)/2], each[len(each)*99/100]}, nil
}

// verify logs in, and verifies both tokens with the keys of the issuer.
func verify(ctx context.Context, s *server, f flow, issuer string) error {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return err
	}
	c, err := dial(s.host)
	if err != nil {
		return err
	}
	defer c.Close()
	var tokens struct {
		Access string `json:"access_token"`
		ID     string `json:"id_token"`
	}
	if err := errors.Join(f(c, 0, 0), json.Unmarshal(c.body, &tokens)); err != nil {
		return err
	}
	verifier := provider.VerifierContext(ctx, &oidc.Config{SkipClientIDCheck: true})
	_, err = verifier.Verify(ctx, tokens.Access)
	_, err2 := verifier.Verify(ctx, tokens.ID)
	return errors.Join(err, err2)
}
