package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var pin = regexp.MustCompile(`uses: ([^@\s]+)@(\S+)(.*)`)

// Actions are pinned by their commit, in the workflows and on the pages alike.
func TestActionsArePinned(t *testing.T) {
	pins := map[string]string{}
	for _, file := range append(pages(t), filesOf(t, ".github/workflows", ".yml")...) {
		for _, found := range pin.FindAllStringSubmatch(read(t, file), -1) {
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
	config := read(t, ".github/dependabot.yml")
	for _, name := range []string{"go.mod", "package.json"} {
		for _, file := range filesOf(t, ".", "/"+name) {
			if folder := "/" + strings.Trim(filepath.ToSlash(filepath.Dir(file)), "."); !strings.Contains(config, folder+"\n") && !strings.Contains(config, `"`+folder+`"`) {
				t.Errorf("the update bot does not know %s", file)
			}
		}
	}
	for _, folder := range regexp.MustCompile(`(?m)^      - (/\S+)$`).FindAllStringSubmatch(config, -1) {
		if _, err := os.Stat(filepath.Join(root, folder[1], "package.json")); err != nil {
			t.Errorf("the update bot looks into %s: %v", folder[1], err)
		}
	}
}
