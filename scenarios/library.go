package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

//go:embed library/*.yaml
var embedded embed.FS

// A builtIn is a scenario of the library. Its phone is what the number that
// switches it on ends in, or "" where no SMS login can meet it.
type builtIn struct{ name, phone string }

// library is all built-in scenarios. A number once given stays.
var library = []builtIn{
	{"rate-limited", "01"},
	{"rate-limited-once", "02"},
	{"otp-expired", "03"},
	{"otp-locked", "04"},
	{"otp-always-wrong", "05"},
	{"sms-provider-error", "06"},
	{"sms-provider-timeout", "07"},
	{"sms-lost", "08"},
	{"email-lost", ""},
	{"email-delayed", ""},
	{"email-duplicate", ""},
	{"email-out-of-order", ""},
	{"email-bounced", ""},
	{"slow", "09"},
	{"connection-reset", "10"},
	{"bad-gateway-html", "11"},
	{"unavailable", "12"},
	{"truncated-json", "13"},
	{"token-bad-signature", "14"},
	{"token-alg-none", "15"},
	{"token-expired", "16"},
	{"token-wrong-issuer", "17"},
	{"token-wrong-audience", "18"},
	{"clock-skew", "19"},
	{"jwks-rotated", "20"},
	{"jwks-unavailable", ""},
	{"user-blocked", "21"},
	{"mfa-required", "22"},
	{"signup-disabled", "23"},
	{"flaky", "24"},
	{"strict-client", "25"},
}

// Names are the names of the built-in scenarios.
func Names() []string {
	names := make([]string, len(library))
	for i, b := range library {
		names[i] = b.name
	}
	return names
}

func isBuiltIn(name string) bool {
	return slices.ContainsFunc(library, func(b builtIn) bool { return b.name == name })
}

// loaded parses each built-in scenario once in a process.
var loaded sync.Map // of func() (*Scenario, error), by name

// Load returns a built-in scenario by its name. All callers share it, so it
// must not be changed. The error for an unknown name lists the names.
func Load(name string) (*Scenario, error) {
	if !isBuiltIn(name) {
		return nil, fmt.Errorf("there is no built-in scenario %q; the names are %s%s",
			name, strings.Join(Names(), ", "), strictyaml.Suggest(name, Names()))
	}
	load, _ := loaded.LoadOrStore(name, sync.OnceValues(func() (*Scenario, error) {
		s, err := parse(name+".yaml", Source(name), origin{builtIn: true})
		if err != nil {
			return nil, fmt.Errorf("the built-in scenario %s: %w", name, err)
		}
		s.Source = ""
		return s, nil
	}))
	return load.(func() (*Scenario, error))()
}

// Open takes a scenario by the name of a built-in one, or reads it from a
// file.
func Open(nameOrFile string) (*Scenario, error) {
	if isBuiltIn(nameOrFile) {
		return Load(nameOrFile)
	}
	s, err := ParseFile(nameOrFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s, and no built-in scenario of that name%s",
			nameOrFile, orListed(nameOrFile))
	}
	return s, err
}

// orListed ends a sentence about a name that is no built-in scenario's.
func orListed(name string) string {
	if near := strictyaml.Suggest(name, Names()); near != "" {
		return near
	}
	return "; mockauth0 scenarios lists them"
}

// Source is the YAML of a built-in scenario, or nil if there is none of that
// name.
func Source(name string) []byte {
	if !isBuiltIn(name) {
		return nil
	}
	data, err := embedded.ReadFile("library/" + name + ".yaml")
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return data
}
