package gateway_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var at = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func connection(url string) *fixtures.Connection {
	return &fixtures.Connection{Options: fixtures.ConnectionOptions{Provider: fixtures.ProviderGateway, GatewayURL: url}}
}

func message() gateway.Message {
	return gateway.Message{Recipient: "+12025550101", Body: "Your <code> & 123456", Sender: "+1 234 567"}
}

// listen starts a server with the handler. Its URL has the host localhost.
func listen(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

func TestTheCallIsAuth0s(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	url := listen(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.Method + " " + r.URL.RequestURI() + "\n" + r.Header.Get("Content-Type") + "\n" + r.Header.Get("Authorization") + "\n" + string(body)
	})
	conn := connection(url + "/sms?a=b")
	m := message()
	if err := gateway.New(nil).Send(t.Context(), conn, m, at); err != nil {
		t.Fatal(err)
	}
	want := "POST /sms?a=b\napplication/json\n\n" + `{"recipient":"+12025550101","body":"Your <code> & 123456","sender":"+1 234 567"}`
	if s := <-got; s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}

	// The secret of Auth0's example is shorter than go-jose would take.
	conn.Options.GatewayAuthentication = fixtures.GatewayAuthentication{Method: "bearer", Subject: "urn:Auth0", Audience: "urn:MySmsGateway", Secret: "MySecretToSignTheToken"}
	m.Request = &gateway.Request{IP: "192.0.2.1", UserAgent: "curl"}
	plain := `,"req":{"ip":"192.0.2.1","user-agent":"curl"}}`
	var tokens []string
	for _, secret := range []string{"MySecretToSignTheToken", "TXlTZWNyZXRUb1NpZ25UaGVUb2tlbg", "TXlTZWNyZXRUb1NpZ25UaGVUb2tlbg=="} {
		conn.Options.GatewayAuthentication.SecretBase64Encoded = secret[:2] == "TX"
		conn.Options.GatewayAuthentication.Secret = secret
		if err := gateway.New(nil).Send(t.Context(), conn, m, at); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(<-got, "\n")
		if !strings.HasSuffix(lines[3], plain) {
			t.Errorf("the body is %s", lines[3])
		}
		tokens = append(tokens, lines[2])
	}
	// Signed with openssl: {"alg":"HS256","typ":"JWT"} {"iat":1893456000,"aud":"urn:MySmsGateway","sub":"urn:Auth0"}
	bearer := "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE4OTM0NTYwMDAsImF1ZCI6InVybjpNeVNtc0dhdGV3YXkiLCJzdWIiOiJ1cm46QXV0aDAifQ.54N46Xw5O2qYKA4QWJN1MdQzYq9J6SgzKo6Ty4UEyBE"
	for i, token := range tokens {
		if token != bearer {
			t.Errorf("%d: %s", i, token)
		}
	}
}

// Only the status matters, and only 200 is a success.
func TestTheStatusDecides(t *testing.T) {
	t.Parallel()
	status := make(chan int, 1)
	url := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Error("the redirect is followed")
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(<-status)
	})
	for code, want := range map[int]string{
		200: "",
		201: "sms_provider_error: Unexpected response while calling the SMS gateway: 201",
		302: "sms_provider_error: Unexpected response while calling the SMS gateway: 302",
		307: "sms_provider_error: Unexpected response while calling the SMS gateway: 307",
		401: "sms_provider_error: Authentication failed while calling the SMS gateway: 401",
		403: "sms_provider_error: Unexpected response while calling the SMS gateway: 403",
		503: "sms_provider_error: Unexpected response while calling the SMS gateway: 503",
	} {
		status <- code
		got := ""
		if err := gateway.New(nil).Send(t.Context(), connection(url+"/"), message(), at); err != nil {
			got = err.Error()
			if r := (*refusal.Refusal)(nil); !errors.As(err, &r) || r.Status != 400 || !strings.Contains(r.Hint, "localhost:") {
				t.Errorf("%d: %#v", code, err)
			}
		}
		if got != want {
			t.Errorf("%d: %s", code, got)
		}
	}
}

