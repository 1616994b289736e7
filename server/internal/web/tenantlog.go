package web

import (
	"cmp"
	"log/slog"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/journal"
)

// LevelLogin is the level of a line of the log about a login that succeeded. It is below
// Info: for each login there is the line about its code already.
const LevelLogin = slog.LevelInfo - 1

// Record writes an entry to the tenant's log. What the entry does not say about client,
// connection and user is what the call says: the user is Actor, or else the one whom
// Subject names. It may be called under the tenant's lock if the entry names the user.
func (c *Call) Record(e tenantlog.Entry) {
	e.Date, e.IP, e.Hostname = c.Now, c.IP, c.Host
	e.UserAgent, e.SDK = clip(c.Header.Get("User-Agent")), journal.ShortSDK(c.Header.Get("Auth0-Client"))
	e.Connection = cmp.Or(e.Connection, c.Subject.Connection)
	switch {
	case e.UserID != "" || e.UserName != "":
	case c.Actor != nil:
		e = e.Of(c.Actor, c.Setup.AddressOf(*c.Actor))
	default:
		e.UserID, e.UserName = c.Tenant.Named(e.Connection, c.Subject.Recipient), clip(c.Subject.Recipient)
	}
	if conn, ok := c.Setup.Connection(e.Connection); ok {
		e.Connection, e.ConnectionID, e.Strategy = conn.Name, c.Setup.ConnectionID(conn), conn.Strategy
	} else {
		e.Connection = clip(e.Connection)
	}
	if o, ok := c.Setup.Organization(cmp.Or(e.OrganizationID, c.Organization)); ok {
		e.OrganizationID, e.OrganizationName = o.ID, o.Name
	}
	e.ClientID = cmp.Or(e.ClientID, c.ClientID)
	if client, ok := c.Setup.Client(e.ClientID); ok {
		e.ClientID, e.ClientName = client.ClientID, client.Name
	} else {
		e.ClientID = clip(e.ClientID)
	}
	e.Description, e.Audience, e.Scope = clip(e.Description), clip(e.Audience), clip(e.Scope)
	written := c.Tenant.Log.Write(e)
	c.recorded = append(c.recorded, journal.Log{ID: written.ID(), Type: e.Type, Description: e.Description})
	if e.SignsIn() && c.Log.Enabled(c.Context, LevelLogin) {
		c.Log.Log(c.Context, LevelLogin, e.UserName+" signed in to "+cmp.Or(e.ClientName, e.ClientID), "client_id", e.ClientID, "connection", e.Connection)
	}
}

// recordRefusal writes to the tenant's log that the call was refused: the entry that
// the refusal names, and what the route has beside it.
func (c *Call) recordRefusal(r *refusal.Refusal) {
	if r.Log != "" {
		c.Record(tenantlog.Entry{Type: r.Log, Description: r.Words(), Details: c.refusalDetails(r)})
	}
	if c.route.Refused != nil {
		c.route.Refused(c, r)
	}
}

// refusalDetails are the details of the entry about a refusal, by its type.
func (c *Call) refusalDetails(r *refusal.Refusal) any {
	if r.LogDetails != nil {
		return r.LogDetails
	}
	switch failure := (failureDetail{r.Code, r.Words()}); r.Log {
	case "fu":
		return map[string]any{"error": map[string]any{"message": r.Words()}}
	case "f", "fp":
		return map[string]any{"error": errorDetail{r.Words(), r.Words(), r.Code}}
	case refusal.LogLimit:
		limit := map[string]any{"bucket": "", "global": false, "size": 0}
		if c.quota != nil {
			limit["bucket"], limit["size"] = c.quota.Name, c.quota.Limit
		}
		return map[string]any{"limit": limit, "request": map[string]any{"method": c.Method, "path": clip(c.Path)}}
	case "gd_auth_failed":
		request := map[string]any{
			"auth": map[string]any{"scopes": []string{}, "strategy": "jwt"}, "body": map[string]any{"code": "REDACTED"},
			"ip": c.IP, "method": c.Method, "path": clip(c.Path), "query": "", "userAgent": clip(c.Header.Get("User-Agent")),
		}
		return map[string]any{"failure_details": failure, "request": request, "response": map[string]any{}}
	case "gd_auth_rejected", "gd_recovery_failed", "gd_otp_rate_limit_exceed":
		return map[string]any{"failure_details": failure}
	}
	return nil
}

type errorDetail struct {
	Message string `json:"message"`
	OAuth   string `json:"oauthError"`
	Type    string `json:"type"`
}

type failureDetail struct {
	Code    string `json:"errorCode"`
	Message string `json:"message"`
}

// SignedUp writes to the tenant's log that a login has created its user. It is called
// under the tenant's lock.
func (c *Call) SignedUp(u fixtures.User) {
	c.Created = append(c.Created, u)
	c.NewUser = u.UserID
	body := map[string]any{"client_id": c.ClientID, "connection": u.Connection, "tenant": fixtures.TenantName}
	for name, value := range map[string]string{"email": u.Email, "phone_number": u.PhoneNumber, "username": u.Username} {
		if value != "" {
			body[name] = value
		}
	}
	if u.Password != "" {
		body["password"] = "*****"
	}
	c.Record(tenantlog.Entry{Type: "ss", Details: map[string]any{"body": body}}.Of(&u, c.Setup.AddressOf(u)))
}

// SignedIn writes to the tenant's log that a user has signed in to the client.
func (c *Call) SignedIn(u *fixtures.User) {
	c.Actor = u
	c.Record(tenantlog.Entry{Type: "s"}.Of(u, c.Setup.AddressOf(*u)))
}

// RecordCrossOrigin writes to the tenant's log that a login from a page of an app failed.
func (c *Call) RecordCrossOrigin(r *refusal.Refusal) {
	details := map[string]any{"body": map[string]any{}, "connection": clip(c.Subject.Connection), "error": errorDetail{r.Words(), r.Words(), r.Code}, "qs": map[string]any{}}
	c.Record(tenantlog.Entry{Type: "fcoa", Description: r.Words(), Audience: c.Params.Text("audience"), Scope: c.Params.Text("scope"), Details: details})
}

// RecordRefused is what a route has as Refused if each of its refusals is an entry of one
// type. What the refusal itself writes, such as a rate limit, is no second entry.
func RecordRefused(kind string) func(*Call, *refusal.Refusal) {
	return func(c *Call, r *refusal.Refusal) {
		if r.Log != "" {
			return
		}
		details := map[string]any{"error": errorDetail{r.Words(), r.Words(), r.Code}, "qs": map[string]any{}}
		if kind == "fdeaz" {
			body := map[string]any{"client_id": clip(c.ClientID), "scope": c.Params.Shown("scope")}
			if audience := c.Params.Shown("audience"); audience != "" {
				body["audience"] = audience
			}
			details["body"] = body
		}
		c.Record(tenantlog.Entry{Type: kind, Description: r.Words(), Scope: c.Params.Text("scope"), Details: details})
	}
}
