package authapi

import (
	"errors"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// An exchange is what the tenant's log says of a grant: the types of its entries.
type exchange struct {
	signsIn   bool   // it is a login, so there is the entry s, too
	done      string // "": there is no type
	failed    string
	also      bool   // the failure is there beside the entry of the refusal
	confirmed string // that the second factor was right
}

// exchanges are the entries of the grants.
// Source: the recordings of auth0/ruby-auth0 and auth0/go-auth0, and the descriptions
// of the types. Unverified: the entries of the MFA grants, and their order.
var exchanges = map[string]exchange{
	fixtures.GrantPasswordlessOTP:   {signsIn: true, failed: "fepotpft", also: true},
	fixtures.GrantPassword:          {signsIn: true, done: "sepft", failed: "fepft"},
	fixtures.GrantPasswordRealm:     {signsIn: true, done: "sepft", failed: "fepft"},
	fixtures.GrantAuthorizationCode: {done: "seacft", failed: "feacft", also: true},
	fixtures.GrantRefreshToken:      {done: "sertft", failed: "fertft"},
	fixtures.GrantClientCredentials: {done: "seccft", failed: "feccft"},
	fixtures.GrantTokenExchange:     {done: "secte", failed: "fecte"},
	fixtures.GrantDeviceCode:        {done: "sede", failed: "fede"},
	fixtures.GrantMFAOTP:            {signsIn: true, done: "seotpft", failed: "feotpft", also: true, confirmed: "gd_auth_succeed"},
	fixtures.GrantMFAOOB:            {signsIn: true, done: "seoobft", failed: "feoobft", also: true, confirmed: "gd_auth_succeed"},
	fixtures.GrantMFARecoveryCode:   {signsIn: true, done: "sercft", failed: "fercft", also: true, confirmed: "gd_recovery_succeed"},
}

// recordExchange writes to the tenant's log that a client has got tokens.
func recordExchange(c *web.Call, grant string, l *tenant.Login) {
	e := exchanges[grant]
	c.Actor = l.User
	if l.Organization != nil {
		c.Organization = l.Organization.ID
	}
	if l.Enrolled {
		c.Record(tenantlog.Entry{Type: "gd_enrollment_complete"})
	}
	if e.confirmed != "" {
		c.Record(tenantlog.Entry{Type: e.confirmed})
	}
	if e.signsIn {
		c.SignedIn(l.User)
	}
	if e.done == "" {
		return
	}
	entry := tenantlog.Entry{Type: e.done, ClientID: l.Client.ClientID, Audience: l.Audience(), Scope: strings.Join(l.Scopes, " ")}
	switch grant {
	case fixtures.GrantAuthorizationCode:
		entry.Details = map[string]any{"code": "******"}
	case fixtures.GrantTokenExchange:
		entry.Details = exchangeDetails(c, l.Actor)
	case fixtures.GrantRefreshToken:
		if l.Rotated.Family != "" {
			entry.Details = map[string]any{"familyId": l.Rotated.Family, "tokenCounter": l.Rotated.Counter}
		}
	}
	c.Record(entry)
}

// notLogged are refusals of a grant that are no failure: the client asks again.
var notLogged = []error{refusal.DevicePending, refusal.DeviceTooFast, refusal.AuthorizationPending, refusal.PollingTooFast, refusal.MFARequired, refusal.UseProofNonce}

// TokenRefused writes to the tenant's log that a client has got no tokens.
func TokenRefused(c *web.Call, refused *refusal.Refusal) {
	e, known := exchanges[c.Params.Text("grant_type")]
	if !known || refused.Log != "" && !e.also || refused.Log == refusal.LogLimit ||
		slices.ContainsFunc(notLogged, func(one error) bool { return errors.Is(refused, one) }) {
		return
	}
	entry := tenantlog.Entry{Type: e.failed, Description: refused.Words(), Audience: c.Params.Text("audience"), Scope: c.Params.Text("scope"), ClientIP: c.IP}
	switch e.failed {
	case "feacft":
		entry.Details = map[string]any{"code": "******"}
	case "fecte":
		entry.Details = exchangeDetails(c, nil)
	}
	c.Record(entry)
}

// exchangeDetails are those of the entries of the grant token-exchange.
// Source: auth0/docs-v2 main/docs/oas/tenant-logs/logs-schema.json.
func exchangeDetails(c *web.Call, actor map[string]any) map[string]any {
	details := map[string]any{"subject_token_type": c.Params.Text("subject_token_type")}
	if actor != nil {
		details["actor"] = actor
	}
	return details
}
