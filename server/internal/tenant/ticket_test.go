package tenant

import (
	"errors"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A ticket expires at its time even if nobody moves the clock, which would remove it.
func TestATicketExpires(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	client, _ := tn.Setup().Client("acme-web")
	for _, tt := range []struct {
		after time.Duration
		works bool
	}{{ticketLifetime - time.Nanosecond, true}, {ticketLifetime, false}} {
		ticket, err := tn.TicketForPassword(TokenRequest{Client: client, Now: noon}, "", "dora@example.com", "Passw0rd!")
		if err != nil {
			t.Fatal(err)
		}
		_, err = tn.RedeemTicket(Authorization{Client: client, Now: noon.Add(tt.after)}, ticket.ID, "", "")
		if tt.works != (err == nil) || !tt.works && !errors.Is(err, refusal.WrongTicket) {
			t.Errorf("after %s: %v", tt.after, err)
		}
	}
}
