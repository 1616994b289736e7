package derive_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/derive"
)

// The vectors are part of the public contract: a test in any language may
// compute a code instead of reading it from the outbox.
func TestOTPVectors(t *testing.T) {
	const seed = derive.Seed("dev")
	for _, tt := range []struct {
		connection, recipient string
		n                     int64
		length                int
		want                  string
	}{
		{"email", "ada@example.com", 1, 6, "241272"},
		{"email", "ada@example.com", 2, 6, "361243"},
		{"email", "ada@example.com", 3, 6, "818818"},
		{"sms", "+14155550100", 1, 6, "359427"},
		{"email", "ada@example.com", 1, 8, "08241272"},
	} {
		if got := seed.OTP(tt.connection, tt.recipient, tt.n, tt.length); got != tt.want {
			t.Errorf("OTP(%s, %s, %d, %d) = %s, want %s", tt.connection, tt.recipient, tt.n, tt.length, got, tt.want)
		}
	}
}

func TestLengths(t *testing.T) {
	const seed = derive.Seed("dev")
	for n := 1; n <= 32; n++ {
		if got := len(seed.Alphanumeric(n, "a")); got != n {
			t.Errorf("Alphanumeric(%d) has %d characters", n, got)
		}
		if got := len(seed.Opaque(n, "a")); got != n {
			t.Errorf("Opaque(%d) has %d characters", n, got)
		}
	}
	for n := 4; n <= 12; n++ {
		if got := len(derive.RandomDigits(n)); got != n {
			t.Errorf("RandomDigits(%d) has %d digits", n, got)
		}
	}
	if seed.Hex(24, "a", "bc") == seed.Hex(24, "ab", "c") {
		t.Error("names must not run into each other")
	}
}

func BenchmarkHex(b *testing.B) {
	const seed = derive.Seed("mockauth0")
	b.ReportAllocs()
	for b.Loop() {
		seed.Hex(24, "user", "email", "ada@example.com")
	}
}

func BenchmarkOTP(b *testing.B) {
	const seed = derive.Seed("mockauth0")
	b.ReportAllocs()
	for b.Loop() {
		seed.OTP("email", "ada@example.com", 1, 6)
	}
}

// RFC 2104, with seeds and names shorter and longer than its blocks.
func TestBytesAreHMAC(t *testing.T) {
	for _, seed := range []string{"", "dev", strings.Repeat("s", 64), strings.Repeat("s", 65), strings.Repeat("s", 1000)} {
		for _, names := range [][]string{nil, {""}, {"a"}, {"", ""}, {"request", "1"}, {"user", "email", strings.Repeat("x", 180)}, {strings.Repeat("x", 1000), "y"}} {
			mac := hmac.New(sha256.New, []byte(seed))
			mac.Write([]byte(strings.Join(names, "\x00")))
			if got := derive.Seed(seed).Bytes(names...); !hmac.Equal(got[:], mac.Sum(nil)) {
				t.Errorf("seed of %d bytes, names %q: %x", len(seed), names, got)
			}
		}
	}
}
