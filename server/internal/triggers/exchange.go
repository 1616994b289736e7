package triggers

import (
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// exchange runs the Actions of credentials-exchange for the token of a client.
func exchange(c *web.Call, l *tenant.Login) error {
	if !c.Runner.Has(c.Setup.Fixture, actions.CredentialsExchange) {
		return nil
	}
	e := eventOf(c, l.Client)
	e.ResourceServer = &actions.ResourceServer{Identifier: l.Audience()}
	e.AccessToken = &actions.AccessTokenEvent{CustomClaims: map[string]any{}, Scope: append([]string{}, l.Scopes...)}
	e.Transaction = &actions.Transaction{RequestedScopes: strings.Fields(c.Params.Text("scope"))}
	out := c.Runner.Run(c.Context, c.Setup.Fixture, runner.Flow{Trigger: actions.CredentialsExchange, Event: e, Issuer: c.Issuer, Auth0API: l.IsAuth0s()})
	c.Ran = append(c.Ran, out.Ran...)
	if out.Denied != nil {
		return exchangeDenied(out.Denied)
	}
	c.Tenant.Change(l, extraOf(out))
	if out.TargetScopes != nil {
		l.Scopes = out.TargetScopes
	}
	return nil
}

// exchangeDenied is how a client learns what an Action said to its exchange.
func exchangeDenied(d *runner.Denial) error {
	refused := refusal.ExchangeDenied
	switch {
	case d.Call == "":
		return denied(d)
	case d.Code == "server_error":
		refused = refusal.ExchangeFailed
	case d.Code == "invalid_scope":
		refused = refusal.ExchangeScopeDenied
	}
	return refused.With("reason", d.Reason).Because(because(d))
}

// An ExchangeRequest is what a client presents to the grant token-exchange.
type ExchangeRequest struct {
	Action       string // the id of the Action; "" for one in Go
	Organization *fixtures.Organization
	ActorUser    *fixtures.User // whose ID token the actor_token is; nil for none
}

// Exchange runs the Action of a token exchange profile, which says who the user is.
func Exchange(c *web.Call, r tenant.TokenRequest, x ExchangeRequest) (*runner.Outcome, error) {
	e := eventOf(c, r.Client)
	e.ResourceServer = resourceServerOf(c, r.Audience)
	e.Transaction = &actions.Transaction{
		SubjectToken: c.Params.Text("subject_token"), SubjectTokenType: c.Params.Text("subject_token_type"), RequestedScopes: strings.Fields(r.Scope),
		ActorToken: c.Params.Text("actor_token"), ActorTokenType: c.Params.Text("actor_token_type"), RequestedTokenType: tenant.ExchangedTokenType,
	}
	if x.ActorUser != nil {
		e.Transaction.ActorTokenUser = UserOf(c.Setup, *x.ActorUser)
	}
	if x.Organization != nil {
		e.Organization = organizationOf(x.Organization)
	}
	out := c.Runner.Run(c.Context, c.Setup.Fixture, runner.Flow{Trigger: actions.CustomTokenExchange, Event: e, Issuer: c.Issuer, Action: x.Action})
	c.Ran = append(c.Ran, out.Ran...)
	d := out.Denied
	if d == nil {
		return out, nil
	}
	if d.Call == "access.rejectInvalidSubjectToken" {
		c.Tenant.NoteSubjectToken(r)
	}
	refused := refusal.TokenExchangeDenied.With("code", d.Code)
	switch {
	case d.Call == "":
		return nil, denied(d)
	case d.Code == "invalid_request":
		refused = refusal.ExchangeDenied.Logged("", nil)
	}
	return nil, refused.With("reason", d.Reason).Because(because(d))
}
