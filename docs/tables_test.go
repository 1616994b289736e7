package docs_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/command"
)

// The generated parts of the pages are what the program says of itself.
func TestGeneratedParts(t *testing.T) {
	for _, part := range []struct {
		page, name string
		make       func(testing.TB) string
	}{
		{"docs/reference/endpoints.md", "endpoints", endpointTable},
		{"docs/reference/control-api.md", "control", controlTable},
		{"docs/reference/control-api.md", "examples", controlExamples},
		{"docs/reference/command-line.md", "help", commandLine},
		{"docs/reference/fixtures.md", "fields", fixtureFields},
		{"docs/reference/scenarios.md", "scenarios", scenarioTable},
		{"docs/reference/scenarios.md", "fields", scenarioFields},
		{"docs/reference/scenarios.md", "presets", presetList},
		{"docs/about/differences.md", "unverified", unverifiedTable},
	} {
		text := read(t, part.page)
		start, end := "<!-- "+part.name+" -->\n", "<!-- /"+part.name+" -->"
		before, rest, ok1 := strings.Cut(text, start)
		have, after, ok2 := strings.Cut(rest, end)
		want := part.make(t)
		switch {
		case !ok1 || !ok2:
			t.Errorf("%s lacks the marks %s and %s", part.page, start, end)
		case *update:
			write(t, part.page, before+start+want+end+after)
		case have != want:
			t.Errorf("%s: the part %s is out of date; run go test ./docs -update", part.page, part.name)
		}
	}
}

// A route is a line of the table that a Server prints for a terminal.
type route struct{ method, path, summary string }

var routeLine = regexp.MustCompile(`(?m)^(GET|POST|PUT|PATCH|DELETE) +(\S+) +(.*)$`)

func routes(t testing.TB) []route {
	t.Helper()
	s, err := server.New(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest("GET", "http://localhost:2884/_mock/", nil))
	var all []route
	for _, line := range routeLine.FindAllStringSubmatch(answer.Body.String(), -1) {
		all = append(all, route{line[1], line[2], line[3]})
	}
	return all
}

// isControl tells whether the endpoint belongs to the mock, and not to Auth0.
func (r route) isControl() bool { return strings.HasPrefix(r.path, "/_mock") }

func endpointTable(t testing.TB) string {
	t.Helper()
	return routeTable(t, false)
}

func controlTable(t testing.TB) string {
	t.Helper()
	return routeTable(t, true)
}

func routeTable(t testing.TB, control bool) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("| endpoint | what it does |\n| --- | --- |\n")
	for _, r := range routes(t) {
		if r.isControl() == control {
			fmt.Fprintf(&text, "| `%s %s` | %s |\n", r.method, r.path, cell(r.summary))
		}
	}
	return text.String()
}

// cell is text as a cell of a table takes it.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

var scenarioName = regexp.MustCompile(`(?m)^\t(\w+) += "([a-z-]+)"$`)

func scenarioTable(t testing.TB) string {
	t.Helper()
	constants := map[string]string{}
	for _, c := range scenarioName.FindAllStringSubmatch(read(t, "scenarios/library.go"), -1) {
		constants[c[2]] = c[1]
	}
	var text strings.Builder
	text.WriteString("| scenario | in Go | number | what happens |\n| --- | --- | --- | --- |\n")
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if constants[name] == "" {
			t.Errorf("the scenario %s has no constant", name)
		}
		number := strings.TrimPrefix(scenarios.MagicPhone(name), "+1500555")
		fmt.Fprintf(&text, "| `%s` | `%s` | %s | %s |\n", name, constants[name], number, cell(s.Description))
	}
	return text.String()
}

func presetList(testing.TB) string {
	var names []string
	for _, r := range refusal.All() {
		names = append(names, "`"+r.Name+"`")
	}
	return strings.Join(names, ", ") + "\n"
}

func unverifiedTable(testing.TB) string {
	var text strings.Builder
	text.WriteString("| case | answer of mockauth0 | modelled on |\n| --- | --- | --- |\n")
	for _, r := range refusal.All() {
		if !r.Unverified {
			continue
		}
		words := strings.TrimSpace(r.Code + " " + r.Description)
		if words == "" {
			words = "Unauthorized"
		}
		fmt.Fprintf(&text, "| %s | %d `%s` | %s |\n", strings.ReplaceAll(r.Name, "_", " "), r.Status, words, r.Source)
	}
	return text.String()
}

func fixtureFields(testing.TB) string { return fields(reflect.TypeFor[fixtures.Fixture](), "", "") }

