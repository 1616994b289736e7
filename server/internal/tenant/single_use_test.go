package tenant

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// winners is how many of 10,000 calls at the same time succeed.
func winners(use func(i int) error) int {
	var won atomic.Int32
	var calls sync.WaitGroup
	for i := range 10_000 {
		calls.Go(func() {
			if use(i) == nil {
				won.Add(1)
			}
		})
	}
	calls.Wait()
	return int(won.Load())
}

func makeTicket(t testing.TB, tn *Tenant, k fixtures.Ticket) string {
	t.Helper()
	made, _, known := tn.MakeTicket(MailTicketRequest{Ticket: k, Lifetime: TicketLifetime, Now: noon})
	if !known {
		t.Fatal("there is no such user")
	}
	return made.Ticket
}

// Of 10,000 that open a ticket of the Management API at once, one is the first.
func TestOfTenThousandWithATicketOneWins(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	dora := tn.userNamed(t, "dora@example.com")
	if _, err := tn.UpdateUser(dora.UserID, func(u *fixtures.User) error {
		u.EmailVerified = false
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	verifies := makeTicket(t, tn, fixtures.Ticket{Purpose: outbox.VerifyEmail, UserID: dora.UserID})
	if won := winners(func(int) error {
		_, _, err := tn.VerifyEmail(verifies, noon)
		return err
	}); won != 1 || !tn.userNamed(t, "dora@example.com").EmailVerified {
		t.Errorf("%d of 10,000 verify the address", won)
	}
	resets := makeTicket(t, tn, fixtures.Ticket{Purpose: outbox.ResetEmail, UserID: dora.UserID})
	var winner atomic.Int32
	won := winners(func(i int) error {
		err := tn.ResetPassword(resets, fmt.Sprint("Passw0rd!", i), noon)
		if err == nil {
			winner.Store(int32(i))
		}
		return err
	})
	if got, want := tn.userNamed(t, "dora@example.com").Password, fmt.Sprint("Passw0rd!", winner.Load()); won != 1 || got != want {
		t.Errorf("%d of 10,000 change the password; it is %s, want %s", won, got, want)
	}
}

// Of 10,000 users who accept an invitation at once, one joins.
func TestOfTenThousandWithAnInvitationOneJoins(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	if err := tn.Configure(func(f *fixtures.Fixture) error {
		f.Organizations = []fixtures.Organization{{ID: "org_a", Name: "a", EnabledConnections: []fixtures.OrganizationConnection{{Connection: "email"}}}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ada := tn.userNamed(t, "ada@example.com")
	client, _ := tn.Setup().Client("acme-web")
	made, _, err := tn.Invite(InviteRequest{Organization: "org_a", Now: noon, Invitation: fixtures.Invitation{
		ClientID: client.ClientID, TTLSec: 60, Invitee: fixtures.InvitationInvitee{Email: ada.Email},
	}})
	if err != nil {
		t.Fatal(err)
	}
	a := Authorization{Client: client, Organization: "org_a", Invitation: made.TicketID, Now: noon}
	won := winners(func(int) error {
		_, err := tn.Enter(a, Transaction{}, Session{UserID: ada.UserID, Connection: "email"}, false)
		return err
	})
	if members := tn.Members("org_a"); won != 1 || len(members) != 1 {
		t.Errorf("%d of 10,000 join, and there are %d members", won, len(members))
	}
}

// An enrolment ticket that is open in two browsers enrolls one factor.
func TestAnEnrolmentTicketEnrollsOneFactor(t *testing.T) {
	t.Parallel()
	tn := mfaTenant(t)
	ada := tn.userNamed(t, "ada@example.com")
	client, _ := tn.Setup().Client("acme-web")
	for round := range rounds() {
		ticket := makeTicket(t, tn, fixtures.Ticket{Purpose: outbox.EnrollmentEmail, UserID: ada.UserID, AllowMore: true})
		var give [2]func() error
		for i, factor := range []string{fixtures.FactorOTP, fixtures.FactorPhone} {
			tx := tn.Begin(Transaction{Authorization: Authorization{Client: client, Now: noon}, Ticket: ticket})
			page, ok := tn.BeginEnrollment(tx, noon)
			if !ok {
				t.Fatal("the ticket opens no page")
			}
			step := StepRequest{Step: page.ID, Page: true, Now: noon}
			r := EnrollRequest{StepRequest: step, Factor: factor}
			if factor == fixtures.FactorPhone {
				r.Channel, r.To = ChannelSMS, "+12025550188"
			}
			page, err := tn.EnrollOnPage(r)
			if err != nil {
				t.Fatal(err)
			}
			proof := Proof{OTP: totpCode(page.Enrollment.Secret, totpPeriod(noon))}
			if factor == fixtures.FactorPhone {
				oob, err := tn.StartOOB(OOBRequest{StepRequest: step, Authenticator: page.Authenticator.ID, Compose: func(s OOBSecret) outbox.Message {
					proof = Proof{BindingCode: s.Code}
					return outbox.Message{Kind: outbox.SMS, To: s.To, Code: s.Code, CreatedAt: s.Now, ExpiresAt: s.Expires}
				}})
				if err != nil {
					t.Fatal(err)
				}
				proof.OOBCode = oob.Code
			}
			give[i] = func() error {
				_, err := tn.ProveOnPage(step, proof, false)
				return err
			}
		}
		var won atomic.Int32
		var calls sync.WaitGroup
		for _, use := range give {
			calls.Go(func() {
				if use() == nil {
					won.Add(1)
				}
			})
		}
		calls.Wait()
		has := slices.DeleteFunc(tn.userNamed(t, "ada@example.com").MFA, func(a fixtures.Authenticator) bool {
			return !a.Confirmed() || a.Type == fixtures.FactorRecovery
		})
		if won.Load() != 1 || len(has) != 1 {
			t.Fatalf("round %d: %d of 2 succeed, and the user has %d factors", round, won.Load(), len(has))
		}
		if _, err := tn.UpdateUser(ada.UserID, func(u *fixtures.User) error {
			u.MFA = nil
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// 10,000 jobs and users that are made at once do not get in each other's way: each job
// has an ID of its own, and an address has one user.
func TestOfTenThousandThatMakeTheSameOneWins(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	var seen sync.Map
	if won := winners(func(int) error {
		j := tn.AddJob(fixtures.Job{Type: fixtures.JobVerificationEmail}, noon)
		if _, again := seen.LoadOrStore(j.ID, true); again {
			return fmt.Errorf("%s is there twice", j.ID)
		}
		return nil
	}); won != 10_000 {
		t.Errorf("%d jobs have an ID of their own", won)
	}
	if won := winners(func(int) error {
		_, err := tn.AddUser(fixtures.User{Connection: "email", Email: "grace@example.com"})
		return err
	}); won != 1 {
		t.Errorf("%d of 10,000 make the user", won)
	}
	ada, grace := tn.userNamed(t, "ada@example.com"), tn.userNamed(t, "grace@example.com")
	if won := winners(func(int) error {
		_, err := tn.LinkUser(ada.UserID, grace.UserID)
		return err
	}); won != 1 {
		t.Errorf("%d of 10,000 link the user", won)
	}
}
