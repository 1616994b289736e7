package strictyaml

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

// An expansion walks through a file as the decoder does, and counts what aliases
// and merge keys add to it. It ends at the first mistake: a small file can
// expand to more than any machine can hold. What passes it is small enough for
// every later walk.
type expansion struct {
	doc     *Document
	path    []any
	open    []*yaml.Node // the aliased and merged values that contain this one
	added   int          // values
	mistake *Problem
}

// expands finds a file that expands to too much.
func (d *Document) expands() *Problem {
	e := &expansion{doc: d}
	e.value(d.root, false)
	return e.mistake
}

func (e *expansion) refuse(n *yaml.Node, format string, args ...any) {
	p := e.doc.problem(n.Line, n.Column, fmt.Sprintf(format, args...))
	p.Path = renderPath(e.path)
	e.mistake = &p
}

// add counts so many values, and reports whether there are not yet too many.
func (e *expansion) add(n *yaml.Node, count int) bool {
	if e.mistake == nil {
		if e.added += count; e.added > maxExpanded {
			e.refuse(n, "aliases and merge keys expand to more than %d values; write fewer of them", maxExpanded)
		}
	}
	return e.mistake == nil
}

// within walks through an aliased or merged value, but not through one that
// contains itself, which the decoder refuses.
func (e *expansion) within(target *yaml.Node, walk func()) {
	if target == nil || slices.Contains(e.open, target) {
		return
	}
	e.open = append(e.open, target)
	walk()
	e.open = e.open[:len(e.open)-1]
}

// value walks through a value. added tells that an alias or a merge key leads to
// it.
func (e *expansion) value(n *yaml.Node, added bool) {
	e.doc.steps++
	if e.mistake != nil || added && !e.add(n, 1) {
		return
	}
	switch {
	case len(e.path) > MaxDepth: // which the decoder refuses
	case n.Kind == yaml.AliasNode:
		e.within(n.Alias, func() { e.content(n.Alias, true) })
	default:
		e.content(n, added)
	}
}

func (e *expansion) content(n *yaml.Node, added bool) {
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			e.at(i, item, added)
			if e.mistake != nil {
				return
			}
		}
	case yaml.MappingNode:
		e.entries(n, added, 0)
	}
}

// at walks through a value one step further down the path.
func (e *expansion) at(step any, n *yaml.Node, added bool) {
	e.path = append(e.path, step)
	e.value(n, added)
	e.path = e.path[:len(e.path)-1]
}

// entries walks through the entries of a map. Those of a merged map are copied
// once for each of the merge keys that lead to it, level in all.
func (e *expansion) entries(n *yaml.Node, added bool, level int) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case isMerge(key):
			e.merge(value, level+1)
		case e.add(key, level):
			e.at(key.Value, value, added)
		}
		if e.mistake != nil {
			return
		}
	}
}

// merge walks through the value of a merge key, a map or a list of maps.
func (e *expansion) merge(from *yaml.Node, level int) {
	e.doc.steps++
	if level > MaxDepth {
		e.refuse(from, "merge keys (<<) are nested more than %d levels deep", MaxDepth)
	}
	if !e.add(from, 1) {
		return
	}
	target := resolve(from)
	e.within(target, func() {
		switch target.Kind {
		case yaml.MappingNode:
			e.entries(target, true, level)
		case yaml.SequenceNode:
			for _, item := range target.Content {
				if e.mistake != nil {
					return
				}
				if resolve(item).Kind == yaml.MappingNode { // the decoder refuses others
					e.merge(item, level)
				}
			}
		}
	})
}
