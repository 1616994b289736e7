// Package address knows e-mail addresses: which texts are one, and which of them
// are the same. It knows those that Auth0 accepts, by the rules of isEmail of the
// npm package validator with its defaults.
package address

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The bounds: of an address and of a label in UTF-16 units, as in JavaScript, of
// the parts before and after the @ in bytes.
const (
	maxAddress = 254
	maxLocal   = 64
	maxDomain  = 254
	maxLabel   = 63
)

// Valid tells whether s is an e-mail address: a local part of ASCII or Unicode
// characters, perhaps in quotes, and a domain with a dot, in ASCII or Unicode.
//
// Unlike Auth0, control characters are not allowed in quotes: a line end in an
// address would break the headers of an e-mail.
func Valid(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || !utf8.ValidString(s) || units(s) > maxAddress {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if len(local) > maxLocal || len(domain) > maxDomain || !validDomain(domain) {
		return false
	}
	if strings.HasPrefix(local, `"`) && strings.HasSuffix(local, `"`) {
		return validQuoted(local[1:max(1, len(local)-1)])
	}
	for part := range strings.SplitSeq(local, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !isAtom(r) }) {
			return false
		}
	}
	return true
}

// Key is the form in which addresses are compared: with its domain in Unicode, so
// that ada@xn--wgv71a.com and ada@日本.com are the same. It leaves any other text as
// it is. The address must be in lower case. A * in the domain stays.
func Key(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || isASCII(s[at:]) && !strings.Contains(s[at:], "xn--") {
		return s
	}
	domain, err := domains.ToUnicode(s[at+1:])
	if err != nil {
		return s
	}
	return s[:at+1] + domain
}

var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// units is the length of s in UTF-16 units.
func units(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || units(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(r rune) bool { return !inLabel(r) }) {
			return false
		}
	}
	return len(labels) > 1 && validTopLevel(labels[len(labels)-1])
}

// validTopLevel tells whether the last label is one of letters, or in the form of
// xn--.
func validTopLevel(label string) bool {
	if units(label) < 2 {
		return false
	}
	if rest := strings.ToLower(label); len(rest) >= 4 && strings.HasPrefix(rest, "xn") && isASCII(rest) {
		return true // validDomain has checked the characters
	}
	return !strings.ContainsFunc(label, func(r rune) bool {
		return !isLetter(r) && (!isUnicode(r) || r == '©' || isSpace(r))
	})
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func inLabel(r rune) bool {
	return isLetter(r) || isDigit(r) || r == '-' || r >= 0xa1 && (r < 0xff01 || r > 0xff5e)
}

// isUnicode tells whether validator takes a character beyond ASCII for a letter. It
// knows none beyond the first 65,536, where pictures are, and no private ones.
func isUnicode(r rune) bool {
	return r >= 0xa1 && r <= 0xd7ff || r >= 0xf900 && r <= 0xfdcf || r >= 0xfdf0 && r <= 0xffef
}

func isAtom(r rune) bool {
	return isLetter(r) || isDigit(r) || isUnicode(r) || r < utf8.RuneSelf && strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// isSpace tells whether JavaScript takes a character beyond ASCII for white space.
func isSpace(r rune) bool {
	return r == 0xa0 || r == 0x1680 || r >= 0x2000 && r <= 0x200a || r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000 || r == 0xfeff
}

// validQuoted tells whether a text can stand between quotes.
func validQuoted(s string) bool {
	escaped := false
	for _, r := range s {
		switch printable := r >= ' ' && r < 0x7f || r == 0xa0 || isUnicode(r); {
		case !printable && !isSpace(r), !escaped && r == '"':
			return false
		case escaped:
			escaped = false
		default:
			escaped = r == '\\'
		}
	}
	return !escaped
}
