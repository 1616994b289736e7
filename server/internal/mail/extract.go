package mail

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

// maxExtracted bounds the codes and the links of one mail.
const maxExtracted = 100

var (
	urls   = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `\\^{|}]+`)
	href   = regexp.MustCompile(`(?i)\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))`)
	digits = regexp.MustCompile(`[0-9]+`)
	tags   = regexp.MustCompile(`(?is)<!--.*?-->|<style\b.*?</style>|<script\b.*?</script>|<head\b.*?</head>|<[^>]*>`)
)

// extract finds the codes, which are runs of 4 to 8 digits that are no part of
// a word, a date, a price or a longer number, and the links. The text comes
// first; HTML adds what only it has.
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
	for _, words := range []string{text, html.UnescapeString(tags.ReplaceAllString(page, " "))} {
		words = urls.ReplaceAllString(words, " ")
		for _, at := range digits.FindAllStringIndex(words, -1) {
			if n := at[1] - at[0]; n >= 4 && n <= 8 && alone(words[:at[0]], words[at[1]:]) {
				codes = once(codes, words[at[0]:at[1]])
			}
		}
	}
	return codes, links
}

// alone tells whether what stands between the two is a word by itself.
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

// lineEnds are nothing in a URL, as in browsers.
var lineEnds = strings.NewReplacer("\r", "", "\n", "", "\t", "")

// joints join digits to a word.
const joints = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-#&="

func lastByte(s string) byte { return s[len(s)-1] }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// once appends what is not there yet, within bounds.
func once(list []string, s string) []string {
	if s == "" || len(list) >= maxExtracted || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Plain is a page without its tags, in one line.
func Plain(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

var (
	lineBreak = regexp.MustCompile(`(?i)<br\b[^>]*>|</(?:p|div|h[1-6]|tr|li|table|blockquote)\s*>`)
	invisible = regexp.MustCompile(`(?is)<!--.*?-->|<style\b.*?</style>|<script\b.*?</script>|<head\b.*?</head>`)
	anchor    = regexp.MustCompile(`(?is)<a\b([^>]*)>(.*?)</a\s*>`)
)

// Readable is a page as plain text: its lines stay lines, and a link is there
// with its address.
func Readable(page string) string {
	page = invisible.ReplaceAllString(page, "")
	page = anchor.ReplaceAllStringFunc(page, func(a string) string {
		m := anchor.FindStringSubmatch(a)
		target := href.FindStringSubmatch(m[1])
		if target == nil || strings.Contains(m[2], target[1]+target[2]+target[3]) {
			return m[2]
		}
		return m[2] + " " + target[1] + target[2] + target[3]
	})
	if strings.Contains(page, "<") { // else its lines are its own
		page = lineBreak.ReplaceAllString(strings.Join(strings.Fields(page), " "), "\n")
	}
	var lines []string
	for line := range strings.Lines(html.UnescapeString(tags.ReplaceAllString(page, " "))) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}

// Find is the codes and the links of a plain text.
func Find(text string) (codes, links []string) { return extract(text, "") }
