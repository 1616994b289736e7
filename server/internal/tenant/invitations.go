package tenant

import (
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/streams"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// maxInvitations is how many invitations a tenant keeps.
const maxInvitations = 10_000

// An Invitation is one to an organization, which nobody has accepted yet.
type Invitation struct {
	Organization string // its id
	fixtures.Invitation
}

// invitedKey is whom invitations are counted for, since their ids derive from the count.
type invitedKey struct{ organization, email string }

func newInvitations() bounded[string, *Invitation] {
	return sized(newBounded[string, *Invitation](maxInvitations, nil), func(v *Invitation) int {
		return streams.SizeOf(v.AppMetadata) + streams.SizeOf(v.UserMetadata) + len(v.Inviter.Name) + len(v.Invitee.Email)
	})
}

// An InviteRequest asks for an invitation.
type InviteRequest struct {
	Organization string // its id
	Invitation   fixtures.Invitation
	Now          time.Time
	// Effects are what scenarios do.
	Effects *faults.Effects
	// Compose makes the e-mail; nil sends none. It is called under the tenant's lock.
	Compose func(v Invitation, cutLink bool) outbox.Message
}

// Invite makes an invitation, and puts its e-mail into the outbox.
func (t *Tenant) Invite(r InviteRequest) (made Invitation, sent []outbox.Message, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.setup.orgs[r.Organization]; !ok { // it was deleted meanwhile
		return made, nil, refusal.InexistentInvitingOrganization
	}
	if _, ok := t.setup.clients[r.Invitation.ClientID]; !ok {
		return made, nil, refusal.InvitationClient
	}
	made = cloneInvitation(t.inviteLocked(r.Organization, r.Invitation, r.Now))
	t.noteChange()
	if r.Compose == nil {
		return made, nil, nil
	}
	key := invitedKey{r.Organization, made.Invitee.Email}
	before := t.invitesHeld[key]
	delete(t.invitesHeld, key)
	sent, held := t.deliverLocked(r.Effects, r.Now, []string{"link"}, func(how delivery) outbox.Message { return r.Compose(made, how.corrupt == "link") })
	if held {
		for _, m := range sent {
			t.invitesHeld[key] = append(t.invitesHeld[key], m.ID)
		}
	}
	for _, m := range before {
		t.Outbox.Deliver(m)
	}
	return made, sent, nil
}

func (t *Tenant) inviteLocked(organization string, v fixtures.Invitation, now time.Time) *Invitation {
	v = cloneInvitation(&Invitation{Invitation: v}).Invitation
	key := invitedKey{organization, v.Invitee.Email}
	for v.ID == "" { // a fixture may have given this very id to another one
		v.SetID(t.setup.Seed.Alphanumeric, organization, t.invited.add(key))
		if _, taken := t.invitations.get(v.ID); taken {
			v.ID, v.TicketID = "", ""
		}
	}
	if v.CreatedAt.IsZero() {
		v.CreatedAt = now
	}
	if v.ExpiresAt.IsZero() {
		v.ExpiresAt = v.CreatedAt.Add(time.Duration(v.TTLSec) * time.Second)
	}
	made := &Invitation{organization, v}
	t.invitations.put(v.ID, made)
	return made
}

// Invitation returns an invitation to an organization.
func (t *Tenant) Invitation(organization, id string) (Invitation, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, ok := t.invitations.get(id)
	if !ok || v.Organization != organization {
		return Invitation{}, false
	}
	return cloneInvitation(v), true
}

// Invitations are those to an organization, the oldest first.
func (t *Tenant) Invitations(organization string) (list []Invitation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range t.invitationsLocked(organization) {
		list = append(list, Invitation{organization, v})
	}
	return list
}

func (t *Tenant) invitationsLocked(organization string) (list []fixtures.Invitation) {
	for _, v := range t.invitations.all {
		if v.Organization == organization {
			list = append(list, cloneInvitation(v).Invitation)
		}
	}
	return list
}

// EndInvitation takes an invitation back.
func (t *Tenant) EndInvitation(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.invitations.remove(id)
	t.noteChange()
}

func cloneInvitation(v *Invitation) Invitation {
	c := *v
	c.Roles = slices.Clone(v.Roles)
	for _, bag := range []*map[string]any{&c.AppMetadata, &c.UserMetadata} {
		if *bag != nil {
			*bag = clonedValue(*bag).(map[string]any)
		}
	}
	return c
}
