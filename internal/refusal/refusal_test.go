package refusal_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

func TestAFilledRefusalIsACopyOfItsEntry(t *testing.T) {
	t.Parallel()
	filled := refusal.BadType.With("property", "email", "type", "{property}").Because("a hint")
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
