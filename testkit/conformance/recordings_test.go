package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"go.yaml.in/yaml/v4"

	"github.com/mockauth0/mockauth0/testkit"
)

// go-auth0's module holds what real tenants answered to its own tests. Each recorded
// request of an operation that the mock serves goes to a mock, whose answer must have
// the same status, and the same members of the same types. What differs is in
// testdata/recorded_differences.txt, with a reason.
func TestRecordedAnswers(t *testing.T) {
	t.Parallel()
	r := replay{operations: readOperations(t), found: map[string]finding{}, served: map[string]int{}, not: map[string]int{}}
	root := filepath.Join(moduleDir(t, "github.com/auth0/go-auth0"), "test", "data", "recordings")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		files++
		name, _ := filepath.Rel(root, path)
		name = strings.TrimSuffix(name, ".yaml")
		if filepath.Base(name) == "TestActionManager_Test" { // it runs Node.js, for which no bubble can wait
			r.file(t, name, path, func() {})
			return nil
		}
		synctest.Test(t, func(t *testing.T) { r.file(t, name, path, synctest.Wait) })
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("there are %d recordings in %s: %v", files, root, err)
	}
	r.report(t)
	t.Logf("%d recordings: %d calls of %d operations that the mock serves, of which %d had the same answer; %d calls depend on what the mock refused; %d calls of %d operations that it does not serve",
		files, total(r.served), len(r.served), r.alike, r.dependent, total(r.not), len(r.not))
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// moduleDir is where the go command keeps a module.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatalf("go list -m %s: %v", module, err)
	}
	return strings.TrimSpace(string(out))
}

// An operationPath is one of Auth0's operations, as a pattern of its path.
type operationPath struct {
	name    string // GET /users/{id}
	method  string
	pattern *regexp.Regexp
}

var pathParameter = regexp.MustCompile(`\\\{[^}]*\\\}`)

// readOperations are all operations of Auth0, those without parameters first.
func readOperations(t *testing.T) (list []operationPath) {
	t.Helper()
	data, err := os.ReadFile("../../server/internal/management/testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); !strings.HasPrefix(line, "#") {
			pattern := pathParameter.ReplaceAllString(regexp.QuoteMeta(words[1]), `[^/]+`)
			list = append(list, operationPath{words[0] + " " + words[1], words[0], regexp.MustCompile("^" + pattern + "$")})
		}
	}
	slices.SortStableFunc(list, func(a, b operationPath) int { return strings.Count(a.name, "{") - strings.Count(b.name, "{") })
	return list
}

// A recording is a file of go-vcr.
type recording struct {
	Interactions []struct {
		Request struct {
			Body    string
			URL     string
			Method  string
			Headers http.Header
		}
		Response struct {
			Body string
			Code int
		}
	}
}

// A replay counts what the recorded calls found.
type replay struct {
	operations       []operationPath
	found            map[string]finding
	served, not      map[string]int
	alike, dependent int
}

// A finding is a difference, and where it was seen first.
type finding struct {
	times int
	first string
}

