package control

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// object is a JSON object.
type object = map[string]any

// A description is what the OpenAPI document says of an endpoint beside its route.
type description struct {
	// body is a value of the type of the body, or an object that is its schema; nil:
	// there is none.
	body any
	// optional says that the body may be left out.
	optional bool
	// status is that of a good answer; 0 means 200.
	status int
	// answer is a value of the type of the JSON in it; nil: it has none.
	answer any
	// media are the other content types that it can have.
	media []string
	// refuses are the statuses of refusals beside 400 and 403.
	refuses []int
}

var plainText = []string{"text/plain"}

// described are the endpoints of the control API. They are made when somebody asks, since
// the schemas of whole files take a while.
var described = sync.OnceValue(func() map[string]description {
	return map[string]description{
		"GET /_mock/":                                               {media: []string{"text/html", "text/plain"}},
		"GET /_mock/health":                                         {answer: health{}},
		"GET /_mock/outbox":                                         {answer: outbox.Page{}, refuses: []int{http.StatusGone}},
		"DELETE /_mock/outbox":                                      {answer: deletion{}},
		"GET /_mock/outbox/cursor":                                  {media: plainText},
		"GET /_mock/outbox/code":                                    {answer: credential{}, media: plainText, refuses: []int{http.StatusNotFound, http.StatusGone}},
		"GET /_mock/outbox/link":                                    {answer: credential{}, media: plainText, refuses: []int{http.StatusNotFound, http.StatusGone}},
		"GET /_mock/outbox/latest":                                  {answer: outbox.Message{}, refuses: []int{http.StatusNotFound, http.StatusGone}},
		"GET /_mock/outbox/stream":                                  {media: []string{"text/event-stream"}, refuses: []int{http.StatusGone}},
		"GET /_mock/outbox/{id}":                                    {answer: outbox.Message{}, refuses: notFound},
		"GET /_mock/outbox/{id}/text":                               {media: plainText, refuses: notFound},
		"GET /_mock/outbox/{id}/html":                               {media: []string{"text/html"}, refuses: notFound},
		"GET /_mock/outbox/{id}/raw":                                {media: []string{"message/rfc822"}, refuses: notFound},
		"GET /_mock/outbox/search":                                  {answer: found{}},
		"GET /_mock/outbox/{id}/parts/{part}":                       {media: []string{"*/*"}, refuses: notFound},
		"DELETE /_mock/outbox/{id}":                                 {answer: deletion{}, refuses: notFound},
		"POST /_mock/outbox/{id}/expire":                            {answer: outbox.Message{}, refuses: notFound},
		"POST /_mock/outbox/{id}/deliver":                           {answer: outbox.Message{}, refuses: notFound},
		"GET /_mock/captcha":                                        {answer: solution{}, media: plainText, refuses: notFound},
		"GET /_mock/scenarios":                                      {answer: scenarioList{}},
		"POST /_mock/scenarios":                                     {body: object{"anyOf": []any{scenarios.NamedSchema(), strictyaml.SchemaOf(reflect.TypeFor[scenarios.Scenario]())}}, status: http.StatusCreated, answer: scenarios.Status{}, refuses: notFound},
		"DELETE /_mock/scenarios":                                   {status: http.StatusNoContent},
		"POST /_mock/scenarios/verify":                              {body: map[string]scenarios.Expect{}, optional: true, answer: verified{}, refuses: []int{http.StatusConflict}},
		"POST /_mock/scenarios/check":                               {body: object{"description": "a scenario file, which may have mistakes"}, answer: checked{}},
		"GET /_mock/scenarios/{name}/file":                          {media: []string{"application/yaml"}, refuses: notFound},
		"GET /_mock/scenarios/{name}":                               {answer: scenarios.Status{}, refuses: notFound},
		"DELETE /_mock/scenarios/{name}":                            {status: http.StatusNoContent, refuses: notFound},
		"GET /_mock/clock":                                          {answer: clockState{}},
		"POST /_mock/clock":                                         {body: clockMove{}, answer: clockState{}},
		"GET /_mock/tenant":                                         {answer: setup{}},
		"GET /_mock/users":                                          {answer: userList[fixtures.User]{}},
		"POST /_mock/users":                                         {body: fixtures.User{}, status: http.StatusCreated, answer: fixtures.User{}, refuses: []int{http.StatusConflict}},
		"GET /_mock/users/{id}":                                     {answer: fixtures.User{}, refuses: notFound},
		"PATCH /_mock/users/{id}":                                   {body: fixtures.User{}, answer: fixtures.User{}, refuses: []int{http.StatusNotFound, http.StatusConflict}},
		"DELETE /_mock/users/{id}":                                  {status: http.StatusNoContent, refuses: notFound},
		"GET /_mock/users/{id}/activity":                            {answer: activity{}, refuses: notFound},
		"DELETE /_mock/users/{id}/sessions":                         {status: http.StatusNoContent, refuses: notFound},
		"GET /_mock/users/{id}/totp":                                {answer: appCode{}, refuses: notFound},
		"POST /_mock/invitations":                                   {body: invitationAsked{}, status: http.StatusCreated, answer: invitation{}, refuses: notFound},
		"GET /_mock/organizations":                                  {answer: list[fixtures.Organization]{}},
		"PUT /_mock/organizations/{organization}/members/{user}":    {body: member{}, optional: true, status: http.StatusNoContent, refuses: notFound},
		"DELETE /_mock/organizations/{organization}/members/{user}": {status: http.StatusNoContent, refuses: notFound},
		"POST /_mock/push":                                          {body: pushAnswer{}, status: http.StatusNoContent, refuses: notFound},
		"POST /_mock/devices/{user_code}":                           {body: deviceAnswer{}, answer: fixtures.DeviceCode{}, refuses: []int{http.StatusNotFound, http.StatusConflict}},
		"POST /_mock/sessions":                                      {body: sessionRequest{}, status: http.StatusCreated, answer: storageState{}, refuses: []int{http.StatusNotFound, http.StatusConflict}},
		"GET /_mock/sessions/enter":                                 {status: http.StatusFound, refuses: []int{http.StatusNotFound, http.StatusConflict}},
		"GET /_mock/actions":                                        {answer: list[actions.Info]{}},
		"POST /_mock/actions/{name}/run":                            {body: actionRun{}, optional: true, answer: actions.Run{}, refuses: []int{http.StatusNotFound, http.StatusConflict}},
		"POST /_mock/tokens":                                        {body: minting{}, answer: minted{}},
		"POST /_mock/keys/rotate":                                   {answer: rotation{}},
		"GET /_mock/requests":                                       {answer: requestList{}},
		"DELETE /_mock/requests":                                    {status: http.StatusNoContent},
		"GET /_mock/requests/{id}":                                  {answer: wholeRequest{}, refuses: notFound},
		"GET /_mock/report":                                         {media: plainText},
		"GET /_mock/state":                                          {answer: fixtures.Fixture{}},
		"PUT /_mock/state":                                          {body: fixtures.Fixture{}, status: http.StatusNoContent},
		"POST /_mock/reset":                                         {status: http.StatusNoContent},
		"GET /_mock/tenants":                                        {answer: list[reached]{}},
		"POST /_mock/tenants":                                       {body: tenantSchema(), status: http.StatusCreated, answer: reached{}, refuses: []int{http.StatusConflict}},
		"DELETE /_mock/tenants/{name}":                              {status: http.StatusNoContent, refuses: notFound},
		"GET /_mock/ca.pem":                                         {media: []string{"application/x-pem-file"}, refuses: notFound},
		"GET /_mock/inbox/{file}":                                   {media: []string{"text/javascript", "text/css", "image/svg+xml"}, refuses: notFound},
		"GET /_mock/openapi.json":                                   {answer: map[string]any{}},
	}
})

