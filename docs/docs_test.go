// Package docs_test holds the pages to what they say: each link leads
// somewhere, each command runs, each snippet is part of a test that passes, and
// each generated table is what the program says of itself.
//
// After a change of the surface, write the generated parts anew:
//
//	go test ./docs -update
package docs_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// root is the folder of the repository.
const root = ".."

// maxREADME is how many bytes the README may have. Whoever needs more writes a
// page.
const maxREADME = 12_000

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
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(filepath.ToSlash(path), end) {
			name, err := filepath.Rel(root, path)
			files = append(files, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t testing.TB, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(file)), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A block is a fenced block of a page.
type block struct {
	page  string
	line  int    // of its first line of text, counted from 0
	lines int    // how many it has
	lead  string // the white space before each line, in a list
	mark  string // the comment above it, which says what it is
	lang  string
	text  string
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// is tells whether the mark is this word, or begins with it.
func (b block) is(word string) bool {
	return b.mark == word || strings.HasPrefix(b.mark, word+":") || strings.HasPrefix(b.mark, word+",")
}

// name is what a mark names: flaky-sms.yaml in "file: flaky-sms.yaml".
func (b block) name() string {
	_, name, _ := strings.Cut(b.mark, ": ")
	return name
}

var (
	fence   = regexp.MustCompile("^( *)```([a-z]*)$")
	comment = regexp.MustCompile(`^ *<!-- (.*) -->$`)
)

// blocks are the fenced blocks of a page, but for those that a test generates.
func blocks(t testing.TB, page string) []block {
	t.Helper()
	var (
		all   []block
		open  *block
		mark  string
		until string // the mark that ends a generated part
	)
	text := read(t, page)
	for i, line := range strings.Split(text, "\n") {
		fenced := fence.FindStringSubmatch(line)
		marked := comment.FindStringSubmatch(line)
		switch {
		case until != "":
			if strings.TrimSpace(line) == until {
				until = ""
			}
		case open != nil && fenced != nil && fenced[2] == "":
			all = append(all, *open)
			open = nil
		case open != nil:
			open.lines++
			open.text += strings.TrimPrefix(line, open.lead) + "\n"
		case fenced != nil:
			open = &block{page: page, line: i + 1, lead: fenced[1], mark: mark, lang: fenced[2]}
			mark = ""
		case marked != nil && strings.Contains(text, "<!-- /"+marked[1]+" -->"):
			until = "<!-- /" + marked[1] + " -->"
		case marked != nil:
			mark = marked[1]
		case strings.TrimSpace(line) != "":
			mark = ""
		}
	}
	if open != nil || until != "" {
		t.Fatalf("%s: a block or a generated part has no end", page)
	}
	return all
}

func TestTheREADMEIsShort(t *testing.T) {
	if size := len(read(t, "README.md")); size > maxREADME {
		t.Errorf("the README has %d bytes, and %d are allowed: move something to a page of docs", size, maxREADME)
	}
}

func TestTheIndexNamesEveryPage(t *testing.T) {
	index := read(t, "docs/README.md")
	for _, page := range filesOf(t, "docs", ".md") {
		name := strings.TrimPrefix(page, "docs/")
		if name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("docs/README.md does not name %s", name)
		}
	}
}

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInTag = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the names by which GitHub knows the headings of a page.
func anchors(text string) []string {
	var all []string
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		words := notInTag.ReplaceAllString(strings.ToLower(h[1]), "")
		all = append(all, strings.ReplaceAll(words, " ", "-"))
	}
	return all
}

func TestLinksLeadSomewhere(t *testing.T) {
	for _, page := range append(pages(t), "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "testkit/recipes/README.md", "testkit/conformance/README.md") {
		for _, found := range link.FindAllStringSubmatch(read(t, page), -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := page
			if target != "" {
				file = filepath.ToSlash(filepath.Join(filepath.Dir(page), target))
			}
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, found[1])
			} else if anchor != "" && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s leads to %s, and %s has no such heading", page, found[1], file)
			}
		}
	}
}

