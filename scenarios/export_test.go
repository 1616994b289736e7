package scenarios

import "github.com/mockauth0/mockauth0/internal/strictyaml"

// StepsToParse is how many values Parse passes.
func StepsToParse(data []byte) int {
	doc, err := strictyaml.Parse("f", data)
	if err != nil {
		return 0
	}
	_, _ = decode(doc, origin{})
	return doc.Steps()
}

// WorkToCompare is what it takes to find out whether patterns cover each of the
// others, one by one.
func WorkToCompare(mine, other AnyOf) (work, compiled int) {
	var c comparison
	for range 3 {
		for _, one := range other {
			c.covers(mine, AnyOf{one})
		}
	}
	return c.work, len(c.compiled)
}
