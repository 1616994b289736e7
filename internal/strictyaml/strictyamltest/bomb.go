package strictyamltest

import (
	"fmt"
	"strings"
	"testing"
)

// MergeBomb is a file of maps that each merge the one before ten times. It has no
// entries but endless merge keys.
func MergeBomb() []byte {
	var b strings.Builder
	b.WriteString("a0: &a0 {}\n")
	for i := range 12 {
		fmt.Fprintf(&b, "a%d: &a%[1]d {<<: [%s]}\n", i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 10))
	}
	b.WriteString("<<: *a12\n")
	return []byte(b.String())
}

// Bounded fails t if the walks through a file have passed more values than the
// file can have, with those that aliases and merge keys may add.
func Bounded(t testing.TB, file []byte, steps int) {
	t.Helper()
	if most := 6 * (len(file) + 200_000); steps > most {
		t.Errorf("%d steps for %d bytes: %.300q", steps, len(file), file)
	}
}
