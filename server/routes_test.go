package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestEachEndpointIsServed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	served := map[string][]string{}
	for _, e := range servertest.Table(t, s) {
		served[e.Path] = append(served[e.Path], e.Method)
		if e.Method == "GET" {
			served[e.Path] = append(served[e.Path], "HEAD")
		}
	}
	for path, methods := range served {
		target := strings.ReplaceAll(path, "{id}", "x")
		w := servertest.Call(t, s, "TRACE", target, nil)
		allow := strings.Join(append(methods, "OPTIONS"), ", ")
		switch {
		case strings.HasPrefix(path, "/api/v2/"): // Auth0 may have operations there that the mock does not serve
			if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "mockauth0 does not serve TRACE") {
				t.Errorf("TRACE %s: %d %s", target, w.Code, w.Body)
			}
		case w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != allow:
			t.Errorf("TRACE %s: %d, Allow %q, want %q", target, w.Code, w.Header().Get("Allow"), allow)
		}
		if w := servertest.Call(t, s, "OPTIONS", target, nil); w.Code != http.StatusNoContent || w.Header().Get("Allow") != allow {
			t.Errorf("OPTIONS %s: %d, Allow %q, want %q", target, w.Code, w.Header().Get("Allow"), allow)
		}
	}
}

func TestTheOpenAPIDocumentIsTheControlAPIsTable(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	document := servertest.DecodeAnswer[struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary    string
			Parameters []struct{ Name, In string }
		}
	}](t, servertest.Call(t, s, "GET", "/_mock/openapi.json", nil))
	if document.OpenAPI != "3.1.0" {
		t.Errorf("it says openapi %q", document.OpenAPI)
	}
	var got, want []string
	for path, operations := range document.Paths {
		for method, o := range operations {
			got = append(got, strings.ToUpper(method)+" "+path+" "+o.Summary)
			if strings.Contains(path, "{id}") && (len(o.Parameters) == 0 || o.Parameters[0].Name != "id") {
				t.Errorf("%s %s does not name its variable: %+v", method, path, o.Parameters)
			}
			// The endpoint knows each query parameter that the document names.
			for _, p := range o.Parameters {
				if p.In != "query" || method != "get" || strings.HasSuffix(path, "/stream") {
					continue
				}
				if w := servertest.Call(t, s, "GET", path+"?"+p.Name+"=", nil); strings.Contains(w.Body.String(), "does not know") {
					t.Errorf("%s?%s=: %s", path, p.Name, w.Body)
				}
			}
		}
	}
	for _, e := range servertest.Table(t, s) {
		if strings.HasPrefix(e.Path, "/_mock") {
			want = append(want, e.Method+" "+e.Path+" "+e.Summary)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the document has\n%s\nthe table\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Discovery lists only what is served.
func TestEachURLOfDiscoveryIsServed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	document := servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "GET", "/.well-known/openid-configuration", nil))
	urls := 0
	for _, name := range slices.Sorted(maps.Keys(document)) {
		path, ok := strings.CutPrefix(fmt.Sprint(document[name]), "http://localhost:2884")
		if !ok || name == "issuer" {
			continue
		}
		urls++
		if w := servertest.Call(t, s, "OPTIONS", path, nil); w.Code != http.StatusNoContent {
			t.Errorf("%s is %s, which is not served: %d", name, path, w.Code)
		}
	}
	if urls < 4 {
		t.Errorf("only %d URLs in %v", urls, document)
	}
}

// A scenario file can name each endpoint that has a name in the table.
func TestScenariosKnowTheEndpointsOfTheTable(t *testing.T) {
	t.Parallel()
	names, known := server.Endpoints(), scenarios.When{}.EnumValues("endpoint")
	if len(names) < 20 {
		t.Errorf("the table names only %q", names)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			t.Errorf("scenario files cannot name the endpoint %s: add it to scenarios/endpoints.go", name)
		}
	}
}
