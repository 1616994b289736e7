// Package triggers runs Actions where a flow has a trigger: it makes their events from
// the call, and applies to the tenant what they want. No Action runs under the tenant's
// lock, so that one which takes its time keeps nobody else waiting.
package triggers

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// protocols are what event.transaction.protocol says of the grants whose logins run the
// Actions of post-login at the token endpoint. The logins of the other grants have run
// them in the browser.
var protocols = map[string]string{
	fixtures.GrantPasswordlessOTP: "oauth2-password",
	fixtures.GrantPassword:        "oauth2-resource-owner",
	fixtures.GrantPasswordRealm:   "oauth2-password",
	fixtures.GrantRefreshToken:    "oauth2-refresh-token",
	fixtures.GrantTokenExchange:   "oauth2-token-exchange",
	fixtures.GrantMFAOTP:          "oauth2-password",
	fixtures.GrantMFAOOB:          "oauth2-password",
	fixtures.GrantMFARecoveryCode: "oauth2-password",
}

// Granted runs the Actions of what a grant of the token endpoint gave: a login, or a
// token of a client. An error takes the login back.
func Granted(c *web.Call, grant string, l *tenant.Login) error {
	protocol, runs := protocols[grant]
	if l.User == nil {
		return exchange(c, l)
	}
	if c.NewMetadata != nil {
		settle(c)
		if u, ok := c.Tenant.User(l.User.UserID); ok {
			l.User = &u
		}
	}
	if !runs || !c.Runner.Has(c.Setup.Fixture, actions.PostLogin) {
		return nil
	}
	e := eventOf(c, l.Client)
	addUser(c, e, *l.User)
	e.Transaction = &actions.Transaction{Protocol: protocol, RequestedScopes: strings.Fields(c.Params.Text("scope")), Locale: "en", ACRValues: []string{}, UILocales: []string{}}
	if l.API != nil {
		e.ResourceServer = &actions.ResourceServer{Identifier: l.Audience()}
	}
	if l.Organization != nil {
		e.Organization = organizationOf(l.Organization)
	}
	if l.Refreshes() {
		e.Transaction.Protocol = "oauth2-refresh-token"
		e.RefreshToken = refreshTokenOf(c, l)
	} else {
		first := "pwd"
		if conn := e.Connection; grant == fixtures.GrantPasswordlessOTP && conn != nil && conn.Strategy != tenant.StrategyDatabase {
			first = conn.Strategy
		}
		second := time.Time{}
		if strings.HasPrefix(grant, "http://auth0.com/oauth/grant-type/mfa") {
			second = c.Now
		}
		if grant != fixtures.GrantTokenExchange { // the user has not signed in
			e.Authentication = methodsOf(first, c.Now, second, nil, c.Now)
		}
	}
	flow := runner.Flow{Trigger: actions.PostLogin, Event: e, Issuer: c.Issuer, Auth0API: l.IsAuth0s(), MayChallenge: l.MayChallenge(), ChallengeFails: grant == fixtures.GrantTokenExchange}
	out := c.Runner.Run(c.Context, c.Setup.Fixture, flow)
	c.Ran = append(c.Ran, out.Ran...)
	for out.Factors != nil && l.ProvedSecondFactor() { // the user has given one already
		flow.After = out
		out = c.Runner.Run(c.Context, c.Setup.Fixture, flow)
		c.Ran = append(c.Ran, out.Ran...)
	}
	c.Tenant.MergeMetadata(l.User.UserID, out.AppMetadata, out.UserMetadata)
	if out.Denied != nil {
		if out.Denied.Call == "refreshToken.revoke" {
			c.Tenant.EndRefreshToken(e.RefreshToken.ID)
			c.Record(tenantlog.Entry{Type: "srrt", Details: map[string]any{"credential_id": e.RefreshToken.ID, "grant_id": nil}}.Of(l.User, c.Setup.AddressOf(*l.User)))
			return refusal.RefreshRevoked.With("reason", out.Denied.Reason).Because(because(out.Denied))
		}
		c.Tenant.TakeBack(l)
		return denied(out.Denied)
	}
	if out.Multifactor != nil || out.Factors != nil {
		if err := c.Tenant.DemandSecondFactor(l); err != nil {
			return err
		}
	}
	c.Tenant.Change(l, extraOf(out))
	return nil
}

func refreshTokenOf(c *web.Call, l *tenant.Login) *actions.RefreshToken {
	f, ok := c.Tenant.RefreshFamilyOf(c.Params.Text("refresh_token"))
	if !ok {
		return nil
	}
	return &actions.RefreshToken{
		ID: f.ID, UserID: l.User.UserID, ClientID: l.Client.ClientID, SessionID: f.SessionID, CreatedAt: actions.Time(f.CreatedAt),
		ExpiresAt: actions.Time(f.ExpiresAt), LastExchangedAt: actions.Time(f.LastUsedAt), Rotating: f.Rotating, Device: deviceOf(f.Device), Metadata: f.Metadata,
	}
}

