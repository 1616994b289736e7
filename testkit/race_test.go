//go:build race

package testkit_test

// The race detector allocates, too.
const counted = false
