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
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range append(pages(t), others...) {
		for _, found := range link.FindAllStringSubmatch(read(t, page), -1) {
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

// What a page lists, it lists completely. Only the README is short.
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
	const guide = "docs/guides/go-tests.md"
	for _, option := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(`).FindAllStringSubmatch(read(t, "testkit/options.go"), -1) {
		if !strings.Contains(read(t, guide), "`"+option[1]+"`") {
			t.Errorf("%s does not name the option %s", guide, option[1])
		}
	}
}

// The map of the code names files, and a word that each contains.
func TestTheMapOfTheCode(t *testing.T) {
	const page = "docs/about/code.md"
	rows := regexp.MustCompile("(?m)^\\|.*\\[[^]]*\\]\\(([^)]+)\\) *\\| *`([^`]+)` *\\|$").FindAllStringSubmatch(read(t, page), -1)
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", page)
	}
	for _, r := range rows {
		if file := path.Join(path.Dir(page), r[1]); !strings.Contains(read(t, file), r[2]) {
			t.Errorf("%s says that %s contains %q, and it does not", page, file, r[2])
		}
	}
}

// The paths that CONTRIBUTING and the map of the code name are there.
func TestPathsExist(t *testing.T) {
	for _, page := range []string{"CONTRIBUTING.md", "docs/about/code.md"} {
		for _, found := range regexp.MustCompile("`((?:docs|fixtures|internal|scenarios|server|testkit|\\.ci)/[^` ]+)").FindAllStringSubmatch(read(t, page), -1) {
			if files, err := filepath.Glob(filepath.Join(root, found[1])); err != nil || len(files) == 0 {
				t.Errorf("%s names %s, which is not there", page, found[1])
			}
		}
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

// Actions are pinned by their commit, in the workflows and on the pages alike.
func TestActionsArePinned(t *testing.T) {
	pins := map[string]string{}
	for _, file := range append(pages(t), filesOf(t, ".github/workflows", ".yml")...) {
		for _, found := range regexp.MustCompile(`uses: ([^@\s]+)@(\S+)(.*)`).FindAllStringSubmatch(read(t, file), -1) {
			action, commit, version := found[1], found[2], found[3]
			if len(commit) != 40 || !strings.HasPrefix(version, " # v") {
				t.Errorf("%s: %s is not pinned by a commit, with the version behind it", file, found[0])
			}
			if known := pins[action]; known != "" && known != commit+version {
				t.Errorf("%s: elsewhere %s is pinned to %s", file, found[0], known)
			}
			pins[action] = commit + version
		}
	}
}

// The update bot looks into each folder with a go.mod or a package.json.
func TestTheUpdateBotLooksEverywhere(t *testing.T) {
	var want, have []string
	for _, file := range append(filesOf(t, ".", "go.mod"), filesOf(t, ".", "package.json")...) {
		want = append(want, path.Join("/", path.Dir(file)))
	}
	for _, folder := range regexp.MustCompile(`[ "](/[\w/]*)`).FindAllStringSubmatch(read(t, ".github/dependabot.yml"), -1) {
		have = append(have, folder[1])
	}
	slices.Sort(want)
	slices.Sort(have)
	if want, have := slices.Compact(want), slices.Compact(have); !slices.Equal(have, want) {
		t.Errorf("the update bot looks into %v, want %v", have, want)
	}
}
