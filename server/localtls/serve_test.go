package localtls

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// answer says what the server saw of a request.
func answer(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s %s", scheme, r.Proto, r.Host, body)
}

// serve runs a server on localhost until the test ends, and returns its port.
func serve(t testing.TB, server *http.Server, config *tls.Config) (port string) {
	t.Helper()
	listeners, err := ListenAll("--addr", []string{"localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	if server.Handler == nil {
		server.Handler = http.HandlerFunc(answer)
	}
	if server.ErrorLog == nil {
		server.ErrorLog = log.New(io.Discard, "", 0)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(server, config, listeners...) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve returned %v, want http.ErrServerClosed", err)
		}
	})
	_, port, err = net.SplitHostPort(listeners[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// client trusts the CA, and reaches every name at this machine. It speaks
// HTTP/2 if that is offered, unless told not to.
func client(t testing.TB, ca *CA, http2 bool) *http.Client {
	t.Helper()
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: ca.CertPool()},
		ForceAttemptHTTP2: http2,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, port, _ := net.SplitHostPort(addr)
			if net.ParseIP(host) == nil {
				addr = "127.0.0.1:" + port
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	if !http2 {
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetHTTP1(true)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

func get(t testing.TB, c *http.Client, url string) string {
	t.Helper()
	res, err := c.Post(url, "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

func TestOnePortSpeaksAll(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	port := serve(t, &http.Server{}, ca.TLSConfig())
	hosts := []string{"localhost", "127.0.0.1", "foo.localhost", "tenant.test", "host.docker.internal"}
	if hasIPv6(t) {
		hosts = append(hosts, "[::1]")
	}
	for _, host := range hosts {
		at := host + ":" + port
		for _, c := range []struct {
			scheme, proto string
			http2         bool
		}{{"http", "HTTP/1.1", true}, {"https", "HTTP/1.1", false}, {"https", "HTTP/2.0", true}} {
			want := fmt.Sprintf("%s %s %s body", c.scheme, c.proto, at)
			if got := get(t, client(t, ca, c.http2), c.scheme+"://"+at+"/"); got != want {
				t.Errorf("answer is %q, want %q", got, want)
			}
		}
	}
}

func hasIPv6(t *testing.T) bool {
	t.Helper()
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// What a server does not speak is not offered either.
func TestServerWithoutHTTP2(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	both := new(http.Protocols)
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	for name, c := range map[string]struct {
		server *http.Server
		proto  string
	}{
		"protocols without":     {&http.Server{Protocols: http1}, "HTTP/1.1"},
		"protocols with":        {&http.Server{Protocols: both}, "HTTP/2.0"},
		"TLSNextProto empty":    {&http.Server{TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}, "HTTP/1.1"},
		"TLSConfig without h2":  {&http.Server{TLSConfig: &tls.Config{}}, "HTTP/1.1"},
		"TLSConfig of the CA":   {&http.Server{TLSConfig: ca.TLSConfig()}, "HTTP/2.0"},
		"nothing said about it": {&http.Server{}, "HTTP/2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			port := serve(t, c.server, ca.TLSConfig())
			if got, want := get(t, client(t, ca, true), "https://localhost:"+port), "https "+c.proto+" localhost:"+port+" body"; got != want {
				t.Errorf("answer is %q, want %q", got, want)
			}
		})
	}
}

func TestPlainHTTP2WithoutTLS(t *testing.T) {
	all := new(http.Protocols)
	all.SetHTTP1(true)
	all.SetUnencryptedHTTP2(true)
	port := serve(t, &http.Server{Protocols: all}, open(t, Options{InMemory: true}).TLSConfig())
	only := new(http.Protocols)
	only.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: only}
	defer transport.CloseIdleConnections()
	if got, want := get(t, &http.Client{Transport: transport}, "http://127.0.0.1:"+port), "http HTTP/2.0 127.0.0.1:"+port+" body"; got != want {
		t.Errorf("answer is %q, want %q", got, want)
	}
}

func TestClientLearnsThatANameIsRefused(t *testing.T) {
	told := make(chan error, 10)
	ca := open(t, Options{InMemory: true, Refused: func(err error) { told <- err }})
	port := serve(t, &http.Server{}, ca.TLSConfig())
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		_, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{RootCAs: ca.CertPool(), ServerName: "example.com", MaxVersion: version})
		if err == nil || !strings.Contains(err.Error(), "unrecognized name") {
			t.Errorf("the client's error is %v", err)
		}
		if err := <-told; !strings.Contains(err.Error(), `"example.com", which the CA may not sign`) {
			t.Errorf("the log's sentence is %v", err)
		}
	}
	_, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{RootCAs: ca.CertPool(), ServerName: "localhost", MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	if err == nil {
		t.Error("TLS 1.1 is accepted")
	}
}

// Silent connections hold up nobody, and Close leaves none of them behind (TestMain looks for goroutines).
func TestSilentConnections(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	port := serve(t, &http.Server{}, ca.TLSConfig())
	silent := make([]net.Conn, 200)
	for i := range silent {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		silent[i] = conn
		if i%2 == 0 { // these stop within a TLS handshake
			conn.Write([]byte{tlsHandshake})
		}
	}
	start := time.Now()
	for _, scheme := range []string{"http", "https"} {
		if got := get(t, client(t, ca, true), scheme+"://localhost:"+port); !strings.HasPrefix(got, scheme+" ") {
			t.Errorf("answer is %q", got)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("two requests beside 200 silent connections took %v", took)
	}
	// One that was silent for a while is still served.
	fmt.Fprintf(silent[1], "GET / HTTP/1.1\r\nHost: late\r\n\r\n")
	if res, err := http.ReadResponse(bufio.NewReader(silent[1]), nil); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the late request: %v", err)
	} else {
		res.Body.Close()
	}
}

func TestGarbage(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	port := serve(t, &http.Server{ReadHeaderTimeout: 10 * time.Second}, ca.TLSConfig())
	for _, garbage := range []string{"\x00\x01\x02\r\n\r\n", "\x16\x03\x01\x00\x05hello", "\x16GET / HTTP/1.1\r\n\r\n", "\x80\x2e\x01\x00\x02\r\n\r\n", "\xff\xfe\r\n\r\n", "SSH-2.0-x\r\n\r\n", "\x16\x03\x01\xff\xff" + strings.Repeat("x", 70000)} {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(conn, garbage)
		conn.(*net.TCPConn).CloseWrite()
		if out, err := io.ReadAll(conn); errors.Is(err, context.DeadlineExceeded) || strings.Contains(string(out), "200 OK") {
			t.Errorf("%.20q: answer is %q, %v", garbage, out, err)
		}
		conn.Close()
	}
	if got := get(t, client(t, ca, true), "https://localhost:"+port); got == "" {
		t.Error("after garbage the server is silent")
	}
}

// What a handler takes over can be reset like any TCP connection.
func TestHijackReachesTCP(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	done := make(chan struct{}, 2)
	port := serve(t, &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { done <- struct{}{} }()
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		tcp, ok := TCPConn(conn)
		if !ok {
			t.Errorf("no TCP connection below %T", conn)
			return
		}
		tcp.SetLinger(0)
		tcp.Close()
	})}, ca.TLSConfig())
	for _, scheme := range []string{"http", "https"} {
		_, err := client(t, ca, false).Get(scheme + "://127.0.0.1:" + port)
		if err == nil || !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: the error is %v, want a reset connection", scheme, err)
		}
		<-done
	}
}

