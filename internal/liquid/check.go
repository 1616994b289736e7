package liquid

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// fileTags read files.
var fileTags = []string{"include", "layout", "render", "block"}

// tags are all that a template may use.
var tags = []string{
	"for", "endfor", "tablerow", "endtablerow", "cycle", "break", "continue",
	"if", "unless", "elsif", "else", "endif", "endunless", "case", "when", "endcase",
	"assign", "increment", "decrement", "raw", "endraw", "comment", "endcomment", "debug",
}

var (
	opening = regexp.MustCompile(`{{|{%`)
	tagName = regexp.MustCompile(`^\w+`)
	quoted  = regexp.MustCompile(`"(?:\\.|[^"\\])*"|'[^']*'`)
	piped   = regexp.MustCompile(`\|\s*([\w-]+)`)
	ranges  = regexp.MustCompile(`\(\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*\)`)
	digits  = regexp.MustCompile(`\d{16,}`)
	foreign = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^\x00-\x7f\p{L}]`) })
	counted = regexp.MustCompile(`^\w[\w-]*\s+in\s+` + ranges.String())
)

// A checker goes over a template in one pass, before the library does. It
// refuses what reads files or has no bounds, and what the library would take
// for plain text or take long to read: a tag or an output without an end.
type checker struct {
	filters map[string]any
	text    strings.Builder // for the library
	line    int
	rounds  []int // how often the loops around this place repeat it
	steps   int
	end     string // the tag that ends verbatim text: endraw or endcomment
}

// check returns the template as the library can read it: with each tag and
// output in one line. No line of the template gets another number by that.
func check(source string, filters map[string]any) (string, error) {
	c := &checker{filters: filters, line: 1}
	if len(source) > MaxSource {
		return "", c.mistake("the template has more than %d KiB", MaxSource>>10)
	}
	for {
		at := opening.FindStringIndex(source)
		if at == nil {
			c.text.WriteString(source)
			return c.text.String(), nil
		}
		before, open, end := source[:at[0]], source[at[0]:at[1]], "}}"
		if open == "{%" {
			end = "%}"
		}
		c.text.WriteString(before)
		c.line += strings.Count(before, "\n")
		inner, after, closed := strings.Cut(source[at[1]:], end)
		if !closed {
			return "", c.mistake("%s is not closed; write %s after it", open, end)
		}
		if err := c.token(open, inner, end); err != nil {
			return "", err
		}
		c.line += strings.Count(inner, "\n")
		source = after
	}
}

func (c *checker) mistake(format string, args ...any) error {
	return &Error{Line: c.line, Message: fmt.Sprintf(format, args...)}
}

// oneLine replaces line ends, after which the library would not see a tag.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "\v", " ", "\f", " ", "\x00", " ")

// token checks a tag or an output, and writes it for the library.
func (c *checker) token(open, inner, end string) error {
	body, trimLeft := strings.CutPrefix(oneLine.Replace(inner), "-")
	body, trimRight := strings.CutSuffix(body, "-")
	body = strings.TrimSpace(body)
	name, err := c.shape(open, body)
	if err != nil {
		return err
	}
	if c.end != "" && c.end != name { // verbatim
		c.text.WriteString(open + inner + end)
		return nil
	}
	if c.end != "" {
		c.end = ""
	} else if err := c.content(name, strings.TrimSpace(body[len(name):])); err != nil {
		return err
	}
	c.text.WriteString(open)
	if trimLeft {
		c.text.WriteString("-")
	}
	c.text.WriteString(" " + body + " " + strings.Repeat("\n", strings.Count(inner, "\n")))
	if trimRight {
		c.text.WriteString("-")
	}
	c.text.WriteString(end)
	return nil
}

// shape refuses what the library does not take for a tag or an output. The
// name is that of a tag.
func (c *checker) shape(open, body string) (name string, err error) {
	if len(body) > maxTag {
		return "", c.mistake("%s has more than %d bytes before it is closed", open, maxTag)
	}
	if open == "{{" {
		if body == "" || strings.HasPrefix(body, "}") {
			return "", c.mistake("an output is empty; name a variable in it, as in {{ code }}")
		}
		return "", nil
	}
	if name = tagName.FindString(body); name == "" || strings.HasSuffix(body, "%") {
		return "", c.mistake("this is not a tag: {%% %s %%}", body)
	}
	if rest := body[len(name):]; rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", c.mistake("write a space after the name of the tag %s", name)
	}
	return name, nil
}

// content refuses tags and filters that a template may not use, and ranges and
// loops that are too large.
func (c *checker) content(name, args string) error {
	switch {
	case slices.Contains(fileTags, name):
		return c.mistake("the tag %s reads a file, which no template may; put the text here instead", name)
	case name != "" && !slices.Contains(tags, name):
		return c.mistake("Auth0 documents no tag %q", name)
	case name == "raw" || name == "comment":
		c.end = "end" + name
	}
	bare := quoted.ReplaceAllString(args, `""`)
	if s := foreign().FindString(bare); s != "" {
		return c.mistake("put the character %q in quotes", s)
	}
	for _, m := range ranges.FindAllStringSubmatch(bare, -1) {
		switch n, ok := elements(m[1], m[2]); {
		case !ok:
			return c.mistake("the range (%s..%s) has more than %d elements", m[1], m[2], MaxList)
		case n < 0:
			return c.mistake("the range (%s..%s) starts with its larger number", m[1], m[2])
		}
	}
	if strings.Contains(ranges.ReplaceAllString(bare, ""), "..") {
		return c.mistake("write a range with two numbers, as in (1..5)")
	}
	if n := digits.FindString(bare); n != "" {
		return c.mistake("the number %s has more than 15 digits", n)
	}
	for _, m := range piped.FindAllStringSubmatch(bare, -1) {
		if c.filters[m[1]] == nil {
			return c.mistake("Auth0 documents no filter %q", m[1])
		}
	}
	return c.count(name, bare)
}

// count refuses loops that repeat too much. It takes a list for as long as a
// list can be.
func (c *checker) count(name, args string) error {
	repeated := 1
	if n := len(c.rounds); n > 0 {
		repeated = c.rounds[n-1]
	}
	if c.steps += repeated * (len(args) + 8); c.steps > maxSteps {
		return c.mistake("the loops run too often: use fewer or shorter loops, or do less in them")
	}
	switch name {
	case "for", "tablerow":
		n := MaxList
		if m := counted.FindStringSubmatch(args); m != nil {
			n, _ = elements(m[1], m[2])
		}
		c.rounds = append(c.rounds, min(repeated*n, maxSteps))
	case "endfor", "endtablerow":
		c.rounds = c.rounds[:max(0, len(c.rounds)-1)]
	}
	return nil
}

// elements is how many numbers are in a range, and false if they are too many.
// It is negative for a range whose first number is larger by more than one.
func elements(from, to string) (int, bool) {
	const far = 1 << 31
	a, err := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	if err != nil || err2 != nil || max(a, b) > far || min(a, b) < -far {
		return 0, false
	}
	n := b - a + 1
	return n, n <= MaxList
}
