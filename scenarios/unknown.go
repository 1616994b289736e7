package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// Unknown are the conditions that no request to a tenant can meet, one sentence
// each: clients and connections that its fixture does not have.
func (s *Scenario) Unknown(f *fixtures.Fixture) []string {
	var clients, connections, sentences []string
	for _, c := range f.Clients {
		clients = append(clients, c.ClientID, c.Name)
	}
	for _, c := range f.Connections {
		connections = append(connections, c.Name)
	}
	for _, r := range s.Rules {
		for _, of := range []struct {
			kind        string
			want, there []string
		}{{"client", r.When.Client, clients}, {"connection", r.When.Connection, connections}} {
			if len(of.want) > 0 && !slices.ContainsFunc(of.want, func(p string) bool { return meetsAny(p, of.there) }) {
				sentences = append(sentences, fmt.Sprintf("scenario %s/%s waits for %s %s, which the fixture does not have%s",
					s.Name, r.ID, of.kind, strings.Join(of.want, " or "), strictyaml.Suggest(of.want[0], of.there)))
			}
		}
	}
	return sentences
}

// meetsAny tells whether a pattern matches one of the names. One that cannot be
// read was found out before.
func meetsAny(p string, names []string) bool {
	matches, err := compile(p)
	return err != nil || slices.ContainsFunc(names, matches)
}
