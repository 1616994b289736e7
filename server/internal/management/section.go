package management

import (
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A section is a list of a fixture, as clients are. What is written to it is decoded,
// checked and kept as if it had been in a file. So a field has one definition.
type section[T any] struct {
	of     func(*fixtures.Fixture) *[]T
	id     func(*call, *T) string
	alias  func(*T) string      // by which a path may name it, too; nil: it has none
	filter func(*call, *T) bool // which of them the query of a list chooses
	// prepare completes a new one, and refuses what the schema cannot tell.
	prepare func(*call, *T) error
	taken   *refusal.Refusal                   // there is one with that name
	name    func(*T) string                    // which only one may have
	lost    func(f *fixtures.Fixture, item T)  // what goes with one that is deleted
	order   []string                           // of the answer; all else follows
	hidden  []string                           // fields that are the mock's own
	shown   func(c *call, item T, o *shape)    // what an answer has beside the fields
	body    map[string]property                // what Auth0's schema says more than the struct
	fixed   []string                           // what only a POST can write
	read    []string                           // what nobody can write
	ensure  func(*call, *T)                    // gives it what it always has, after each write
	system  func(c *call) []T                  // what is there beside the fixture, and cannot be written
	extra   []property                         // members of the body that are no fields of the struct
	written func(c *call, body map[string]any) // before a new one is decoded
}

// configured completes a resource that is a section of the fixture.
func configured[T any](r resource[T], s section[T]) resource[T] {
	r.create, r.change = s.schema(false), s.schema(true)
	r.create.required = append(r.create.required, requiredOf(s.body)...)
	all := func(c *call) []T {
		list := *s.of(c.Setup.Fixture)
		if s.system != nil {
			list = slices.Concat(s.system(c), list)
		}
		return list
	}
	r.list = func(c *call, p page) ([]T, int, error) {
		var chosen []T
		for _, item := range all(c) {
			if s.filter == nil || s.filter(c, &item) {
				chosen = append(chosen, item)
			}
		}
		return cut(p, chosen), len(chosen), nil
	}
	r.find = func(c *call, id string) (item T, ok bool) {
		for _, item := range all(c) {
			if s.is(c, &item, id) {
				return item, true
			}
		}
		return item, false
	}
	r.add = func(c *call) (T, error) {
		var item T
		if s.written != nil {
			s.written(c, c.body)
		}
		err := s.write(c, &item)
		if err == nil && s.prepare != nil {
			err = s.prepare(c, &item)
		}
		if err != nil {
			return item, err
		}
		return s.save(c, s.name(&item), func(f *fixtures.Fixture) error {
			list := *s.of(f)
			if slices.ContainsFunc(list, func(other T) bool { return s.name(&other) == s.name(&item) }) {
				return s.taken
			}
			*s.of(f) = append(slices.Clone(list), item)
			return nil
		})
	}
	r.update = func(c *call, old T) (T, error) {
		if s.isSystem(c, s.id(c, &old)) {
			return old, refusal.SystemResource
		}
		return s.save(c, s.name(&old), func(f *fixtures.Fixture) error {
			at := slices.IndexFunc(*s.of(f), func(item T) bool { return s.name(&item) == s.name(&old) })
			if at < 0 {
				return r.missing
			}
			list := slices.Clone(*s.of(f))
			*s.of(f) = list
			return s.write(c, &list[at])
		})
	}
	r.remove = func(c *call, id string) error {
		if s.isSystem(c, id) {
			return refusal.SystemResource
		}
		err := c.Tenant.Configure(func(f *fixtures.Fixture) error {
			var gone []T
			var kept []T
			for _, item := range *s.of(f) {
				if s.is(c, &item, id) {
					gone = append(gone, item)
				} else {
					kept = append(kept, item)
				}
			}
			*s.of(f) = kept
			for _, item := range gone {
				if s.lost != nil {
					s.lost(f, item)
				}
			}
			return nil
		})
		return mistake(err)
	}
	r.show = s.show
	return r
}

// is tells whether the id of a path names an item.
func (s section[T]) is(c *call, item *T, id string) bool {
	if s.id(c, item) == id {
		return true
	}
	if s.alias == nil {
		return false
	}
	twice, err := url.PathUnescape(id)
	return s.alias(item) == id || err == nil && s.alias(item) == twice
}

// isSystem tells whether the id names what is there beside the fixture.
func (s section[T]) isSystem(c *call, id string) bool {
	return s.system != nil && slices.ContainsFunc(s.system(c), func(item T) bool { return s.is(c, &item, id) })
}

// write puts the body into an item.
func (s section[T]) write(c *call, item *T) error {
	if err := write(item, c.body); err != nil {
		return err
	}
	if s.ensure != nil {
		s.ensure(c, item)
	}
	return nil
}

// save changes the fixture and returns the item with that name as it is then.
func (s section[T]) save(c *call, name string, change func(*fixtures.Fixture) error) (item T, err error) {
	if err := mistake(c.Tenant.Configure(change)); err != nil {
		return item, err
	}
	c.Setup = c.Tenant.Setup()
	for _, item := range *s.of(c.Setup.Fixture) {
		if s.name(&item) == name {
			return item, nil
		}
	}
	return item, nil // deleted meanwhile
}

// mistake words the first mistake of a fixture that a change would make.
func mistake(err error) error {
	var all *fixtures.Errors
	if !errors.As(err, &all) {
		return userError(err)
	}
	first := (*all)[0]
	return refusal.InvalidBody.With("problem", "'"+clip(first.Message)+"' on property "+clip(first.Path)+".").
		Because("a fixture may not have this, either")
}

// write puts the members of a body into a value of a fixture's type, as its file would
// have them. null takes a member away, so that it gets its default.
func write(into any, body map[string]any) error {
	encoded, err := strictyaml.MarshalJSON(into)
	if err != nil {
		return err
	}
	value, err := readJSON(encoded)
	if err != nil {
		return err
	}
	tree, _ := plain(value).(map[string]any)
	put(reflect.TypeOf(into).Elem(), tree, body)
	if encoded, err = json.Marshal(tree); err != nil {
		return refusal.InvalidBody.With("problem", "'a number is too large'.")
	}
	fresh := reflect.New(reflect.TypeOf(into).Elem())
	var all *strictyaml.Errors
	if err := strictyaml.Decode("", encoded, fresh.Interface()); errors.As(err, &all) {
		first := (*all)[0]
		return refusal.InvalidBody.With("problem", "'"+clip(first.Message)+"' on property "+clip(first.Path)+".")
	} else if err != nil {
		return err
	}
	reflect.ValueOf(into).Elem().Set(fresh.Elem())
	return nil
}

// put sets the members of a map. Those that the type does not have go to its member
// kept.
func put(t reflect.Type, tree, body map[string]any) {
	fields := fieldsOf(t)
	kept, _ := tree["kept"].(map[string]any)
	kept = maps.Clone(kept)
	if kept == nil {
		kept = map[string]any{}
	}
	for name, value := range body {
		field, known := fields[name]
		switch {
		case !known && value == nil:
			delete(kept, name)
		case !known:
			kept[name] = value
		case value == nil:
			delete(tree, name)
		default:
			tree[name] = value
			if inner, isMap := value.(map[string]any); isMap && hasKept(field.Type) { // it replaces the whole
				fresh := map[string]any{}
				put(field.Type, fresh, inner)
				tree[name] = fresh
			}
		}
	}
	delete(tree, "kept")
	if len(kept) > 0 {
		tree["kept"] = kept
	}
}

var optionsType = reflect.TypeFor[fixtures.ConnectionOptions]()

func hasKept(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	_, ok := t.FieldByName("Kept")
	return ok
}

// fieldsOf are the fields of a fixture's type, by their names in a file.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			fields[name] = t.Field(i)
		}
	}
	return fields
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
			more.name = p.name
			p = more
		}
		p.required = nil
		if change && len(p.types) > 0 {
			p = p.orNull()
		}
		members = append(members, p)
	}
	return property{types: []string{"object"}, members: append(members, s.extra...)}
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
	if reflect.PointerTo(t).Implements(reflect.TypeFor[strictyaml.Unmarshaler]()) {
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
	var out object
	for _, m := range o {
		inner, isObject := m.Value.(object)
		switch {
		case m.Key == "kept" && isObject:
			out = append(out, inner...)
		case m.Key == "options" && isObject:
			out = append(out, member{Key: m.Key, Value: unfolded(inner)})
		default:
			out = append(out, m)
		}
	}
	return out
}
