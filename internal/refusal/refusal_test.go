package refusal_test

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

func TestAFilledRefusalIsACopyOfItsEntry(t *testing.T) {
	t.Parallel()
	filled := refusal.BadType.With("property", "email", "type", "{property}", "expected", "string").Because("a hint")
	if got := filled.Error(); got != "bad.email: error in email - invalid type: {property} (expected string)" {
		t.Errorf("it says %q", got)
	}
	if refusal.BadType.Code != "bad.{property}" || refusal.BadType.Hint != "" {
		t.Errorf("the entry was changed: %+v", refusal.BadType)
	}
	wrapped := fmt.Errorf("wrapped: %w", filled)
	if !errors.Is(wrapped, refusal.BadType) || errors.Is(wrapped, refusal.BadSend) || errors.Is(errors.New("x"), refusal.BadType) {
		t.Error("errors.Is does not find the entry")
	}
	var as *refusal.Refusal
	if !errors.As(wrapped, &as) || as.Hint != "a hint" {
		t.Errorf("errors.As gives %+v", as)
	}
}

func TestTheCatalogueCannotBeExtendedByItsReaders(t *testing.T) {
	t.Parallel()
	before := len(refusal.All())
	_ = append(refusal.All(), &refusal.Refusal{})
	if len(refusal.All()) != before {
		t.Error("it grew")
	}
}

func TestFilledReplacesEveryPlaceholder(t *testing.T) {
	t.Parallel()
	filled := refusal.BadType.Filled(map[string]string{"type": "{property}", "unknown": "x"})
	if got := filled.Error(); got != "bad.email: error in email - invalid type: {property} (expected string)" {
		t.Errorf("it says %q", got)
	}
	if got := refusal.ServerError.Filled(nil); !reflect.DeepEqual(got, refusal.ServerError) {
		t.Errorf("one without placeholders becomes %+v", got)
	}
}

// Every placeholder has an example, and every example a placeholder.
func TestPlaceholdersHaveExamples(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`\{([a-z_]+)\}`)
	for _, r := range refusal.All() {
		texts := []string{r.Code, r.Description, r.RetryAfter, r.Page}
		for _, m := range r.Members {
			texts = append(texts, fmt.Sprint(m.Value))
		}
		var names []string
		for _, m := range placeholder.FindAllStringSubmatch(strings.Join(texts, " "), -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		if names = slices.Compact(names); !slices.Equal(names, r.Placeholders()) {
			t.Errorf("%s has the placeholders %q, and examples of %q", r.Name, names, r.Placeholders())
		}
	}
}
