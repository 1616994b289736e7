package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// FuzzEachMember compares with the decoder of encoding/json.
func FuzzEachMember(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"a":"x\"}","b":[{"c":"]"},2],"d":{"e":{}},"f":-1.5e+3,"g":null , "h" : true}`, `{"a\u0062":"\ud800","":""}`,
		"{\"\xff\":\"\xff\"}", `{"a":1,}`, `{"a":1}x`, `{"a":1`, `{"a"}`, `[1]`, `1`, ``, `{"a":"\\"}`, `{"a":[]}`, "{\"a\":\t[ ] \r\n}",
	} {
		f.Add([]byte(s))
	}
	type member struct{ name, raw string }
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want []member
		err := web.EachMember(data, func(name string, raw json.RawMessage) { got = append(got, member{name, string(raw)}) })
		dec := json.NewDecoder(bytes.NewReader(data))
		start, wrong := dec.Token()
		valid := wrong == nil && start == json.Delim('{')
		for valid && dec.More() {
			var raw json.RawMessage
			name, wrong := dec.Token()
			if valid = wrong == nil && dec.Decode(&raw) == nil; valid {
				want = append(want, member{name.(string), string(raw)})
			}
		}
		if valid {
			_, wrong = dec.Token()
			_, end := dec.Token()
			valid = wrong == nil && end == io.EOF
		}
		if valid != (err == nil) {
			t.Fatalf("%q: %v", data, err)
		}
		if valid && !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", data, got, want)
		}
	})
}
