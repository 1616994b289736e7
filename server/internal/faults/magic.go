package faults

import (
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/scenarios"
)

// magicTag stands before the scenario's name in a magic e-mail address.
const magicTag = "+mock-"

// MagicEmail is what stands behind the last +mock- in the local part of an
// e-mail address: otp-expired for ada+mock-otp-expired@example.com. There may
// be no scenario of that name.
func MagicEmail(address string) (name string, ok bool) {
	end := strings.LastIndexByte(address, '@')
	if end < 0 {
		return "", false
	}
	start := strings.LastIndex(address[:end], magicTag)
	if start < 0 {
		return "", false
	}
	name = strings.TrimSuffix(address[start+len(magicTag):end], `"`) // the local part may be in quotes
	return name, name != ""
}

// magicPhones are the built-in scenarios by their phone numbers.
var magicPhones = sync.OnceValue(func() map[string]string {
	byPhone := map[string]string{}
	for _, name := range scenarios.Names() {
		if phone := scenarios.MagicPhone(name); phone != "" {
			byPhone[phone] = name
		}
	}
	return byPhone
})

// magic is the scenario that a recipient asks for. There may be none of that
// name.
func magic(recipient string) (name string, ok bool) {
	if name, ok = magicPhones()[recipient]; ok {
		return name, true
	}
	return MagicEmail(recipient)
}

// Concerns reports whether anything has to be decided about a request. It costs
// next to nothing. names are those of the X-Mock-Scenario header.
func (e *Engine) Concerns(names []string, recipient string) bool {
	if len(names) > 0 || e.anyOn.Load() {
		return true
	}
	_, ok := magic(recipient)
	return ok
}
