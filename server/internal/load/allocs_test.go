//go:build !race

package load_test

import (
	"encoding/json"
	"maps"
	"runtime"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// What a login by handler call may allocate apart from its two signatures: a tenth
// more than it does, with the two objects of the caller.
const (
	loginAllocs = 500
	loginBytes  = 39_000
)

// spent is what one run of f allocates, on average.
func spent(f func()) (objects, size float64) {
	const runs = 500
	f() // what is made once does not count
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / runs, float64(after.TotalAlloc-before.TotalAlloc) / runs
}

func TestWhatALoginAllocates(t *testing.T) {
	s, c := servertest.New(t, fixedCode), newLoginCaller("https://api.acme.test/")
	objects, size := spent(func() { c.login(t, s, "ada@example.com") })
	given := decodeTokens(t, c)
	ring := token.NewRing(token.Embedded(""))
	for _, compact := range []string{given.AccessToken, given.IDToken} {
		claims := ordered(servertest.Claims(t, s, compact))
		perSignature, bytesPerSignature := spent(func() {
			if _, err := ring.Sign(claims); err != nil {
				t.Fatal(err)
			}
		})
		t.Logf("a signature: %.0f allocations, %.0f bytes", perSignature, bytesPerSignature)
		objects, size = objects-perSignature, size-bytesPerSignature
	}
	t.Logf("the rest of a login: %.0f allocations, %.0f bytes", objects, size)
	if objects > loginAllocs || size > loginBytes {
		t.Errorf("besides its signatures a login allocates %.0f objects of %.0f bytes; it may %d of %d", objects, size, loginAllocs, loginBytes)
	}
}

func decodeTokens(t testing.TB, c *loginCaller) (given servertest.Tokens) {
	t.Helper()
	if err := json.Unmarshal(c.tokens.body, &given); err != nil || given.AccessToken == "" || given.IDToken == "" {
		t.Fatalf("%v in %s", err, c.tokens.body)
	}
	return given
}

// ordered are claims as the server has them when it signs.
func ordered(from servertest.Object) (list token.Claims) {
	for _, name := range slices.Sorted(maps.Keys(from)) {
		value := from[name]
		switch v := value.(type) {
		case float64:
			value = int64(v)
		case []any:
			words := make([]string, len(v))
			for i := range v {
				words[i] = v[i].(string)
			}
			value = words
		}
		list = append(list, token.Claim{Name: name, Value: value})
	}
	return list
}