func TestAGatewayThatIsNotThere(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + ln.Addr().String()
	_ = ln.Close()
	err = gateway.New(nil).Send(t.Context(), connection(url), message(), at)
	if err == nil || err.Error() != "sms_provider_error: Unexpected response while calling the SMS gateway: ECONNREFUSED" {
		t.Error(err)
	}
}

// silent is a Caller on a network whose server never answers.
func silent(t *testing.T) *gateway.Caller {
	t.Helper()
	return gateway.DialWith(func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		t.Cleanup(func() { _ = server.Close() })
		go func() { _, _ = io.Copy(io.Discard, server) }()
		return client, nil
	})
}

func TestTheTimeoutIs30Seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := silent(t).Send(t.Context(), connection("http://localhost/"), message(), at)
		if err == nil || err.Error() != "sms_provider_error: Timeout while calling the SMS gateway: ETIMEDOUT" {
			t.Error(err)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestACallerWhoIsGoneEndsTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		if err := silent(t).Send(ctx, connection("http://localhost/"), message(), at); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestOnlyLoopbackAndAllowedHostsAreCalled(t *testing.T) {
	t.Parallel()
	c := gateway.New([]string{"SMS.example.com", "[2001:db8::1]"})
	for url, called := range map[string]bool{
		"http://localhost:1/": true, "http://LOCALHOST./": true, "http://sms.localhost/": true, "http://127.0.0.1/": true, "http://127.9.9.9/": true,
		"http://[::1]:3000/": true, "http://[::ffff:127.0.0.1]/": true, "https://sms.example.com/x": true, "http://sms.EXAMPLE.com:8080": true, "http://[2001:db8::1]/": true,
		"https://example.com/": false, "https://sms.example.com.evil.test/": false, "http://a.sms.example.com/": false, "http://notlocalhost/": false,
		"http://localhost.example.com/": false, "http://10.0.0.1/": false, "http://0.0.0.0/": false, "http://169.254.169.254/": false, "http://[::]/": false,
		"http://127.1/": false, "http://2130706433/": false, "http://localhost@10.0.0.1/": false, "http://10.0.0.1#@localhost/": false, "x": false, "http://": false,
	} {
		if why := c.Refuses(url); (why == "") != called {
			t.Errorf("%s: %q", url, why)
		}
	}
	err := gateway.New(nil).Send(t.Context(), connection("https://sms.example.com/"), message(), at)
	if err == nil || err.Error() != "the SMS gateway was not called: --allow-outbound sms.example.com would call it" {
		t.Error(err)
	}
}

// The address decides, not the name.
func TestANameOfLoopbackThatLeadsElsewhereIsNotCalled(t *testing.T) {
	t.Parallel()
	err := gateway.ResolveTo("192.0.2.1:80").Send(t.Context(), connection("http://sms.localhost/"), message(), at)
	var refused *refusal.Refusal
	if !errors.As(err, &refused) || refused.Hint != "dial tcp 192.0.2.1:80: 192.0.2.1:80 is not on loopback" {
		t.Errorf("%#v", err)
	}
	// An allowed host may have any address, also one on loopback.
	url := listen(t, func(http.ResponseWriter, *http.Request) {})
	address := strings.Replace(strings.TrimPrefix(url, "http://"), "localhost", "127.0.0.1", 1)
	if err := gateway.ResolveTo(address, "sms.example.com").Send(t.Context(), connection("http://sms.example.com/"), message(), at); err != nil {
		t.Error(err)
	}
}

// A proxy of the environment would see the message.
func TestNoProxyIsAsked(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	url := listen(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.IsAbs() {
			t.Error("it is asked as a proxy is")
		}
	})
	address := strings.Replace(strings.TrimPrefix(url, "http://"), "localhost", "127.0.0.1", 1)
	if err := gateway.ResolveTo(address, "sms.example.com").Send(t.Context(), connection("http://sms.example.com/"), message(), at); err != nil {
		t.Error(err)
	}
}
