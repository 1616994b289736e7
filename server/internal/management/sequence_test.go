package management_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/management"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// ids collects the ids in an answer.
func ids(value any, add func(string)) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if s, ok := inner.(string); ok && (name == "id" || strings.HasSuffix(name, "_id") || name == "identifier" || name == "name" || name == "domain") {
				add(s)
			}
			ids(inner, add)
		}
	case []any:
		for _, inner := range v {
			ids(inner, add)
		}
	}
}

// Calls of all operations, one after the other, with bodies by their schemas: none is an
// error of the server. What they leave can be loaded, gives the same state then, also by
// a restart, and a reset goes back.
func FuzzSequence(f *testing.F) {
	for seed := range uint64(3) {
		f.Add(seed, uint8(60))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := servertest.New(t, server.Config{At: servertest.At2030})
		before := exported(t, s)
		token, err := s.ManagementToken("http://localhost:2884/")
		if err != nil {
			t.Fatal(err)
		}
		known := []string{"email|1cce6cf6de44decdc7fb465a", "acme-m2m", "acme-web", "https://api.acme.test/", "con_RiSLDOqS4WPQpUOz"}
		var trace []string
		for range steps {
			d := management.Draw(r, known)
			var path []string
			for part := range strings.SplitSeq(d.Path, "/") {
				if strings.HasPrefix(part, "{") {
					id := known[r.IntN(len(known))]
					if _, bare, ok := strings.Cut(id, "|"); ok && r.IntN(4) == 0 {
						id = bare
					}
					part = url.PathEscape(id)
				}
				path = append(path, part)
			}
			target := strings.Join(path, "/")
			q := httptest.NewRequest(d.Method, "/", strings.NewReader(d.Body))
			u, err := url.Parse(target)
			if err != nil {
				continue
			}
			q.URL.Path, q.URL.RawPath = u.Path, u.RawPath
			q.Host = "localhost:2884"
			q.Header.Set("Content-Type", "application/json")
			q.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, q)
			if w.Code < 300 && d.Method != "GET" {
				trace = append(trace, d.Method+" "+target+" "+d.Body)
			}
			if w.Code >= 500 {
				t.Fatalf("%s %s %s: %d %s\nafter\n%s", d.Method, target, d.Body, w.Code, w.Body, strings.Join(trace, "\n"))
			}
			var answer any
			if w.Code < 300 && json.Unmarshal(w.Body.Bytes(), &answer) == nil {
				ids(answer, func(id string) {
					if !slices.Contains(known, id) && len(known) < 200 {
						known = append(known, id)
					}
				})
			}
		}
		state := exported(t, s)
		fixture, err := fixtures.Parse("", []byte(state))
		if err != nil {
			t.Fatalf("it cannot be loaded: %v\nafter\n%s", err, strings.Join(trace, "\n"))
		}
		if got := exported(t, servertest.New(t, server.Config{Fixture: fixture, At: servertest.At2030})); got != state {
			t.Errorf("what has loaded it differs: %s\nafter\n%s", difference(state, got), strings.Join(trace, "\n"))
		}
		saved, err := fixtures.Parse("", []byte(state))
		if err != nil {
			t.Fatal(err)
		}
		if got := exported(t, servertest.New(t, server.Config{Restore: saved, At: servertest.At2030})); got != state {
			t.Errorf("after a restart it differs: %s\nafter\n%s", difference(state, got), strings.Join(trace, "\n"))
		}
		s.Reset()
		if got := exported(t, s); got != before {
			t.Errorf("after a reset it differs: %s\nafter\n%s", difference(before, got), strings.Join(trace, "\n"))
		}
	})
}

// difference shows where two texts begin to differ.
func difference(want, got string) string {
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	part := func(s string) string { return s[max(0, at-200):min(len(s), at+200)] }
	return "it was\n" + part(want) + "\nand is\n" + part(got)
}
