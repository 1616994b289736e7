package tenant

import (
	"errors"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func newTenant(t testing.TB) *Tenant {
	t.Helper()
	f, err := fixtures.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	stopped, at := false, *f
	at.Clock = fixtures.Clock{Start: noon, Running: &stopped}
	return New(&at, token.Embedded("fast"))
}

// A ticket and a request_uri lapse at their moment, also where no move of the
// clock has cleared them away.
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
