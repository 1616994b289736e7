package tenant

import "container/list"

// A bounded map keeps at most max entries. When there are more, it drops the
// entry that was put longest ago.
type bounded[K comparable, V any] struct {
	max     int
	alive   func(V) bool // which entries count as dropped; nil means all
	dropped int
	// size is how many bytes an entry has of what callers chose; nil means none. All
	// together may have mostBytes.
	size    func(V) int
	bytes   int
	entries map[K]*list.Element
	order   *list.List // of *entry[K, V], the one put longest ago first
}

type entry[K comparable, V any] struct {
	key   K
	value V
	bytes int // as it was put
}

// mostBytes is how many bytes the entries of a bounded map may have.
const mostBytes = 64 << 20

// sized is a bounded map whose entries can be large.
func sized[K comparable, V any](b bounded[K, V], size func(V) int) bounded[K, V] {
	b.size = size
	return b
}

func newBounded[K comparable, V any](max int, alive func(V) bool) bounded[K, V] {
	return bounded[K, V]{max: max, alive: alive, entries: map[K]*list.Element{}, order: list.New()}
}

func (b *bounded[K, V]) len() int { return len(b.entries) }

func (b *bounded[K, V]) get(key K) (value V, ok bool) {
	e, ok := b.entries[key]
	if !ok {
		return value, false
	}
	return e.Value.(*entry[K, V]).value, true
}

// put adds or replaces an entry.
func (b *bounded[K, V]) put(key K, value V) {
	b.remove(key)
	added := &entry[K, V]{key: key, value: value}
	if b.size != nil {
		added.bytes = b.size(value)
		b.bytes += added.bytes
	}
	b.entries[key] = b.order.PushBack(added)
	for b.len() > b.max || b.bytes > mostBytes && b.len() > 1 {
		first := b.first()
		if b.alive == nil || b.alive(first.value) {
			b.dropped++
		}
		b.remove(first.key)
	}
}

// first returns the entry that was put longest ago. There must be one.
func (b *bounded[K, V]) first() *entry[K, V] { return b.order.Front().Value.(*entry[K, V]) }

func (b *bounded[K, V]) remove(key K) {
	if e, ok := b.entries[key]; ok {
		b.bytes -= b.order.Remove(e).(*entry[K, V]).bytes
		delete(b.entries, key)
	}
}

// removeIf removes the entries that a function chooses.
func (b *bounded[K, V]) removeIf(chosen func(V) bool) {
	for key, value := range b.all {
		if chosen(value) {
			b.remove(key)
		}
	}
}

// all yields the entries in the order in which they were put. The loop body may
// remove the entry that it got.
func (b *bounded[K, V]) all(yield func(K, V) bool) {
	for e := b.order.Front(); e != nil; {
		next := e.Next()
		if one := e.Value.(*entry[K, V]); !yield(one.key, one.value) {
			return
		}
		e = next
	}
}

// A tally counts things by name, for names that are made of the count. It keeps
// a bounded number of names. A name that it does not know, whether new or
// forgotten, goes on from the highest count that any forgotten name had. So no
// name gets the same count twice.
type tally[K comparable] struct {
	counts    bounded[K, int64]
	forgotten int64 // the highest count of all forgotten names
}

func newTally[K comparable](max int) tally[K] {
	return tally[K]{counts: newBounded[K, int64](max, nil)}
}

// set sets the count of a name to n.
func (t *tally[K]) set(name K, n int64) {
	if _, known := t.counts.get(name); !known && t.counts.len() == t.counts.max {
		t.forgotten = max(t.forgotten, t.counts.first().value)
	}
	t.counts.put(name, n)
}

// add adds one to the count of a name and returns it.
func (t *tally[K]) add(name K) int64 {
	n, known := t.counts.get(name)
	if !known {
		n = t.forgotten
	}
	t.set(name, n+1)
	return n + 1
}
