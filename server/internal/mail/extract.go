package mail

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/markup"
)

// maxExtracted is the largest number of codes, and of links, of one mail.
const maxExtracted = 100

var (
	urls = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `\\^{|}]+`)
	href = regexp.MustCompile(`(?i)\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))`)
)

// extract finds the codes and the links of a mail, first those in the text, then
// those that are only in the HTML. A code has 4 to 8 digits and is not part of a
// word, a date, a price or a longer number.
func extract(text, page string) (codes, links []string) {
	for _, m := range urls.FindAllString(text, maxExtracted) {
		links = once(links, strings.TrimRight(m, ".,;:!?)]*_"))
	}
	for _, m := range href.FindAllStringSubmatch(page, maxExtracted) {
		link := oneLine(lineEnds.Replace(html.UnescapeString(m[1] + m[2] + m[3])))
		if strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://") {
			links = once(links, link)
		}
	}
	for _, words := range []string{text, html.UnescapeString(allMarkup.Replace(page, " "))} {
		words = urls.ReplaceAllString(words, " ")
		for at := 0; at < len(words) && len(codes) < maxExtracted; at++ {
			end := at
			for end < len(words) && isDigit(words[end]) {
				end++
			}
			if n := end - at; n >= 4 && n <= 8 && alone(words[:at], words[end:]) {
				codes = once(codes, words[at:end])
			}
			at = end
		}
	}
	return codes, links
}

// alone reports whether the digits between the two texts are a word of their own.
func alone(before, after string) bool {
	if before != "" && strings.ContainsRune(joints+"+$€£.,/:@", rune(lastByte(before))) {
		// "code:1234" is a code, "12:3456" is not.
		if lastByte(before) != ':' || len(before) < 2 || isDigit(before[len(before)-2]) {
			return false
		}
	}
	if after == "" {
		return true
	}
	if strings.IndexByte(joints+"%@", after[0]) >= 0 {
		return false
	}
	if strings.IndexByte(".,/:", after[0]) >= 0 {
		return len(after) == 1 || !isDigit(after[1])
	}
	return true
}

// lineEnds removes what browsers ignore in a URL.
var lineEnds = strings.NewReplacer("\r", "", "\n", "", "\t", "")

// joints are characters that connect digits to a word.
const joints = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-#&="

func lastByte(s string) byte { return s[len(s)-1] }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// once appends s if the list does not have it, up to maxExtracted.
func once(list []string, s string) []string {
	if s == "" || len(list) >= maxExtracted || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Plain is the text of a page in one line.
func Plain(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(allMarkup.Replace(page, " "))), " ")
}

var (
	invisible = markup.Markup{AnyCase: true, Elements: []markup.Element{
		{Open: "<!--", Close: "-->"},
		{Open: "<style", Close: "</style>", Name: true},
		{Open: "<script", Close: "</script>", Name: true},
		{Open: "<head", Close: "</head>", Name: true},
	}}
	allMarkup = markup.Markup{AnyCase: true, Elements: invisible.Elements, Tags: true}

	lineBreak = regexp.MustCompile(`(?i)<br\b[^>]*>|</(?:p|div|h[1-6]|tr|li|table|blockquote)\s*>`)
	anchor    = regexp.MustCompile(`(?is)<a\b([^>]*)>(.*?)</a\s*>`)
)

// Readable is the text of a page, with its lines and with the addresses of its
// links.
func Readable(page string) string {
	page = invisible.Replace(page, "")
	page = anchor.ReplaceAllStringFunc(page, func(a string) string {
		m := anchor.FindStringSubmatch(a)
		target := href.FindStringSubmatch(m[1])
		if target == nil || strings.Contains(m[2], target[1]+target[2]+target[3]) {
			return m[2]
		}
		return m[2] + " " + target[1] + target[2] + target[3]
	})
	if strings.Contains(page, "<") { // a text without tags keeps its line ends
		page = lineBreak.ReplaceAllString(strings.Join(strings.Fields(page), " "), "\n")
	}
	var lines []string
	for line := range strings.Lines(html.UnescapeString(allMarkup.Replace(page, " "))) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}

// Find finds the codes and the links in a plain text.
func Find(text string) (codes, links []string) { return extract(text, "") }
