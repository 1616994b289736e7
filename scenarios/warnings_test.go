package scenarios_test

import (
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

// A rule that waits for what the fixture does not have gets a warning.
func TestWarnings(t *testing.T) {
	t.Parallel()
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("s.yaml", []byte(`
version: 1
name: s
rules:
  - {id: a, when: {client: acme-nativ}, then: {delay: 1s}}
  - {id: b, when: {client: [nobody, "Acme *"], connection: [emial]}, then: {delay: 1s}}
  - {id: c, when: {client: /^acme-(web|spa)$/, connection: "*"}, then: {delay: 1s}}
  - {id: d, then: {delay: 1s}}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`scenario s/a waits for client acme-nativ, which the fixture does not have; did you mean "acme-native"?`,
		`scenario s/b waits for connection emial, which the fixture does not have; did you mean "email"?`,
	}
	if got := s.Warnings(f); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
