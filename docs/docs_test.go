// Package docs_test holds the pages to what they say. TestPages walks over the
// README and all pages of docs, block by block. The table holders tells for each
// kind of block how it is held: a command runs, a file is parsed, a snippet is
// part of a test, a generated part is what the program says of itself.
//
// After a change of the program, write the generated parts anew:
//
//	go test ./docs -update
package docs_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/command"
)

var update = flag.Bool("update", false, "write the generated parts of the pages anew")

// TestMain lets this program stand in for mockauth0: the commands of the pages
// call it by that name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "mockauth0" {
		os.Exit(command.Run(command.System()))
	}
	os.Exit(m.Run())
}

// holders tell how each kind of block is held. Its kind is in the mark above it;
// without a mark it is the language. A holder returns what the block must say.
var holders = map[string]func(*reader, *block) string{
	// Commands and requests. They run in order, each page in a folder of its own.
	"run":    (*reader).run,    // it succeeds; after "run, fails" it fails
	"prints": (*reader).prints, // what the command above prints
	"serve":  (*reader).serve,  // starts the page's server, which else is mockauth0
	"file":   (*reader).file,   // "file: NAME" is a file for the commands
	"http":   (*reader).http,   // a request with its response
	"mail":   (*reader).mail,   // a mail that the app sends to the tenant of these requests

	// Snippets.
	"go":   (*reader).inATest,
	"yaml": (*reader).isRight,
	"from": func(r *reader, b *block) string { return r.isIn([]string{b.name()}, b.text, b) }, // "from: FILE"

	// Blocks that a script of .ci or a test of testkit/conformance takes.
	"quickstart": (*reader).isTaken, "workflow": (*reader).isTaken, "image": (*reader).isTaken, "compose": (*reader).isTaken,
	"install": (*reader).isTaken, "figures": (*reader).isTaken, "faults": (*reader).isTaken,

	// Blocks that the tests of the Helm chart take.
	"kubernetes": func(r *reader, b *block) string {
		return r.isIn(filesOf(r, "testkit/kubernetes", ".go"), strconv.Quote(b.mark), b)
	},

	// Generated parts.
	"report": (*reader).report, "endpoints": (*reader).endpoints, "control": (*reader).endpoints, "help": (*reader).commandLine,
	"fixture": (*reader).fields, "scenario": (*reader).fields, "scenarios": (*reader).builtInScenarios, "presets": (*reader).presets,
	"unverified": (*reader).unverified, "unserved": (*reader).unserved, "testkit": (*reader).testkit,
}

