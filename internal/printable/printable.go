// Package printable makes text from outside safe to print in a terminal. It
// escapes all that is no letter, mark, number, punctuation, symbol or space: the
// control characters of ASCII, those from U+0080 to U+009F, which some terminals
// obey, and those that turn the direction of the text behind them.
package printable

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Line replaces the characters that control a terminal, line ends included, by
// escapes such as \n and \x1b.
func Line(s string) string { return escape(s, "", quoted) }

// Lines is as Line, but keeps line ends and tabs.
func Lines(s string) string { return escape(s, "\n\t", quoted) }

// JSON is as Lines for JSON. The escapes are those of JSON, so that the values
// stay the same.
func JSON(text []byte) []byte { return []byte(escape(string(text), "\n\t", inJSON)) }

func escape(s, passing string, escaped func(rune) string) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsGraphic(r) || strings.ContainsRune(passing, r) {
			out.WriteRune(r)
			continue
		}
		out.WriteString(escaped(r))
	}
	return out.String()
}

func quoted(r rune) string { return strings.Trim(strconv.QuoteRune(r), "'") }

func inJSON(r rune) string {
	var out strings.Builder
	for _, unit := range utf16.AppendRune(nil, r) {
		fmt.Fprintf(&out, `\u%04x`, unit)
	}
	return out.String()
}
