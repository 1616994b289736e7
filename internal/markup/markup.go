// Package markup removes the markup of a page. It takes time linear in the length
// of the page. A regular expression does not: behind each start of a comment that
// has no end it would look for that end again.
package markup

import "strings"

// An Element is a part of a page that is markup as a whole, from what opens it to
// what closes it. Both are in lower case.
type Element struct {
	Open, Close string
	// Name tells that Open ends with a name: <head does not open <header>.
	Name bool
}

// A Markup says what is markup.
type Markup struct {
	Elements []Element // of several that fit, the first one counts
	Tags     bool      // tags that are no such element are markup, too
	AnyCase  bool      // the elements may be written in capitals
}

// Replace returns the page with another text instead of each piece of markup. What
// is not closed is text.
func (m Markup) Replace(page, by string) string {
	s := search{Markup: m, page: page, text: page, endless: make([]bool, len(m.Elements))}
	if m.AnyCase {
		s.text = lower(page)
	}
	var out strings.Builder
	for at := 0; ; {
		n := strings.IndexByte(page[at:], '<')
		if n < 0 {
			out.WriteString(page[at:])
			return out.String()
		}
		start := at + n
		end := s.endOf(start)
		if end < 0 { // it is text
			end = start + 1
			out.WriteString(page[at:end])
		} else {
			out.WriteString(page[at:start] + by)
		}
		at = end
	}
}

// A search finds where markup ends. It looks for each end in vain once at most.
type search struct {
	Markup
	page, text string // text is the page in the case of the elements
	endless    []bool // from here on there is no such end
	tagless    bool   // from here on there is no >
}

// endOf is where the markup ends that starts at a <, or -1.
func (s *search) endOf(start int) int {
	for i, element := range s.Elements {
		if s.endless[i] || !strings.HasPrefix(s.text[start:], element.Open) {
			continue
		}
		inside := start + len(element.Open)
		if element.Name && inside < len(s.text) && isWord(s.text[inside]) {
			continue
		}
		if n := strings.Index(s.text[inside:], element.Close); n >= 0 {
			return inside + n + len(element.Close)
		}
		s.endless[i] = true
	}
	if !s.Tags || s.tagless {
		return -1
	}
	if n := strings.IndexByte(s.page[start:], '>'); n >= 0 {
		return start + n + 1
	}
	s.tagless = true
	return -1
}

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}

// lower keeps the length of the text, unlike strings.ToLower.
func lower(s string) string {
	out := []byte(s)
	for i, b := range out {
		if b >= 'A' && b <= 'Z' {
			out[i] = b + 'a' - 'A'
		}
	}
	return string(out)
}
