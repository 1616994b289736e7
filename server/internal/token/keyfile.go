package token

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// OfFixture returns the keys of a fixture: those in its keys.files, whose names are
// relative to the fixture, else the embedded ones of its keys.mode. The error is a
// *fixtures.Errors. It names each file that has no usable key, with its place in
// the fixture.
func OfFixture(f *fixtures.Fixture) (*Keys, error) {
	if len(f.Keys.Files) == 0 {
		return Embedded(f.Keys.Mode), nil
	}
	keys := &Keys{rogue: fast.rogue}
	var mistakes strictyaml.Errors
	content := sha256.New()
	byModulus, byKID := map[string]string{}, map[string]string{} // names of files
	for i, name := range f.Keys.Files {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(f.Source), name)
		}
		p, err := readKeyFile(name)
		if err != nil {
			mistakes = append(mistakes, f.KeyFileProblem(i, "%s", err))
			continue
		}
		if first := byModulus[p.public().N.String()]; first != "" {
			mistakes = append(mistakes, f.KeyFileProblem(i, "%s is the key of %s, too; give each key once", name, first))
			continue
		}
		if first := byKID[p.kid]; first != "" {
			mistakes = append(mistakes, f.KeyFileProblem(i, "%s has the kid %q of %s, too; a verifier could not tell them apart", name, p.kid, first))
			continue
		}
		byModulus[p.public().N.String()] = name
		if p.kid != "" {
			byKID[p.kid] = name
		}
		content.Write(p.cert)
		content.Write([]byte(p.kid))
		keys.turns = append(keys.turns, func() *pair { return p })
	}
	if len(mistakes) > 0 {
		return nil, &mistakes
	}
	keys.name = string(content.Sum(nil))
	return keys, nil
}

// maxKeyFile is how many bytes a key file may have: far more than a key and its
// certificates need.
const maxKeyFile = 64 << 10

func readKeyFile(name string) (*pair, error) {
	data, err := readSmall(name)
	var cause *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", name)
	case errors.As(err, &cause):
		return nil, fmt.Errorf("the file %s cannot be read (%w); correct that, or name another", name, cause.Err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p, err := parseKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// readSmall reads a file of at most maxKeyFile bytes.
func readSmall(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, errors.New("that is a device or the like, and no file") // opening it could block for ever
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	if len(data) > maxKeyFile {
		return nil, errors.New("the file is larger than 64 KiB; give the key alone")
	}
	return data, err
}

// parseKey reads an RSA private key: a JWK, or PEM (PKCS #8 or PKCS #1), which may
// hold the certificate too. For a key without a certificate it makes one, the same
// each time.
func parseKey(data []byte) (*pair, error) {
	read := parsePEM
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		read = parseJWK
	}
	key, p, err := read(data)
	if err != nil {
		return nil, err
	}
	if key.N.BitLen() < 2048 {
		return nil, fmt.Errorf("the key has %d bits; RS256 asks for 2,048 or more (RFC 7518 §3.3)", key.N.BitLen())
	}
	if err := key.Validate(); err != nil {
		return nil, errors.New("the key is damaged: its numbers do not fit each other")
	}
	key.Precompute()
	p.key = key
	if p.cert == nil {
		if p.cert, err = selfSigned(key); err != nil {
			return nil, err
		}
	}
	if cert, err := x509.ParseCertificate(p.cert); err != nil || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("the certificate is not that of the key")
	}
	return p, nil
}

func parsePEM(data []byte) (key *rsa.PrivateKey, p *pair, err error) {
	p = &pair{}
	var private any
	block, rest := pem.Decode(data)
	for ; block != nil; block, rest = pem.Decode(rest) {
		if private != nil && strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return nil, nil, errors.New("there are two private keys in it; give each a file of its own")
		}
		switch block.Type {
		case "PRIVATE KEY":
			private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			if block.Headers["DEK-Info"] != "" {
				return nil, nil, errEncrypted
			}
			private, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case "ENCRYPTED PRIVATE KEY":
			return nil, nil, errEncrypted
		case "CERTIFICATE":
			if p.cert == nil { // the first is the key's own
				p.cert = block.Bytes
			}
		case "PUBLIC KEY", "RSA PUBLIC KEY":
			return nil, nil, errors.New("that is a public key; to sign takes the private one")
		case "EC PRIVATE KEY":
			return nil, nil, errNoRSA
		}
		if err != nil {
			return nil, nil, errors.New("the PEM holds no key that can be read; paste it whole")
		}
	}
	if bytes.Contains(rest, []byte("-----BEGIN ")) {
		return nil, nil, errors.New("a PEM block begins in it that does not end well; paste it whole")
	}
	if private == nil {
		return nil, nil, errors.New("there is no private key in it; give one in PEM form (-----BEGIN PRIVATE KEY-----) or as a JWK")
	}
	key, isRSA := private.(*rsa.PrivateKey)
	if !isRSA {
		return nil, nil, errNoRSA
	}
	return key, p, nil
}

var (
	errNoRSA     = errors.New("that is no RSA key; tokens are signed with RS256")
	errEncrypted = errors.New("the key is encrypted; openssl pkey -in FILE -out NEW decrypts it")
)

func parseJWK(data []byte) (key *rsa.PrivateKey, p *pair, err error) {
	var parsed jose.JSONWebKey
	if err := json.Unmarshal(data, &parsed); err != nil {
		return nil, nil, errors.New("that is no whole JWK: one JSON object with kty, n, e, d, p and q, and no set of them")
	}
	switch private := parsed.Key.(type) {
	case *rsa.PrivateKey:
		if parsed.Use != "" && parsed.Use != "sig" || parsed.Algorithm != "" && parsed.Algorithm != string(jose.RS256) {
			return nil, nil, fmt.Errorf("the JWK is for use %q and alg %q; tokens are signed with RS256", parsed.Use, parsed.Algorithm)
		}
		p = &pair{kid: parsed.KeyID}
		if len(parsed.Certificates) > 0 {
			p.cert = parsed.Certificates[0].Raw
		}
		return private, p, nil
	case *rsa.PublicKey:
		return nil, nil, errors.New("that is a public key; to sign takes the private one, with d")
	}
	return nil, nil, errNoRSA
}

// selfSigned makes a certificate for a key. It is the same each time, because PKCS
// #1 v1.5 needs no random numbers.
func selfSigned(key *rsa.PrivateKey) ([]byte, error) {
	fingerprint := sha256.Sum256(key.N.Bytes())
	template := &x509.Certificate{
		SerialNumber:       new(big.Int).SetBytes(fingerprint[:16]),
		Subject:            pkix.Name{CommonName: "mockauth0 " + base64.RawURLEncoding.EncodeToString(fingerprint[:12])},
		SignatureAlgorithm: x509.SHA256WithRSA,
		NotBefore:          time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:           time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	return x509.CreateCertificate(nil, template, template, &key.PublicKey, key)
}