func TestShutdownWaitsForRequests(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	inside, release := make(chan struct{}), make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-release
		io.WriteString(w, "done")
	})}
	port := serve(t, server, ca.TLSConfig())
	silent, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	got := make(chan string)
	go func() { got <- get(t, client(t, ca, true), "https://localhost:"+port) }()
	<-inside
	stopped := make(chan error)
	go func() { stopped <- server.Shutdown(context.Background()) }()
	if n, err := silent.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("the silent connection read %d bytes, %v; want it closed", n, err)
	}
	close(release)
	if answer, err := <-got, <-stopped; answer != "done" || err != nil {
		t.Errorf("answer is %q, Shutdown returned %v", answer, err)
	}
}

func BenchmarkHandshake(b *testing.B) {
	ca := open(b, Options{InMemory: true})
	port := serve(b, &http.Server{}, ca.TLSConfig())
	config := &tls.Config{RootCAs: ca.CertPool(), ServerName: "localhost"}
	b.ReportAllocs()
	for b.Loop() {
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, config)
		if err != nil {
			b.Fatal(err)
		}
		conn.Close()
	}
}

func BenchmarkPlainRequest(b *testing.B) {
	ca := open(b, Options{InMemory: true})
	port := serve(b, &http.Server{}, ca.TLSConfig())
	transport := &http.Transport{DisableKeepAlives: true}
	c := &http.Client{Transport: transport}
	b.ReportAllocs()
	for b.Loop() {
		get(b, c, "http://127.0.0.1:"+port)
	}
}

func BenchmarkLeaf(b *testing.B) {
	ca := open(b, Options{InMemory: true})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := ca.authority.newLeaf(ca.usual, time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cached", func(b *testing.B) {
		hello := &tls.ClientHelloInfo{ServerName: "tenant.test"}
		for b.Loop() {
			if _, err := ca.GetCertificate(hello); err != nil {
				b.Fatal(err)
			}
		}
	})
}
