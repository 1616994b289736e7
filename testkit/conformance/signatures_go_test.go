package conformance

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/fips140"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/auth0/go-jwt-middleware/v3/jwks"
	"github.com/auth0/go-jwt-middleware/v3/validator"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// goWays are those of verifyInGo.
var goWays = []string{"crypto/rsa", "crypto/x509", "go-jose", "go-oidc", "go-jwt-middleware"}

// inFIPSMode is how the ways are called while Go's FIPS 140 mode is on.
func inFIPSMode(ways []string) (out []string) {
	for _, way := range ways {
		out = append(out, way+", FIPS 140")
	}
	return out
}

// A wayToVerify accepts a token, or says why not.
type wayToVerify func(token string) error

// verifyInGo is a program that verifies a sample. It is this one in another
// role, since Go's FIPS 140 mode is on or off for a whole process.
func verifyInGo() int {
	if err := reportInGo(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func reportInGo(dir, keysURL, issuer, audience string) error {
	document, err := os.ReadFile(filepath.Join(dir, fileKeys))
	if err != nil {
		return err
	}
	tokens, err := lines(filepath.Join(dir, fileTokens))
	if err != nil {
		return err
	}
	bad, err := lines(filepath.Join(dir, fileTampered))
	if err != nil {
		return err
	}
	for i, prepare := range []func() (wayToVerify, error){
		func() (wayToVerify, error) { return cryptoRSA(document) },
		func() (wayToVerify, error) { return cryptoX509(document) },
		func() (wayToVerify, error) { return goJOSE(document) },
		func() (wayToVerify, error) { return goOIDC(keysURL, issuer, audience), nil },
		func() (wayToVerify, error) { return goMiddleware(keysURL, issuer, audience) },
	} {
		verify, err := prepare()
		if err != nil {
			return fmt.Errorf("%s: %w", goWays[i], err)
		}
		var wrong []error
		accepted, refused := 0, 0
		for _, token := range tokens {
			if err := verify(token); err != nil {
				wrong = append(wrong, fmt.Errorf("%w: %s", err, token))
				continue
			}
			accepted++
		}
		for _, line := range bad {
			token, kind, _ := strings.Cut(line, "\t")
			if verify(token) == nil {
				wrong = append(wrong, fmt.Errorf("accepts a token %s", kind))
				continue
			}
			refused++
		}
		way := goWays[i]
		if fips140.Enabled() {
			way = inFIPSMode(goWays)[i]
		}
		fmt.Printf("%s: %d accepted, %d refused\n", way, accepted, refused)
		if len(wrong) > 0 {
			fmt.Fprintf(os.Stderr, "%s: %v\n", way, wrong[0])
		}
	}
	return nil
}

func lines(file string) (out []string, err error) {
	data, err := os.ReadFile(file)
	scanner := bufio.NewScanner(bytes.NewReader(data))
	for scanner.Scan() {
		out = append(out, scanner.Text())
	}
	return out, errors.Join(err, scanner.Err())
}

// takeApart gives a token's kid, what is signed, and the signature.
func takeApart(token string) (kid string, signed, signature []byte, err error) {
	end := strings.LastIndex(token, ".")
	header, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		return "", nil, nil, err
	}
	var h struct{ Kid string }
	if err := json.Unmarshal(text, &h); err != nil {
		return "", nil, nil, err
	}
	signature, err = base64.RawURLEncoding.DecodeString(token[end+1:])
	return h.Kid, []byte(token[:end]), signature, err
}

// publicKeys reads the numbers of a key set, and nothing else of it.
func publicKeys(document []byte) (map[string]*rsa.PublicKey, error) {
	var set struct{ Keys []sampleKey }
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if err := errors.Join(errN, errE); err != nil {
			return nil, err
		}
		keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	return keys, nil
}

func cryptoRSA(document []byte) (wayToVerify, error) {
	keys, err := publicKeys(document)
	return func(token string) error {
		kid, signed, signature, err := takeApart(token)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(signed)
		return rsa.VerifyPKCS1v15(keys[kid], crypto.SHA256, digest[:], signature)
	}, err
}

// cryptoX509 verifies by the certificates.
func cryptoX509(document []byte) (wayToVerify, error) {
	keys, err := publicKeys(document)
	if err != nil {
		return nil, err
	}
	var set struct{ Keys []sampleKey }
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, err
	}
	certificates := map[string]*x509.Certificate{}
	for _, k := range set.Keys {
		der, err := base64.StdEncoding.DecodeString(k.X5c[0])
		if err != nil {
			return nil, err
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
			return nil, fmt.Errorf("the certificate has not signed itself: %w", err)
		}
		if !keys[k.Kid].Equal(cert.PublicKey) {
			return nil, errors.New("the certificate is another key's")
		}
		certificates[k.Kid] = cert
	}
	return func(token string) error {
		kid, signed, signature, err := takeApart(token)
		if err != nil {
			return err
		}
		return certificates[kid].CheckSignature(x509.SHA256WithRSA, signed, signature)
	}, nil
}

func goJOSE(document []byte) (wayToVerify, error) {
	var set jose.JSONWebKeySet
	err := json.Unmarshal(document, &set)
	for _, key := range set.Keys {
		if !key.Valid() {
			err = errors.Join(err, fmt.Errorf("key %s is not valid", key.KeyID))
		}
	}
	return func(token string) error {
		jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			return err
		}
		_, err = jws.Verify(set)
		return err
	}, err
}

func goOIDC(keysURL, issuer, audience string) wayToVerify {
	ctx := context.Background()
	v := oidc.NewVerifier(issuer, oidc.NewRemoteKeySet(ctx, keysURL), &oidc.Config{ClientID: audience})
	return func(token string) error {
		_, err := v.Verify(ctx, token)
		return err
	}
}

func goMiddleware(keysURL, issuer, audience string) (wayToVerify, error) {
	at, err := url.Parse(keysURL)
	if err != nil {
		return nil, err
	}
	of, err := url.Parse(issuer)
	if err != nil {
		return nil, err
	}
	keys, err := jwks.NewCachingProvider(jwks.WithIssuerURL(of), jwks.WithCustomJWKSURI(at))
	if err != nil {
		return nil, err
	}
	v, err := validator.New(validator.WithKeyFunc(keys.KeyFunc), validator.WithAlgorithm(validator.RS256),
		validator.WithIssuer(issuer), validator.WithAudience(audience))
	return func(token string) error {
		_, err := v.ValidateToken(context.Background(), token)
		return err
	}, err
}
