// Package container runs mockauth0 in a container of its own for a test, in
// the manner of Testcontainers' modules.
//
// For a Go test of Go code package testkit does the same without a container.
// This one is for code that runs in containers itself, and for teams whose
// tests start all else so.
//
// The iss of a token is where it was got. The test sees the container as
// [Container.URL], on a port that differs each time; another container on the
// same network sees it by its alias, with port 2884. Where a token that the one
// gets is verified by the other, pin the issuer by [WithIssuer], and give the
// verifier the URL of the keys by its own name for the container.
package container

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	port        = 2884 // http and https; those behind it are of further tenants
	smtpPort    = "1025/tcp"
	mailAPIPort = "8025/tcp"

	startupTime = time.Minute
	callTime    = 15 * time.Second
	mailTime    = 5 * time.Second // for a message to come
)

// A Container is a tenant that runs in a container.
type Container struct {
	testcontainers.Container
	number int // of the tenant; 0 for the first
}

// portOf is the port of a tenant in the container.
func portOf(number int) string { return strconv.Itoa(port+number) + "/tcp" }

// Tenant is the tenant with this number of those of [WithTenants], which the server calls
// w1, w2 and so on: its methods are those of the container, and act on that tenant alone.
// 0 is the first. All share the mail server.
func (c *Container) Tenant(number int) *Container {
	return &Container{Container: c.Container, number: number}
}

// Run starts a container of the image, such as ghcr.io/mockauth0/mockauth0, and
// waits until the tenant in it is healthy. The container is not nil if it was
// made before the error came up.
func Run(ctx context.Context, img string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	defaults := []testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(portOf(0), smtpPort, mailAPIPort),
		// Not the image's own health check, which not every engine runs.
		testcontainers.WithWaitStrategyAndDeadline(startupTime, wait.ForHTTP("/_mock/health").WithPort(portOf(0))),
		testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error { return nameHost(ctx, req) }),
	}
	ctr, err := testcontainers.Run(ctx, img, append(defaults, opts...)...)
	var c *Container
	if ctr != nil {
		c = &Container{Container: ctr}
	}
	if err != nil {
		return c, fmt.Errorf("run mockauth0: %w", err)
	}
	return c, nil
}

// nameHost lets the certificate name the host that the container will be
// reached by, which is not localhost where the tests run in a container, too,
// or the engine on another machine.
func nameHost(ctx context.Context, req *testcontainers.GenericContainerRequest) error {
	provider, err := req.ProviderType.GetProvider()
	if err != nil {
		return err
	}
	docker, ok := provider.(*testcontainers.DockerProvider)
	if !ok {
		return errors.Join(fmt.Errorf("a provider %T tells no host", provider), provider.Close())
	}
	host, err := docker.DaemonHost(ctx)
	if err != nil || host == "localhost" {
		return errors.Join(err, docker.Close())
	}
	return errors.Join(WithTLSHosts(host)(req), docker.Close())
}

// URL is where the test reaches the tenant, as in http://localhost:49321.
func (c *Container) URL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, portOf(c.number), "http")
}

// TLSURL is the same over https, with a certificate that [Container.CA] signed.
func (c *Container) TLSURL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, portOf(c.number), "https")
}

// Domain is what SDKs call domain, as in localhost:49321.
func (c *Container) Domain(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, portOf(c.number), "")
}

// Issuer is the iss of the tokens that are got at [Container.URL]: the pinned
// one, else that URL with a slash.
func (c *Container) Issuer(ctx context.Context) (string, error) {
	data, err := c.get(ctx, "/.well-known/openid-configuration", nil)
	if err != nil {
		return "", err
	}
	var discovery struct{ Issuer string }
	if err := json.Unmarshal(data, &discovery); err != nil {
		return "", fmt.Errorf("discovery: %w", err)
	}
	return discovery.Issuer, nil
}

// SMTPAddr is the mail server's host and port.
func (c *Container) SMTPAddr(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, smtpPort, "")
}

// MailAPIURL is where MailHog's HTTP API is.
func (c *Container) MailAPIURL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, mailAPIPort, "http")
}

// CA is the certificate, in PEM, that a client of the https side must trust.
func (c *Container) CA(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "/_mock/ca.pem", nil)
}

// CertPool is a new pool that holds [Container.CA] alone.
func (c *Container) CertPool(ctx context.Context) (*x509.CertPool, error) {
	pem, err := c.CA(ctx)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("/_mock/ca.pem holds no certificate")
	}
	return pool, nil
}

// OTP is the live code that was sent to an address or phone number. It waits
// up to 5 seconds for one; if none comes, the error tells what did arrive.
func (c *Container) OTP(ctx context.Context, to string) (string, error) {
	return c.sent(ctx, "code", to)
}

// MagicLink is the live link that was sent. It waits as [Container.OTP] does.
func (c *Container) MagicLink(ctx context.Context, to string) (string, error) {
	return c.sent(ctx, "link", to)
}

// Captcha is the answer of the newest captcha that is not solved yet: of the login whose
// pages have that state in their URL, or of all if state is "".
func (c *Container) Captcha(ctx context.Context, state string) (string, error) {
	data, err := c.get(ctx, "/_mock/captcha", url.Values{"state": {state}})
	return strings.TrimSpace(string(data)), err
}

func (c *Container) sent(ctx context.Context, what, to string) (string, error) {
	data, err := c.get(ctx, "/_mock/outbox/"+what, url.Values{"to": {to}, "wait": {mailTime.String()}})
	return strings.TrimSpace(string(data)), err
}

// Reset brings the tenant back to its fixture, so that one container can serve
// many tests.
func (c *Container) Reset(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodPost, "/_mock/reset", nil)
	return err
}

func (c *Container) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	return c.call(ctx, http.MethodGet, path, query)
}

// call asks the tenant, past any proxy, and turns what it refuses into an error.
func (c *Container) call(ctx context.Context, method, path string, query url.Values) ([]byte, error) {
	base, err := c.URL(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, base+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s %s: %s", method, path, refusal(res.Status, data))
	}
	return data, nil
}

// refusal is the sentence in an error's body, else the status.
func refusal(status string, body []byte) string {
	var refused struct {
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &refused) != nil || refused.Description == "" {
		return status
	}
	return refused.Description
}
