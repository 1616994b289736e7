package tenant

// bounded is a map that keeps the youngest max entries by the order in which
// they were last put, and counts those that it drops while they still mattered.
type bounded[K comparable, V any] struct {
	max              int
	alive            func(V) bool
	dropped          int
	entries          map[K]*link[K, V] // nil until the first one
	oldest, youngest *link[K, V]
}

// A link is an entry between those that were put before and after it.
type link[K comparable, V any] struct {
	key          K
	value        V
	older, newer *link[K, V]
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
	return e.value, true
}

// put adds or replaces an entry and makes it the youngest.
func (b *bounded[K, V]) put(key K, value V) {
	e, ok := b.entries[key]
	if ok {
		b.takeOut(e)
		e.value = value
	} else {
		if b.entries == nil {
			b.entries = map[K]*link[K, V]{}
		}
		e = &link[K, V]{key: key, value: value}
		b.entries[key] = e
	}
	e.older, e.newer = b.youngest, nil
	if b.youngest = e; e.older == nil {
		b.oldest = e
	} else {
		e.older.newer = e
	}
	for len(b.entries) > b.max {
		if b.alive(b.oldest.value) {
			b.dropped++
		}
		b.remove(b.oldest.key)
	}
}

func (b *bounded[K, V]) remove(key K) {
	if e, ok := b.entries[key]; ok {
		b.takeOut(e)
		delete(b.entries, key)
	}
}

func (b *bounded[K, V]) takeOut(e *link[K, V]) {
	if e.older == nil {
		b.oldest = e.newer
	} else {
		e.older.newer = e.newer
	}
	if e.newer == nil {
		b.youngest = e.older
	} else {
		e.newer.older = e.older
	}
}

// all yields the entries, oldest first. The current one may be removed.
func (b *bounded[K, V]) all(yield func(K, V) bool) {
	for e := b.oldest; e != nil; {
		newer := e.newer
		if !yield(e.key, e.value) {
			return
		}
		e = newer
	}
}

// A tally counts by name, so that what it counts can be named by it. It forgets
// the names that were counted longest ago. Whoever comes back then, or comes
// first, is counted on from the most that any forgotten name had: no name is
// ever given twice.
type tally[K comparable] struct {
	counts    bounded[K, int64]
	forgotten int64 // the most that a forgotten name had
}

func newTally[K comparable](max int) tally[K] {
	return tally[K]{counts: newBounded[K](max, func(int64) bool { return true })}
}

// set makes n the count of a name.
func (t *tally[K]) set(name K, n int64) {
	if _, known := t.counts.get(name); !known && t.counts.len() == t.counts.max {
		t.forgotten = max(t.forgotten, t.counts.oldest.value)
	}
	t.counts.put(name, n)
}

// add counts one more, and returns how many there are.
func (t *tally[K]) add(name K) int64 {
	n, known := t.counts.get(name)
	if !known {
		n = t.forgotten
	}
	t.set(name, n+1)
	return n + 1
}
