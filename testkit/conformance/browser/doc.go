// Package browser drives a real Chromium at the pages of mockauth0:
// go test ./browser
//
// It holds tests only.
package browser
