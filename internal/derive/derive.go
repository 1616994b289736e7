// Package derive makes everything about a tenant that looks random a function
// of names: HMAC-SHA256 under the tenant's seed. What one test does never
// changes what another one gets, and a run can be repeated.
package derive

import (
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

// Bytes is the HMAC of the names, which are separated by NUL bytes. It is RFC
// 2104 over crypto/sha256: crypto/hmac allocates for each one, and requests ask
// for several.
func (s Seed) Bytes(names ...string) [sha256.Size]byte {
	var key [sha256.BlockSize]byte
	if len(s) > len(key) {
		sum := sha256.Sum256([]byte(s))
		copy(key[:], sum[:])
	} else {
		copy(key[:], s)
	}
	var short [256]byte // on the stack, where names are as short as they mostly are
	text := short[:0]
	for _, b := range key {
		text = append(text, b^0x36)
	}
	for i, name := range names {
		if i > 0 {
			text = append(text, 0)
		}
		text = append(text, name...)
	}
	inner := sha256.Sum256(text)
	var outer [sha256.BlockSize + sha256.Size]byte
	for i, b := range key {
		outer[i] = b ^ 0x5c
	}
	copy(outer[sha256.BlockSize:], inner[:])
	return sha256.Sum256(outer[:])
}

// Hex is the first n hexadecimal digits of Bytes, at most 64.
func (s Seed) Hex(n int, names ...string) string {
	sum := s.Bytes(names...)
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	return string(digits[:n])
}

// Opaque is the first n characters of Bytes in URL-safe base64, at most 43.
func (s Seed) Opaque(n int, names ...string) string {
	sum := s.Bytes(names...)
	var text [43]byte // of 32 bytes
	base64.RawURLEncoding.Encode(text[:], sum[:])
	return string(text[:n])
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Alphanumeric is n letters and digits of Bytes, at most 32.
func (s Seed) Alphanumeric(n int, names ...string) string {
	sum := s.Bytes(names...)
	for i := range n {
		sum[i] = alphanumeric[int(sum[i])%len(alphanumeric)]
	}
	return string(sum[:n])
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
	var digits [32]byte
	code := strconv.AppendUint(digits[:0], modulus+binary.BigEndian.Uint64(sum[:8])%modulus, 10)
	return string(code[1:]) // less the 1 before the zeros
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
