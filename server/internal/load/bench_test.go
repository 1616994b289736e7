package load_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// fixedCode is the configuration of loginCallers.
var fixedCode = server.Config{OTP: fixtures.OTP{Mode: "fixed", Code: "123456"}}

// A whole login: start, then a token request with two signatures.
func BenchmarkLogin(b *testing.B) {
	s, c := servertest.New(b, fixedCode), newLoginCaller("https://api.acme.test/")
	b.ReportAllocs()
	for b.Loop() {
		c.login(b, s, "ada@example.com")
	}
}

// The same without the work of signing an access token: it is opaque.
func BenchmarkLoginOpaque(b *testing.B) {
	s, c := servertest.New(b, fixedCode), newLoginCaller("")
	b.ReportAllocs()
	for b.Loop() {
		c.login(b, s, "ada@example.com")
	}
}

// What the two calls of a login cost by themselves.
func BenchmarkLoginCaller(b *testing.B) {
	c := newLoginCaller("https://api.acme.test/")
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	b.ReportAllocs()
	for b.Loop() {
		c.login(b, h, "ada@example.com")
	}
}

func BenchmarkStart(b *testing.B) {
	s, c := servertest.New(b, server.Config{}), newLoginCaller("")
	b.ReportAllocs()
	for b.Loop() {
		c.start(b, s, "ada@example.com")
	}
}

// The same with a scenario on that is for others: what it costs to be asked.
func BenchmarkStartWithAScenario(b *testing.B) {
	s := servertest.New(b, server.Config{})
	if _, err := s.Inject("rate-limited", scenarios.Narrowing{When: scenarios.When{Recipient: scenarios.AnyOf{"grace@*"}}}); err != nil {
		b.Fatal(err)
	}
	c := newLoginCaller("")
	b.ReportAllocs()
	for b.Loop() {
		c.start(b, s, "ada@example.com")
	}
}

// What a request costs that no scenario is on for, which is nearly all of them.
func BenchmarkDecideIdle(b *testing.B) {
	e := faults.NewEngine("dev", time.Now)
	b.ReportAllocs()
	for b.Loop() {
		if e.Concerns(nil, "ada@example.com") || e.Concerns(nil, "+14155550100") {
			b.Fatal("something is on")
		}
	}
}

// One signature: a client's own token.
func BenchmarkToken(b *testing.B) {
	s := servertest.New(b, server.Config{})
	body := `{"grant_type":"client_credentials","client_id":"acme-m2m","client_secret":"acme-m2m-secret","audience":"https://api.acme.test/"}`
	b.ReportAllocs()
	for b.Loop() {
		if w := servertest.Call(b, s, "POST", "/oauth/token", body); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

func BenchmarkJWKS(b *testing.B) {
	s := servertest.New(b, server.Config{})
	b.ReportAllocs()
	for b.Loop() {
		if w := servertest.Call(b, s, "GET", "/.well-known/jwks.json", nil); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

func BenchmarkDiscovery(b *testing.B) {
	s := servertest.New(b, server.Config{})
	b.ReportAllocs()
	for b.Loop() {
		if w := servertest.Call(b, s, "GET", "/.well-known/openid-configuration", nil); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		servertest.New(b, server.Config{})
	}
}

// What a signature costs by itself, to compare the others with.
func BenchmarkRSASign(b *testing.B) {
	block, _ := pem.Decode(fixtures.Key("1"))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256([]byte("header.payload"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
}

// What is signed may have very many claims; it must not take their square.
func BenchmarkManyClaims(b *testing.B) {
	claims := servertest.Object{}
	for n := range 6_000 {
		claims["https://acme.test/"+strconv.Itoa(n)] = 1
	}
	s, err := server.New(server.Config{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.MintToken("http://localhost/", claims); err != nil {
			b.Fatal(err)
		}
	}
}
