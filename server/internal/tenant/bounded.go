package tenant

import "container/list"

// bounded is a map that keeps the youngest max entries by the order in which
// they were last put, and counts those that it drops while they still mattered.
type bounded[K comparable, V any] struct {
	max     int
	alive   func(V) bool
	dropped int
	entries map[K]*list.Element // nil until the first one
	order   list.List           // of pair[K, V], oldest first
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

func newBounded[K comparable, V any](max int, alive func(V) bool) bounded[K, V] {
	return bounded[K, V]{max: max, alive: alive}
}

func (b *bounded[K, V]) len() int { return len(b.entries) }

func (b *bounded[K, V]) get(key K) (value V, ok bool) {
	e, ok := b.entries[key]
	if !ok {
		return value, false
	}
	return e.Value.(pair[K, V]).value, true
}

// put adds or replaces an entry and makes it the youngest.
func (b *bounded[K, V]) put(key K, value V) {
	if e, ok := b.entries[key]; ok {
		e.Value = pair[K, V]{key, value}
		b.order.MoveToBack(e)
		return
	}
	if b.entries == nil {
		b.entries = map[K]*list.Element{}
	}
	b.entries[key] = b.order.PushBack(pair[K, V]{key, value})
	for len(b.entries) > b.max {
		oldest := b.order.Front().Value.(pair[K, V])
		if b.alive(oldest.value) {
			b.dropped++
		}
		b.remove(oldest.key)
	}
}

func (b *bounded[K, V]) remove(key K) {
	if e, ok := b.entries[key]; ok {
		b.order.Remove(e)
		delete(b.entries, key)
	}
}

// all yields the entries, oldest first. The current one may be removed.
func (b *bounded[K, V]) all(yield func(K, V) bool) {
	for e := b.order.Front(); e != nil; {
		next := e.Next()
		if p := e.Value.(pair[K, V]); !yield(p.key, p.value) {
			return
		}
		e = next
	}
}

// A tally counts by name. It forgets the names that were counted longest ago.
type tally struct{ bounded[string, int64] }

func newTally(max int) tally {
	return tally{newBounded[string](max, func(int64) bool { return true })}
}

func (t *tally) of(name string) int64 {
	n, _ := t.get(name)
	return n
}

func (t *tally) add(name string) { t.put(name, t.of(name)+1) }
