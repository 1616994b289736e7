package server

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/inbox"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

var pathVariable = regexp.MustCompile(`\{([a-z]+)\}`)

// openAPI is GET /_mock/openapi.json: the control API's part of the table.
func (*Server) openAPI(*web.Call) (any, error) {
	type object = map[string]any
	paths := map[string]object{}
	for _, r := range controlRoutes() {
		var parameters []object
		for _, v := range pathVariable.FindAllStringSubmatch(r.Path, -1) {
			parameters = append(parameters, object{"name": v[1], "in": "path", "required": true, "schema": object{"type": "string"}})
		}
		for _, q := range r.Query {
			parameters = append(parameters, object{"name": q, "in": "query", "schema": object{"type": "string"}})
		}
		operation := object{
			"summary":   r.Summary,
			"responses": object{"default": object{"description": "the answer, or {error, error_description, errors}"}},
		}
		if parameters != nil {
			operation["parameters"] = parameters
		}
		if r.Method == "POST" && takesBody[r.Path] || r.Method == "PATCH" || r.Method == "PUT" {
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

// takesBody are the POST endpoints with a body.
var takesBody = map[string]bool{"/_mock/clock": true, "/_mock/users": true, "/_mock/tokens": true}

// index is GET /_mock/: the inbox page for a browser, the table for a terminal.
func (s *Server) index(c *web.Call) (any, error) {
	vary := http.Header{"Vary": {"Accept, Origin"}}
	if inbox.Wanted(c.Header.Get("Accept")) {
		if c.Path == "/_mock/" {
			return inbox.Page(c)
		}
		// The names of the page's files are relative, so that a proxy may put
		// the tenant below a path.
		c.Answer.Set("Location", "_mock/")
		return web.Raw{Status: http.StatusFound, Header: vary}, nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "mockauth0, a local Auth0 tenant for tests. Nothing here is real, or secret.\n\n")
	for _, r := range routes() {
		fmt.Fprintf(&text, "%-6s %-42s %s\n", r.Method, r.Path, r.Summary)
	}
	return web.Raw{ContentType: "text/plain; charset=utf-8", Body: []byte(text.String()), Header: vary}, nil
}

// inboxFile is a file of the inbox page; under another name it is the icon.
func (s *Server) inboxFile(c *web.Call) (any, error) {
	name := cmp.Or(c.Vars["file"], "icon.svg")
	file, ok := inbox.Asset(c, name)
	if !ok {
		return nil, controlError(http.StatusNotFound, "no_file", "the inbox page has no file %q; it has %s", name, strings.Join(inbox.Names(), ", "))
	}
	return file, nil
}
