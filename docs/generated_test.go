package docs_test

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/unserved"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/command"
)

// table is a table in Markdown.
func table(head string, rows [][]string) string {
	lines := []string{"| " + head + " |", "|" + strings.Repeat(" --- |", strings.Count(head, "|")+1)}
	for _, cells := range rows {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
	}
	return strings.Join(lines, "\n") + "\n"
}

// report is what a server tells of a login with a wrong code.
func (r *reader) report(*block) string {
	tenant := r.newTenant(server.Config{At: time.Date(2030, 1, 1, 10, 2, 11, 0, time.UTC)})
	r.ask(tenant, "POST", "/passwordless/start", `{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"}`)
	r.ask(tenant, "POST", "/oauth/token", `{"client_id": "acme-native", "grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email", "username": "ada@example.com", "otp": "000000"}`)
	return tenant.Report()
}

// endpoints are those of the control API, or those of Auth0, from the table that
// a server prints for a terminal. Each of the control API has an example.
func (r *reader) endpoints(b *block) string {
	var rows [][]string
	all := r.ask(r.newTenant(server.Config{}), "GET", "/_mock/", "").Body.String()
	for _, line := range regexp.MustCompile(`(?m)^([A-Z]+) +(/\S*) +(.*)$`).FindAllStringSubmatch(all, -1) {
		endpoint := line[1] + " " + line[2]
		if strings.HasPrefix(line[2], "/_mock") != (b.mark == "control") {
			continue
		}
		if b.mark == "control" && !strings.Contains(read(r, r.page), "\n### "+endpoint+"\n") {
			r.Errorf("%s has no example of %s", r.page, endpoint)
		}
		rows = append(rows, []string{"`" + endpoint + "`", line[3]})
	}
	return table("endpoint | what it does", rows)
}

func (r *reader) builtInScenarios(*block) string {
	constants := map[string]string{}
	for _, c := range regexp.MustCompile(`(?m)^\t(\w+) += "([a-z-]+)"$`).FindAllStringSubmatch(read(r, "scenarios/library.go"), -1) {
		constants[c[2]] = c[1]
	}
	var rows [][]string
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil || constants[name] == "" {
			r.Errorf("the scenario %s has no constant, or a mistake: %v", name, err)
		}
		rows = append(rows, []string{"`" + name + "`", "`" + constants[name] + "`", strings.TrimPrefix(scenarios.MagicPhone(name), "+1500555"), s.Description})
	}
	return table("scenario | in Go | number | what happens", rows)
}

func (*reader) presets(*block) string {
	var names []string
	for _, r := range refusal.All() {
		names = append(names, "`"+r.Name+"`")
	}
	return strings.Join(names, ",\n") + "\n" // a line for each, so that two new ones do not conflict
}

func (*reader) unverified(*block) string {
	var rows [][]string
	for _, r := range refusal.All() {
		if words := strings.TrimSpace(r.Code + " " + r.Description); r.Unverified {
			rows = append(rows, []string{strings.ReplaceAll(r.Name, "_", " "), fmt.Sprintf("%d `%s`", r.Status, cmp.Or(words, "Unauthorized")), r.Source})
		}
	}
	return table("case | response of mockauth0 | modelled on", rows)
}

func (*reader) unserved(*block) string {
	var rows [][]string
	for _, f := range unserved.All() {
		var asked []string
		for _, kind := range []struct {
			word  string
			names []string
		}{{"", f.Paths}, {"the grant ", f.Grants}, {"the parameter ", f.Parameters}, {"the header ", f.Headers}} {
			for _, name := range kind.names {
				asked = append(asked, kind.word+"`"+name+"`")
			}
		}
		rows = append(rows, []string{f.Name, strings.Join(asked, ", ")})
	}
	return table("what | how a client asks for it", rows)
}

// printed is what mockauth0 prints with these arguments.
func printed(t testing.TB, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	args = append([]string{"mockauth0"}, args...)
	if status := command.Run(command.World{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}); status != 0 {
		t.Errorf("%v: status %d\n%s", args, status, &out)
	}
	return out.String()
}

