package tenant

import (
	"errors"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A request_uri expires at its time even if nobody moves the clock, which would remove
// it.
func TestARequestURIExpires(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	client, _ := tn.Setup().Client("acme-web")
	for _, tt := range []struct {
		after time.Duration
		works bool
	}{{PushedLifetime*time.Second - time.Nanosecond, true}, {PushedLifetime * time.Second, false}} {
		_, err := tn.Pushed(tn.Push(client, nil, noon), client.ClientID, noon.Add(tt.after))
		if tt.works != (err == nil) || !tt.works && !errors.Is(err, refusal.WrongRequestURI) {
			t.Errorf("after %s: %v", tt.after, err)
		}
	}
}
