module github.com/mockauth0/mockauth0/testkit/conformance

go 1.25.0

require (
	github.com/auth0/go-auth0 v1.45.0 // indirect
	github.com/coreos/go-oidc/v3 v3.21.0 // indirect
)
