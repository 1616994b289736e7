package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// others are the documents outside of docs.
var others = []string{"CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "testkit/recipes/README.md", "testkit/conformance/README.md"}

func TestLinks(t *testing.T) {
	for _, page := range append(pages(t), others...) {
		for _, found := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(read(t, page), -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := page
			if target != "" {
				file = path.Join(path.Dir(page), target)
			}
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, found[1])
			} else if anchor != "" && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s leads to %s, and %s has no such heading", page, found[1], file)
			}
		}
	}
}

// anchors are the names by which GitHub knows the headings of a page.
func anchors(text string) []string {
	var all []string
	for _, h := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		words := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(h[1]), "")
		all = append(all, strings.ReplaceAll(words, " ", "-"))
	}
	return all
}

// The README is short, and the lists of pages and of options are complete.
func TestLists(t *testing.T) {
	if size := len(read(t, "README.md")); size > 12_000 {
		t.Errorf("the README has %d bytes, and 12,000 are allowed: move something to a page of docs", size)
	}
	index := read(t, "docs/README.md")
	for _, page := range filesOf(t, "docs", ".md") {
		if name := strings.TrimPrefix(page, "docs/"); name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("docs/README.md does not name %s", name)
		}
	}
	guide := read(t, "docs/guides/go-tests.md")
	for _, option := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(`).FindAllStringSubmatch(read(t, "testkit/options.go"), -1) {
		if !strings.Contains(guide, "`"+option[1]+"`") {
			t.Errorf("docs/guides/go-tests.md does not name the option %s", option[1])
		}
	}
}

// The paths that CONTRIBUTING and the map of the code name are there. In the map
// each stands beside a word that the file contains.
func TestTheMapOfTheCode(t *testing.T) {
	for _, page := range []string{"CONTRIBUTING.md", "docs/about/code.md"} {
		for _, found := range regexp.MustCompile("`((?:docs|fixtures|internal|scenarios|server|testkit|\\.ci)/[^` ]+)").FindAllStringSubmatch(read(t, page), -1) {
			if files, err := filepath.Glob(filepath.Join(root, found[1])); err != nil || len(files) == 0 {
				t.Errorf("%s names %s, which is not there", page, found[1])
			}
		}
	}
	rows := regexp.MustCompile("(?m)^\\|.*\\[[^]]*\\]\\(([^)]+)\\) *\\| *`([^`]+)` *\\|$").FindAllStringSubmatch(read(t, "docs/about/code.md"), -1)
	for _, r := range rows {
		if file := path.Join("docs/about", r[1]); !strings.Contains(read(t, file), r[2]) {
			t.Errorf("the map says that %s contains %q, and it does not", file, r[2])
		}
	}
	if len(rows) < 10 {
		t.Errorf("the map has only the rows %v", rows)
	}
}

// What the pages say of mockauth0's commands and flags, there is.
func TestCommandsAndFlagsExist(t *testing.T) {
	for _, page := range append(pages(t), others...) {
		for _, found := range regexp.MustCompile("`mockauth0( [^`]*)?`").FindAllStringSubmatch(read(t, page), -1) {
			own, _, _ := strings.Cut(found[1]+" ", " -- ")
			printed(t, append(strings.Fields(own), "--help")...)
		}
	}
}

// The guide and the inbox page give auth0-js the same name of the tenant.
func TestTheNameOfTheTenant(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`__tenant: '([^']*)'`)
	names := map[string]bool{}
	for _, file := range []string{"guides/sdk-setup.md", "../server/internal/inbox/page/snippets.js"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := named.FindStringSubmatch(string(text))
		if found == nil {
			t.Fatalf("%s gives no __tenant", file)
		}
		names[found[1]] = true
	}
	if len(names) != 1 {
		t.Errorf("there are several names: %v", names)
	}
}
