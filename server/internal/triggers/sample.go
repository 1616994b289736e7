package triggers

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// Sample is an event to run an Action alone: of a login of the fixture's first user to
// its first client. What the caller gives takes the place of its members.
func Sample(t *tenant.Tenant, trigger actions.Trigger, given map[string]any) (*actions.Event, error) {
	s, now := t.Setup(), t.Clock.Now()
	e := &actions.Event{
		Tenant:  actions.Tenant{ID: fixtures.TenantName},
		Request: &actions.Request{IP: "127.0.0.1", Method: "POST", Hostname: "localhost", Query: map[string]any{}, Body: map[string]any{}, GeoIP: map[string]any{}},
		Transaction: &actions.Transaction{
			ID: "sample", Protocol: "oidc-basic-profile", RequestedScopes: []string{"openid", "profile", "email"}, Locale: "en", Metadata: map[string]any{},
		},
	}
	if clients := s.Fixture.Clients; len(clients) > 0 {
		e.Client = &actions.Client{ClientID: clients[0].ClientID, Name: clients[0].Name, Metadata: map[string]any{}}
	}
	if apis := s.Fixture.ResourceServers; len(apis) > 0 {
		e.ResourceServer = &actions.ResourceServer{Identifier: apis[0].Identifier}
	}
	if trigger == actions.CredentialsExchange {
		e.AccessToken = &actions.AccessTokenEvent{CustomClaims: map[string]any{}, Scope: []string{}}
	} else if users := t.Users(); len(users) > 0 {
		u := sampleUser(users, given)
		e.User = UserOf(s, u)
		e.Stats = &actions.Stats{LoginsCount: max(1, u.LoginsCount)}
		e.Connection = connectionOf(s, u.Connection)
		e.Authorization = &actions.Authorization{Roles: s.RoleNames(&u)}
		if trigger == actions.PostLogin {
			e.Transaction.ACRValues, e.Transaction.UILocales = []string{}, []string{}
			e.Authentication = methodsOf("pwd", now, time.Time{}, nil, now)
		}
		if trigger == actions.PreUserRegistration {
			e.User.UserID, e.User.CreatedAt, e.User.UpdatedAt, e.User.Identities, e.Stats = "", "", "", nil, nil
		}
	}
	if trigger == actions.CustomEmailProvider || trigger == actions.CustomPhoneProvider {
		e.Notification = &actions.Notification{MessageType: otpVerify, Code: "123456", Locale: "en"}
	}
	whole, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	members := map[string]any{}
	if err := json.Unmarshal(whole, &members); err != nil {
		return nil, err
	}
	whole, err = json.Marshal(mergedObjects(members, given))
	if err != nil {
		return nil, err
	}
	out := &actions.Event{}
	return out, json.Unmarshal(whole, out)
}

// sampleUser is the user whom the caller names, or else the first one.
func sampleUser(users []fixtures.User, given map[string]any) fixtures.User {
	named, _ := given["user"].(map[string]any)
	for _, u := range users {
		if email, _ := named["email"].(string); email != "" && strings.EqualFold(email, u.Email) {
			return u
		}
		if id, _ := named["user_id"].(string); id != "" && id == u.UserID {
			return u
		}
	}
	return users[0]
}

// mergedObjects puts the members of an object over those of another one. Objects in both
// are merged, and everything else is replaced.
func mergedObjects(have, over map[string]any) map[string]any {
	for name, value := range over {
		below, isObject := value.(map[string]any)
		if known, ok := have[name].(map[string]any); ok && isObject {
			have[name] = mergedObjects(known, below)
		} else {
			have[name] = value
		}
	}
	return have
}