// No block stands on a page that nothing runs or compares.
func TestEveryBlockIsHeld(t *testing.T) {
	scripts := read(t, ".ci/quickstarts") + read(t, ".ci/image-checks") + read(t, ".ci/run")
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			held := false
			switch {
			case b.is("run"), b.is("serve"):
				held = b.lang == "sh" // TestCommands
			case b.is("prints"), b.is("file"):
				held = b.mark != "prints" || b.lang != "sh" // TestCommands
			case b.is("from"), b.is("report"):
				held = true // TestExcerpts, TestTheReport
			case b.is("compose"):
				held = strings.Contains(scripts, "compose_up "+b.name())
			case b.is("quickstart"), b.is("image"), b.is("workflow"):
				held = strings.Contains(scripts, "'"+b.mark+"'")
			case b.mark == "":
				held = b.lang == "go" || b.lang == "yaml" // TestGoSnippets, TestFiles
			}
			if !held {
				t.Errorf("%s: nothing runs or compares this block (%s, mark %q)", b, b.lang, b.mark)
			}
		}
	}
}

// flat is text without the white space at the beginnings of its lines.
func flat(text string) string {
	return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(text, "")
}

// Every Go snippet is part of a test or an Example.
func TestGoSnippets(t *testing.T) {
	var tests strings.Builder
	for _, folder := range []string{"docs", "testkit"} {
		for _, file := range filesOf(t, folder, "_test.go") {
			tests.WriteString(flat(read(t, file)))
		}
	}
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if b.lang == "go" && !strings.Contains(tests.String(), flat(b.text)) {
				t.Errorf("%s: no test contains this snippet:\n%s", b, b.text)
			}
		}
	}
}

// What a page shows of a file stands in that file.
func TestExcerpts(t *testing.T) {
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if b.is("from") && !strings.Contains(flat(read(t, b.name())), flat(b.text)) {
				t.Errorf("%s: %s does not contain this:\n%s", b, b.name(), b.text)
			}
		}
	}
}

// The fixtures and scenarios that the pages show have no mistakes.
func TestFiles(t *testing.T) {
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if b.lang != "yaml" || b.mark != "" && !b.is("file") {
				continue
			}
			var err error
			if strings.Contains(b.text, "\nrules:") {
				_, err = scenarios.Parse(b.String(), []byte(b.text))
			} else {
				_, err = fixtures.Parse(b.String(), []byte(b.text))
			}
			if wrong := strings.HasSuffix(b.mark, "(a mistake)"); wrong && err == nil {
				t.Errorf("%s has no mistake", b)
			} else if !wrong && err != nil {
				t.Error(err)
			}
		}
	}
}

// The map of the code names files and words that are there.
func TestTheMapOfTheCode(t *testing.T) {
	const page = "docs/about/code.md"
	row := regexp.MustCompile("(?m)^\\|.*\\[[^]]*\\]\\(([^)]+)\\) *\\| *`([^`]+)` *\\|$")
	rows := row.FindAllStringSubmatch(read(t, page), -1)
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", page)
	}
	for _, r := range rows {
		file := filepath.ToSlash(filepath.Join("docs/about", r[1]))
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Errorf("%s names %s, which is not there", page, file)
		} else if !strings.Contains(read(t, file), r[2]) {
			t.Errorf("%s says that %s contains %q, and it does not", page, file, r[2])
		}
	}
}

// The guide of testkit names every option.
func TestOptions(t *testing.T) {
	const page = "docs/guides/go-tests.md"
	guide := read(t, page)
	for _, option := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(`).FindAllStringSubmatch(read(t, "testkit/options.go"), -1) {
		if !strings.Contains(guide, "`"+option[1]+"`") {
			t.Errorf("%s does not name the option %s", page, option[1])
		}
	}
}

// What the pages say of mockauth0's commands and flags, there is.
func TestCommandsAndFlagsExist(t *testing.T) {
	helps := map[string]string{"": help(t, "")}
	for _, name := range commandNames(t) {
		helps[name] = help(t, name)
	}
	span := regexp.MustCompile("`mockauth0( [^`]*)?`")
	for _, page := range append(pages(t), "testkit/recipes/README.md", "CONTRIBUTING.md") {
		for _, found := range span.FindAllStringSubmatch(read(t, page), -1) {
			own, _, _ := strings.Cut(found[1]+" ", " -- ")
			words := strings.Fields(own)
			name := ""
			if len(words) > 0 && !strings.HasPrefix(words[0], "-") && words[0] != "COMMAND" {
				name = words[0]
			}
			text, known := helps[name]
			if !known {
				t.Errorf("%s: there is no command %q", page, name)
			}
			for _, word := range words {
				flag, _, _ := strings.Cut(word, "=")
				if strings.HasPrefix(flag, "--") && flag != "--help" && !strings.Contains(text, "  "+flag) {
					t.Errorf("%s: %s has no flag %s", page, found[0], flag)
				}
			}
		}
	}
}
