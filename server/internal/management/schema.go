package management

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// schemaLater is the schema of a body, which is made for the first body.
func (s section[T]) schemaLater(change bool) property {
	return property{later: sync.OnceValue(func() property {
		p := s.schema(change)
		if !change {
			p.required = requiredOf(s.body)
		}
		return p
	})}
}

// schema is what a body may have: the fields of the struct, and those that Auth0 has
// beside them.
func (s section[T]) schema(change bool) property {
	whole := schemaOf(reflect.TypeFor[T]())
	var members []property
	for _, p := range whole.members {
		if slices.Contains(s.hidden, p.name) || slices.Contains(s.read, p.name) || change && slices.Contains(s.fixed, p.name) {
			continue
		}
		if more, ok := s.body[p.name]; ok {
			if more.later != nil {
				more = more.later()
			}
			more.name = p.name
			p = more
		}
		p.required = nil
		if change && len(p.types) > 0 {
			p = p.orNull()
		}
		members = append(members, p)
	}
	if !change {
		members = append(members, s.first...)
	}
	return property{types: []string{"object"}, members: members}
}

// requiredOf are the members that a body must have.
func requiredOf(body map[string]property) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if slices.Contains(body[name].required, name) {
			names = append(names, name)
		}
	}
	return names
}

// must returns a copy that a body must have.
func (p property) must(name string) property {
	p.required = []string{name}
	return p
}

// schemaOf is the schema of a fixture's type, by its tags. A type that reads itself may
// be anything: its own words refuse what it is not.
func schemaOf(t reflect.Type) property {
	if readsItself(t) {
		return property{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.String:
		return text
	case reflect.Bool:
		return boolean
	case reflect.Int, reflect.Int64:
		return integer
	case reflect.Float64:
		return property{types: []string{"number"}}
	case reflect.Slice:
		items := schemaOf(t.Elem())
		return property{types: []string{"array"}, items: &items}
	case reflect.Map:
		return anyBag
	case reflect.Struct:
		if t.PkgPath() == "time" {
			return text
		}
		return structSchema(t)
	}
	return property{}
}

// readsItself tells whether values of a type have a form of their own in a file.
func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[strictyaml.Unmarshaler]())
}

func structSchema(t reflect.Type) property {
	p := property{types: []string{"object"}, members: []property{}}
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name := tag.Get("yaml")
		if name == "" || name == "-" || name == "kept" {
			continue
		}
		field := schemaOf(t.Field(i).Type)
		if enum := tag.Get("enum"); enum != "" && slices.Contains(field.types, "string") {
			field.enum = strings.Split(enum, ",")
		}
		if slices.Contains(field.types, "integer") {
			field.min, _ = strconv.Atoi(tag.Get("min"))
			field.max, _ = strconv.Atoi(tag.Get("max"))
		}
		p.members = append(p.members, field.of(name, ""))
	}
	if tolerant, ok := reflect.Zero(t).Interface().(strictyaml.Tolerant); ok {
		for _, name := range tolerant.OtherFields() {
			if !slices.ContainsFunc(p.members, func(m property) bool { return m.name == name }) {
				p.members = append(p.members, property{name: name})
			}
		}
	}
	return p
}
