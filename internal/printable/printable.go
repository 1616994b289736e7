// Package printable makes text from outside safe to print in a terminal.
package printable

import (
	"strconv"
	"strings"
	"unicode"
)

// Line replaces the characters that control a terminal, line ends included, by
// escapes such as \n and \x1b.
func Line(s string) string { return escape(s, "") }

// Lines is as Line, but keeps line ends and tabs.
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
