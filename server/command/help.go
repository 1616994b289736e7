package command

import (
	"context"
	"strings"

	"github.com/urfave/cli/v3"
)

// A page is a text for a terminal of 80 columns: an introduction, tables of two
// columns and a last paragraph.
type page struct {
	Intro  string
	Tables []table
	End    string
}

type table struct {
	Title string
	Rows  []row
	After string
}

type row struct{ Name, Text string }

const pageTemplate = `{{with .Intro}}{{wrap . 0}}
{{end}}{{range .Tables}}
{{with .Title}}{{.}}:
{{end}}{{range .Rows}}  {{printf "%-22s" .Name}}{{if gt (len .Name) 21}}
                        {{end}}{{wrap .Text 24}}
{{end}}{{with .After}}{{.}}
{{end}}{{end}}{{with .End}}
{{wrap . 0}}
{{end}}`

func (p page) String() string {
	var b strings.Builder
	cli.DefaultPrintHelpCustom(&b, pageTemplate, p, map[string]any{"wrapAt": func() int { return 80 }})
	return b.String()
}

const twinNote = "Every flag has a twin in the environment, such as MOCKAUTH0_TLS_DIR for --tls-dir: " +
	"a flag beats its twin, a list is separated by commas, and an empty twin counts as unset."

func helpCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "help", ArgsUsage: "[COMMAND]",
		Usage:           "print what a command does",
		SkipFlagParsing: true,
		ShellComplete:   suggestCommands,
		Action: func(_ context.Context, cmd *cli.Command) error {
			root, name := cmd.Root(), cmd.Args().First()
			switch c := root.Command(name); {
			case name == "" || name[0] == '-':
				return say(w, rootHelp(root))
			case c != nil:
				return say(w, commandHelp(c))
			}
			return unknownCommand(root, name)
		},
	}
}

// rootHelp is the help text of the program.
func rootHelp(root *cli.Command) string {
	commands := table{Title: "Commands", After: "\nmockauth0 COMMAND --help tells more about each."}
	for _, c := range root.VisibleCommands() {
		commands.Rows = append(commands.Rows, row{c.Name, c.Usage})
	}
	examples := table{Title: "Examples", After: "  mockauth0                                serve on " + defaultURL + "\n" +
		"  mockauth0 --client my-app --fixture strict\n" +
		"  mockauth0 exec -- npm test               run tests with a tenant of their own\n" +
		"  mockauth0 env --for nextjs > .env.local  point an app at the one that serves"}
	return page{
		Intro: "mockauth0 is a local Auth0 tenant for tests.\n\n" +
			"Usage: mockauth0 [flags]            the same as mockauth0 serve [flags]\n" +
			"       mockauth0 COMMAND [flags]",
		Tables: append([]table{commands, examples}, flagTables(root.Command("serve"))...),
		End:    twinNote,
	}.String()
}

// commandHelp is the help text of a command.
func commandHelp(c *cli.Command) string {
	p := page{Tables: flagTables(c)}
	usage := "Usage: " + c.FullName()
	if p.Tables != nil {
		usage += " [flags]"
		p.End = twinNote
	}
	brief := strings.ToUpper(c.Usage[:1]) + c.Usage[1:] + "."
	p.Intro = strings.TrimSpace(usage+" "+c.ArgsUsage) + "\n\n" + strings.TrimSpace(brief+" "+c.Description)
	return p.String()
}

// flagTables are the flags of a command below the headings of their groups, in
// their own order.
func flagTables(c *cli.Command) []table {
	var tables []table
	for _, g := range givenTo(c) {
		title := g.group
		if title == "" {
			title = "Flags"
		}
		if len(tables) == 0 || tables[len(tables)-1].Title != title {
			tables = append(tables, table{Title: title})
		}
		usage := g.usage
		if g.list {
			usage += "; repeatable"
		}
		last := &tables[len(tables)-1]
		last.Rows = append(last.Rows, row{strings.TrimSpace("--" + g.name + " " + g.flag.value), usage})
	}
	return tables
}
