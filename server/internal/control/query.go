package control

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// parseQuery reads the query string of a control endpoint. A raw + is a plus, so
// that numbers and addresses can be written as they are: to=+12025550101.
func parseQuery(raw string) (map[string]string, error) {
	values := map[string]string{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		decoded, err := url.PathUnescape(value)
		if err != nil {
			return nil, badRequest("the query parameter %s is malformed: %v", name, err)
		}
		if _, again := values[name]; again {
			return nil, badRequest("the query parameter %s is given twice", name)
		}
		values[name] = decoded
	}
	return values, nil
}

// CheckQuery puts a check before the flow of a route: it refuses query
// parameters that the endpoint does not know. Without it, a misspelled filter
// would match everything.
func CheckQuery(r web.Route) web.Flow {
	return func(c *web.Call) (any, error) {
		values, err := parseQuery(c.Query)
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if slices.Contains(r.Query, name) {
				continue
			}
			if len(r.Query) == 0 {
				return nil, badRequest("%s %s takes no query parameters, and there is %q", c.Method, c.Path, name)
			}
			return nil, badRequest("%s %s does not know the query parameter %q%s", c.Method, c.Path, name, suggest(name, r.Query))
		}
		return r.Flow(c)
	}
}

// query is the query string of a call that CheckQuery let through.
func query(c *web.Call) map[string]string {
	values, _ := parseQuery(c.Query)
	return values
}

// isOn tells whether a query parameter is 1 or true.
func isOn(c *web.Call, name string) (bool, error) {
	switch value := query(c)[name]; value {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	default:
		return false, badRequest("%s: %q is neither 1 nor 0", name, value)
	}
}

// suggest ends a sentence about an unknown word: with the word that was likely
// meant, or else with all known words.
func suggest(word string, known []string) string {
	if near := strictyaml.Suggest(word, known); near != "" {
		return near
	}
	return "; use one of " + strings.Join(known, ", ")
}