func scenarioFields(testing.TB) string { return fields(reflect.TypeFor[scenarios.Scenario](), "", "") }

// fields lists the fields of a file, with a heading and a table for each
// struct that a field holds.
func fields(of reflect.Type, path, about string) string {
	var text, below strings.Builder
	if path != "" {
		fmt.Fprintf(&text, "\n### `%s`\n\n%s\n\n", path, about)
	}
	text.WriteString("| field | value | what it says |\n| --- | --- | --- |\n")
	for i := range of.NumField() {
		f := of.Field(i)
		name := f.Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		inner, list := f.Type, ""
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			if inner.Kind() == reflect.Slice {
				list = "[]"
			}
			inner = inner.Elem()
		}
		doc := f.Tag.Get("doc")
		if isSection(inner) {
			below.WriteString(fields(inner, strings.TrimPrefix(path+"."+name+list, "."), doc))
			doc += " See below."
		}
		if f.Tag.Get("required") != "" {
			doc = "Required. " + doc
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", name, cell(valueOf(of, f)), cell(doc))
	}
	return text.String() + below.String()
}

// isSection tells whether a field of the type has fields of its own.
func isSection(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || takesText(t) {
		return false
	}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			return true
		}
	}
	return false
}

// takesText tells whether a type reads itself from a file, where a text stands
// for it, too.
func takesText(t reflect.Type) bool {
	_, reads := reflect.PointerTo(t).MethodByName("DecodeYAML")
	return reads
}

// valueOf says what may stand in a field.
func valueOf(of reflect.Type, f reflect.StructField) string {
	values := f.Tag.Get("enum")
	if named, ok := reflect.New(of).Elem().Interface().(interface{ EnumValues(string) []string }); ok && values == "" {
		values = strings.Join(named.EnumValues(f.Tag.Get("yaml")), ",")
	}
	t := f.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case strings.Count(values, ",") > 20:
		return "a name, see below"
	case values != "" && t.Kind() == reflect.Slice && !takesText(t):
		return "list of `" + strings.ReplaceAll(values, ",", "`, `") + "`"
	case values != "":
		return "`" + strings.ReplaceAll(values, ",", "`, `") + "`"
	case t.String() == "time.Time":
		return "time"
	case t.String() == "time.Duration":
		return "duration"
	case t.Kind() == reflect.Slice && takesText(t):
		return "text, or list of texts"
	case t.Kind() == reflect.Struct && takesText(t):
		return "text, or map"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return "list of texts"
	case t.Kind() == reflect.Slice:
		return "list"
	case t.Kind() == reflect.Map, t.Kind() == reflect.Struct:
		return "map"
	case t.Kind() == reflect.Bool:
		return "`true`, `false`"
	case t.Kind() == reflect.Interface:
		return "anything"
	case t.Kind() == reflect.String:
		return "text"
	}
	if low, high := f.Tag.Get("min"), f.Tag.Get("max"); high != "" {
		return "number, " + low + " to " + high
	} else if low != "" {
		return "number, from " + low
	}
	return "number"
}

// help is what a command prints about itself; "" is the program.
func help(t testing.TB, name string) string {
	t.Helper()
	var out bytes.Buffer
	args := strings.Fields("mockauth0 " + name + " --help")
	if status := command.Run(command.World{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}); status != 0 {
		t.Fatalf("%v: status %d\n%s", args, status, &out)
	}
	return out.String()
}

var commandLineOfHelp = regexp.MustCompile(`(?m)^  ([a-z]+) {2,}\S`)

// commandNames are the commands that the help lists.
func commandNames(t testing.TB) []string {
	t.Helper()
	_, list, _ := strings.Cut(help(t, ""), "Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for _, line := range commandLineOfHelp.FindAllStringSubmatch(list, -1) {
		names = append(names, line[1])
	}
	if len(names) < 5 {
		t.Fatalf("the help lists the commands %v only", names)
	}
	return names
}

// commandLine is the help of all commands. What stands in the program's help
// already is not repeated.
func commandLine(t testing.TB) string {
	t.Helper()
	whole := help(t, "")
	text := "\n```text\n" + whole + "```\n"
	for _, name := range commandNames(t) {
		if name == "serve" { // the program without a command
			continue
		}
		var own []string
		for part := range strings.SplitSeq(strings.TrimSpace(help(t, name)), "\n\n") {
			if !strings.Contains(whole, part) {
				own = append(own, part)
			}
		}
		text += "\n## " + name + "\n\n```text\n" + strings.Join(own, "\n\n") + "\n```\n"
	}
	return text + "\n"
}
