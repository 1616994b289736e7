package server_test

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

// blank is a placeholder that is not filled in.
var blank = regexp.MustCompile(`\{[a-z_]+\}`)

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
		filled := r.Filled(nil)
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
		for name := range r.Examples {
			w := answer(t, &scenarios.Respond{Preset: r.Name, Vars: map[string]string{name: "77"}})
			if said := w.Body.String() + w.Header().Get("Retry-After"); !strings.Contains(said, "77") || blank.MatchString(said) {
				t.Errorf("%s with %s: %d %s", r.Name, name, w.Code, w.Body)
			}
		}
	}
}
