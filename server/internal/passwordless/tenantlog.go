package passwordless

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A sentDetail makes the details of the entry about a code or link.
type sentDetail struct {
	send, link, language string
	params               authParams
}

// authParams are those of a start that Auth0 notes; nil are empty ones.
type authParams map[string]string

// Details are those of the entry.
func (d sentDetail) Details(e *tenantlog.Entry) any {
	params := d.params
	if params == nil {
		params = readParams(nil)
	}
	body := map[string]any{
		"authParams": params, "client_id": e.ClientID, "connection": e.Connection, "send": d.send, "tenant": fixtures.TenantName,
	}
	if e.Type == "cls" {
		body["email"] = e.UserName
		return map[string]any{"body": body, "link": d.link}
	}
	body["ip"], body["phone_number"], body["username"], body["request_language"], body["user-agent"] = e.IP, e.UserName, e.UserName, d.language, e.UserAgent
	return map[string]any{"body": body}
}

func readParams(ps web.Params) authParams {
	params := authParams{}
	for _, name := range []string{"audience", "redirect_uri", "response_type", "scope", "state"} {
		params[name] = ps.Shown(name)
	}
	return params
}

// recordSent writes to the tenant's log that a code or link was sent: cls by e-mail, and
// cs by text message or call. A blocked user gets none.
func (r Request) recordSent(c *web.Call, userID string, sent []outbox.Message) {
	if len(sent) == 0 {
		return
	}
	details := sentDetail{send: r.Send, link: sent[0].Link}
	if len(r.AuthParams) > 0 {
		details.params = readParams(r.AuthParams)
	}
	e := tenantlog.Entry{Type: "cls", ClientID: r.Client.ClientID, Connection: r.Connection.Name, UserID: userID, UserName: sent[0].To}
	if fixtures.IsE164Wire(r.Recipient) {
		e.Type, details.language = "cs", c.Language()
	}
	e.Details = details
	c.Record(e)
	c.RecordBounces(sent)
}

// RecordUnblocked writes to the tenant's log that a block was taken away. The client is
// that of the call.
func RecordUnblocked(c *web.Call, b tenant.BlockedAddress) {
	u, _ := c.Tenant.UserNamed(b.Connection, b.Identifier)
	e := tenantlog.Entry{Type: "ublkdu", Description: "The block of the IP address " + b.IP + " was removed.", Details: map[string]any{"title": "Blocked Account"}}
	e.Connection, e.UserID, e.UserName = b.Connection, u.UserID, b.Identifier
	c.Record(e)
}
