package authapi

import (
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// actorIDToken is the actor_token_type of ID tokens of this tenant.
// Source: auth0/docs-v2 api/authentication/custom-token-exchange/get-token.mdx.
const actorIDToken = "urn:ietf:params:oauth:token-type:id_token"

// exchangeGrant gives tokens for a token of somebody else. The Action of the profile for
// its type says whose they are.
// Source: auth0/docs-v2 authenticate/custom-token-exchange.
func exchangeGrant(c *web.Call, r tenant.TokenRequest) (*tenant.Login, error) {
	// 1. Find the Action.
	if err := required(c, "subject_token", "subject_token_type"); err != nil {
		return nil, err
	}
	kind := c.Params.Text("subject_token_type")
	action, inGo := c.Runner.Exchanges(c.Setup.Fixture, kind)
	if err := tenant.AllowsExchange(r.Client, inGo); err != nil {
		return nil, err
	}
	switch {
	case c.Params.Text("requested_token_type") != "":
		return nil, refusal.WrongExchangeTypes.Because("Auth0 takes no requested_token_type in a custom token exchange")
	case action == "" && !inGo:
		return nil, refusal.WrongExchangeTypes.Because("add a token_exchange_profiles entry with subject_token_type " + strconv.Quote(kind) + " and the name of a deployed Action of custom-token-exchange")
	}
	// 2. Check what else the client presents.
	if err := c.Tenant.CheckExchange(r); err != nil {
		return nil, err
	}
	actor, err := actorOf(c)
	if err != nil {
		return nil, err
	}
	presented := triggers.ExchangeRequest{Action: action, ActorUser: actor}
	if asked := c.Params.Text("organization"); asked != "" {
		if presented.Organization, err = c.Setup.AskedOrganization(asked); err != nil {
			return nil, err
		}
	}
	if err := c.Tenant.CheckSubjectTokens(r); err != nil {
		return nil, err
	}
	// 3. Let the Action decide.
	out, err := triggers.Exchange(c, r, presented)
	if err != nil {
		return nil, err
	}
	if out.Organization != "" {
		if presented.Organization, err = c.Setup.AskedOrganization(out.Organization); err != nil {
			return nil, err
		}
	}
	if presented.Organization != nil {
		r.Organization = presented.Organization.ID
	}
	login, err := c.Tenant.ExchangeToken(r, tenant.Exchange{User: out.User, Actor: out.Actor, ByActor: c.Params.Text("actor_token") != ""})
	if err == nil {
		c.NewMetadata = nil
		c.Tenant.MergeMetadata(login.User.UserID, out.AppMetadata, out.UserMetadata)
		if u, ok := c.Tenant.User(login.User.UserID); ok {
			login.User.AppMetadata, login.User.UserMetadata = u.AppMetadata, u.UserMetadata
		}
	}
	return login, err
}

// actorOf is the user whose ID token the actor_token is. It is nil if there is none, or one
// of another kind, which only the Action can check.
func actorOf(c *web.Call) (*fixtures.User, error) {
	presented, kind := c.Params.Text("actor_token"), c.Params.Text("actor_token_type")
	switch {
	case (presented == "") != (kind == ""):
		return nil, refusal.IncompleteActor
	case kind != actorIDToken:
		return nil, nil
	}
	said, ok := c.Tenant.ReadIDToken(presented)
	if !ok || said.Shared || float64(c.Now.Unix()) >= said.Expires || c.Pinned != "" && said.Issuer != c.Pinned {
		return nil, refusal.WrongActorToken.Because("it is no ID token that this tenant has signed, or it has expired")
	}
	u, ok := c.Tenant.User(said.Subject)
	if !ok {
		return nil, refusal.WrongActorToken.Because("there is no user " + strconv.Quote(said.Subject))
	}
	return &u, nil
}
