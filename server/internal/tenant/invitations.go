package tenant

import (
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
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

// CheckInvitation returns the invitation that a login names, or refuses it. It must be
// one of that client to that organization.
func (t *Tenant) CheckInvitation(ticket, organization, clientID string, now time.Time) (Invitation, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, err := t.invitationLocked(ticket, organization, clientID, now)
	if err != nil {
		return Invitation{}, err
	}
	return cloneInvitation(v), nil
}

func (t *Tenant) invitationLocked(ticket, organization, clientID string, now time.Time) (*Invitation, error) {
	for _, v := range t.invitations.all {
		switch {
		case v.TicketID != ticket:
		case v.Organization != organization:
			return nil, refusal.InvitationGone.Because("the invitation is one to the organization " + v.Organization)
		case v.ClientID != clientID:
			return nil, refusal.InvitationGone.Because("the invitation leads to the client " + strconv.Quote(v.ClientID))
		case !now.Before(v.ExpiresAt):
			return nil, refusal.InvitationGone.Because("the invitation expired at " + v.ExpiresAt.UTC().Format(time.RFC3339))
		default:
			return v, nil
		}
	}
	return nil, refusal.InvitationGone.Because("there is no such invitation; it may have been accepted, or taken back")
}

// acceptInvitationLocked makes the user a member, with the roles of the invitation, and uses the
// invitation up. The address counts as verified: the user has read what was sent there.
// Source: auth0/docs-v2 invite-members.mdx.
func (t *Tenant) acceptInvitationLocked(a Authorization, tx Transaction, u *user) error {
	v, err := t.invitationLocked(a.Invitation, a.Organization, a.Client.ClientID, a.Now)
	if err != nil {
		return err
	}
	if address.Key(u.Email) != address.Key(v.Invitee.Email) {
		return refusal.InvitationForAnother.Because("the invitation is for " + v.Invitee.Email + ", and the user is " + u.address())
	}
	t.invitations.remove(v.ID)
	m := t.memberships.of(a.Organization).add(u.UserID)
	m.joined = true
	for _, role := range t.setup.livingRoles(v.Roles) {
		if !slices.Contains(m.roles, role) {
			m.roles = append(slices.Clip(m.roles), role)
		}
	}
	changed := cloned(u.User)
	changed.EmailVerified = true
	if tx.SignedUp {
		changed.AppMetadata, changed.UserMetadata = joinedBags(changed.AppMetadata, v.AppMetadata), joinedBags(changed.UserMetadata, v.UserMetadata)
	}
	_, err = t.changeUserLocked(u, changed, a.Now)
	return err
}

// joinedBags are the members of two objects. Those of the second count.
func joinedBags(a, b map[string]any) map[string]any {
	if len(b) == 0 {
		return a
	}
	out := map[string]any{}
	for _, bag := range []map[string]any{a, b} {
		for name, value := range bag {
			out[name] = clonedValue(value)
		}
	}
	return out
}
