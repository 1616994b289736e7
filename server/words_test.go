package server_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/logintexts"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// marked are texts for each key of each screen. Each has the key in it.
func marked() map[string]map[string]any {
	all := map[string]map[string]any{}
	for name, screen := range logintexts.All() {
		texts := map[string]any{}
		for key := range screen.Texts {
			texts[key] = "«" + key + "»"
		}
		if all[screen.Prompt] == nil {
			all[screen.Prompt] = map[string]any{}
		}
		all[screen.Prompt][name] = texts
	}
	return all
}

var (
	formField = regexp.MustCompile(`\[[^\]]*\]`)
	ownKey    = regexp.MustCompile(`«[^»]*»`)
	screenOf  = regexp.MustCompile(`(?m)^< Content-Type: text/html; charset=utf-8\n((?:<.*\n)*)`)
	aWord     = regexp.MustCompile(`[A-Za-z]{2}`)
)

// Custom text replaces each text of each page of the conversations. What is left is
// the mock's own, and names and addresses: testdata/untranslated.txt has it.
func TestCustomTextReplacesEachTextOfEachPage(t *testing.T) {
	t.Parallel()
	left := map[string]bool{}
	for _, script := range conversations(t) {
		if !strings.Contains(script, "> GET /u/") && !strings.Contains(script, "/activate") {
			continue
		}
		var got string
		synctest.Test(t, func(t *testing.T) {
			got, _ = servertest.ReplayWith(t, script, func(f *fixtures.Fixture) {
				f.Prompts.CustomText = map[string]map[string]map[string]any{"en": marked()}
			})
		})
		for _, page := range screenOf.FindAllStringSubmatch(got, -1) {
			for line := range strings.Lines(page[1]) {
				line = strings.TrimPrefix(strings.TrimSpace(ownKey.ReplaceAllString(formField.ReplaceAllString(line, ""), "")), "< ")
				line = strings.Join(strings.Fields(line), " ")
				if aWord.MatchString(line) && !headerOf.MatchString(line) {
					left[line] = true
				}
			}
		}
	}
	compareFile(t, "testdata/untranslated.txt", strings.Join(slices.Sorted(maps.Keys(left)), "\n")+"\n")
}

var headerOf = regexp.MustCompile(`^[A-Z][A-Za-z-]+: `)

// compareFile compares a text with a file, which -update writes.
func compareFile(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.FromSlash(file)
	want, err := os.ReadFile(file)
	if *update {
		want, err = []byte(got), os.WriteFile(file, []byte(got), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s has changed:\n%s", file, diff(string(want), got))
	}
}
