package server

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

var writeReadme = flag.Bool("readme", false, "write the README's generated tables")

// The tables of the README are those that the server runs by: a route or a
// guess that is not in it fails here. To bring it up to date:
// go test ./server -run README -readme
func TestREADME(t *testing.T) {
	const file = "../README.md"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	for name, table := range map[string]string{
		"endpoints":  routeTable(func(r web.Route) bool { return r.Dialect != web.Control }),
		"control":    routeTable(func(r web.Route) bool { return r.Dialect == web.Control }),
		"unverified": unverifiedTable(),
		"scenarios":  scenarioTable(),
		"presets":    presetList(),
	} {
		start, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok1 := strings.Cut(readme, start)
		have, after, ok2 := strings.Cut(rest, end)
		switch {
		case !ok1 || !ok2:
			t.Errorf("the README lacks the marks %s and %s", start, end)
		case *writeReadme:
			readme = before + start + table + end + after
		case have != table:
			t.Errorf("the README's table %s is not the server's; run go test ./server -run README -readme", name)
		}
	}
	if *writeReadme {
		if err := os.WriteFile(file, []byte(readme), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func routeTable(is func(web.Route) bool) string {
	var text strings.Builder
	text.WriteString("| endpoint | |\n| --- | --- |\n")
	for _, r := range routes(&control.API{}) {
		if is(r) {
			fmt.Fprintf(&text, "| `%s %s` | %s |\n", r.Method, r.Path, strings.ReplaceAll(r.About(), "|", `\|`))
		}
	}
	return text.String()
}

func scenarioTable() string {
	var text strings.Builder
	text.WriteString("| scenario | number | |\n| --- | --- | --- |\n")
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", name, strings.TrimPrefix(scenarios.MagicPhone(name), "+1500555"), s.Description)
	}
	return text.String()
}

func presetList() string {
	var names []string
	for _, r := range refusal.All() {
		names = append(names, "`"+r.Name+"`")
	}
	return strings.Join(names, ", ") + "\n"
}

func unverifiedTable() string {
	var text strings.Builder
	text.WriteString("| case | answer of mockauth0 | modelled on |\n| --- | --- | --- |\n")
	for _, r := range refusal.All() {
		if r.Unverified {
			words := strings.TrimSpace(r.Code + " " + r.Description)
			if words == "" {
				words = "Unauthorized"
			}
			fmt.Fprintf(&text, "| %s | %d `%s` | %s |\n", strings.ReplaceAll(r.Name, "_", " "), r.Status, words, r.Source)
		}
	}
	return text.String()
}

// The files that the README shows are good ones.
func TestREADMEFilesAreGood(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	read := map[bool]int{}
	for _, snippet := range regexp.MustCompile("(?s)(<!-- [^\n]*\n)?```yaml\n(.*?)```").FindAllSubmatch(readme, -1) {
		if len(snippet[1]) > 0 { // for another program; .ci/image tries it
			continue
		}
		isScenario := strings.Contains(string(snippet[2]), "\nrules:")
		if isScenario {
			_, err = scenarios.Parse("README.md", snippet[2])
		} else {
			_, err = fixtures.Parse("README.md", snippet[2])
		}
		if err != nil {
			t.Error(err)
		}
		read[isScenario]++
	}
	if read[true] == 0 || read[false] == 0 {
		t.Errorf("the README shows %d scenarios and %d fixtures", read[true], read[false])
	}
}

// Every Go snippet of the README is part of a test or Example that runs.
func TestREADMESnippetsAreExamples(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []byte
	for _, file := range []string{"../testkit/example_test.go", "../testkit/login_test.go", "../testkit/mailhog/mailhog_test.go", "../testkit/container/container_test.go"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, data...)
	}
	lines := regexp.MustCompile(`(?m)^\s+`)
	flat := lines.ReplaceAllString(string(examples), "")
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(snippets) == 0 {
		t.Fatal("the README has no Go snippet")
	}
	for _, snippet := range snippets {
		if !strings.Contains(flat, lines.ReplaceAllString(snippet[1], "")) {
			t.Errorf("no test of testkit contains this snippet of the README:\n%s", snippet[1])
		}
	}
}

// The README's flags are those that there are.
func TestREADMENamesEveryOption(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	options, err := os.ReadFile("../testkit/options.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(`).FindAllStringSubmatch(string(options), -1) {
		if !strings.Contains(string(readme), "`"+option[1]+"`") {
			t.Errorf("the README does not name the option %s of testkit", option[1])
		}
	}
	flags, err := os.ReadFile("command/flags.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range regexp.MustCompile(`\bname: "([a-z-]+)"`).FindAllStringSubmatch(string(flags), -1) {
		names = append(names, f[1])
	}
	if !slices.Contains(names, "addr") {
		t.Fatal("the flags are somewhere else")
	}
	for _, name := range names {
		if !strings.Contains(string(readme), "`--"+name+"`") {
			t.Errorf("the README does not name the flag --%s", name)
		}
	}
}
