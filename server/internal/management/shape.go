package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
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
	encoded, err := strictyaml.MarshalJSON(item)
	if err != nil {
		return object{}
	}
	value, _ := readJSON(encoded)
	o, _ := value.(object)
	shown := &shape{unfolded(o)}
	shown.drop(s.hidden...)
	if s.shown != nil {
		s.shown(c, item, shown)
	}
	shown.arrange(s.order)
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

// unfolded puts the members of kept beside the others.
func unfolded(o object) object {
	var out, kept object
	for _, m := range o {
		inner, isObject := m.Value.(object)
		switch {
		case m.Key == "kept" && isObject:
			kept = inner
		case isObject && slices.Contains([]string{"options", "sink", "destination", "configuration"}, m.Key):
			out = append(out, member{Key: m.Key, Value: unfolded(inner)})
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
