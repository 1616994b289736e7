package command

import (
	"fmt"
	"strings"
)

const (
	helpWidth  = 80
	helpIndent = 24 // where the explanations begin
)

// rootHelp is the help text of the program.
func rootHelp(all []command) string {
	var b strings.Builder
	b.WriteString("mockauth0 is a local Auth0 tenant for tests.\n\n" +
		"Usage: mockauth0 [flags]            the same as mockauth0 serve [flags]\n" +
		"       mockauth0 COMMAND [flags]\n\nCommands:\n")
	for _, c := range all {
		entry(&b, c.name, c.brief)
	}
	b.WriteString("\nmockauth0 COMMAND --help tells more about each.\n\nExamples:\n" +
		"  mockauth0                                serve on " + defaultURL + "\n" +
		"  mockauth0 --client my-app --fixture strict\n" +
		"  mockauth0 exec -- npm test               run tests with a tenant of their own\n" +
		"  mockauth0 env --for nextjs > .env.local  point an app at the one that serves\n")
	writeFlags(&b, serveCommand().flags)
	b.WriteString("\n" + twinNote)
	return b.String()
}

var twinNote = paragraph("Every flag has a twin in the environment, such as MOCKAUTH0_TLS_DIR for --tls-dir: " +
	"a flag beats its twin, a list is separated by commas, and an empty twin counts as unset.")

// help is the help text of a command.
func (c command) help() string {
	var b strings.Builder
	line := "Usage: mockauth0 " + c.name
	if len(c.flags) > 0 {
		line += " [flags]"
	}
	b.WriteString(strings.TrimSpace(line+" "+c.args) + "\n\n")
	b.WriteString(paragraph(sentence(c.brief) + " " + c.long))
	if len(c.flags) > 0 {
		writeFlags(&b, c.flags)
		b.WriteString("\n" + twinNote)
	}
	return b.String()
}

// writeFlags lists flags below the headings of their groups.
func writeFlags(b *strings.Builder, flags []flag) {
	group := "none"
	for _, f := range flags {
		if f.group != group {
			group = f.group
			heading := "Flags"
			if group != "" {
				heading = group
			}
			b.WriteString("\n" + heading + ":\n")
		}
		usage := f.usage
		if f.list {
			usage += "; repeatable"
		}
		entry(b, strings.TrimSpace("--"+f.name+" "+f.value), usage)
	}
}

// entry writes a name and its explanation, in two columns.
func entry(b *strings.Builder, name, text string) {
	lead := fmt.Sprintf("  %-*s", helpIndent-2, name)
	if !strings.HasSuffix(lead, " ") {
		b.WriteString(lead + "\n")
		lead = strings.Repeat(" ", helpIndent)
	}
	for _, line := range wrap(text, helpWidth-helpIndent) {
		b.WriteString(lead + line + "\n")
		lead = strings.Repeat(" ", helpIndent)
	}
}

// paragraph is text in lines, those that it has itself kept.
func paragraph(text string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if len([]rune(part)) <= helpWidth {
			b.WriteString(part + "\n") // it may have columns
			continue
		}
		for _, line := range wrap(part, helpWidth) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len([]rune(*last))+1+len([]rune(word)) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

// sentence is a phrase with a capital and a full stop.
func sentence(phrase string) string {
	return strings.ToUpper(phrase[:1]) + phrase[1:] + "."
}
