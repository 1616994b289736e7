package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// TestBytes has mistakes that testdata/mistakes.txtar cannot hold.
func TestBytes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"not UTF-8", "version: 1\nname: a\xffb\n", "f:2:8: the byte 0xff is not UTF-8; save the file as UTF-8"},
		{"NUL", "version: 1\nname: ab\x00\n", "f:2:9: the file holds a NUL byte; is it a text file?"},
		{"NUL in JSON", "{\"version\":\x001}", "f:1:12: the file holds a NUL byte; is it a text file?"},
		{"control", "version: 1\nname: é\x01\n", "f:2:8: the control character U+0001 is not allowed; write it as an escape in a string in double quotes"},
		{"inner BOM", "version: 1\nname: \ufeff\n", "f:2:7: the control character U+FEFF is not allowed; write it as an escape in a string in double quotes"},
		{"UTF-16", "\xff\xfev\x00", "f:1:1: the file is in UTF-16; save it as UTF-8"},
		{"leading BOM", "\ufeffversion: 1\n", ""},
		{"leading BOM, JSON", "\ufeff{\"version\": 1}", ""},
		{"CRLF", "version: 1\r\nname: a\r\n", ""},
		{"too large", strings.Repeat("#", strictyaml.MaxSize+1), "f:1:1: the file has 67108865 bytes, which is more than the 67108864 allowed"},
		{"too many values", "any: [" + strings.Repeat("1,", 4_000_000) + "]", "f:1:1: the file has more than 1100000 lines, commas and brackets; write fewer values"},
		{"too many tags", strings.Repeat("%TAG !a! tag:x\n", 101) + "---\nversion: 1\n", "f:1:1: the file has %TAG more than 100 times; tags mean nothing here, so remove those lines"},
		{"deep flow", "version: 1\nany: " + strings.Repeat("[", 70) + strings.Repeat("]", 70), "f:2:70: any" + strings.Repeat("[0]", 64) + ": is nested more than 64 levels deep"},
		{"deep JSON", `{"version":1,"any":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "}", "f:1:84: any" + strings.Repeat("[0]", 64) + ": is nested more than 64 levels deep"},
	} {
		_, problems := decode(t, test.text)
		if got := problems.Error(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestVeryDeep reaches the bound of the YAML library.
func TestVeryDeep(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("[", 100_000), strings.Repeat("{a: ", 100_000), strings.Repeat("- ", 100_000), strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)} {
		if _, problems := decode(t, text); len(problems) == 0 {
			t.Errorf("%.8s...: no problem", text)
		}
	}
}
