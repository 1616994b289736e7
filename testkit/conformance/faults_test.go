package conformance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var writeDocs = flag.Bool("docs", false, "write what Node sees into the table of faults in docs")

// The docs have a table of what clients see of each fault. The rows of Go and
// the columns are testkit's; run its test first. To bring those of Node up to
// date: go test -run DocsTell -docs
func TestTheDocsTellWhatNodeSees(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		need(t, "node is not installed: get Node 20.19 or later from https://nodejs.org/, or apt-get install nodejs")
	}
	const file, start, end = "../../docs/reference/scenarios.md", "<!-- faults -->\n", "<!-- /faults -->"
	seen := whatNodeSees(t)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(data), start)
	have, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the marks %s and %s", file, start, end)
	}
	lines := slices.Collect(strings.Lines(have))
	if len(lines) == 0 {
		t.Fatal("the table of faults has no rows of Go; run go test ./testkit -run DocsTell -docs")
	}
	table := strings.Join(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "| Node") }), "")
	faults := strings.FieldsFunc(lines[0], func(r rune) bool { return strings.ContainsRune("| `\n", r) })[1:]
	for _, client := range []string{"`fetch`, http", "`fetch`, https", "`node:http`", "`node:https`", "`node:http2`"} {
		table += "| Node, " + client
		for _, fault := range faults {
			words, ok := seen[client+" "+fault]
			if !ok {
				t.Errorf("nobody asked %s for %s", client, fault)
			}
			table += " | " + words
		}
		table += " |\n"
	}
	switch {
	case *writeDocs:
		if err := os.WriteFile(file, []byte(before+start+table+end+after), 0o666); err != nil {
			t.Fatal(err)
		}
	case have != table:
		t.Errorf("the table in %s is not what Node sees; run go test -run DocsTell -docs. It is\n%s", file, table)
	}
}

// whatNodeSees is what javascript/faults.js prints, by client and fault.
func whatNodeSees(t *testing.T) map[string]string {
	t.Helper()
	own := ownMock(t)
	c := exec.CommandContext(within(t), "node", "javascript/faults.js")
	c.Env = append(environWithout("NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_USE_SYSTEM_CA"),
		"MOCKAUTH0_URL="+own.url, "AUTH0_DOMAIN="+own.domain)
	c.Stderr = os.Stderr
	gently(c)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := map[string]string{}
	for line := range strings.Lines(string(out)) {
		client, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		fault, words, ok := strings.Cut(rest, "\t")
		if !ok {
			t.Fatalf("javascript/faults.js prints %q", line)
		}
		seen[fmt.Sprint(client, " ", fault)] = words
	}
	return seen
}
