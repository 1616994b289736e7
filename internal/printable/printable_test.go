package printable_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/mockauth0/mockauth0/internal/printable"
)

// hostile has what steers terminals: escapes of ASCII, the CSI of ISO 8859, both
// ways to turn the direction of text, a byte that is no UTF-8, a tag beyond the
// basic plane.
const hostile = "é \x1b[2J \u009b2J \u0085 \u202eevil\u202c \u2066x\u2069 \u200f \u2028 \x7f \x9b \U000e0041 \"\\ 日本"

func TestNothingSteersTheTerminal(t *testing.T) {
	t.Parallel()
	encoded, _ := json.MarshalIndent(map[string]string{hostile: hostile + "\n\t"}, "", "\t")
	for name, text := range map[string]string{
		"Line": printable.Line(hostile + "\n\t"), "Lines": printable.Lines(hostile + "\n\t"), "JSON": string(printable.JSON(encoded)),
	} {
		passing := "\n\t"
		if name == "Line" {
			passing = ""
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) && !strings.ContainsRune(passing, r) }); i >= 0 {
			t.Errorf("%s leaves %q", name, text[i:])
		}
		if !strings.Contains(text, "é") || !strings.Contains(text, "日本") {
			t.Errorf("%s escapes letters: %s", name, text)
		}
	}
	if got, want := printable.Line("\u009b\u202e\n\x1b"), `\u009b\u202e\n\x1b`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The values of JSON stay the same.
func TestJSONStaysTheSame(t *testing.T) {
	t.Parallel()
	want := map[string]string{hostile: strings.ToValidUTF8(hostile, "\ufffd")}
	data, _ := json.Marshal(want)
	var got map[string]string
	if err := json.Unmarshal(printable.JSON(data), &got); err != nil {
		t.Fatal(err)
	}
	for _, value := range got {
		if value != strings.ToValidUTF8(hostile, "\ufffd") {
			t.Errorf("%q", value)
		}
	}
}
