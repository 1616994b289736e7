// Package gateway calls the SMS gateway of a connection as Auth0 does: it sends
// each text message with POST, and looks only at the status of the answer. It calls the
// webhooks of streams, too.
//
// A fixture from a real tenant has real addresses, and a mock must not call them
// by accident. So the package calls only loopback and the hosts that the user
// allows.
//
// Source: auth0/docs-v2 authenticate/passwordless/authentication-methods/use-sms-gateway-passwordless.mdx.
package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/streams"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// timeout is how long Auth0 waits for an answer, in real time.
const timeout = 30 * time.Second

// A Caller calls gateways and webhooks. It keeps no connections open.
type Caller struct {
	allowed []string
	dial    func(ctx context.Context, network, address string, control controller) (net.Conn, error)
}

// A controller can refuse an address before it is called.
type controller func(network, address string, _ syscall.RawConn) error

// New makes a Caller that calls loopback and the allowed hosts.
func New(allowed []string) *Caller {
	return &Caller{allowed: allowed, dial: func(ctx context.Context, network, address string, control controller) (net.Conn, error) {
		d := net.Dialer{Control: control}
		return d.DialContext(ctx, network, address)
	}}
}

// Used reports whether the connection sends its text messages to a gateway.
func Used(conn *fixtures.Connection) bool {
	return conn.Options.Provider == fixtures.ProviderGateway && conn.Options.GatewayURL != ""
}

// Refuses says why the Caller does not call the gateway at the address. It is
// empty if it does.
func (c *Caller) Refuses(address string) string {
	host, allowed := c.mayCall(address)
	switch {
	case host == "":
		return "gateway_url is not a URL"
	case !allowed:
		return "the SMS gateway was not called: --allow-outbound " + host + " would call it"
	}
	return ""
}

// mayCall tells whether the Caller may call a URL, and its host, which is "" of what is
// no URL.
func (c *Caller) mayCall(address string) (host string, allowed bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	host = u.Hostname()
	return host, isLoopback(host) || c.allows(host)
}

// Post calls a webhook and returns the status of its answer. It refuses the hosts that
// are not allowed.
func (c *Caller) Post(req *http.Request) (int, error) {
	if why := c.Forbids(req.URL.String()); why != nil {
		return 0, why
	}
	return c.post(req)
}

// Forbids says why the Caller does not call a webhook; nil if it does.
func (c *Caller) Forbids(address string) error {
	if host, allowed := c.mayCall(address); !allowed {
		return streams.NotAllowedError{Host: host}
	}
	return nil
}

func (c *Caller) allows(host string) bool {
	return slices.ContainsFunc(c.allowed, func(a string) bool { return strings.EqualFold(strings.Trim(a, "[]"), host) })
}

func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// A Message is a text message for a gateway to send.
type Message struct {
	Recipient string `json:"recipient"`
	Body      string `json:"body"`
	Sender    string `json:"sender"`
	// Request is about the request that started the login; nil without
	// forward_req_info.
	Request *Request `json:"req,omitempty"`
}

// A Request is the client that started the login.
type Request struct {
	IP        string `json:"ip"`
	UserAgent string `json:"user-agent"`
}

// Send sends a message to the connection's gateway. The error is that of the
// context, or one of Auth0's three refusals, with the cause as its hint.
func (c *Caller) Send(ctx context.Context, conn *fixtures.Connection, m Message, now time.Time) error {
	target := conn.Options.GatewayURL
	if why := c.Refuses(target); why != "" {
		return errors.New(why)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return err
	}
	body.Truncate(body.Len() - 1) // Encode ends with a newline
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, target, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if bearer := bearer(&conn.Options.GatewayAuthentication, now); bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	status, err := c.post(req)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && limited.Err() != nil:
		return refusal.SMSProviderTimeout.With("code", "ETIMEDOUT").Because(fmt.Sprintf("the gateway at %s did not answer within %s", req.URL.Host, timeout))
	case err != nil:
		// The documentation does not say how Auth0 answers when the gateway
		// cannot be reached. The mock writes Node's name of the error instead of
		// the status.
		return refusal.SMSProviderError.With("code", cause(err)).Because(err.Error())
	case status == http.StatusUnauthorized:
		return refusal.SMSProviderUnauthorized.With("code", strconv.Itoa(status)).Because("the gateway at " + req.URL.Host + " gave this answer; check gateway_authentication")
	case status != http.StatusOK:
		return refusal.SMSProviderError.With("code", strconv.Itoa(status)).Because("the gateway at " + req.URL.Host + " gave this answer; only 200 is a success")
	}
	return nil
}

// post returns the status of the answer.
func (c *Caller) post(req *http.Request) (int, error) {
	status, _, err := c.Call(req, 0)
	return status, err
}

// Call returns the status of the answer, and its body if that has no more than so many
// bytes. It uses no proxy and follows no redirect, since a redirect could go to any host.
// The caller has asked Forbids.
func (c *Caller) Call(req *http.Request, most int64) (status int, body []byte, err error) {
	var control controller
	if !c.allows(req.URL.Hostname()) {
		control = loopbackOnly
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return c.dial(ctx, network, address, control)
		},
	}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	if most > 0 {
		body, err = io.ReadAll(io.LimitReader(res.Body, most+1))
		if err == nil && int64(len(body)) > most {
			err = fmt.Errorf("the answer of %s has more than %d bytes", req.URL.Host, most)
		}
	}
	return res.StatusCode, body, errors.Join(err, res.Body.Close())
}

// loopbackOnly refuses addresses that are not on loopback, also for a name such as
// localhost.
func loopbackOnly(_, address string, _ syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); err != nil || !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%s is not on loopback", address)
	}
	return nil
}

// cause is Node's name for an error of the network.
func cause(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "ENOTFOUND"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "ECONNREFUSED"
	}
	return "ECONNRESET"
}

// bearer is the token for the gateway. It is empty if there is no secret.
func bearer(a *fixtures.GatewayAuthentication, now time.Time) string {
	key := a.Key()
	if len(key) == 0 {
		return ""
	}
	claims := token.Claims{{Name: "iat", Value: now.Unix()}}
	if a.Audience != "" {
		claims.Add("aud", a.Audience)
	}
	if a.Subject != "" {
		claims.Add("sub", a.Subject)
	}
	signed, _ := token.SignHS256(token.JWT, claims, key) // these claims are always JSON
	return signed
}
