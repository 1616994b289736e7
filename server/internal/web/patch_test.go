package web

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"
)

// The examples of RFC 7386, appendix A, as far as they patch an object.
func TestMergePatchDoesWhatTheRFCSays(t *testing.T) {
	t.Parallel()
	for _, one := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		// Members keep their places, and numbers their spelling.
		{`{"z":1,"y":{"n":1e400,"m":0.10},"x":3}`, `{"y":{"m":null,"a":"<&>"},"w":[null],"b":true}`, `{"z":1,"y":{"n":1e400,"a":"<&>"},"x":3,"b":true,"w":[null]}`},
	} {
		if got, err := mergePatch([]byte(one[0]), parsed([]byte(one[1])).(map[string]any)); err != nil || string(got) != one[2] {
			t.Errorf("%s with %s: %s %v, not %s", one[0], one[1], got, err, one[2])
		}
	}
	for _, target := range []string{"", "[]", `"a"`, "null", `{"a":1`, `{} {}`, "Unauthorized"} {
		if got, err := mergePatch([]byte(target), map[string]any{"a": 1}); err == nil {
			t.Errorf("%s became %s", target, got)
		}
	}
}

// A patched object is what the algorithm of the RFC makes of it. Old members keep
// their order. New members follow, sorted by name.
func FuzzMergePatch(f *testing.F) {
	f.Add([]byte(`{"b":1,"a":{"x":[1,{"y":null}]},"c":null}`), []byte(`{"a":{"x":null,"z":{"q":null,"r":1}},"c":{"d":2},"0":[{"e":null}]}`))
	f.Add([]byte(`{"a":1,"a":{"b":2}}`), []byte(`{"a":{"c":3}}`))
	f.Add([]byte(`{"\ud800":1e999,"":"\u0000"}`), []byte(`{"":null,"\ufffd":-0.0}`))
	f.Fuzz(func(t *testing.T, target, change []byte) {
		old, isObject := parsed(target).(map[string]any)
		patch, alsoObject := parsed(change).(map[string]any)
		if !alsoObject {
			return
		}
		got, err := mergePatch(target, patch)
		if (err == nil) != isObject {
			t.Fatalf("%s: %v", target, err)
		}
		if err != nil {
			return
		}
		want := naive(old, patch)
		if have := parsed(got); !reflect.DeepEqual(have, any(want)) {
			t.Fatalf("%s with %s:\n%s, not\n%v", target, change, got, want)
		}
		var order []string
		for _, name := range names(target) {
			if _, there := want[name]; there {
				order = append(order, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if !slices.Contains(order, name) {
				order = append(order, name)
			}
		}
		if have := names(got); !slices.Equal(have, order) {
			t.Fatalf("%s with %s: the members are %q, not %q", target, change, have, order)
		}
	})
}

// naive is RFC 7386, section 2, for objects.
func naive(target any, patch map[string]any) map[string]any {
	result := map[string]any{}
	if old, ok := target.(map[string]any); ok {
		maps.Copy(result, old)
	}
	for name, value := range patch {
		inner, nested := value.(map[string]any)
		switch {
		case value == nil:
			delete(result, name)
		case nested:
			result[name] = naive(result[name], inner)
		default:
			result[name] = value
		}
	}
	return result
}

// parsed is a whole JSON text, with numbers as they are spelled. It is nil for
// anything else.
func parsed(data []byte) (value any) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if !json.Valid(data) || dec.Decode(&value) != nil {
		return nil
	}
	return value
}

// names are the names of an object's members, in order.
func names(object []byte) (list []string) {
	_ = eachMember(object, func(name string, _ json.RawMessage) error { list = append(list, name); return nil })
	return list
}
