package web

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

var errNoObject = errors.New("web: only an object can be patched")

// mergePatch applies a JSON merge patch (RFC 7386) to an object. Members keep
// their order, and new ones follow.
func mergePatch(target []byte, patch map[string]any) ([]byte, error) {
	var out []byte
	add := func(name string, value []byte) {
		sep := byte(',')
		if out == nil {
			sep = '{'
		}
		quoted, _ := marshal(name) // a string always can
		out = append(append(append(append(out, sep), quoted...), ':'), value...)
	}
	seen := map[string]bool{}
	var failed error
	if err := eachMember(target, func(name string, old json.RawMessage) error {
		change, patched := patch[name]
		seen[name] = true
		switch {
		case !patched:
			add(name, old)
		case change != nil:
			value, err := merged(old, change)
			failed = errors.Join(failed, err)
			add(name, value)
		}
		return nil
	}); err != nil {
		return nil, errNoObject
	}
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		if seen[name] || patch[name] == nil {
			continue
		}
		value, err := merged([]byte("null"), patch[name])
		failed = errors.Join(failed, err)
		add(name, value)
	}
	if failed != nil {
		return nil, failed
	}
	if out == nil {
		return []byte("{}"), nil
	}
	return append(out, '}'), nil
}

// merged is one value with a patch applied.
func merged(old json.RawMessage, change any) ([]byte, error) {
	inner, ok := change.(map[string]any)
	if !ok {
		return marshal(change)
	}
	if value, err := mergePatch(old, inner); err == nil {
		return value, nil
	}
	return mergePatch([]byte("{}"), inner)
}
