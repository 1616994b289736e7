package server_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A controlCall is a request of the control API with its answer, as a conversation has it.
type controlCall struct {
	file, method, path  string // path is without the query
	body, answer, media string
	status              string
}

var (
	requestLine = regexp.MustCompile(`^> ([A-Z]+) (/_mock[^?\s]*)\S*$`)
	statusLine  = regexp.MustCompile(`^< ([0-9]{3}) `)
)

// controlCalls are those of all conversations. Of a body that the script shortens, or that
// is not JSON, there is none.
func controlCalls(t *testing.T) []controlCall {
	t.Helper()
	var all []controlCall
	for file, script := range conversations(t) {
		for block := range strings.SplitSeq(script, "\n\n") {
			var e *controlCall
			for line := range strings.Lines(block) {
				line = strings.TrimRight(line, "\n")
				if m := requestLine.FindStringSubmatch(line); m != nil {
					e = &controlCall{file: filepath.Base(file), method: m[1], path: m[2]}
					continue
				}
				switch {
				case e == nil:
				case strings.HasPrefix(line, "> {"):
					e.body = line[2:]
				case e.status == "" && statusLine.MatchString(line):
					e.status = statusLine.FindStringSubmatch(line)[1]
				case strings.HasPrefix(line, "< Content-Type: "):
					e.media, _, _ = strings.Cut(strings.TrimPrefix(line, "< Content-Type: "), ";")
				case strings.HasPrefix(line, "< {"):
					e.answer = line[2:]
				}
			}
			if e != nil && e.status != "" {
				all = append(all, *e)
			}
		}
	}
	return all
}

// The OpenAPI document describes each body, answer and status of the control API that the
// conversations have. What it says of an endpoint is in components by name, so that a
// generated client has types.
func TestTheOpenAPIDocumentDescribesTheConversations(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	data := servertest.Call(t, s, "GET", "/_mock/openapi.json", nil).Body.Bytes()
	var document struct {
		Paths map[string]map[string]struct {
			RequestBody *struct{ Required bool }
			Responses   map[string]struct {
				Content map[string]any
			}
		}
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	schemas := strictyamltest.NewDocument(t, data)
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	variable := regexp.MustCompile(`\\\{[a-z_]+\\\}`)
	pathOf := func(path string) string {
		if document.Paths[path] != nil {
			return path
		}
		for known := range document.Paths {
			if regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(known), "[^/]+") + "$").MatchString(path) {
				return known
			}
		}
		return ""
	}
	answers, bodies := map[string]bool{}, map[string]bool{}
	for _, e := range controlCalls(t) {
		path := pathOf(e.path)
		operation, ok := document.Paths[path][strings.ToLower(e.method)]
		if !ok {
			continue // the answer says that it is not served
		}
		name := e.file + ": " + e.method + " " + e.path
		at := "/paths/" + escape.Replace(path) + "/" + strings.ToLower(e.method)
		response, ok := operation.Responses[e.status]
		if !ok {
			t.Errorf("%s answers %s, which the document does not have", name, e.status)
			continue
		}
		if e.media != "" && response.Content[e.media] == nil {
			t.Errorf("%s %s answers %s, which the document does not have", name, e.status, e.media)
			continue
		}
		if e.media == "application/json" && e.answer != "" {
			if err := schemas.Validate(t, at+"/responses/"+e.status+"/content/application~1json/schema", []byte(e.answer)); err != nil {
				t.Errorf("%s: the answer %s is not as the document says: %v", name, e.answer, err)
			}
			answers[e.method+" "+path+" "+e.status] = true
		}
		if e.body == "" || e.status >= "300" {
			continue
		}
		if operation.RequestBody == nil {
			t.Errorf("%s takes a body, which the document does not have", name)
		} else if err := schemas.Validate(t, at+"/requestBody/content/application~1json/schema", []byte(e.body)); err != nil {
			t.Errorf("%s: the body %s is not as the document says: %v", name, e.body, err)
		}
		bodies[e.method+" "+path] = true
	}
	for path, operations := range document.Paths {
		for method, o := range operations {
			good := slices.ContainsFunc([]string{"200", "201", "204", "302"}, func(status string) bool { _, ok := o.Responses[status]; return ok })
			if _, any := o.Responses["default"]; !good || !any {
				t.Errorf("%s %s has no good answer, or no other", method, path)
			}
			name := strings.ToUpper(method) + " " + path
			for status, r := range o.Responses {
				if status < "300" && r.Content["application/json"] != nil && !answers[name+" "+status] && path != "/_mock/openapi.json" {
					t.Errorf("no conversation has the answer %s of %s", status, name)
				}
			}
			if o.RequestBody != nil && !bodies[name] {
				t.Errorf("no conversation has a good body of %s", name)
			}
		}
	}
}
