package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var sampleSize = flag.Int("signatures", 1_000, "how many tokens the verifiers of TestSignatures get")

// A program verifies a sample: it is called with the sample's folder, the
// address of the key set, the issuer and the audience. For each way in which it
// verifies it says how many tokens that accepts and how many it refuses of those
// that have been tampered with: a line of the form
//
//	WAY: 5000 accepted, 30 refused
//
// On standard error it says what was wrong first.
type program struct {
	name    string
	command func(t *testing.T) []string
	env     []string // besides this process's
	ways    []string // what it must say, and nothing else
}

var programs = []program{
	{"Go", thisProgram, []string{envRole + "=" + roleVerify, "GODEBUG="}, goWays},
	{"Go in FIPS 140 mode", thisProgram, []string{envRole + "=" + roleVerify, "GODEBUG=fips140=on"}, inFIPSMode(goWays)},
	{
		"Node", func(t *testing.T) []string {
			t.Helper()
			installPackages(t)
			return []string{"node", "javascript/signatures.js"}
		}, nil,
		[]string{
			"node:crypto, JWK", "node:crypto, x5c", "jose, local key set", "jose, remote key set", "jose, x5c",
			"jsonwebtoken with jwks-rsa", "express-oauth2-jwt-bearer",
		},
	},
	{
		"Python", func(t *testing.T) []string {
			t.Helper()
			return []string{string(findPyJWT(t)), "python/signatures.py"}
		}, nil,
		[]string{"PyJWT, PyJWKSet", "PyJWT, PyJWKClient", "cryptography, x5c"},
	},
	{
		"Java", func(t *testing.T) []string {
			t.Helper()
			if _, err := exec.LookPath("javac"); err != nil { // a runtime alone runs no source
				need(t, "no JDK is installed: apt-get install default-jdk-headless")
			}
			return []string{"java", "-XX:+UseSerialGC", "java/Signatures.java"}
		}, nil,
		[]string{"java.security, RSAPublicKeySpec", "java.security, x5c"},
	},
}

// Verifiers of all kinds accept the keys of both of a fixture's modes, and each
// signature of theirs, and refuse tokens that have been tampered with.
func TestSignatures(t *testing.T) {
	t.Parallel()
	moduli := map[string]string{}
	for _, c := range []struct {
		mode string
		size int
	}{{"fast", *sampleSize}, {"rsa", *sampleSize / 30}} {
		s := takeSample(t, c.mode, c.size)
		for _, key := range s.keys {
			if of, seen := moduli[key.N]; seen {
				t.Errorf("a key of mode %s has the modulus of one of mode %s", c.mode, of)
			}
			moduli[key.N] = c.mode
		}
		t.Run(c.mode, func(t *testing.T) {
			for _, p := range programs {
				t.Run(p.name, func(t *testing.T) {
					t.Parallel()
					s.verify(t, p)
				})
			}
			t.Run("OpenSSL", func(t *testing.T) {
				t.Parallel()
				s.verifyByOpenSSL(t)
			})
		})
	}
}

var verdict = regexp.MustCompile(`(?m)^(.*): (\d+) accepted, (\d+) refused$`)

// verify runs a program over the sample.
func (s *sample) verify(t *testing.T, p program) {
	t.Helper()
	args := append(p.command(t), s.dir, s.mock.url+"/.well-known/jwks.json", sampleIssuer, audience)
	c := exec.CommandContext(within(t), args[0], args[1:]...)
	c.Env = append(os.Environ(), p.env...)
	gently(c)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil || complaints.Len() > 0 {
		t.Errorf("it says (%v)\n%s", err, complaints.Bytes())
	}
	want := map[string]string{}
	for _, way := range p.ways {
		want[way] = fmt.Sprintf("%d accepted, %d refused", len(s.tokens), len(s.tampered))
	}
	got := map[string]string{}
	for _, m := range verdict.FindAllStringSubmatch(string(out), -1) {
		got[m[1]] = m[2] + " accepted, " + m[3] + " refused"
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// thisProgram is this one in the role of a verifier.
func thisProgram(*testing.T) []string { return []string{os.Args[0]} }

// openSSLSize is how many tokens of each key openssl gets, which is a process
// for each. That the same library accepts them all is what Node and Python say.
const openSSLSize = 20

// verifyByOpenSSL looks at the keys and the certificates with the tool openssl,
// and at some of the tokens.
func (s *sample) verifyByOpenSSL(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		need(t, "openssl is not installed: apt-get install openssl")
	}
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(stdin string, args ...string) (string, error) {
		c := exec.CommandContext(within(t), "openssl", args...)
		c.Stdin = strings.NewReader(stdin)
		out, err := c.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	publicKey := map[string]string{} // by kid
	for _, key := range s.keys {
		der, err := base64.StdEncoding.DecodeString(key.X5c[0])
		if err != nil {
			t.Fatal(err)
		}
		cert := file("cert-"+key.Kid, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		out, err := run("", "x509", "-in", cert, "-noout", "-pubkey")
		if err != nil {
			t.Fatalf("x509 -pubkey: %v %s", err, out)
		}
		publicKey[key.Kid] = file("key-"+key.Kid, []byte(out+"\n"))
		for _, c := range []struct {
			args []string
			says string
		}{
			{[]string{"pkey", "-pubin", "-in", publicKey[key.Kid], "-noout", "-pubcheck"}, "Key is valid"},
			{[]string{"rsa", "-pubin", "-in", publicKey[key.Kid], "-noout", "-modulus"}, fmt.Sprintf("Modulus=%X", decode(t, key.N))},
			{[]string{"verify", "-auth_level", "2", "-check_ss_sig", "-CAfile", cert, cert}, cert + ": OK"},
		} {
			if out, err := run("", c.args...); err != nil || out != c.says {
				t.Errorf("openssl %v: %v\n%s", c.args, err, out)
			}
		}
	}
	verify := func(token string) (string, error) {
		end := strings.LastIndex(token, ".")
		signature := file("signature", decode(t, token[end+1:]))
		return run(token[:end], "dgst", "-sha256", "-verify", publicKey[kidOf(t, token)], "-signature", signature)
	}
	verified := map[string]int{}
	for _, token := range s.tokens {
		kid := kidOf(t, token)
		if verified[kid] == openSSLSize {
			continue
		}
		verified[kid]++
		if out, err := verify(token); err != nil || out != "Verified OK" {
			t.Fatalf("openssl dgst -verify: %v %s\n%s", err, out, token)
		}
	}
	for _, bad := range s.tampered {
		if strings.HasSuffix(bad.token, ".") {
			continue // openssl reads no empty file
		}
		if out, err := verify(bad.token); err == nil || !strings.Contains(out, "Verification failure") {
			t.Errorf("openssl dgst -verify: %v %s\nto a token %s", err, out, bad.kind)
		}
	}
}
