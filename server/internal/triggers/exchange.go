package triggers

import (
	"strings"

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
