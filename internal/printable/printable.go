// Package printable makes text that strangers wrote harmless to a terminal.
package printable

import (
	"strconv"
	"strings"
	"unicode"
)

// Line writes what steers a terminal, or begins a line that nobody wrote, as an
// escape.
func Line(s string) string { return escape(s, "") }

// Lines is Line for a text of several lines.
func Lines(s string) string { return escape(s, "\n\t") }

func escape(s, passing string) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsGraphic(r) || strings.ContainsRune(passing, r) {
			out.WriteRune(r)
			continue
		}
		out.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return out.String()
}
