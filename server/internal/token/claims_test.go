package token_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/token"
)

// Each value is written as encoding/json writes it. What encoding/json cannot
// write is neither written nor signed.
func TestClaimsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	values := []any{
		nil, "", "ada@example.com", "é<>&\u2028", "\x00\t\"\\\x7f", "\xff", strings.Repeat("x", 10_000), true, false,
		int64(0), int64(math.MinInt64), int64(math.MaxInt64), 1, 1.5, json.Number("1.50"), []string(nil),
		[]string{},
		[]string{"a", "\n"},
		[]any{"a", 1.0, nil},
		map[string]any{"b": 1, "a": "<"},
		[]struct {
			ID string `json:"id"`
		}{{"x"}},
	}
	encoded := func(value any) string {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(value); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(out.String(), "\n")
	}
	var claims token.Claims
	var members []string
	for i, value := range values {
		name := []string{"plain", "https://acme.test/\"é\"\n"}[i%2]
		claims = append(claims, token.Claim{Name: name, Value: value})
		members = append(members, encoded(name)+":"+encoded(value))
	}
	want := "{" + strings.Join(members, ",") + "}"
	got, err := claims.MarshalJSON()
	if err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	if got, err := (token.Claims{}).MarshalJSON(); err != nil || string(got) != "{}" {
		t.Errorf("no claims are %s, %v", got, err)
	}
	for _, value := range []any{math.NaN(), []any{math.Inf(1)}, make(chan int)} {
		bad := token.Claims{{Name: "x", Value: value}}
		_, written := bad.MarshalJSON()
		_, signed := token.NewRing(token.Embedded("fast")).Sign(token.JWT, bad)
		_, shared := token.SignHS256(token.JWT, bad, []byte("0123456789abcdef0123456789abcdef"))
		if written == nil || signed == nil || shared == nil {
			t.Errorf("%v: written with %v, signed with %v and %v", value, written, signed, shared)
		}
	}
}

func TestClaimsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	c := token.Claims{{"b", 1}}
	c.Add("a", 2)
	c.Add("b", 3) // is there already
	c.Set("b", 4)
	c.Set("c", 5)
	c.Merge(token.Claims{{"a", 6}, {"e", 7}, {"d", 8}, {"e", 9}})
	if got, err := c.MarshalJSON(); err != nil || string(got) != `{"b":4,"a":2,"c":5,"e":7,"d":8}` {
		t.Errorf("%s, %v", got, err)
	}
}
