package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// controlError is a refusal of the control API, whose words are ours.
func controlError(status int, code, format string, args ...any) *refusal.Refusal {
	return &refusal.Refusal{Name: code, Status: status, Code: code, Description: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *refusal.Refusal {
	return controlError(http.StatusBadRequest, "invalid_request", format, args...)
}

// mistakes words the mistakes of a body, all of them.
func mistakes(err error) error {
	var list *strictyaml.Errors
	if !errors.As(err, &list) {
		return badRequest("%s", err)
	}
	first := (*list)[0].String()
	if n := len(*list) - 1; n > 0 {
		first += fmt.Sprintf(" (and %d more)", n)
	}
	return web.Detailed{Refusal: badRequest("%s", first), Errors: *list}
}

// decode reads a JSON or YAML body, strictly.
func decode(c *web.Call, into any) error {
	if err := notEmpty(c); err != nil {
		return err
	}
	if err := strictyaml.Decode("", c.Body, into); err != nil {
		return mistakes(err)
	}
	return nil
}

func notEmpty(c *web.Call) error {
	if len(strings.TrimSpace(string(c.Body))) == 0 {
		return badRequest("the body is empty; %s %s takes JSON", c.Method, c.Path)
	}
	return nil
}

// userError words why a user could not be added or changed.
func userError(err error) error {
	var why *tenant.UserError
	if !errors.As(err, &why) {
		return err
	}
	status := map[string]int{"no_user": http.StatusNotFound, "user_exists": http.StatusConflict}[why.Code]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return controlError(status, why.Code, "%s", why.Description)
}

// query is a query string of the control API, where a raw + is a plus: numbers
// and addresses may be written as they are, to=+12025550101.
func query(c *web.Call) (map[string]string, error) {
	values := map[string]string{}
	for part := range strings.SplitSeq(c.Query, "&") {
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

// isOn tells whether a query parameter is 1 or true.
func isOn(c *web.Call, name string) (bool, error) {
	values, err := query(c)
	if err != nil {
		return false, err
	}
	switch value := values[name]; value {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	default:
		return false, badRequest("%s: %q is neither 1 nor 0", name, value)
	}
}

// checkQuery refuses query parameters that the endpoint does not know, so that
// a misspelled filter is not a filter that matches everything.
func checkQuery(r route) controlFlow {
	return func(s *Server, c *web.Call) (any, error) {
		values, err := query(c)
		if err != nil {
			return nil, err
		}
		for name := range values {
			if slices.Contains(r.Query, name) {
				continue
			}
			if len(r.Query) == 0 {
				return nil, badRequest("%s %s takes no query parameters, and there is %q", c.Method, c.Path, name)
			}
			return nil, badRequest("%s %s does not know the query parameter %q%s", c.Method, c.Path, name, suggest(name, r.Query))
		}
		return r.control(s, c)
	}
}

// suggest ends a sentence about an unknown word: with the one that was likely
// meant, else with those there are.
func suggest(word string, known []string) string {
	if near := strictyaml.Suggest(word, known); near != "" {
		return near
	}
	return "; use one of " + strings.Join(known, ", ")
}

// filters are the filters of a query.
func filters(values map[string]string) []outbox.Filter {
	makers := []struct {
		name string
		make func(string) outbox.Filter
	}{
		{"to", outbox.To},
		{"kind", outbox.Kind},
		{"connection", outbox.Connection},
		{"client", outbox.Client},
		{"state", outbox.State},
		{"since", outbox.Since},
	}
	var out []outbox.Filter
	for _, m := range makers {
		if v := values[m.name]; v != "" {
			out = append(out, m.make(v))
		}
	}
	return out
}
