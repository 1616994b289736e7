package control

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// noContent answers 204.
var noContent = web.Status{Code: http.StatusNoContent}

// encoded is a value in the fixture's own field names.
func encoded(status int, value any) (any, error) {
	data, err := strictyaml.MarshalJSON(value)
	if err != nil {
		return nil, err
	}
	return web.Status{Code: status, Value: rawJSON(data)}, nil
}

// list is an answer that has only items.
type list[T any] struct {
	Items []T `json:"items"`
}

// rawJSON is JSON that is ready made.
type rawJSON []byte

// MarshalJSON returns the bytes.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// controlError is a refusal of the control API, whose words are ours.
func controlError(status int, code, format string, args ...any) *refusal.Refusal {
	return &refusal.Refusal{Name: code, Status: status, Code: code, Description: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *refusal.Refusal {
	return controlError(http.StatusBadRequest, "invalid_request", format, args...)
}

// with adds a member to the answer of a refusal. errors are the mistakes of a body;
// each other list has a member of its own, so that errors has one shape.
func with(r *refusal.Refusal, name string, value any) *refusal.Refusal {
	r.Members = append(r.Members, refusal.Member{Name: name, Value: value})
	return r
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
	return with(badRequest("%s", first), "errors", *list)
}

// decode reads a JSON or YAML body, strictly. What it takes without effect is in the
// log, but for the fields that the caller reads by itself.
func decode(c *web.Call, into any, others ...string) error {
	if err := readable(c); err != nil {
		return err
	}
	doc, err := strictyaml.Parse("", c.Body)
	if err == nil {
		err = doc.Decode(into)
	}
	if err != nil {
		return mistakes(err)
	}
	var ignored []string
	for _, field := range doc.Ignored() {
		if !slices.Contains(others, field.Path) {
			ignored = append(ignored, field.Path)
		}
	}
	if ignored != nil {
		c.Log.Warn("The mock does not act on these fields of Auth0: "+strings.Join(ignored, ", "), "method", c.Method, "path", c.Path)
	}
	return nil
}

// maxMarks is how many lines, commas and brackets a body may have, but for a
// state. So one body takes little time and memory.
const maxMarks = 20_000

// readable refuses a body that is empty or has too many values.
func readable(c *web.Call) error {
	if n := strictyaml.Marks(c.Body); n > maxMarks {
		return badRequest("the body has %d lines, commas and brackets; write %d at most", n, maxMarks)
	}
	return notEmpty(c)
}

func notEmpty(c *web.Call) error {
	if len(strings.TrimSpace(string(c.Body))) == 0 {
		return badRequest("the body is empty; %s %s takes JSON", c.Method, c.Path)
	}
	return nil
}

// userError words why a user could not be added, changed or signed in, or answer for a device.
func userError(err error) error {
	var why *tenant.UserError
	if !errors.As(err, &why) {
		return err
	}
	status := map[string]int{
		"no_user": http.StatusNotFound, "no_totp": http.StatusNotFound, "no_push": http.StatusNotFound, "no_device": http.StatusNotFound, "no_organization": http.StatusNotFound, "user_exists": http.StatusConflict, "user_blocked": http.StatusConflict, "mfa_required": http.StatusConflict,
	}[why.Code]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return controlError(status, why.Code, "%s", why.Description)
}
