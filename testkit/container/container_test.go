package container_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/testcontainers/testcontainers-go"

	"github.com/mockauth0/mockauth0/testkit/container"
)

const image = "ghcr.io/mockauth0/mockauth0"

// needImage skips a test where nobody has built the image.
func needImage(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("MOCKAUTH0_IMAGE_BUILT") == "" {
		t.Skip("the image is needed: bash .ci/image builds it and runs this")
	}
	return t.Context()
}

func TestRun(t *testing.T) {
	ctx := needImage(t)
	auth, err := container.Run(ctx, "ghcr.io/mockauth0/mockauth0", container.WithFixture("testdata/mockauth0.yaml"))
	testcontainers.CleanupContainer(t, auth)
	if err != nil {
		t.Fatal(err)
	}
	base := must(auth.URL(ctx))(t)
	domain := must(auth.Domain(ctx))(t)
	if base != "http://"+domain || must(auth.TLSURL(ctx))(t) != "https://"+domain || must(auth.Issuer(ctx))(t) != base+"/" {
		t.Errorf("URL %s, domain %s, TLSURL %s, issuer %s", base, domain, must(auth.TLSURL(ctx))(t), must(auth.Issuer(ctx))(t))
	}

	start(t, base, "grace@example.com", "code")
	otp, err := auth.OTP(ctx, "grace@example.com") // what the e-mail says
	if err != nil {
		t.Fatal(err)
	}
	status, answer := post(t, base+"/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"}, "client_id": {"acme-native"}, "realm": {"email"},
		"username": {"grace@example.com"}, "otp": {otp}, "scope": {"openid"},
	})
	if status != http.StatusOK || answer["id_token"] == nil {
		t.Errorf("%d, %v", status, answer)
	}
	start(t, base, "ada@example.com", "link")
	if link := must(auth.MagicLink(ctx, "ada@example.com"))(t); !strings.HasPrefix(link, base+"/passwordless/verify_redirect?") {
		t.Errorf("the link is %s", link)
	}

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: must(auth.CertPool(ctx))(t)}}}
	defer client.CloseIdleConnections()
	res, err := client.Get(must(auth.TLSURL(ctx))(t) + "/_mock/health")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()

	if err := auth.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	if otp, err := auth.OTP(ctx, "grace@example.com"); err == nil || !strings.Contains(err.Error(), "grace@example.com") {
		t.Errorf("after a reset there is the code %q, %v", otp, err)
	}
}

func TestMail(t *testing.T) {
	ctx := needImage(t)
	auth := run(t, container.WithFixtureYAML("version: 1\nextends: default\nusers: [{email: grace@example.com}]\n"))
	err := smtp.SendMail(must(auth.SMTPAddr(ctx))(t), nil, "shop@acme.test", []string{"grace@example.com"}, []byte("Subject: Welcome\r\n\r\nto Acme\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(must(auth.MailAPIURL(ctx))(t) + "/api/v2/messages")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var mails struct {
		Items []struct {
			Content struct{ Headers map[string][]string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&mails); err != nil {
		t.Fatal(err)
	}
	if len(mails.Items) != 1 || mails.Items[0].Content.Headers["Subject"][0] != "Welcome" {
		t.Errorf("%+v", mails)
	}
}

// A seed, a clock and an issuer make the same tenant each time.
func TestOptions(t *testing.T) {
	ctx := needImage(t)
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	auth := run(t, container.WithSeed("dev"), container.WithClock(at), container.WithIssuer("https://login.acme.test/"),
		container.WithScenario("testdata/first-code-lost.yaml"), container.WithScenario("sms-lost"), container.WithTLSHosts("auth"))
	base := must(auth.URL(ctx))(t)
	if issuer := must(auth.Issuer(ctx))(t); issuer != "https://login.acme.test/" {
		t.Errorf("the issuer is %s", issuer)
	}
	res, err := http.Get(base + "/_mock/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var on json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&on); err != nil || res.Header.Get("Date") != at.Format(http.TimeFormat) {
		t.Errorf("%s, %v", res.Header.Get("Date"), err)
	}
	for _, name := range []string{"first-code-lost", "sms-lost"} {
		if !strings.Contains(string(on), `"`+name+`"`) {
			t.Errorf("%s is not on: %s", name, on)
		}
	}
}

// Each tenant has a port, and nothing that one does is seen by another.
func TestTenants(t *testing.T) {
	ctx := needImage(t)
	auth := run(t, container.WithTenants(3))
	for n := range 3 {
		own := auth.Tenant(n)
		base := must(own.URL(ctx))(t)
		if issuer := must(own.Issuer(ctx))(t); issuer != base+"/" {
			t.Errorf("the issuer of %d is %s", n, issuer)
		}
		start(t, base, fmt.Sprintf("user%d@example.com", n), "code")
	}
	for n := range 3 {
		own := auth.Tenant(n)
		if otp := must(own.OTP(ctx, fmt.Sprintf("user%d@example.com", n)))(t); len(otp) != 6 {
			t.Errorf("the code is %q", otp)
		}
		messages := must(http.Get(must(own.URL(ctx))(t) + "/_mock/outbox"))(t)
		text := string(must(io.ReadAll(messages.Body))(t))
		messages.Body.Close()
		for other := range 3 {
			if strings.Contains(text, fmt.Sprintf("user%d@example.com", other)) != (other == n) {
				t.Errorf("the messages of %d are %s", n, text)
			}
		}
	}
}

// WithTenants exposes the ports of all tenants. It needs no engine.
func TestWithTenants(t *testing.T) {
	var req testcontainers.GenericContainerRequest
	if err := container.WithTenants(3)(&req); err != nil {
		t.Fatal(err)
	}
	if ports := strings.Join(req.ExposedPorts, " "); ports != "2885/tcp 2886/tcp" || req.Env["MOCKAUTH0_TENANTS"] != "3" {
		t.Errorf("the ports are %s, and the environment is %v", ports, req.Env)
	}
}

// What is wrong with the options is said with the container's log.
func TestRefused(t *testing.T) {
	ctx := needImage(t)
	auth, err := container.Run(ctx, image, container.WithScenario("rate-limted"))
	testcontainers.CleanupContainer(t, auth)
	if err == nil || auth == nil {
		t.Fatalf("it runs: %v", err)
	}
	logs, err := auth.Logs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	if text, err := io.ReadAll(logs); err != nil || !strings.Contains(string(text), `did you mean "rate-limited"?`) {
		t.Errorf("%s, %v", text, err)
	}
}
