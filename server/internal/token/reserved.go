package token

import (
	"slices"
	"strings"
)

// reserved are the claims that a custom claim must not replace.
// Source: auth0/docs-v2 secure/tokens/json-web-tokens/create-custom-claims.mdx,
// with scope added.
var reserved = strings.Fields(`
	acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash client_id cnf cty dest
	entitlements events exp groups gty htm htu iat internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce
	object_id org_id org_name orig origid permissions roles rph s_hash scope sid sip_callid sip_cseq_num sip_date
	sip_from_tag sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256`)

// Reserved tells whether a claim is one that a custom claim must not replace.
func Reserved(name string) bool { return slices.Contains(reserved, name) }
