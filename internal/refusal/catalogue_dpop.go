package refusal

// DPoP, at POST /oauth/token and POST /oauth/par.
var (
	UseProofNonce = entry(Refusal{
		Name: "use_dpop_nonce", Status: 400, Code: "use_dpop_nonce",
		Description: "Authorization server requires nonce in DPoP proof", Source: docDPoP,
	})
	WrongProof = entry(Refusal{
		Name: "wrong_dpop_proof", Status: 400, Code: "invalid_dpop_proof",
		Description: "Invalid DPoP proof", Source: docDPoP + ", which has the code", Unverified: true,
	})
	ProofRequired = entry(Refusal{
		Name: "dpop_proof_required", Status: 400, Code: "invalid_request",
		Description: "DPoP proof is required", Source: "auth0/docs-v2 secure/sender-constraining/configure-sender-constraining.mdx says that no token is issued", Unverified: true,
	})
	WrongProofKey = entry(Refusal{
		Name: "wrong_dpop_key", Status: 400, Code: "invalid_grant",
		Description: "DPoP proof does not match dpop_jkt", Source: "RFC 9449 §10", Unverified: true,
	})
	WrongRefreshKey = entry(Refusal{
		Name: "wrong_refresh_dpop_key", Status: 400, Code: "invalid_grant",
		Description: "DPoP proof does not match the refresh token binding", Source: docDPoP + ", which says that the same key is needed", Unverified: true,
	})
)