func TestPages(t *testing.T) {
	_, noBash := exec.LookPath("bash")
	_, noCurl := exec.LookPath("curl")
	if err := errors.Join(noBash, noCurl); runtime.GOOS == "windows" || err != nil && os.Getenv("CI") == "" {
		t.Skipf("the commands of the pages are for a POSIX shell with curl: %v", err)
	}
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, name)
			defer r.stop()
			text := read(t, name)
			updated, end := "", 0
			for _, b := range blocks(t, name) {
				hold, known := holders[b.kind()]
				if !known {
					t.Fatalf("%s: nothing holds a block of the kind %q", b.at, b.kind())
				}
				want := hold(r, b)
				if b.text != want && !*update {
					t.Errorf("%s is out of date; go test ./docs -update writes it. It should be\n%s", b.at, want)
				}
				updated += text[end:b.start] + regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(want, b.lead+"$1")
				end = b.end
			}
			if *update && !t.Failed() {
				if err := os.WriteFile(filepath.Join(root, name), []byte(updated+text[end:]), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// root is the folder of the repository.
const root = ".."

// pages are the README and all pages of docs, as paths from the root.
func pages(t testing.TB) []string {
	t.Helper()
	return append([]string{"README.md"}, filesOf(t, "docs", ".md")...)
}

// filesOf are the files below a folder whose names end so, as paths from the
// root.
func filesOf(t testing.TB, folder, end string) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(root), folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, end) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t testing.TB, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A block is a fenced block, or what is between <!-- MARK --> and
// <!-- /MARK -->.
type block struct {
	at         string // the page and the line
	mark       string // the comment above it
	lead       string // the white space before each line, in a list
	lang, text string
	start, end int // of the text in the page
}

var blockPattern = regexp.MustCompile("(?ms)^(?: *<!-- ([^\n]+) -->\n)?( *)```([a-z]*)\n(.*?)^ *```$|^<!-- (\\w+) -->\n(.*?)^<!-- /\\w+ -->$")

func blocks(t testing.TB, page string) []*block {
	t.Helper()
	text := read(t, page)
	var all []*block
	for _, m := range blockPattern.FindAllStringSubmatchIndex(text, -1) {
		b := &block{at: fmt.Sprintf("%s:%d", page, 1+strings.Count(text[:m[0]], "\n"))}
		if m[10] < 0 {
			b.lead, b.lang, b.start, b.end = text[m[4]:m[5]], text[m[6]:m[7]], m[8], m[9]
		} else {
			b.start, b.end = m[12], m[13]
		}
		if i := max(m[2], m[10]); i >= 0 {
			b.mark, _, _ = strings.Cut(text[i:], " -->")
		}
		b.text = strings.TrimPrefix(strings.ReplaceAll("\n"+text[b.start:b.end], "\n"+b.lead, "\n"), "\n")
		all = append(all, b)
	}
	if left := blockPattern.ReplaceAllString(text, ""); strings.Contains(left, "```") || strings.Contains(left, "<!--") {
		t.Errorf("%s has a fence or a mark that belongs to no block: %s", page, left)
	}
	return all
}

// kind is the mark up to a colon or a comma, or the language.
func (b *block) kind() string {
	return regexp.MustCompile(`^[^:,]*`).FindString(cmp.Or(b.mark, b.lang))
}

// name is what the mark names: flaky-sms.yaml in "file: flaky-sms.yaml".
func (b *block) name() string { return strings.TrimPrefix(b.mark, b.kind()+": ") }

// inATest holds Go: each snippet is part of a test or an Example.
func (r *reader) inATest(b *block) string {
	var files []string
	for _, folder := range []string{"docs", "fixtures", "scenarios", "testkit"} {
		files = append(files, filesOf(r, folder, "_test.go")...)
	}
	return r.isIn(files, b.text, b)
}

// isTaken holds what is held elsewhere: there its mark is named.
func (r *reader) isTaken(b *block) string {
	if b.lang == "" {
		return r.isIn(filesOf(r, "testkit/conformance", ".go"), "<!-- "+b.mark+" -->", b)
	}
	return r.isIn(filesOf(r, ".ci", ""), "'"+b.mark+"'", b)
}

// isIn holds a block of which one of the files contains a text, whatever the
// indents.
func (r *reader) isIn(files []string, text string, b *block) string {
	indent := regexp.MustCompile(`(?m)^\s+`)
	text = indent.ReplaceAllString(text, "")
	contains := func(file string) bool { return strings.Contains(indent.ReplaceAllString(read(r, file), ""), text) }
	if !slices.ContainsFunc(files, contains) {
		r.Errorf("%s: this is not in any file that could hold the block: %s", b.at, text)
	}
	return b.text
}

// isRight holds YAML: a fixture or a scenario has no mistake, unless its mark
// says so.
func (r *reader) isRight(b *block) string {
	_, err := fixtures.Parse(b.at, []byte(b.text))
	if strings.Contains(b.text, "\nrules:") {
		_, err = scenarios.Parse(b.at, []byte(b.text))
	}
	if wrong := strings.HasSuffix(b.mark, "(a mistake)"); wrong != (err != nil) {
		r.Errorf("%s: a mistake: %v, but found: %v", b.at, wrong, err)
	}
	return b.text
}