var notFound = []int{http.StatusNotFound}

// refused is what a refusal has: one of the last three members at most.
type refused struct {
	Error       string                 `json:"error"`
	Description string                 `json:"error_description,omitempty"`
	Errors      []strictyaml.Problem   `json:"errors,omitempty"`
	Outbox      *outbox.NoMessageError `json:"outbox,omitempty"`
	Unmet       []scenarios.Failure    `json:"unmet,omitempty"`
}

var pathVariable = regexp.MustCompile(`\{([a-z_]+)\}`)

// ReadOpenAPI is GET /_mock/openapi.json: the control API's part of the table, with
// the types of its bodies and answers.
func (a *API) ReadOpenAPI(*web.Call) (any, error) {
	types := components{}
	paths := map[string]object{}
	for _, r := range a.Routes() {
		if r.Dialect != web.Control {
			continue
		}
		if paths[r.Path] == nil {
			paths[r.Path] = object{}
		}
		paths[r.Path][strings.ToLower(r.Method)] = types.operation(r)
	}
	return strictyaml.Object{
		{Key: "openapi", Value: "3.1.0"},
		{Key: "info", Value: object{"title": "mockauth0 control API", "version": "1"}},
		{Key: "paths", Value: paths},
		{Key: "components", Value: object{"schemas": types}},
	}, nil
}

