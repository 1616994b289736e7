package address

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The table says of each address whether isEmail of the npm package validator
// accepts it. testkit/conformance holds the table against the package.
func TestValid(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/emails.json")
	if err != nil {
		t.Fatal(err)
	}
	var table [][2]any
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		if s := row[0].(string); Valid(s) != row[1].(bool) {
			t.Errorf("Valid(%q) is not %t", s, row[1])
		}
	}
	if len(table) < 60 {
		t.Errorf("the table has only %d addresses", len(table))
	}
	for _, s := range []string{"\"a\nb\"@example.com", "\"a\\\nb\"@example.com", "\"a\x00b\"@example.com", "a\xffb@example.com"} {
		if Valid(s) {
			t.Errorf("Valid(%q) is true", s)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"ada@example.com": "ada@example.com", "ada@xn--wgv71a.com": "ada@日本.com", "ada@日本.com": "ada@日本.com", "山田@XN--wgv71a.com": "山田@XN--wgv71a.com",
		"ada@xn--mnchen-3ya.de": "ada@münchen.de", "ada@münchen.de": "ada@münchen.de", "ada@mu\u0308nchen.de": "ada@münchen.de", "ada@xn--strae-oqa.de": "ada@straße.de", "ada@straße.de": "ada@straße.de",
		"*@xn--wgv71a.com": "*@日本.com", "ada@*.xn--wgv71a.com": "ada@*.日本.com", "ada@xn--*.com": "ada@xn--*.com", "ada@xn--a.com": "ada@xn--a.com",
		"xn--wgv71a@example.com": "xn--wgv71a@example.com", "+12025550101": "+12025550101", "": "", "日本": "日本", "*": "*",
	} {
		if got := Key(s); got != want {
			t.Errorf("Key(%q) is %q, want %q", s, got, want)
		}
	}
}

// A second call changes nothing, and the domain decides nothing but the form.
func FuzzKey(f *testing.F) {
	for _, s := range []string{"ada@xn--wgv71a.com", "ada@日本.com", "a@b@xn--a.*", "@xn--", "a@ⅷ.com", "a@xn--xn---epa."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToLower(s)
		if got := Key(s); Key(got) != got {
			t.Errorf("Key(%q) is %q, then %q", s, got, Key(got))
		}
	})
}
