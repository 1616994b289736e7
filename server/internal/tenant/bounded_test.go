package tenant

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

// However many names there are, and whichever are forgotten: none gets a number
// that it has had.
func TestATallyNamesNothingTwice(t *testing.T) {
	t.Parallel()
	count := newTally[string](10)
	given := map[string]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		name := strconv.Itoa(random.IntN(50))
		if name == "0" {
			name = "a" + strconv.Itoa(random.IntN(1000)) // who comes seldom
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

func TestATallyCountsEachNameByItself(t *testing.T) {
	t.Parallel()
	count := newTally[string](10)
	for range 3 {
		count.add("ada")
	}
	if first, next := count.add("grace"), count.add("ada"); first != 1 || next != 4 {
		t.Errorf("grace has %d, ada %d; want 1 and 4", first, next)
	}
}

func TestABoundedMapDropsTheOldestAndCountsTheLiving(t *testing.T) {
	t.Parallel()
	b := newBounded[int](3, func(alive bool) bool { return alive })
	for i := range 3 {
		b.put(i, i != 1)
	}
	b.put(0, true) // the youngest now
	b.put(3, true) // 1 goes, which nobody misses
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