// denied is how an app learns what an Action said.
func denied(d *runner.Denial) *refusal.Refusal {
	if d.Call == "redirect.sendUserTo" {
		return refusal.ActionRedirects.Because(because(d) + ": ask api.redirect.canRedirect() first")
	}
	return refusal.ActionDenied.With("reason", d.Reason).Because(because(d))
}

func because(d *runner.Denial) string {
	if d.Call == "" {
		return "the Action " + d.Action + " failed; GET /_mock/requests has its log"
	}
	return "the Action " + d.Action + " called api." + d.Call
}

// extraOf are the changes of the tokens.
func extraOf(out *runner.Outcome) *tenant.Extra {
	if len(out.ID)+len(out.Access)+len(out.Added)+len(out.Removed) == 0 {
		return nil
	}
	return &tenant.Extra{ID: claimsOf(out.ID), Access: claimsOf(out.Access), Added: slices.Clone(out.Added), Removed: slices.Clone(out.Removed)}
}

func claimsOf(list []runner.Claim) (claims token.Claims) {
	for _, one := range list {
		claims = append(claims, token.Claim{Name: one.Name, Value: one.Value})
	}
	return claims
}

// A Next is what a login in a browser does after its Actions.
type Next struct {
	// Redirect is where the browser goes; "" if the login goes on.
	Redirect string
	// Transaction is the login with what the Actions said.
	Transaction tenant.Transaction
}

// LogInBrowser runs the Actions of post-login for a login in a browser: those that have
// not run yet. back tells that the browser comes back from the page of a redirect. begin
// begins a login for a browser that was signed in already.
func LogInBrowser(c *web.Call, a *tenant.Authorization, tx tenant.Transaction, s tenant.Session, silent, back bool, begin func() tenant.Transaction) (Next, error) {
	if !c.Runner.Has(c.Setup.Fixture, actions.PostLogin) {
		return Next{Transaction: tx}, nil
	}
	u, ok := c.Tenant.User(s.UserID)
	if !ok || u.Blocked || c.Effects.User("blocked") { // who is blocked learns so from Approve
		return Next{Transaction: tx}, nil
	}
	before := tx.Actions
	switch {
	case before == nil:
	case before.Done:
		a.Extra = extraOf(before)
		return Next{Transaction: tx}, nil
	case before.Redirect != "" && !back: // the browser went back, or the page did not
		return Next{Redirect: withState(before.Redirect, tx.ID), Transaction: tx}, nil
	case before.Factors != nil && tx.PassedBy != s.UserID:
		return Next{Transaction: tx}, nil
	}
	flow := runner.Flow{
		Trigger: actions.PostLogin, Event: browserEvent(c, a, tx, s, u, silent), MayRedirect: !silent, State: tx.ID, Issuer: c.Issuer, After: before,
		Auth0API: strings.HasPrefix(a.Audience, strings.TrimSuffix(c.Issuer, "/")+"/"), MayChallenge: true,
	}
	out := c.Runner.Run(c.Context, c.Setup.Fixture, flow)
	c.Ran = append(c.Ran, out.Ran...)
	for out.Factors != nil && tx.PassedBy == s.UserID { // the user has given one in this login already
		flow.After = out
		out = c.Runner.Run(c.Context, c.Setup.Fixture, flow)
		c.Ran = append(c.Ran, out.Ran...)
	}
	if out.Denied != nil || out.Done {
		c.Tenant.MergeMetadata(s.UserID, out.AppMetadata, out.UserMetadata)
	}
	if out.Denied != nil {
		if out.Denied.Call == "session.revoke" {
			if !out.Denied.KeepsTokens {
				c.Tenant.EndSessionTokens(s)
			}
			c.Tenant.EndSession(s.ID)
		}
		if tx.ID != "" {
			c.Tenant.End(tx)
		}
		return Next{}, denied(out.Denied)
	}
	a.Extra = extraOf(out)
	if tx.ID == "" && out.Redirect != "" {
		tx = begin()
	}
	tx.Actions = out
	c.Tenant.NoteActions(tx, out)
	if out.Redirect != "" {
		return Next{Redirect: withState(out.Redirect, tx.ID), Transaction: tx}, nil
	}
	return Next{Transaction: tx}, nil
}

// withState adds the state of a login to a URL.
func withState(to, state string) string {
	u, err := url.Parse(to)
	if err != nil {
		return to
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "state=" + url.QueryEscape(state)
	return u.String()
}
