package control

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

var pathVariable = regexp.MustCompile(`\{([a-z]+)\}`)

// ReadOpenAPI is GET /_mock/openapi.json: the control API's part of the table.
func (a *API) ReadOpenAPI(*web.Call) (any, error) {
	type object = map[string]any
	paths := map[string]object{}
	for _, r := range a.Routes() {
		if r.Dialect != web.Control {
			continue
		}
		var parameters []object
		for _, v := range pathVariable.FindAllStringSubmatch(r.Path, -1) {
			parameters = append(parameters, object{"name": v[1], "in": "path", "required": true, "schema": object{"type": "string"}})
		}
		for _, q := range r.Query {
			parameters = append(parameters, object{"name": q, "in": "query", "schema": object{"type": "string"}})
		}
		operation := object{
			"summary":   r.About(),
			"responses": object{"default": object{"description": "the answer, or {error, error_description, errors}"}},
		}
		if parameters != nil {
			operation["parameters"] = parameters
		}
		if r.TakesBody {
			operation["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": object{"type": "object"}}}}
		}
		if paths[r.Path] == nil {
			paths[r.Path] = object{}
		}
		paths[r.Path][strings.ToLower(r.Method)] = operation
	}
	return object{
		"openapi": "3.0.3",
		"info":    object{"title": "mockauth0 control API", "version": "1"},
		"paths":   paths,
	}, nil
}

// Index is GET /_mock/ for a terminal: the whole table as text.
func (a *API) Index(*web.Call) (any, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "mockauth0, a local Auth0 tenant for tests. Nothing here is real, or secret.\n\n")
	for _, r := range a.Routes() {
		fmt.Fprintf(&text, "%-6s %-42s %s\n", r.Method, r.Path, r.About())
	}
	return web.Raw{ContentType: "text/plain; charset=utf-8", Body: []byte(text.String()), Header: http.Header{"Vary": {"Accept, Origin"}}}, nil
}
