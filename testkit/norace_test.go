//go:build !race

package testkit_test

const counted = true
