package management

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// Each operation is one of Auth0's, and asks for the scopes that Auth0 asks for.
func TestTheTableIsAuth0s(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	scopes, all := map[string][]string{}, 0
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); !strings.HasPrefix(line, "#") {
			scopes[words[0]+" "+strings.Replace(words[1], "/users/{user_id}", "/users/{id}", 1)] = words[2:]
			all++
		}
	}
	for _, o := range operations() {
		name := o.method + " " + o.path
		want, ok := scopes[name]
		if !ok {
			t.Errorf("%s is no operation of Auth0", name)
		}
		have := slices.Concat(o.scopes, o.own)
		for _, scope := range want {
			if !slices.Contains(have, scope) && !needless[scope] {
				t.Errorf("%s: Auth0 takes the scope %s, too", name, scope)
			}
		}
		for _, scope := range have {
			if !slices.Contains(want, scope) {
				t.Errorf("%s: Auth0 does not take the scope %s; it takes %q", name, scope, want)
			}
		}
		if o.summary == "" || o.run == nil {
			t.Errorf("%s has no summary, or does nothing", name)
		}
	}
	page, err := os.ReadFile("../../../docs/reference/endpoints.md")
	if want := fmt.Sprintf("%d of the %d operations", len(operations()), all); err != nil || !strings.Contains(string(page), want) {
		t.Errorf("docs/reference/endpoints.md does not say %q", want)
	}
}

// needless are scopes about things that the mock does not have.
var needless = map[string]bool{"read:user_idp_tokens": true, "update:client_token_vault_privileged_access": true}

// The machine client of the default fixture may do all that is served, and nothing else.
func TestTheMachineClientHasAllScopes(t *testing.T) {
	t.Parallel()
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	for _, grant := range f.ClientGrants {
		if grant.ClientID == "acme-m2m" && grant.Audience == tenant.ManagementPath {
			have := slices.Sorted(slices.Values(grant.Scope))
			if want := Scopes(); !slices.Equal(have, want) {
				t.Errorf("it has\n%q\nwant\n%q", have, want)
			}
			return
		}
	}
	t.Error("it has no grant for the Management API")
}