// operation is what the document says of an endpoint.
func (types components) operation(r web.Route) object {
	d := described()[r.Method+" "+r.Path]
	good := object{"description": "the answer"}
	content := object{}
	if d.answer != nil {
		content["application/json"] = object{"schema": types.of(d.answer)}
	}
	for _, media := range d.media {
		content[media] = object{"schema": object{"type": "string"}}
	}
	if len(content) > 0 {
		good["content"] = content
	}
	refusal := object{"description": "a refusal", "content": object{"application/json": object{"schema": types.of(refused{})}}}
	responses := object{"default": refusal}
	for _, status := range append([]int{http.StatusBadRequest, http.StatusForbidden}, d.refuses...) {
		responses[strconv.Itoa(status)] = refusal
	}
	responses[strconv.Itoa(max(http.StatusOK, d.status))] = good
	operation := object{"summary": r.About(), "responses": responses}
	var parameters []object
	for _, v := range pathVariable.FindAllStringSubmatch(r.Path, -1) {
		parameters = append(parameters, object{"name": v[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, q := range r.Query {
		schema := object{"type": "string"}
		if known := words[q]; known != nil && (q != "state" || slices.Contains(r.Query, "kind")) { // elsewhere a state is that of a login
			schema["enum"] = known
		}
		if q == "limit" {
			schema = object{"type": "integer", "minimum": 1, "maximum": maxLimit}
		}
		parameters = append(parameters, object{"name": q, "in": "query", "schema": schema})
	}
	if parameters != nil {
		operation["parameters"] = parameters
	}
	if d.body != nil {
		operation["requestBody"] = object{"required": !d.optional, "content": object{"application/json": object{"schema": types.of(d.body)}}}
	}
	return operation
}

// components are the schemas of named types, by their names.
type components map[string]any

// of is the schema of a value's type. An object is a schema already.
func (types components) of(v any) any {
	if schema, ok := v.(object); ok && len(schema) > 0 {
		return schema
	}
	return types.schema(reflect.TypeOf(v))
}

// schema is the schema of a type: a reference to a component if it is a struct with a
// name.
func (types components) schema(t reflect.Type) any {
	switch t.Kind() {
	case reflect.Pointer:
		return types.schema(t.Elem())
	case reflect.Slice:
		return object{"type": "array", "items": types.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": types.schema(t.Elem())}
	case reflect.Interface:
		return object{} // anything
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Struct:
		switch name := t.Name(); {
		case t.String() == "time.Time":
			return object{"type": "string", "format": "date-time"}
		case strings.Contains(name, "["): // of a generic type
			return types.structure(t)
		default:
			name = strings.ToUpper(name[:1]) + name[1:]
			if types[name] == nil {
				types[name] = types.structure(t)
			}
			return object{"$ref": "#/components/schemas/" + name}
		}
	}
	panic(fmt.Sprintf("control: the OpenAPI document has no schema for %s", t))
}

// structure is the schema of a struct: that of a fixture's fields, or that of JSON.
func (types components) structure(t reflect.Type) any {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("yaml") != "" {
			return strictyaml.SchemaOf(t)
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue
		}
		schema := types.schema(f.Type)
		if words := f.Tag.Get("enum"); words != "" {
			schema = object{"type": "string", "enum": strings.Split(words, ",")}
		}
		if f.Tag.Get("nullable") == "true" {
			schema = object{"anyOf": []any{schema, object{"type": "null"}}}
		}
		properties[name] = schema
		if options == "" {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
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
