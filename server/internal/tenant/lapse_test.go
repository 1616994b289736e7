package tenant

import (
	"errors"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// What lapses does so at its moment, though nobody has moved the clock, which
// would have cleared it away.
func TestTicketsAndPushedRequestsLapse(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{true, false} {
		tn := newTenant(t)
		client, _ := tn.Setup().Client("acme-web")
		at := func(lifetime time.Duration) time.Time {
			if early {
				lifetime -= time.Nanosecond
			}
			return noon.Add(lifetime)
		}
		ticket, err := tn.TicketForPassword(TokenRequest{Client: client, Now: noon}, "", "dora@example.com", "Passw0rd!")
		if err != nil {
			t.Fatal(err)
		}
		_, err = tn.RedeemTicket(Authorization{Client: client, Now: at(ticketLifetime)}, ticket.ID, "", "")
		if errors.Is(err, refusal.WrongTicket) == early {
			t.Errorf("ticket, early %t: %v", early, err)
		}
		_, err = tn.Pushed(tn.Push(client, nil, noon), client.ClientID, at(PushedLifetime*time.Second))
		if errors.Is(err, refusal.WrongRequestURI) == early {
			t.Errorf("request_uri, early %t: %v", early, err)
		}
	}
}
