package management

import (
	"reflect"
	"slices"
)

// A shape is an answer in the making.
type shape struct{ object }

// set adds a member, or replaces its value.
func (o *shape) set(name string, value any) {
	if at := slices.IndexFunc(o.object, func(m member) bool { return m.Key == name }); at >= 0 {
		o.object[at].Value = value
		return
	}
	o.object = append(o.object, member{Key: name, Value: value})
}

// missing adds a member that is not there.
func (o *shape) missing(name string, value any) {
	if !slices.ContainsFunc(o.object, func(m member) bool { return m.Key == name }) {
		o.set(name, value)
	}
}

// value is that of a member; nil if there is none.
func (o *shape) value(name string) any {
	for _, m := range o.object {
		if m.Key == name {
			return m.Value
		}
	}
	return nil
}

func (o *shape) drop(names ...string) {
	o.object = slices.DeleteFunc(o.object, func(m member) bool { return slices.Contains(names, m.Key) })
}

// show is a value of a fixture's type as an answer has it.
func (s section[T]) show(c *call, item T) object {
	shown := &shape{s.values(item)}
	if s.shown != nil {
		s.shown(c, item, shown)
	}
	shown.arrange(s.order)
	return shown.object
}

// values are the fields of a value that are set and not hidden.
func (s section[T]) values(item T) object {
	shown := &shape{unfolded(reflect.TypeFor[T](), jsonObject(item))}
	shown.drop(s.hidden...)
	return shown.object
}

// arrange puts the members in an order. Those that are not in it follow.
func (o *shape) arrange(order []string) {
	place := func(m member) int {
		if at := slices.Index(order, m.Key); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortStableFunc(o.object, func(a, b member) int { return place(a) - place(b) })
}

// unfolded puts the members of kept beside the others, in a value of a fixture's type
// and in those of its fields that are structs.
func unfolded(t reflect.Type, o object) object {
	fields := fieldsOf(t)
	var out, kept object
	for _, m := range o {
		inner, isObject := m.Value.(object)
		field, known := fields[m.Key]
		switch {
		case m.Key == "kept" && isObject:
			kept = inner
		case known && isObject && field.Type.Kind() == reflect.Struct:
			out = append(out, member{Key: m.Key, Value: unfolded(field.Type, inner)})
		default:
			out = append(out, m)
		}
	}
	return joined(out, kept)
}

// joined adds to an object what it does not have, at all depths.
func joined(o, more object) object {
	for _, m := range more {
		at := slices.IndexFunc(o, func(have member) bool { return have.Key == m.Key })
		if at < 0 {
			o = append(o, m)
			continue
		}
		have, isObject := o[at].Value.(object)
		if inner, ok := m.Value.(object); ok && isObject {
			o[at].Value = joined(have, inner)
		}
	}
	return o
}

// without is the object without some members.
func (o *shape) without(names ...string) object {
	o.drop(names...)
	return o.object
}
