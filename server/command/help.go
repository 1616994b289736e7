package command

import (
	"cmp"
	"strings"

	"github.com/urfave/cli/v3"
)

const twinNote = "Every flag but --port has a twin in the environment, such as MOCKAUTH0_TLS_DIR for --tls-dir: " +
	"a flag beats its twin, a list is separated by commas, and an empty twin counts as unset."

// rootHelp is the help text of the program.
func rootHelp(root *cli.Command) string {
	commands := table{Title: "Commands", After: "\nmockauth0 COMMAND --help tells more about each, and serve --help lists the\nflags.\n"}
	for _, c := range root.VisibleCommands() {
		commands.Rows = append(commands.Rows, row{c.Name, c.Usage})
	}
	examples := table{Title: "Examples", After: "  mockauth0                                serve on " + defaultURL + `
  mockauth0 --client my-app --fixture strict
  mockauth0 exec -- npm test               run tests with a tenant of their own
  mockauth0 env --for nextjs > .env.local  point an app at the one that serves
`}
	return layout(`mockauth0 is a local Auth0 tenant for tests.

Usage: mockauth0 [flags]            the same as mockauth0 serve [flags]
       mockauth0 COMMAND [flags]`, []table{commands, examples}, "")
}

// commandHelp is the help text of a command.
func commandHelp(c *cli.Command) string {
	usage, note := "Usage: "+c.FullName(), ""
	tables := flagTables(c)
	if tables != nil {
		usage, note = usage+" [flags]", twinNote
	}
	brief := strings.ToUpper(c.Usage[:1]) + c.Usage[1:] + "."
	return layout(strings.TrimSpace(usage+" "+c.ArgsUsage)+"\n\n"+strings.TrimSpace(brief+" "+c.Description), tables, note)
}

// flagTables are the flags of a command in their own order, a table for each
// group.
func flagTables(c *cli.Command) []table {
	var tables []table
	for _, f := range flagsOf(c) {
		title := cmp.Or(f.group, "Flags")
		if len(tables) == 0 || tables[len(tables)-1].Title != title {
			tables = append(tables, table{Title: title})
		}
		usage := f.usage
		if f.list {
			usage += "; repeatable"
		}
		last := &tables[len(tables)-1]
		last.Rows = append(last.Rows, row{strings.TrimSpace("--" + f.name + " " + f.takes), usage})
	}
	return tables
}

// A table has two columns below a title.
type table struct {
	Title string
	Rows  []row
	After string // more lines
}

type row struct{ Name, Text string }

// layout is a text for a terminal of 80 columns: an introduction, tables and a
// last paragraph.
func layout(intro string, tables []table, end string) string {
	const text = `{{wrap .Intro 0}}
{{range .Tables}}
{{with .Title}}{{.}}:
{{end}}{{range .Rows}}  {{printf "%-22s" .Name}}{{if gt (len .Name) 21}}
                        {{end}}{{wrap .Text 24}}
{{end}}{{.After}}{{end}}{{with .End}}
{{wrap . 0}}
{{end}}`
	var b strings.Builder
	data := map[string]any{"Intro": intro, "Tables": tables, "End": end}
	cli.DefaultPrintHelpCustom(&b, text, data, map[string]any{"wrapAt": func() int { return 80 }})
	return b.String()
}
