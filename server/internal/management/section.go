package management

import (
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"reflect"
	"slices"

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
	key     func(*T) string                    // which never changes; nil: the name does not
	lost    func(f *fixtures.Fixture, item T)  // what goes with one that is deleted
	order   []string                           // of the answer; all else follows
	hidden  []string                           // fields that are the mock's own
	shown   func(c *call, item T, o *shape)    // what an answer has beside the fields
	body    map[string]property                // what Auth0's schema says more than the struct
	fixed   []string                           // what only a POST can write
	read    []string                           // what nobody can write
	bind    func(*call, *T) error              // completes the body before it is put into an item
	ensure  func(*call, *T)                    // gives it what it always has, after each write
	system  func(c *call) []T                  // what is there beside the fixture, and cannot be written
	first   []property                         // members of the body of a POST that are no fields of the struct
	written func(c *call, body map[string]any) // before a new one is decoded
}

// configured completes a resource that is a section of the fixture.
func configured[T any](r resource[T], s section[T]) resource[T] {
	r.create, r.change = s.schemaLater(false), s.schemaLater(true)
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
	add := func(c *call) (T, error) {
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
		return s.save(c, s.keyOf(&item), func(f *fixtures.Fixture) error {
			list := *s.of(f)
			switch has := slices.ContainsFunc(list, func(other T) bool { return s.name(&other) == s.name(&item) }); {
			case has && s.taken == nil:
				return errIDTaken
			case has:
				return s.taken
			}
			*s.of(f) = append(slices.Clone(list), item)
			return nil
		})
	}
	r.add = func(c *call) (T, error) {
		for {
			item, err := add(c)
			if !errors.Is(err, errIDTaken) {
				return item, err
			}
			c.Setup = c.Tenant.Setup()
		}
	}
	r.update = func(c *call, old T) (T, error) {
		if s.isSystem(c, s.id(c, &old)) {
			return old, refusal.SystemResource
		}
		return s.save(c, s.keyOf(&old), func(f *fixtures.Fixture) error {
			at := slices.IndexFunc(*s.of(f), func(item T) bool { return s.keyOf(&item) == s.keyOf(&old) })
			if at < 0 {
				return r.missing
			}
			list := slices.Clone(*s.of(f))
			*s.of(f) = list
			if err := s.write(c, &list[at]); err != nil {
				return err
			}
			for i := range list {
				if i != at && s.name(&list[i]) == s.name(&list[at]) {
					return s.taken
				}
			}
			return nil
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

// errIDTaken says that another call has got the id meanwhile which a new item got.
var errIDTaken = errors.New("the id is taken")

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
	if s.bind != nil {
		if err := s.bind(c, item); err != nil {
			return err
		}
	}
	if err := write(item, c.body); err != nil {
		return err
	}
	if s.ensure != nil {
		s.ensure(c, item)
	}
	return nil
}

// keyOf is by what an item is found again when it has changed.
func (s section[T]) keyOf(item *T) string {
	if s.key != nil {
		return s.key(item)
	}
	return s.name(item)
}

// save changes the fixture and returns the item with that key as it is then.
func (s section[T]) save(c *call, key string, change func(*fixtures.Fixture) error) (item T, err error) {
	if err := mistake(c.Tenant.Configure(change)); err != nil {
		return item, err
	}
	c.Setup = c.Tenant.Setup()
	for _, item := range *s.of(c.Setup.Fixture) {
		if s.keyOf(&item) == key {
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
	put(reflect.TypeOf(into).Elem(), tree, body, false)
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

// put sets the members of a map. What a value of the type would not show goes to its
// member kept: members that the type does not have, and false, 0 and the like. null
// takes a member away, but in a whole it is a value.
func put(t reflect.Type, tree, body map[string]any, whole bool) {
	fields := fieldsOf(t)
	kept, _ := tree["kept"].(map[string]any)
	kept = maps.Clone(kept)
	if kept == nil {
		kept = map[string]any{}
	}
	for name, value := range body {
		delete(kept, name)
		field, known := fields[name]
		switch {
		case value == nil && whole:
			kept[name] = nil
		case value == nil:
			delete(tree, name)
		case !known:
			kept[name] = value
		default:
			have, other := split(field.Type, value)
			tree[name] = have
			if other != nil {
				kept[name] = other
			}
		}
	}
	delete(tree, "kept")
	if len(kept) > 0 && hasKept(t) {
		tree["kept"] = kept
	}
}

// isEmpty tells whether a value is false, 0, or without content.
func isEmpty(value any) bool {
	v := reflect.ValueOf(value)
	return v.IsZero() || (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0
}

// split parts a value into what a type has, and what it would not show.
func split(t reflect.Type, value any) (have, other any) {
	if t.Kind() == reflect.Pointer { // it shows false, too
		t = t.Elem()
	} else if isEmpty(value) {
		return value, value
	}
	members, isObject := value.(map[string]any)
	switch {
	case !isObject || t.Kind() != reflect.Struct || readsItself(t):
		return value, nil
	case hasKept(t): // it replaces the whole
		fresh := map[string]any{}
		put(t, fresh, members, true)
		return fresh, nil
	}
	fields := fieldsOf(t)
	known, unknown := map[string]any{}, map[string]any{}
	for name, inner := range members {
		field, ok := fields[name]
		if !ok {
			unknown[name] = inner
			continue
		}
		if inner == nil {
			continue
		}
		part, rest := split(field.Type, inner)
		known[name] = part
		if rest != nil {
			unknown[name] = rest
		}
	}
	if len(unknown) == 0 {
		return known, nil
	}
	return known, unknown
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
