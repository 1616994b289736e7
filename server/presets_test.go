package server_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

var blank = regexp.MustCompile(`\{([a-z_]+)\}`)

// blanks are the placeholders of a refusal.
func blanks(r *refusal.Refusal) []string {
	texts := []string{r.Code, r.Description, r.RetryAfter, r.Page}
	for _, m := range r.Members {
		if text, ok := m.Value.(string); ok {
			texts = append(texts, text)
		}
	}
	var names []string
	for _, m := range blank.FindAllStringSubmatch(strings.Join(texts, " "), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A preset is an entry of the catalogue, with the placeholders that it has.
func TestPresetsAreTheCatalogue(t *testing.T) {
	t.Parallel()
	presets := scenarios.Presets()
	for _, r := range refusal.All() {
		have, ok := presets[r.Name]
		if !ok {
			t.Errorf("there is no preset %s", r.Name)
			continue
		}
		delete(presets, r.Name)
		if got, want := slices.Sorted(maps.Keys(have)), blanks(r); !slices.Equal(got, want) {
			t.Errorf("%s has the placeholders %q, and the preset %q", r.Name, want, got)
		}
	}
	for name := range presets {
		t.Errorf("the preset %s is not in the catalogue", name)
	}
}

// Each preset is answered with the catalogue's words, with nothing left to fill
// in, and with vars in their places.
func TestEachPresetIsAnswered(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	answer := func(t *testing.T, respond *scenarios.Respond) *httptest.ResponseRecorder {
		t.Helper()
		on, err := s.InjectScenario(scenarios.Scenario{Name: "preset", Rules: []scenarios.Rule{{ID: "preset", Then: scenarios.Then{Respond: respond}}}}, scenarios.Narrowing{})
		if err != nil {
			t.Fatal(err)
		}
		defer on.Off()
		return call(t, s, "POST", "/passwordless/start", object{})
	}
	for _, r := range refusal.All() {
		w := answer(t, &scenarios.Respond{Preset: r.Name})
		filled := r
		for name, value := range scenarios.Presets()[r.Name] {
			filled = filled.With(name, value)
		}
		said := w.Body.String() + w.Header().Get("Retry-After")
		if w.Code != r.Status || blank.MatchString(said) || w.Header().Get("Retry-After") != filled.RetryAfter {
			t.Errorf("%s: %d %s %v", r.Name, w.Code, w.Body, w.Header())
		}
		if r.Plain && w.Body.String() != filled.Description {
			t.Errorf("%s: %s", r.Name, w.Body)
		}
		if r.Page == "" && !r.Plain {
			e := decodeError(t, w)
			if r.Class != "" {
				var own struct{ Code, Description string }
				if err := json.Unmarshal(w.Body.Bytes(), &own); err != nil {
					t.Error(err)
				}
				e.Error, e.Description = own.Code, own.Description
			}
			if e.Error != filled.Code || e.Description != filled.Description {
				t.Errorf("%s: %s", r.Name, w.Body)
			}
		}
		for name := range scenarios.Presets()[r.Name] {
			w := answer(t, &scenarios.Respond{Preset: r.Name, Vars: map[string]string{name: "77"}})
			if said := w.Body.String() + w.Header().Get("Retry-After"); !strings.Contains(said, "77") || blank.MatchString(said) {
				t.Errorf("%s with %s: %d %s", r.Name, name, w.Code, w.Body)
			}
		}
	}
}