// file sends the calls of one recording to a mock of its own.
func (r *replay) file(t *testing.T, name, path string, wait func()) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rec recording
	if err := yaml.Unmarshal(data, &rec); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	tenant := "testdata/recordings.yaml"
	if own := filepath.Join("testdata/recordings", name+".yaml"); exists(own) {
		tenant = own
	}
	auth, err := testkit.Open(testkit.InMemory("go-auth0-dev.eu.auth0.com"), testkit.Fixture(tenant))
	if err != nil {
		t.Fatal(err)
	}
	defer auth.Close()
	token := auth.ManagementToken(t)
	m := mapping{ours: map[string]string{}}
	for i, call := range rec.Interactions {
		u, err := url.Parse(call.Request.URL)
		if err != nil {
			t.Fatal(err)
		}
		path, ok := strings.CutPrefix(u.EscapedPath(), "/api/v2")
		if !ok {
			continue
		}
		operation := r.operation(call.Request.Method, path)
		if operation == "" { // of rules and hooks, which the documentation lists no more
			continue
		}
		var want any
		if call.Response.Body != "" && json.Unmarshal([]byte(call.Response.Body), &want) != nil {
			want = call.Response.Body
		}
		if m.depends(call.Request.URL, call.Request.Body) {
			r.dependent++
			m.lost(want)
			continue
		}
		wait() // what the call before sent in the background has arrived or failed
		status, got := send(t, auth, token, call.Request.Method, m.mapped(call.Request.URL), m.mapped(call.Request.Body), call.Request.Headers.Get("Content-Type"))
		if status == http.StatusNotFound && strings.Contains(string(got), "does not serve") {
			r.not[operation]++
			m.lost(want)
			continue
		}
		r.served[operation]++
		var have any
		if len(got) > 0 && json.Unmarshal(got, &have) != nil {
			have = string(got)
		}
		var differences []string
		if status != call.Response.Code {
			differences = []string{fmt.Sprintf("status %d, at Auth0 %d", status, call.Response.Code)}
			if os.Getenv("RECORDINGS") != "" {
				t.Logf("%s %d %s %s\n %s\n-> %s", name, i, call.Request.Method, call.Request.URL, call.Request.Body, got)
			}
			m.lost(want)
		} else {
			m.learn(want, have)
			differences = compare("", want, have, m.ours)
		}
		if len(differences) == 0 {
			r.alike++
		}
		for _, d := range differences {
			f := r.found[operation+" | "+d]
			if f.times++; f.times == 1 {
				f.first = fmt.Sprintf("%s, call %d", name, i)
			}
			r.found[operation+" | "+d] = f
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// operation is the name of the operation of a request; "" if there is none.
func (r *replay) operation(method, path string) string {
	for _, o := range r.operations {
		if o.method == method && o.pattern.MatchString(path) {
			return o.name
		}
	}
	return ""
}

func send(t *testing.T, auth *testkit.Auth0, token, method, to, body, contentType string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, to, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", contentType)
	res, err := auth.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, got
}

// A mapping knows which id of the mock stands for an id of the recording, and which
// ids the mock does not have.
type mapping struct {
	ours    map[string]string
	missing []string
}

// isID tells whether a member is an id. A short one may occur as a word.
func isID(name, value string) bool {
	return len(value) >= 16 && (name == "id" || name == "next" || name == "kid" || name == "themeId" || strings.HasSuffix(name, "_id"))
}

// learn walks through an answer of each.
func (m *mapping) learn(want, have any) {
	switch w := want.(type) {
	case map[string]any:
		h, _ := have.(map[string]any)
		for name, value := range w {
			recorded, _ := value.(string)
			ours, isText := h[name].(string)
			if isID(name, recorded) && isText {
				m.ours[recorded] = ours
				if _, bare, ok := strings.Cut(recorded, "|"); ok {
					_, m.ours[bare], _ = strings.Cut(ours, "|")
				}
			}
			m.learn(value, h[name])
		}
	case []any:
		h, _ := have.([]any)
		for i := range w {
			if one, ok := partner(w[i], i, h, m.ours); ok {
				m.learn(w[i], one)
			}
		}
	}
}

// lost notes the ids of an answer that the mock does not give.
func (m *mapping) lost(want any) {
	switch w := want.(type) {
	case map[string]any:
		for name, value := range w {
			if id, _ := value.(string); isID(name, id) && m.ours[id] == "" {
				m.missing = append(m.missing, id)
			}
			m.lost(value)
		}
	case []any:
		for i := range w {
			m.lost(w[i])
		}
	}
}

func (m *mapping) depends(texts ...string) bool {
	return slices.ContainsFunc(m.missing, func(id string) bool {
		return slices.ContainsFunc(texts, func(text string) bool {
			return strings.Contains(text, id) || strings.Contains(text, url.PathEscape(id))
		})
	})
}

func (m *mapping) mapped(text string) string {
	var pairs []string
	for _, id := range slices.SortedFunc(maps.Keys(m.ours), func(a, b string) int { return len(b) - len(a) }) {
		pairs = append(pairs, id, m.ours[id], url.PathEscape(id), url.PathEscape(m.ours[id]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// partner is the item of a list of the mock that stands for one of a recording: the one
// with the same id or name, or without those the one at the same place.
func partner(want any, at int, have []any, ours map[string]string) (any, bool) {
	w, isObject := want.(map[string]any)
	for _, name := range []string{"user_id", "client_id", "id", "identifier", "name", "permission_name"} {
		key, ok := w[name].(string)
		if !isObject || !ok {
			continue
		}
		for _, item := range have {
			if h, _ := item.(map[string]any); h[name] == key || ours[key] != "" && h[name] == ours[key] {
				return item, true
			}
		}
	}
	if at >= len(have) || isObject && (w["id"] != nil || w["name"] != nil || w["client_id"] != nil) {
		return nil, false
	}
	return have[at], true
}

// compare lists how an answer of the mock differs from a recorded one. Values may.
func compare(at string, want, have any, ours map[string]string) (differences []string) {
	if w, h := kindOf(want), kindOf(have); w != h {
		return []string{fmt.Sprintf("%s is %s, at Auth0 %s", at, h, w)}
	}
	switch w := want.(type) {
	case map[string]any:
		h := have.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(w)) {
			if value, ok := h[name]; ok {
				differences = append(differences, compare(at+"."+name, w[name], value, ours)...)
			} else {
				differences = append(differences, at+"."+name+" is missing")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(h)) {
			if _, ok := w[name]; !ok {
				differences = append(differences, at+"."+name+" is only here")
			}
		}
	case []any:
		h := have.([]any)
		for i := range w {
			if one, ok := partner(w[i], i, h, ours); ok {
				for _, d := range compare(at+"[]", w[i], one, ours) {
					if !slices.Contains(differences, d) {
						differences = append(differences, d)
					}
				}
			}
		}
	}
	return differences
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	}
	return "a number"
}

// report compares what was found with the list of what is known. A line of the list is
//
//	GET /users/{id} | .blocked is missing | the reason
//
// and * in its first two parts stands for anything.
func (r *replay) report(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile("testdata/recorded_differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	type known struct {
		line    string
		pattern *regexp.Regexp
		seen    bool
	}
	var list []*known
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 3 || parts[2] == "" {
			t.Errorf("%q has no three parts", line)
			continue
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(parts[0]+" | "+parts[1]), `\*`, ".*")
		list = append(list, &known{line: line, pattern: regexp.MustCompile("^" + pattern + "$")})
	}
	for _, found := range slices.Sorted(maps.Keys(r.found)) {
		listed := false
		for _, k := range list {
			if k.pattern.MatchString(found) {
				k.seen, listed = true, true
			}
		}
		if !listed {
			t.Errorf("not listed: %s (%d times, first in %s)", found, r.found[found].times, r.found[found].first)
		}
	}
	for _, k := range list {
		if !k.seen {
			t.Errorf("listed, but no more so: %s", k.line)
		}
	}
}
