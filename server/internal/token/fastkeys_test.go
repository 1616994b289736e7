package token

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write fastkeys.go")

// fastNames are the names from which the embedded fast keys derive.
var fastNames = []string{"1", "2", "3", "rogue"}

// derivePrimes derives the primes of an embedded key from its name, so that nobody has
// chosen them. SHA-256 gives numbers between the 33rd roots of 2^2047 and 2^2048. Those
// count that are prime and fit the public exponent. The product of any 33 of them has
// exactly 2,048 bits.
func derivePrimes(name string) (primes [primeCount]uint64) {
	low, high := rootOfPower(2047), rootOfPower(2048)
	seen := map[uint64]bool{}
	for n, i := uint64(0), 0; i < primeCount; n++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("mockauth0 "+name+"\x00"), n))
		candidate := low + binary.BigEndian.Uint64(sum[:])%(high-low) | 1
		if seen[candidate] || (candidate-1)%publicExponent == 0 || !new(big.Int).SetUint64(candidate).ProbablyPrime(20) {
			continue
		}
		seen[candidate] = true
		primes[i] = candidate
		i++
	}
	return primes
}

// rootOfPower returns the lowest number whose 33rd power is 2^exponent or more.
func rootOfPower(exponent uint) (root uint64) {
	power := new(big.Int).Lsh(big.NewInt(1), exponent)
	for bit := uint64(1) << 63; bit > 0; bit >>= 1 {
		x := new(big.Int).SetUint64(root | bit)
		if x.Exp(x, big.NewInt(primeCount), nil).Cmp(power) < 0 {
			root |= bit
		}
	}
	return root + 1
}

// certify makes a certificate of a key, signed by the key itself.
func certify(t *testing.T, serial int64, key *multiPrime) []byte {
	t.Helper()
	name := pkix.Name{CommonName: "mockauth0 test key that anyone can factor, never trust it"}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: name, SignatureAlgorithm: x509.SHA256WithRSA,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestFastKeysAreDerived(t *testing.T) {
	if *update {
		writeFastKeys(t)
		t.Skip("fastkeys.go is written: run the test again")
	}
	product := map[string]bool{}
	for i, name := range fastNames {
		if fastKeys[i].primes != derivePrimes(name) {
			t.Errorf("the primes of %q are not what they derive from", name)
		}
		p := fastPair(i)()
		if bits := p.public().N.BitLen(); bits != 2048 {
			t.Errorf("%q has %d bits", name, bits)
		}
		product[p.public().N.String()] = true
		cert, err := x509.ParseCertificate(p.cert)
		if err != nil {
			t.Fatal(err)
		}
		if !p.public().Equal(cert.PublicKey) {
			t.Errorf("the certificate of %q is another key's", name)
		}
		if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if len(product) != len(fastKeys) {
		t.Errorf("%d different keys, want %d", len(product), len(fastKeys))
	}
}

// A stranger who finds the keys somewhere reads the first line.
func TestFastKeysSayWhatTheyAre(t *testing.T) {
	text, err := os.ReadFile("fastkeys.go")
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if err != nil || !bytes.Contains(first, []byte("nothing but a test may trust them")) {
		t.Errorf("the first line is %q, %v", first, err)
	}
}

func writeFastKeys(t *testing.T) {
	t.Helper()
	var file bytes.Buffer
	file.WriteString(`// These are public test keys, worthless: anyone can factor them, their factors stand below, and nothing but a test may trust them.

package token

// fastKeys are the keys of keys.mode "fast": three that sign in turn, and one that is
// never published. A key is the product of its primes, which derive from the key's name.
// The tests derive them again, and with -update they write this file. The certificate is
// that of the key, in DER and base64.
var fastKeys = [...]struct {
	primes      [primeCount]uint64
	certificate string
}{
`)
	for i, name := range fastNames {
		primes := derivePrimes(name)
		fmt.Fprintf(&file, "\t{ // %q\n\t\t[...]uint64{", name)
		for j, p := range primes {
			if j%3 == 0 {
				file.WriteString("\n\t\t\t")
			} else {
				file.WriteString(" ")
			}
			fmt.Fprintf(&file, "%#x,", p)
		}
		file.WriteString("\n\t\t},\n\t\t\"\"")
		cert := base64.StdEncoding.EncodeToString(certify(t, int64(i+1), newMultiPrime(primes)))
		for len(cert) > 0 {
			line := cert[:min(96, len(cert))]
			cert = cert[len(line):]
			file.WriteString(" +\n\t\t\t" + strconv.Quote(line))
		}
		file.WriteString(",\n\t},\n")
	}
	file.WriteString("}\n")
	if err := os.WriteFile("fastkeys.go", file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
