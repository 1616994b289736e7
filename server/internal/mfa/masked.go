package mfa

import "strings"

// Masked is a number or an address as Auth0 shows it to its owner.
func Masked(to string) string {
	local, domain, isEmail := strings.Cut(to, "@")
	if !isEmail {
		return hidden("X", max(0, len(to)-4)) + to[max(0, len(to)-4):]
	}
	return hiddenEnd(local) + "@" + hiddenEnd(domain)
}

// hiddenEnd is a text with stars after its first four letters. A text without more
// letters is stars alone.
func hiddenEnd(s string) string {
	letters := []rune(s)
	if len(letters) <= 4 {
		return hidden("*", len(letters))
	}
	return string(letters[:4]) + hidden("*", len(letters)-4)
}

func hidden(by string, n int) string { return strings.Repeat(by, n) }
