package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// An endpoint is one line of the table that GET /_mock/ shows.
type endpoint struct{ method, path, summary string }

var tableLine = regexp.MustCompile(`(?m)^([A-Z]+) +(/\S*) +(.*)$`)

func table(t testing.TB, s *server.Server) (all []endpoint) {
	t.Helper()
	for _, m := range tableLine.FindAllStringSubmatch(call(t, s, "GET", "/_mock/", nil).Body.String(), -1) {
		all = append(all, endpoint{m[1], m[2], m[3]})
	}
	if len(all) < 30 {
		t.Fatalf("the table has only %d lines", len(all))
	}
	return all
}

func TestEachEndpointIsServed(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	served := map[string][]string{}
	for _, e := range table(t, s) {
		served[e.path] = append(served[e.path], e.method)
		if e.method == "GET" {
			served[e.path] = append(served[e.path], "HEAD")
		}
	}
	for path, methods := range served {
		target := strings.ReplaceAll(path, "{id}", "x")
		w := call(t, s, "TRACE", target, nil)
		allow := strings.Join(append(methods, "OPTIONS"), ", ")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != allow {
			t.Errorf("TRACE %s: %d, Allow %q, want %q", target, w.Code, w.Header().Get("Allow"), allow)
		}
		if w := call(t, s, "OPTIONS", target, nil); w.Code != http.StatusNoContent || w.Header().Get("Allow") != allow {
			t.Errorf("OPTIONS %s: %d, Allow %q, want %q", target, w.Code, w.Header().Get("Allow"), allow)
		}
	}
}

func TestTheOpenAPIDocumentIsTheControlAPIsTable(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	document := decodeAnswer[struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary     string
			Parameters  []struct{ Name, In string }
			RequestBody object
		}
	}](t, call(t, s, "GET", "/_mock/openapi.json", nil))
	if document.OpenAPI != "3.0.3" {
		t.Errorf("it says openapi %q", document.OpenAPI)
	}
	var got, want []string
	for path, operations := range document.Paths {
		for method, o := range operations {
			got = append(got, strings.ToUpper(method)+" "+path+" "+o.Summary)
			if strings.Contains(path, "{id}") && (len(o.Parameters) == 0 || o.Parameters[0].Name != "id") {
				t.Errorf("%s %s does not tell its variable: %+v", method, path, o.Parameters)
			}
			// A query parameter that the document names is one that is served.
			for _, p := range o.Parameters {
				if p.In != "query" || method != "get" || strings.HasSuffix(path, "/stream") {
					continue
				}
				if w := call(t, s, "GET", path+"?"+p.Name+"=", nil); strings.Contains(w.Body.String(), "does not know") {
					t.Errorf("%s?%s=: %s", path, p.Name, w.Body)
				}
			}
		}
	}
	for _, e := range table(t, s) {
		if strings.HasPrefix(e.path, "/_mock") {
			want = append(want, e.method+" "+e.path+" "+e.summary)
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
	s := newServer(t, server.Config{})
	document := decodeAnswer[object](t, call(t, s, "GET", "/.well-known/openid-configuration", nil))
	urls := 0
	for _, name := range slices.Sorted(maps.Keys(document)) {
		path, ok := strings.CutPrefix(fmt.Sprint(document[name]), "http://localhost:2884")
		if !ok || name == "issuer" {
			continue
		}
		urls++
		if w := call(t, s, "OPTIONS", path, nil); w.Code != http.StatusNoContent {
			t.Errorf("%s is %s, which is not served: %d", name, path, w.Code)
		}
	}
	if urls < 4 {
		t.Errorf("only %d URLs in %v", urls, document)
	}
}

// With a pinned issuer what a back end calls follows the Host by which it asks.
func TestBehindAPinnedIssuerDiscoveryFollowsTheHost(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{Issuer: "https://localhost:2884"})
	document := decodeAnswer[object](t, call(t, s, "GET", "/.well-known/openid-configuration", nil, host("mockauth0:2884")))
	if document["issuer"] != "https://localhost:2884/" || document["jwks_uri"] != "http://mockauth0:2884/.well-known/jwks.json" {
		t.Errorf("issuer %v, jwks_uri %v", document["issuer"], document["jwks_uri"])
	}
}

// X-Forwarded headers count only where they are trusted.
func TestAProxyIsBelievedOnlyIfTrusted(t *testing.T) {
	t.Parallel()
	for _, trust := range []bool{false, true} {
		s := newServer(t, server.Config{TrustProxy: trust})
		document := decodeAnswer[object](t, call(t, s, "GET", "/.well-known/openid-configuration", nil,
			header("X-Forwarded-Proto", "https, http"), header("X-Forwarded-Host", "login.acme.test, inner")))
		want := map[bool]string{false: "http://localhost:2884/", true: "https://login.acme.test/"}[trust]
		if document["issuer"] != want {
			t.Errorf("trusted %t: issuer %v, want %s", trust, document["issuer"], want)
		}
	}
}
