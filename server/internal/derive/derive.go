// Package derive makes everything about a tenant that looks random a function
// of names: HMAC-SHA256 under the tenant's seed. What one test does never
// changes what another one gets, and a run can be repeated.
package derive

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
)

// A Seed is the key under which names become values.
type Seed string

// Bytes is the HMAC of the names, which are separated by NUL bytes.
func (s Seed) Bytes(names ...string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, []byte(s))
	for i, name := range names {
		if i > 0 {
			mac.Write([]byte{0})
		}
		mac.Write([]byte(name))
	}
	return [sha256.Size]byte(mac.Sum(nil))
}

// Hex is the first n hexadecimal digits of Bytes, at most 64.
func (s Seed) Hex(n int, names ...string) string {
	sum := s.Bytes(names...)
	return hex.EncodeToString(sum[:])[:n]
}

// Opaque is the first n characters of Bytes in URL-safe base64, at most 43.
func (s Seed) Opaque(n int, names ...string) string {
	sum := s.Bytes(names...)
	return base64.RawURLEncoding.EncodeToString(sum[:])[:n]
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Alphanumeric is n letters and digits of Bytes, at most 32.
func (s Seed) Alphanumeric(n int, names ...string) string {
	sum := s.Bytes(names...)
	out := make([]byte, n)
	for i := range out {
		out[i] = alphanumeric[int(sum[i])%len(alphanumeric)]
	}
	return string(out)
}

// OTP is the n-th one-time password (n counts from 1) of a recipient on a
// connection: the first 8 bytes of the HMAC of "otp", connection, recipient
// and n, big-endian, modulo 10^length, padded with zeros.
func (s Seed) OTP(connection, recipient string, n int64, length int) string {
	sum := s.Bytes("otp", connection, recipient, strconv.FormatInt(n, 10))
	modulus := uint64(1)
	for range length {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", length, binary.BigEndian.Uint64(sum[:8])%modulus)
}

// Unique are hexadecimal digits that no seed determines and no other call
// returns.
func Unique() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // does not fail
	return hex.EncodeToString(b[:])
}

// RandomDigits is a code of the given length that no seed determines.
func RandomDigits(length int) string {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(length)), nil)
	n, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic("derive: the system has no randomness: " + err.Error()) // crypto/rand does not fail
	}
	return fmt.Sprintf("%0*d", length, n)
}
