package shop

import (
	"fmt"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

const organizations = `
version: 1
extends: default
tenant: {allow_organization_name_in_authentication_api: true}
clients:
  - {client_id: shop, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login"}
roles: [{name: admin}]
users: [{email: ada@example.com}]
organizations: [{name: acme, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}]
`

func TestOrganizations(t *testing.T) {
	auth := testkit.Start(t, testkit.FixtureYAML(organizations))
	invitation := auth.Invite(t, "acme", "zoe@example.com", "admin")
	tokens := auth.Tokens(t, "ada@example.com", testkit.TokenRequest{ClientID: "shop", Organization: "acme"})
	fmt.Println(tokens.Claims["org_id"], tokens.Claims["org_name"])
	if invitation == "" || tokens.Claims["org_name"] != "acme" {
		t.Errorf("the invitation is %q, and the claims are %v", invitation, tokens.Claims)
	}
}
