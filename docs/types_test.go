package docs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// A jsonSchema is what the types need of a schema of the OpenAPI document.
type jsonSchema struct {
	Ref                  string `json:"$ref"`
	Description          string
	Type                 any // a string or a list
	Enum                 []any
	AnyOf                []*jsonSchema
	Items                *jsonSchema
	Properties           map[string]*jsonSchema
	Required             []string
	AdditionalProperties any
}

// The packages for other languages have types of the control API's OpenAPI document. They are
// made when the packages are packed, so they are never out of date:
//
//	go test ./docs -run TypesOfOtherLanguages -update
func TestTypesOfOtherLanguages(t *testing.T) {
	t.Parallel()
	s, err := server.New(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	res := httptest.NewRecorder()
	s.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/_mock/openapi.json", nil))
	var document struct {
		Components struct {
			Schemas map[string]*jsonSchema
		}
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct{ Schema *jsonSchema }
			}
		}
	}
	if err := json.Unmarshal(res.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	all := document.Components.Schemas
	all["ScenarioRequest"] = document.Paths["/_mock/scenarios"]["post"].RequestBody.Content["application/json"].Schema
	const from = "Made from the OpenAPI document of the control API."
	for file, text := range map[string]string{
		"../testkit/node/lib/control.d.ts":         "// " + from + "\n" + typeScript(all),
		"../testkit/python/mockauth0/_control.pyi": "# " + from + "\n" + python(all),
	} {
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !strings.Contains(text, "\nexport type "+name+" = ") && !strings.Contains(text, "\n"+name+" = ") {
				t.Errorf("%s has no %s", file, name)
			}
		}
	}
}

// types are the names of the schema's types, without null. YAML reads a number where a text
// is wanted: for a program that is a string.
func (s *jsonSchema) types() []string {
	var names []string
	switch t := s.Type.(type) {
	case string:
		names = []string{t}
	case []any:
		for _, name := range t {
			names = append(names, name.(string))
		}
	}
	if slices.Contains(names, "string") && slices.Contains(names, "boolean") {
		return []string{"string"}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "null" && len(names) > 1 })
}

// choices are those of anyOf, without null.
func (s *jsonSchema) choices() []*jsonSchema {
	return slices.DeleteFunc(slices.Clone(s.AnyOf), func(one *jsonSchema) bool { return one.Type == "null" })
}

// nullable tells whether an answer may be null there. What a fixture may leave out is not.
func (s *jsonSchema) nullable() bool {
	return len(s.AnyOf) == 2 && s.AnyOf[1].Type == "null" && s.AnyOf[0].Type != nil && s.Description == ""
}

func typeScript(all map[string]*jsonSchema) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "\nexport type %s = %s;\n", name, all[name].typeScript(""))
	}
	return b.String()
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s *jsonSchema) typeScript(indent string) string {
	if s == nil {
		return "unknown"
	}
	if name := s.Ref; name != "" {
		return name[strings.LastIndex(name, "/")+1:]
	}
	var any []string
	for _, value := range s.Enum {
		if data, err := json.Marshal(value); err == nil && value != nil {
			any = append(any, string(data))
		}
	}
	for _, one := range s.choices() {
		any = append(any, one.typeScript(indent))
	}
	if s.nullable() {
		any = append(any, "null")
	}
	if any == nil {
		for _, name := range s.types() {
			any = append(any, s.typeScriptOf(name, indent))
		}
	}
	if any == nil {
		return "unknown"
	}
	slices.Sort(any)
	return strings.Join(slices.Compact(any), " | ")
}

func (s *jsonSchema) typeScriptOf(name, indent string) string {
	switch name {
	case "integer", "number":
		return "number"
	case "array":
		if item := s.Items.typeScript(indent); identifier.MatchString(item) {
			return item + "[]"
		} else {
			return "Array<" + item + ">"
		}
	case "object":
		return s.typeScriptObject(indent)
	}
	return name // string, boolean, null
}

func (s *jsonSchema) typeScriptObject(indent string) string {
	if len(s.Properties) == 0 {
		value := "unknown"
		if more, ok := s.AdditionalProperties.(map[string]any); ok && len(more) > 0 {
			var of jsonSchema
			data, _ := json.Marshal(more)
			_ = json.Unmarshal(data, &of)
			value = of.typeScript(indent)
		}
		return "Record<string, " + value + ">"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p.Description != "" {
			fmt.Fprintf(&b, "%s  /** %s */\n", indent, strings.ReplaceAll(p.Description, "*/", "* /"))
		}
		key, optional := name, "?"
		if !identifier.MatchString(name) {
			key = fmt.Sprintf("%q", name)
		}
		if slices.Contains(s.Required, name) {
			optional = ""
		}
		fmt.Fprintf(&b, "%s  %s%s: %s;\n", indent, key, optional, p.typeScript(indent+"  "))
	}
	b.WriteString(indent + "}")
	return b.String()
}

// python are typed dictionaries. What is inside one without a name of its own is a dict.
func python(all map[string]*jsonSchema) string {
	var b strings.Builder
	b.WriteString("from typing import Any, Literal, TypedDict, Union\n\nfrom typing_extensions import NotRequired\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		if len(s.Properties) == 0 {
			fmt.Fprintf(&b, "\n%s = %s\n", name, s.python())
			continue
		}
		fmt.Fprintf(&b, "\n%s = TypedDict(%q, {\n", name, name)
		for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
			p := s.Properties[property]
			if p.Description != "" {
				fmt.Fprintf(&b, "    # %s\n", p.Description)
			}
			value := p.python()
			if !slices.Contains(s.Required, property) || name == "Fixture" && property == "version" { // start fills it in
				value = "NotRequired[" + value + "]"
			}
			fmt.Fprintf(&b, "    %q: %s,\n", property, value)
		}
		b.WriteString("})\n")
	}
	return b.String()
}

func (s *jsonSchema) python() string {
	if s == nil {
		return "Any"
	}
	if name := s.Ref; name != "" {
		return strconv.Quote(name[strings.LastIndex(name, "/")+1:])
	}
	var any []string
	for _, value := range s.Enum {
		switch value.(type) {
		case string, float64:
			data, _ := json.Marshal(value)
			any = append(any, "Literal["+string(data)+"]")
		case bool:
			any = append(any, "bool")
		}
	}
	for _, one := range s.choices() {
		any = append(any, one.python())
	}
	if s.nullable() {
		any = append(any, "None")
	}
	if any == nil {
		for _, name := range s.types() {
			switch name {
			case "array":
				any = append(any, "list["+s.Items.python()+"]")
			case "object":
				any = append(any, "dict[str, Any]")
			default:
				any = append(any, map[string]string{"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}[name])
			}
		}
	}
	slices.Sort(any)
	switch any = slices.Compact(any); len(any) {
	case 0:
		return "Any"
	case 1:
		return any[0]
	}
	return "Union[" + strings.Join(any, ", ") + "]"
}
