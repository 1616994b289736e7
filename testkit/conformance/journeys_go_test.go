package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	v1 "github.com/auth0/go-auth0/management"
	v2 "github.com/auth0/go-auth0/v2/management"
	v2client "github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/auth0/go-auth0/authentication"
)

// A backEnd is the management client of a version of go-auth0, as far as the journey
// of a user needs it.
type backEnd interface {
	create(ctx context.Context, connection, to string) (id string, err error)
	search(ctx context.Context, q string) (ids []string, err error)
	byEmail(ctx context.Context, email string) (ids []string, err error)
	change(ctx context.Context, id string, app map[string]any) error
	block(ctx context.Context, id string) error
	metadata(ctx context.Context, id string) (map[string]any, error)
	link(ctx context.Context, id, provider, user string) (connections []string, err error)
	unlink(ctx context.Context, id, provider, user string) (connections []string, err error)
	loggedIn(ctx context.Context, id string) (connection, client string, err error)
	invite(ctx context.Context, member, guest string) (url, ticket string, err error)
	remove(ctx context.Context, id string) error
	status(err error) int
}

// go-auth0 v1 without https, and v2 with it: a back end and its user.
func TestGoAuth0Journeys(t *testing.T) {
	t.Parallel()
	needCertFile(t)
	m := ownMock(t)
	ctx := within(t)
	var granted struct {
		Token string `json:"access_token"`
	}
	post(t, m.url+"/oauth/token", &granted, map[string]any{
		"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": m.url + "/api/v2/",
	})
	old, err := v1.New(strings.TrimPrefix(m.url, "http://"), v1.WithInsecure(), v1.WithStaticToken(granted.Token), v1.WithClient(new(http.Client)))
	if err != nil {
		t.Fatal(err)
	}
	current, err := v2client.New(m.domain, option.WithClientCredentials(ctx, "acme-m2m", "acme-m2m-secret"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("v1", func(t *testing.T) { walkInGo(t, m, first{old}, "go-auth0-v1", "+12025557001") })
	t.Run("v2", func(t *testing.T) { walkInGo(t, m, second{current}, "go-auth0-v2", "+12025557002") })
}

func walkInGo(t *testing.T, m mock, b backEnd, name, phone string) {
	t.Helper()
	ctx := within(t)
	email, guest := name+"@example.com", name+"-guest@example.com"
	app := newClient(t, m, "acme-web", "acme-web-secret")
	var id string
	step := func(title string, run func() error) {
		t.Run(title, func(t *testing.T) {
			if err := run(); err != nil {
				t.Error(err)
			}
		})
	}
	send := func() error {
		_, _, err := ways[0].send(ctx, app, email)
		return err
	}
	login := func() error {
		_, err := ways[0].login(ctx, app, email, m.code(t, email))
		return err
	}
	same := func(got, want any, err error) error {
		if err == nil && !reflect.DeepEqual(got, want) {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		return err
	}

	step("creates a user, who signs in by code", func() (err error) {
		if id, err = b.create(ctx, "email", email); err != nil {
			return err
		}
		if _, err := b.create(ctx, "email", email); b.status(err) != http.StatusConflict {
			return fmt.Errorf("a second user with the address: %w", err)
		}
		return errors.Join(send(), login())
	})
	step("finds the user by a search and by e-mail", func() error {
		found, err := b.search(ctx, `email:"`+email+`" AND logins_count:1`)
		if err := same(found, []string{id}, err); err != nil {
			return err
		}
		found, err = b.byEmail(ctx, email)
		return same(found, []string{id}, err)
	})
	step("merges metadata", func() error {
		err := errors.Join(b.change(ctx, id, map[string]any{"plan": "free", "seats": 2}), b.change(ctx, id, map[string]any{"plan": nil, "seats": 3}))
		if err != nil {
			return err
		}
		got, err := b.metadata(ctx, id)
		return same(got, map[string]any{"seats": 3.0}, err)
	})
	step("links a second user, and unlinks it", func() error {
		other, err := b.create(ctx, "sms", phone)
		if err != nil {
			return err
		}
		provider, bare, _ := strings.Cut(other, "|")
		linked, err := b.link(ctx, id, provider, bare)
		if err := same(linked, []string{"email", "sms"}, err); err != nil {
			return err
		}
		if _, err := b.metadata(ctx, other); b.status(err) != http.StatusNotFound {
			return fmt.Errorf("the second user is still there: %w", err)
		}
		left, err := b.unlink(ctx, id, provider, bare)
		return errors.Join(same(left, []string{"email"}, err), b.remove(ctx, other))
	})
	step("blocks the user, whose login is refused", func() error {
		if err := errors.Join(send(), b.block(ctx, id)); err != nil {
			return err
		}
		var refused *authentication.Error
		if err := login(); !errors.As(err, &refused) || refused.Message != "user is blocked" {
			return fmt.Errorf("the login of a blocked user: %w", err)
		}
		return nil
	})
	step("reads the log of the login", func() error {
		connection, client, err := b.loggedIn(ctx, id)
		return same([]string{connection, client}, []string{"email", "acme-web"}, err)
	})
	step("makes an organization, adds the user and invites a guest", func() error {
		url, ticket, err := b.invite(ctx, id, guest)
		if err != nil {
			return err
		}
		if mail := m.call(t, "GET", "/_mock/outbox/latest?to="+guest, ""); ticket == "" || !strings.Contains(string(mail), ticket) || !strings.HasPrefix(url, shop+"?invitation=") {
			return fmt.Errorf("the invitation %s has the e-mail %s", url, mail)
		}
		return nil
	})
	step("deletes the user", func() error {
		if err := b.remove(ctx, id); err != nil {
			return err
		}
		if _, err := b.metadata(ctx, id); b.status(err) != http.StatusNotFound {
			return fmt.Errorf("the user who was deleted: %w", err)
		}
		return nil
	})
}

// shop is where invitations lead.
const shop = "https://shop.acme.test/login"

// first is go-auth0 1.
type first struct{ api *v1.Management }

func (b first) create(ctx context.Context, connection, to string) (string, error) {
	u := &v1.User{Connection: &connection}
	if strings.HasPrefix(to, "+") {
		u.PhoneNumber = &to
	} else {
		u.Email = &to
	}
	err := b.api.User.Create(ctx, u)
	return u.GetID(), err
}

func (b first) search(ctx context.Context, q string) (ids []string, err error) {
	list, err := b.api.User.Search(ctx, v1.Query(q))
	if err != nil {
		return nil, err
	}
	for _, u := range list.Users {
		ids = append(ids, u.GetID())
	}
	return ids, nil
}

func (b first) byEmail(ctx context.Context, email string) (ids []string, err error) {
	list, err := b.api.User.ListByEmail(ctx, email)
	for _, u := range list {
		ids = append(ids, u.GetID())
	}
	return ids, err
}

func (b first) change(ctx context.Context, id string, app map[string]any) error {
	return b.api.User.Update(ctx, id, &v1.User{AppMetadata: &app})
}

func (b first) block(ctx context.Context, id string) error {
	return b.api.User.Update(ctx, id, &v1.User{Blocked: v2.Bool(true)})
}

func (b first) metadata(ctx context.Context, id string) (map[string]any, error) {
	u, err := b.api.User.Read(ctx, id)
	return u.GetAppMetadata(), err
}

func (b first) link(ctx context.Context, id, provider, user string) ([]string, error) {
	list, err := b.api.User.Link(ctx, id, &v1.UserIdentityLink{Provider: &provider, UserID: &user})
	return connectionsOf(list), err
}

func (b first) unlink(ctx context.Context, id, provider, user string) ([]string, error) {
	list, err := b.api.User.Unlink(ctx, id, provider, user)
	return connectionsOf(list), err
}

func connectionsOf(list []v1.UserIdentity) (names []string) {
	for _, i := range list {
		names = append(names, i.GetConnection())
	}
	return names
}

func (b first) loggedIn(ctx context.Context, id string) (connection, client string, err error) {
	list, err := b.api.User.GetUserLogs(ctx, id)
	if err != nil {
		return "", "", err
	}
	at := slices.IndexFunc(list, func(l *v1.Log) bool { return l.GetType() == "s" })
	if at < 0 {
		return "", "", fmt.Errorf("of %d entries none is of type s", len(list))
	}
	entry, err := b.api.Log.Read(ctx, list[at].GetLogID())
	return entry.GetConnection(), entry.GetClientID(), err
}

func (b first) invite(ctx context.Context, member, guest string) (url, ticket string, err error) {
	app := &v1.Client{Name: v2.String("Shop 1"), InitiateLoginURI: v2.String(shop), OrganizationUsage: v2.String("allow")}
	made := &v1.Organization{Name: v2.String("go-auth0-v1"), DisplayName: v2.String("Journey")}
	if err := errors.Join(b.api.Client.Create(ctx, app), b.api.Organization.Create(ctx, made)); err != nil {
		return "", "", err
	}
	if err := b.api.Organization.AddMembers(ctx, made.GetID(), []string{member}); err != nil {
		return "", "", err
	}
	list, err := b.api.User.Organizations(ctx, member)
	if err != nil || len(list.Organizations) != 1 || list.Organizations[0].GetID() != made.GetID() {
		return "", "", fmt.Errorf("the organizations of the user are %v: %w", list, err)
	}
	i := &v1.OrganizationInvitation{
		ClientID: app.ClientID, Inviter: &v1.OrganizationInvitationInviter{Name: v2.String("Ada")}, Invitee: &v1.OrganizationInvitationInvitee{Email: &guest},
	}
	err = b.api.Organization.CreateInvitation(ctx, made.GetID(), i)
	return i.GetInvitationURL(), i.GetTicketID(), errors.Join(err, b.api.Organization.Delete(ctx, made.GetID()), b.api.Client.Delete(ctx, app.GetClientID()))
}

func (b first) remove(ctx context.Context, id string) error { return b.api.User.Delete(ctx, id) }

func (b first) status(err error) int {
	var refused v1.Error
	if errors.As(err, &refused) {
		return refused.Status()
	}
	return 0
}

// second is go-auth0 2.
type second struct{ api *v2client.Management }

func (b second) create(ctx context.Context, connection, to string) (string, error) {
	body := &v2.CreateUserRequestContent{Connection: connection}
	if strings.HasPrefix(to, "+") {
		body.PhoneNumber = &to
	} else {
		body.Email = &to
	}
	u, err := b.api.Users.Create(ctx, body)
	return u.GetUserID(), err
}

func (b second) search(ctx context.Context, q string) ([]string, error) {
	list, err := b.api.Users.List(ctx, &v2.ListUsersRequestParameters{Q: &q, SearchEngine: v2.SearchEngineVersionsEnumV3.Ptr()})
	if err != nil {
		return nil, err
	}
	return idsOf(list.Results), nil
}

func (b second) byEmail(ctx context.Context, email string) ([]string, error) {
	list, err := b.api.Users.ListUsersByEmail(ctx, &v2.ListUsersByEmailRequestParameters{Email: email})
	return idsOf(list), err
}

func idsOf(list []*v2.UserResponseSchema) (ids []string) {
	for _, u := range list {
		ids = append(ids, u.GetUserID())
	}
	return ids
}

func (b second) change(ctx context.Context, id string, app map[string]any) error {
	_, err := b.api.Users.Update(ctx, id, &v2.UpdateUserRequestContent{AppMetadata: &app})
	return err
}

func (b second) block(ctx context.Context, id string) error {
	_, err := b.api.Users.Update(ctx, id, &v2.UpdateUserRequestContent{Blocked: v2.Bool(true)})
	return err
}

func (b second) metadata(ctx context.Context, id string) (map[string]any, error) {
	u, err := b.api.Users.Get(ctx, id, &v2.GetUserRequestParameters{})
	return u.GetAppMetadata(), err
}

func (b second) link(ctx context.Context, id, provider, user string) (names []string, err error) {
	with, err := v2.NewUserIdentityProviderEnumFromString(provider)
	if err != nil {
		return nil, err
	}
	list, err := b.api.Users.Identities.Link(ctx, id, &v2.LinkUserIdentityRequestContent{Provider: &with, UserID: &v2.UserID{String: user}})
	for _, i := range list {
		names = append(names, i.GetConnection())
	}
	return names, err
}

func (b second) unlink(ctx context.Context, id, provider, user string) (names []string, err error) {
	with, err := v2.NewUserIdentityProviderEnumFromString(provider)
	if err != nil {
		return nil, err
	}
	list, err := b.api.Users.Identities.Delete(ctx, id, &with, user)
	for _, i := range list {
		names = append(names, i.GetConnection())
	}
	return names, err
}

func (b second) loggedIn(ctx context.Context, id string) (connection, client string, err error) {
	list, err := b.api.Users.Logs.List(ctx, id, &v2.ListUserLogsRequestParameters{})
	if err != nil {
		return "", "", err
	}
	at := slices.IndexFunc(list.Results, func(l *v2.Log) bool { return l.GetType() == "s" })
	if at < 0 {
		return "", "", fmt.Errorf("of %d entries none is of type s", len(list.Results))
	}
	entry, err := b.api.Logs.Get(ctx, list.Results[at].GetLogID())
	return entry.GetConnection(), entry.GetClientID(), err
}

func (b second) invite(ctx context.Context, member, guest string) (url, ticket string, err error) {
	app, err := b.api.Clients.Create(ctx, &v2.CreateClientRequestContent{Name: "Shop 2", InitiateLoginURI: v2.String(shop), OrganizationUsage: v2.ClientOrganizationUsageEnumAllow.Ptr()})
	if err != nil {
		return "", "", err
	}
	made, err := b.api.Organizations.Create(ctx, &v2.CreateOrganizationRequestContent{Name: "go-auth0-v2", DisplayName: v2.String("Journey")})
	if err != nil {
		return "", "", err
	}
	if err := b.api.Organizations.Members.Create(ctx, made.GetID(), &v2.CreateOrganizationMemberRequestContent{Members: []string{member}}); err != nil {
		return "", "", err
	}
	list, err := b.api.Users.Organizations.List(ctx, member, &v2.ListUserOrganizationsRequestParameters{})
	if err != nil || len(list.Results) != 1 || list.Results[0].GetID() != made.GetID() {
		return "", "", fmt.Errorf("the organizations of the user are %v: %w", list, err)
	}
	i, err := b.api.Organizations.Invitations.Create(ctx, made.GetID(), &v2.CreateOrganizationInvitationRequestContent{
		ClientID: app.GetClientID(), Inviter: &v2.OrganizationInvitationInviter{Name: "Ada"}, Invitee: &v2.OrganizationInvitationInvitee{Email: guest},
	})
	return i.GetInvitationURL(), i.GetTicketID(), errors.Join(err, b.api.Organizations.Delete(ctx, made.GetID()), b.api.Clients.Delete(ctx, app.GetClientID()))
}

func (b second) remove(ctx context.Context, id string) error { return b.api.Users.Delete(ctx, id) }

func (b second) status(err error) int {
	var (
		missing *v2.NotFoundError
		taken   *v2.ConflictError
	)
	switch {
	case errors.As(err, &missing):
		return missing.StatusCode
	case errors.As(err, &taken):
		return taken.StatusCode
	}
	return 0
}
