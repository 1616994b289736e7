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
