package captcha_test

import (
	"encoding/base64"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/captcha"
)

// A picture is well-formed, differs from that of any other letter, and does not have the
// text in it.
func TestPicture(t *testing.T) {
	seen := map[string]rune{}
	for _, letter := range "ACDEFHJKLMNPRTUVWXY347" {
		encoded, ok := strings.CutPrefix(captcha.Picture(strings.Repeat(string(letter), 2)), "data:image/svg+xml;base64,")
		svg, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || xml.Unmarshal(svg, new(struct{})) != nil {
			t.Errorf("%c: %v: %s", letter, err, svg)
		}
		if other, known := seen[string(svg)]; known {
			t.Errorf("%c looks like %c", letter, other)
		}
		seen[string(svg)] = letter
		if strings.Contains(string(svg), "<text") {
			t.Errorf("%c: the letter stands in the picture: %s", letter, svg)
		}
	}
	if captcha.Picture("a?") != captcha.Picture("!!") {
		t.Error("other characters are drawn")
	}
}
