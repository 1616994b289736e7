package management

import (
	"maps"
	"slices"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A setting is a part of the fixture that is there once, as the settings of the tenant
// are. T is a struct, or a map for what the mock only keeps.
type setting[T any] struct {
	path, one string // /branding, "the branding"
	scope     string // the noun of the scopes
	// change are the methods that write. Each changes the members that the body has.
	change []string
	of     func(*fixtures.Fixture) *T
	// starts is what an answer has as long as nothing is set, in the order of Auth0.
	starts object
	query  []property
	always []string // the fields that an answer has though fields does not name them
	// fields says of a struct what the section of a list says of its items: which
	// fields are hidden, what may be written, what an answer has beside them.
	fields section[T]
	// members are what a map may have.
	members []property
	// required are the members that a body must have.
	required []string
	// written changes the body before it is put into the setting.
	written func(c *call, now *T)
	// changed is what the answer to a change has that a GET has not, and the reverse.
	changed func(o *shape)
}

// operations are a GET, and the methods that change the setting.
func (s setting[T]) operations() []operation {
	body := property{later: sync.OnceValue(func() property {
		p := property{types: []string{"object"}, members: s.members}
		if s.members == nil {
			p = s.fields.schema(true)
		}
		p.required = s.required
		return p
	})}
	list := []operation{{method: "GET", path: s.path, summary: "reads " + s.one, scopes: []string{"read:" + s.scope}, query: s.query, run: s.runRead}}
	for _, method := range s.change {
		list = append(list, operation{method: method, path: s.path, summary: "changes " + s.one, scopes: []string{"update:" + s.scope}, body: &body, run: s.runChange})
	}
	return list
}

func (s setting[T]) runRead(c *call) (any, error) {
	return c.only(s.show(c), s.always...), nil
}

func (s setting[T]) runChange(c *call) (any, error) {
	err := c.configure(func(f *fixtures.Fixture) error {
		now := s.of(f)
		if s.written != nil {
			s.written(c, now)
		}
		if bag, isMap := any(now).(*map[string]any); isMap {
			*bag = mergedBag(*bag, c.body)
			return nil
		}
		return write(now, c.body)
	})
	if err != nil {
		return nil, err
	}
	shown := &shape{s.show(c)}
	if s.changed != nil {
		s.changed(shown)
		shown.arrange(s.fields.order)
	}
	return shown.object, nil
}

// mergedBag is a copy of a map after a change. null takes a member away.
func mergedBag(old, change map[string]any) map[string]any {
	bag := maps.Clone(old)
	if bag == nil {
		bag = map[string]any{}
	}
	for name, value := range change {
		if bag[name] = value; value == nil {
			delete(bag, name)
		}
	}
	return bag
}

// show is the setting as an answer has it.
func (s setting[T]) show(c *call) object {
	item := *s.of(c.Setup.Fixture)
	shown := &shape{slices.Clone(s.starts)}
	if bag, isMap := any(item).(map[string]any); isMap {
		for _, name := range slices.Sorted(maps.Keys(bag)) {
			shown.set(name, ordered(bag[name], shown.value(name)))
		}
	} else {
		for _, m := range s.fields.values(item) {
			shown.set(m.Key, m.Value)
		}
	}
	if s.fields.shown != nil {
		s.fields.shown(c, item, shown)
	}
	shown.arrange(s.fields.order)
	return shown.object
}

// ordered is a value whose members have the order of another value, and those of its
// members that it lacks.
func ordered(value, like any) any {
	bag, isMap := value.(map[string]any)
	model, isObject := like.(object)
	if !isMap || !isObject {
		return value
	}
	out := &shape{}
	for _, m := range model {
		if inner, ok := bag[m.Key]; ok {
			out.set(m.Key, ordered(inner, m.Value))
		} else {
			out.set(m.Key, m.Value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(bag)) {
		out.missing(name, bag[name])
	}
	return append(object{}, out.object...)
}

// configure changes the fixture, and lets the call see the new one.
func (c *call) configure(change func(*fixtures.Fixture) error) error {
	if err := mistake(c.Tenant.Configure(change)); err != nil {
		return err
	}
	c.Setup = c.Tenant.Setup()
	return nil
}

// jsonObject is a value of a fixture's type as a file has it.
func jsonObject(item any) object {
	encoded, err := strictyaml.MarshalJSON(item)
	if err != nil {
		return object{}
	}
	value, _ := readJSON(encoded)
	o, _ := value.(object)
	return o
}
