package testkit

import (
	"encoding/json"
	"testing"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/server/actions"
)

// PostLogin adds an Action to the trigger post-login: it runs after each login and each
// refresh, before the tokens are made.
//
//	testkit.PostLogin(func(event *actions.Event, api *actions.API) {
//		api.IDToken.SetCustomClaim("https://acme.test/roles", event.Authorization.Roles)
//	})
//
// Actions run in the order of the options, after those of the fixture.
func PostLogin(run actions.Function) Option { return action(actions.PostLogin, run, nil) }

// ContinuePostLogin is PostLogin with a second function: it runs when the browser comes
// back from the page to which the first one has sent it.
func ContinuePostLogin(run, back actions.Function) Option {
	return action(actions.PostLogin, run, back)
}

// CredentialsExchange adds an Action to the grant client_credentials.
func CredentialsExchange(run actions.Function) Option {
	return action(actions.CredentialsExchange, run, nil)
}

// PreUserRegistration adds an Action that runs before a user is created.
func PreUserRegistration(run actions.Function) Option {
	return action(actions.PreUserRegistration, run, nil)
}

// PostUserRegistration adds an Action that runs after a user was created.
func PostUserRegistration(run actions.Function) Option {
	return action(actions.PostUserRegistration, run, nil)
}

// PostChangePassword adds an Action that runs after a password was changed.
func PostChangePassword(run actions.Function) Option {
	return action(actions.PostChangePassword, run, nil)
}

// CustomEmailProvider adds an Action that gets each e-mail. The outbox has it all the
// same.
func CustomEmailProvider(run actions.Function) Option {
	return action(actions.CustomEmailProvider, run, nil)
}

// CustomPhoneProvider adds an Action that gets each text message and call. The outbox has
// it all the same.
func CustomPhoneProvider(run actions.Function) Option {
	return action(actions.CustomPhoneProvider, run, nil)
}

// CustomTokenExchange adds an Action that takes tokens of others at the grant token-exchange,
// if their type is subjectTokenType; "" is any type. Unlike Auth0, neither a token exchange
// profile nor a setting of the client is needed.
func CustomTokenExchange(subjectTokenType string, run actions.Function) Option {
	return func(s *settings) error {
		s.config.Actions = append(s.config.Actions, actions.Hook{Trigger: actions.CustomTokenExchange, SubjectTokenType: subjectTokenType, Execute: run})
		return nil
	}
}

// RunAction runs an Action of the fixture alone, without a login, and returns what it did.
// The event is that of a login of the fixture's first user to its first client, with the
// members of event in their places; nil changes nothing. RunAction fails t if there is no
// such Action, or if it cannot run.
func (a *Auth0) RunAction(t testing.TB, name string, event *actions.Event) actions.Run {
	t.Helper()
	var given map[string]any
	if event != nil {
		text, err := json.Marshal(event)
		if err == nil {
			err = json.Unmarshal(text, &given)
		}
		if err != nil {
			t.Fatalf("testkit: the event: %v", err)
		}
		dropNulls(given)
		if event.Tenant.ID == "" {
			delete(given, "tenant")
		}
	}
	run, err := a.server.RunAction(t.Context(), name, given, false)
	if err != nil {
		t.Fatalf("testkit: %s", printable.Lines(err.Error()))
	}
	return run
}

// dropNulls takes out the members that a test has not set: a map or a list that is nil
// leaves the one of the sample in its place.
func dropNulls(o map[string]any) {
	for name, value := range o {
		switch value := value.(type) {
		case nil:
			delete(o, name)
		case map[string]any:
			dropNulls(value)
		}
	}
}

func action(trigger actions.Trigger, run, back actions.Function) Option {
	return func(s *settings) error {
		s.config.Actions = append(s.config.Actions, actions.Hook{Trigger: trigger, Execute: run, Continue: back})
		return nil
	}
}
