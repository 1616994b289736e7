package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// Warnings are sentences about conditions that no request to a tenant can meet:
// rules that wait for a client or a connection which its fixture does not have.
func (s *Scenario) Warnings(f *fixtures.Fixture) []string {
	var clients, connections, sentences []string
	for _, c := range f.Clients {
		clients = append(clients, c.ClientID, c.Name)
	}
	for _, c := range f.Connections {
		connections = append(connections, c.Name)
	}
	for _, r := range s.Rules {
		for _, condition := range []struct {
			kind  string
			want  AnyOf
			known []string
		}{{"client", r.When.Client, clients}, {"connection", r.When.Connection, connections}} {
			fits, err := condition.want.Compile()
			if len(condition.want) > 0 && err == nil && !slices.ContainsFunc(condition.known, fits) {
				sentences = append(sentences, fmt.Sprintf("scenario %s/%s waits for %s %s, which the fixture does not have%s",
					s.Name, r.ID, condition.kind, strings.Join(condition.want, " or "), strictyaml.Suggest(condition.want[0], condition.known)))
			}
		}
	}
	return sentences
}
