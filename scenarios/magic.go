package scenarios

import "strings"

// magicNumbers is what the magic phone numbers begin with, in E.164 form; two
// digits follow.
const magicNumbers = "+150055501"

// magicTag stands before the scenario's name in a magic e-mail address.
const magicTag = "+mock-"

// MagicPhone is the built-in scenario that a phone number in E.164 form
// switches on: +1 500 555 01XX, where XX is a number of the library. All other
// numbers are ordinary, +1 500 555 0100 too.
func MagicPhone(number string) (name string, ok bool) {
	suffix, found := strings.CutPrefix(number, magicNumbers)
	if !found || len(suffix) != 2 {
		return "", false
	}
	for _, b := range library {
		if b.phone == suffix {
			return b.name, true
		}
	}
	return "", false
}

// MagicEmail is what stands behind the last +mock- in the local part of an
// e-mail address: otp-expired for ada+mock-otp-expired@example.com. There need
// not be a scenario of that name.
func MagicEmail(address string) (tag string, ok bool) {
	end := strings.LastIndexByte(address, '@')
	if end < 0 {
		return "", false
	}
	start := strings.LastIndex(address[:end], magicTag)
	if start < 0 {
		return "", false
	}
	tag = address[start+len(magicTag) : end]
	return tag, tag != ""
}

// A MagicName is a built-in scenario, and the phone number that switches it
// on, or "" if none does.
type MagicName struct{ Name, Phone string }

// Magic lists the library with its phone numbers.
func Magic() []MagicName {
	list := make([]MagicName, len(library))
	for i, b := range library {
		list[i].Name = b.name
		if b.phone != "" {
			list[i].Phone = magicNumbers + b.phone
		}
	}
	return list
}