// commandLine is the help of all commands. A paragraph of serve's help is not
// repeated below.
func (r *reader) commandLine(*block) string {
	whole, serve := printed(r, "--help"), printed(r, "serve", "--help")
	parts := []string{"\n```text\n" + whole + "```\n\n## serve\n\n```text\n" + serve + "```\n"}
	for _, line := range regexp.MustCompile(`(?m)^  ([a-z]+) {2,}\S`).FindAllStringSubmatch(whole, -1) {
		if name := line[1]; name != "serve" {
			own := strings.Split(strings.TrimSpace(printed(r, name, "--help")), "\n\n")
			own = slices.DeleteFunc(own, func(part string) bool { return strings.Contains(serve, part) })
			parts = append(parts, "\n## "+name+"\n\n```text\n"+strings.Join(own, "\n\n")+"\n```\n")
		}
	}
	return strings.Join(parts, "") + "\n"
}

// fields are those of a fixture or a scenario file, from its JSON Schema.
func (r *reader) fields(b *block) string {
	var s schema
	if err := yaml.Unmarshal([]byte(printed(r, "schema", b.mark)), &s); err != nil {
		r.Fatal(err)
	}
	return s.fields("")
}

// A schema is a JSON Schema. YAML reads it, too, and keeps the order.
type schema struct {
	Description       string
	Type              any // a name, or a list of names
	Enum              []any
	Pattern           string
	Minimum, Maximum  any
	Items             *schema
	AnyOf             []schema `yaml:"anyOf"`
	Required          []string
	Properties        yaml.Node
	PatternProperties map[string]any `yaml:"patternProperties"`
}

// fields is the table of the fields of an object. A table for each object in it
// follows.
func (s schema) fields(path string) string {
	var rows [][]string
	var below strings.Builder
	for i := 0; i < len(s.Properties.Content); i += 2 {
		var f schema
		name := s.Properties.Content[i].Value
		if err := s.Properties.Content[i+1].Decode(&f); err != nil || name == "$schema" {
			continue
		}
		about := f.Description
		inner, within := f, strings.TrimPrefix(path+"."+name, ".")
		if f.Items != nil {
			inner, within = *f.Items, within+"[]"
		}
		if len(inner.Properties.Content) > 0 {
			fmt.Fprintf(&below, "\n### `%s`\n\n%s\n\n%s", within, about, inner.fields(within))
			about += " See below."
		}
		if slices.Contains(s.Required, name) {
			about = "Required. " + about
		}
		rows = append(rows, []string{"`" + name + "`", strings.Join(f.forms(), ", "), about})
	}
	return table("field | value | what it says", rows) + s.others() + below.String()
}

// others are the names of the fields that are accepted beside those in the table.
func (s schema) others() string {
	for pattern := range s.PatternProperties {
		names := strings.Split(strings.TrimSuffix(strings.TrimPrefix(pattern, "^("), ")$"), "|")
		return "\nAlso accepted, without effect: `" + strings.Join(names, "`, `") + "`.\n"
	}
	return ""
}

// forms say what may be in a field.
func (s schema) forms() (all []string) {
	for _, one := range s.AnyOf {
		one.Minimum = nil
		if one.Items != nil {
			return append(all, "list of these")
		}
		all = append(all, one.forms()...)
	}
	for _, value := range s.Enum {
		if form := fmt.Sprintf("`%v`", value); value != nil && !slices.Contains(all, form) {
			all = append(all, form)
		}
	}
	words := map[string]string{
		"string": "text", "integer": "number", "number": "number", "boolean": "`true`, `false`", "array": "list", "object": "map",
	}
	first, _, _ := strings.Cut(strings.Trim(fmt.Sprint(s.Type), "[]"), " ")
	form, known := words[first]
	isDuration, isTime := strings.Contains(s.Pattern, "|ms|"), strings.Contains(s.Pattern, "T(")
	switch {
	case len(all) > 40:
		return []string{"a name, see below"}
	case isDuration && isTime:
		return append(all, "duration", "time")
	case isDuration:
		form = "duration"
	case isTime:
		form = "time"
	case s.Maximum != nil && s.Minimum != nil:
		form += fmt.Sprintf(", %v to %v", s.Minimum, s.Maximum)
	case s.Minimum != nil && form == "number":
		form += fmt.Sprintf(", from %v", s.Minimum)
	case s.Items != nil && s.Items.Properties.Content == nil:
		form += " of " + strings.NewReplacer("text", "texts", ", map", " or maps").Replace(strings.Join(s.Items.forms(), ", "))
	case s.Type == nil && len(all) == 0:
		return []string{"anything"}
	}
	if known {
		all = append(all, form)
	}
	return all
}
