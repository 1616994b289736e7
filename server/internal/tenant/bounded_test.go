package tenant

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestABoundedMapDropsTheOldestAndCountsTheLiving(t *testing.T) {
	t.Parallel()
	b := newBounded[int](3, func(alive bool) bool { return alive })
	for i := range 3 {
		b.put(i, i != 1)
	}
	b.put(0, true) // the youngest now
	b.put(3, true) // 1 goes, which does not count
	b.put(4, true) // 2 goes
	var keys []int
	for k := range b.all {
		keys = append(keys, k)
		b.remove(k)
	}
	if fmt.Sprint(keys) != "[0 3 4]" || b.dropped != 1 || b.len() != 0 {
		t.Errorf("kept %v, dropped %d, left %d", keys, b.dropped, b.len())
	}
}

func TestChallengesAreBoundedAndCounted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.mu.Lock()
	tn.challenges.bounded.max = 2
	for i := range 5 {
		tn.challenges.bounded.put(challengeKey{"email", fmt.Sprint(i)}, &challenge{n: 1})
	}
	tn.mu.Unlock()
	if c := tn.Counts(); c.Challenges != 2 || c.DroppedChallenges != 3 {
		t.Errorf("%+v", c)
	}
}

// A tally counts each name by itself. However many names there are, and
// whichever it forgets, no name gets a number that it had before.
func TestATallyNamesNothingTwice(t *testing.T) {
	t.Parallel()
	count := newTally[string](10)
	if a, b, c := count.add("ada"), count.add("grace"), count.add("ada"); a != 1 || b != 1 || c != 2 {
		t.Errorf("ada has %d and %d, grace %d", a, c, b)
	}
	given := map[string]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		name := strconv.Itoa(random.IntN(50))
		if name == "0" {
			name = "a" + strconv.Itoa(random.IntN(1000)) // a name that comes seldom
		}
		named := fmt.Sprint(name, " ", count.add(name))
		if given[named] {
			t.Fatalf("%s is given twice", named)
		}
		given[named] = true
	}
	if n := count.counts.len(); n != 10 {
		t.Errorf("%d names are kept", n)
	}
}

// Entries that are large are fewer.
func TestABoundedMapIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	b := sized(newBounded[int, int](1000, nil), func(n int) int { return n })
	for i := range 100 {
		b.put(i, 1<<20)
	}
	if b.len() != mostBytes>>20 || b.bytes != mostBytes || b.dropped != 100-b.len() {
		t.Errorf("it has %d entries of %d bytes, and dropped %d", b.len(), b.bytes, b.dropped)
	}
	b.removeIf(func(int) bool { return true })
	if b.bytes != 0 {
		t.Errorf("an empty one has %d bytes", b.bytes)
	}
}
