package localtls

import (
	"net/http"
	"testing"
)

func TestErrorLogTellsWhoBreaksAHandshakeOff(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"http: TLS handshake error from 127.0.0.1:1: remote error: tls: bad certificate\n":                 1, // Go
		"http: TLS handshake error from 127.0.0.1:1: remote error: tls: unknown certificate authority\n":   1,
		"http: TLS handshake error from 127.0.0.1:1: local error: tls: bad record MAC\n":                   1, // OpenSSL: curl, Python
		"http: TLS handshake error from 127.0.0.1:1: EOF\n":                                                1, // Node
		"http: TLS handshake error from 127.0.0.1:1: tls: no certificates configured\n":                    0,
		"http: TLS handshake error from 127.0.0.1:1: read tcp 127.0.0.1:1->127.0.0.1:2: i/o timeout\n":     0,
		"http: URL query contains semicolon, which is no longer a supported separator; parts of the EOF\n": 0,
	} {
		got := 0
		ErrorLog(func() { got++ }).Print(line)
		if got != want {
			t.Errorf("%q: told %d times, want %d", line, got, want)
		}
	}
}

// A client that trusts the certificate, and one that does not.
func TestAServerHearsOfDistrust(t *testing.T) {
	t.Parallel()
	ca, err := NewInMemory()
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{}, 1)
	addr := serveWith(t, ca, &http.Server{Handler: http.NotFoundHandler(), ErrorLog: ErrorLog(func() { heard <- struct{}{} })})
	stranger := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if res, err := stranger.Get("https://" + addr); err == nil {
		res.Body.Close()
		t.Fatal("a stranger must refuse the certificate")
	}
	<-heard
}

func serveWith(t *testing.T, ca *CA, srv *http.Server) (addr string) {
	t.Helper()
	listeners, err := ListenAll("--addr", []string{"127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = Serve(srv, ca.TLSConfig(), listeners...)
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		<-served
	})
	return listeners[0].Addr().String()
}
