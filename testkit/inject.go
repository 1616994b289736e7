package testkit

import (
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

// An Injection is a failure that a test has switched on.
type Injection struct {
	active   scenarios.Activation
	optional atomic.Bool
}

// Inject switches a failure on until t ends: a built-in scenario such as
// otp-expired, or a scenario file. It fails t at its end if the failure never
// happened, and shows the requests that came near to it. [Injection.Optional]
// prevents that. It also fails t if an expect of the scenario is not met.
func (a *Auth0) Inject(t testing.TB, nameOrFile string) *Injection {
	t.Helper()
	active, err := a.server.Inject(nameOrFile, scenarios.Narrowing{})
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return injected(t, active)
}

// InjectScenario is Inject for a scenario that is written in Go.
func (a *Auth0) InjectScenario(t testing.TB, s scenarios.Scenario) *Injection {
	t.Helper()
	active, err := a.server.InjectScenario(s, scenarios.Narrowing{})
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return injected(t, active)
}

func injected(t testing.TB, active scenarios.Activation) *Injection {
	t.Helper()
	i := &Injection{active: active}
	t.Cleanup(func() {
		t.Helper()
		active.Off()
		if i.optional.Load() {
			return
		}
		for _, f := range active.Verify("") {
			t.Errorf("testkit: %s", f.Message)
		}
	})
	return i
}

// Fired is how many times the failure has happened.
func (i *Injection) Fired() int { return i.active.Fired() }

// MustFire fails t unless the failure has happened exactly n times so far.
func (i *Injection) MustFire(t testing.TB, n int) {
	t.Helper()
	for _, f := range i.active.Verify(scenarios.Count(strconv.Itoa(n))) {
		t.Errorf("testkit: %s", f.Message)
	}
	if n == 0 {
		i.optional.Store(true)
	}
}

// Optional lets the test pass even if the failure never happens. It returns i.
func (i *Injection) Optional() *Injection {
	i.optional.Store(true)
	return i
}

// Off switches the failure off before the test ends. Fired keeps its count.
func (i *Injection) Off() { i.active.Off() }
