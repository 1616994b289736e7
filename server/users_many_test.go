package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// manyUsers is a fixture file with so many users.
func manyUsers(t testing.TB, n int) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: 1\nextends: default\notp: {mode: fixed, code: \"123456\"}\nusers:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {email: %s, email_verified: true, name: User %d}\n", newcomer(i), i)
	}
	path := filepath.Join(t.TempDir(), "many.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A server whose fixture has a hundred thousand users: it is to be there, and to
// know them, within two seconds.
func BenchmarkNewWithManyUsers(b *testing.B) {
	path := manyUsers(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		if n := len(newServer(b, server.Config{FixtureFile: path}).Users()); n != 100_000 {
			b.Fatalf("%d users", n)
		}
	}
}

// They do not slow a login: what a login takes is the same as with the few of
// the default fixture.
func BenchmarkStartWithManyUsers(b *testing.B) {
	for _, n := range []int{10, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, c := newServer(b, server.Config{FixtureFile: manyUsers(b, n)}), newLoginCaller("")
			c.start(b, s, "user7@example.com") // a tenant takes its users in when it is first asked
			b.ReportAllocs()
			for b.Loop() {
				c.start(b, s, "user7@example.com")
			}
		})
	}
}
