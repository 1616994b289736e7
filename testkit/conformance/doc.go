// Package conformance runs the official Auth0 SDKs, unmodified, as clients of
// the built mockauth0 binary: go test ./...
//
// It holds tests only. It is a module of its own, so that what the SDKs need
// never reaches the go.mod of mockauth0.
package conformance
