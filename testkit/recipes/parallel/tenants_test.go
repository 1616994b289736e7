package parallel

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// beside makes a tenant of its own on the same server, and returns the function that ends it.
func (a tenant) beside(t *testing.T) (own tenant, end func()) {
	t.Helper()
	name := "go-" + strings.ToLower(rand.Text())
	status, body := a.call(t, "POST", "/_mock/tenants", map[string]string{"name": name})
	var made struct{ URL string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated {
		t.Fatalf("no tenant: %d %s", status, body)
	}
	own = a
	own.url = made.URL
	return own, func() { a.call(t, "DELETE", "/_mock/tenants/"+name, nil) }
}

// In a tenant of its own a test needs none of the three rules: Ada is its own, and so are
// the clock and the failures.
func TestATenantForEachWorker(t *testing.T) {
	shared := theTenant(t)
	for worker := range 8 {
		t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
			t.Parallel()
			own, end := shared.beside(t)
			defer end()
			own.start(t, "ada@example.com")
			late := own.code(t, "ada@example.com", "")
			own.call(t, "POST", "/_mock/clock", map[string]string{"advance": "3m"})
			if status := own.redeem(t, "ada@example.com", late); status != http.StatusForbidden {
				t.Errorf("a late code is answered with %d", status)
			}
			own.start(t, "ada@example.com")
			if status := own.redeem(t, "ada@example.com", own.code(t, "ada@example.com", "")); status != http.StatusOK {
				t.Errorf("the code is answered with %d", status)
			}
			own.call(t, "POST", "/_mock/scenarios", map[string]string{"name": "rate-limited"})
			if status := own.start(t, "ada@example.com"); status != http.StatusTooManyRequests {
				t.Errorf("a start is answered with %d", status)
			}
		})
	}
}
