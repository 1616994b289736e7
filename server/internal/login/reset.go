package login

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// forgot is where "Forgot password?" leads.
func forgot(conn *fixtures.Connection, tx tenant.Transaction) string {
	return page("/u/login/password-reset-start/"+url.PathEscape(conn.Name), tx)
}

// ResetStart is GET /u/login/password-reset-start/{connection}, which only leads on.
func ResetStart(c *web.Call) (any, error) {
	tx, _, err := current(c)
	if err != nil {
		return nil, err
	}
	return to("/u/reset-password/request/"+url.PathEscape(c.Vars["connection"]), tx), nil
}

// ResetRequest is /u/reset-password/request/{connection}: it asks for the address to
// which the e-mail goes, and then tells that it was sent.
func ResetRequest(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conn, err := c.Setup.LoginConnection(c.Vars["connection"], &r.Authorization)
	if err != nil || conn.Strategy != tenant.StrategyDatabase {
		return to(loginPage(c, tx), tx), nil
	}
	who := resetField(conn)
	who.Value = tx.Hint
	if tx.Realm == conn.Name {
		who.Value = tx.Recipient
	}
	v := view{Screen: "reset-password-request", flow: fixtures.FlowPasswordReset, Fields: []field{who}, Other: &aside{Text: "Back to ${clientName}", To: page(loginPage(c, tx), tx)}}
	if conn.Options.Attributes != nil {
		v.variant, v.names = "reset-password-request, names", namesOf(conn).reset
	}
	switch action := c.Params.Text("action"); {
	case c.Method != http.MethodPost:
		return r.show(c, tx, v)
	case action == "back-to-login":
		return to(loginPage(c, tx), tx), nil
	case action != "resend-email-action": // whose form has no address
		v.Fields[0].Value = identifierOf(c)
	}
	recipient, kind := conn.Identify(v.Fields[0].Value)
	if kind == "" {
		v.usernameMistake(0, unfit(v.Fields[0].Value, conn), conn)
		return r.show(c, tx, v)
	}
	if c.Params.Text("action") != "resend-email-action" { // whose form has no captcha
		if told, refused, err := r.unsolved(c, tx, v); refused {
			return told, err
		}
	}
	c.Tenant.Identify(tx, conn.Name, recipient, fixtures.User{})
	tickets.SendReset(c, r.Client, conn, recipient)
	screen := ""
	if kind != fixtures.KindEmail {
		screen = "reset-password-email, username"
	}
	return r.show(c, tx, view{
		Screen: "reset-password-email", variant: screen, Action: "resend-email-action", email: recipient, Inbox: "/_mock/", InboxHas: "What was sent",
		Other: &aside{Text: "Go back", To: page(loginPage(c, tx), tx)},
	})
}

// resetField is the field that asks who has forgotten the password. Only with
// attributes Auth0 asks for other names than the e-mail address.
func resetField(conn *fixtures.Connection) field {
	if conn.Options.Attributes == nil {
		return field{Name: "email", Label: "Email address", Type: "email", Mode: "email", Complete: "username"}
	}
	return identifierField([]*fixtures.Connection{conn}, "username")
}

// ResetVerify is GET /u/reset-verify, where the link of the e-mail leads. It only
// leads on: a scanner of mail may open it.
func ResetVerify(c *web.Call) (any, error) {
	return web.Redirect{To: "/u/reset-password/change?ticket=" + url.QueryEscape(c.Params.Text("ticket"))}, nil
}

// ResetPassword is /u/reset-password/change: it asks for the new password.
// Unverified: what Auth0's page has for a state.
func ResetPassword(c *web.Call) (any, error) {
	ticket := c.Params.Text("ticket")
	k, err := c.Tenant.ResetTicket(ticket, c.Now)
	v := ticketView(c, k, "reset-password")
	if err == nil && k.NewPassword != "" { // the ticket has the password: nobody is asked
		return v.resetDone(c, k, k.NewPassword)
	}
	if c.Method != http.MethodPost {
		if err != nil {
			return v.badTicket(c, err)
		}
		return v.newPassword(c, k, nil)
	}
	password, again := c.Params.Text("password-reset"), c.Params.Text("re-enter-password")
	switch {
	case err != nil && !errors.Is(err, refusal.TicketUsed):
		return v.badTicket(c, err)
	case password == "" || again == "" || password != again:
		return v.newPassword(c, k, nil)
	}
	if err == nil { // a form that is sent again has changed the password already
		conn, account := databaseOf(c, k)
		if err := tenant.CheckPassword(conn, password, &account); err != nil {
			return v.newPassword(c, k, err)
		}
	}
	return v.resetDone(c, k, password)
}

// resetDone changes the password, and shows the last page, or sends the browser to the
// result_url of the ticket.
// Unverified: the words of message.
func (v view) resetDone(c *web.Call, k fixtures.Ticket, password string) (any, error) {
	if err := c.Tenant.ResetPassword(k.Ticket, password, c.Now); err != nil {
		return v.badTicket(c, err)
	}
	u, _ := c.Tenant.User(k.UserID)
	c.Actor = &u
	c.PasswordChanged = append(c.PasswordChanged, u)
	c.Record(tenantlog.Entry{Type: "scp", ClientID: k.ClientID, Description: "You can now login to the application with the new password.", Details: resetDetail(&u, k.ClientID)})
	if k.ResultURL != "" {
		return result(c, k, true, "You can now login to the application with the new password.", "success"), nil
	}
	v.Screen = "reset-password-success"
	return v.done(c, k)
}

// databaseOf is the database of a ticket's account, and the account.
func databaseOf(c *web.Call, k fixtures.Ticket) (*fixtures.Connection, fixtures.User) {
	account, _ := c.Tenant.AccountOf(k.UserID)
	if conn, ok := c.Setup.Connection(account.Connection); ok {
		return conn, account
	}
	return &fixtures.Connection{}, account
}

// newPassword asks for the new password, and says what is wrong with the one that
// came; refused is why the database does not take it.
func (v view) newPassword(c *web.Call, k fixtures.Ticket, refused error) (any, error) {
	conn, _ := databaseOf(c, k)
	first := newPasswordField(c, conn)
	first.Name, first.Label = "password-reset", "New password"
	v.Hidden = []field{{Name: "ticket", Value: k.Ticket}}
	v.Fields = []field{first, {Name: "re-enter-password", Label: "Re-enter new password", Type: "password", Complete: "new-password"}}
	var why *refusal.Refusal
	if errors.As(refused, &why) {
		v.mistakeAt(0, passwordMistakes[why.Name])
		page, err := v.show(c)
		return web.Told{Value: page, Refusal: why}, err
	}
	if c.Method != http.MethodPost {
		return v.show(c)
	}
	password, again := c.Params.Text("password-reset"), c.Params.Text("re-enter-password")
	if password == "" {
		v.mistakeAt(0, "no-password-reset")
	}
	switch {
	case again == "":
		v.mistakeAt(1, "no-re-enter-password")
	case password != "" && password != again:
		v.mistakeAt(1, "password-mismatch")
	}
	return v.show(c)
}

// badTicket tells that a ticket changes no password.
func (v view) badTicket(c *web.Call, err error) (any, error) {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	v.Screen, v.failed = "reset-password-error", map[string]string{
		refusal.TicketExpired.Name: "reset-password-error, expired", refusal.TicketUsed.Name: "reset-password-error, used",
	}[refused.Name]
	if v.failed == "" {
		v.failed = "reset-password-error"
	}
	page, err := v.show(c)
	return web.Told{Value: page, Refusal: refused}, err
}

// resetDetail is the details of the entry about a password that a ticket has changed, or
// has not. The password and the ticket do not appear.
func resetDetail(u *fixtures.User, clientID string) map[string]any {
	return map[string]any{
		"body": map[string]any{"_csrf": "*****", "confirmNewPassword": "*****", "newPassword": "*****", "ticket": "*****"},
		"query": map[string]any{
			"client_id": clientID, "connection": u.Connection, "email": u.Email, "includeEmailInRedirect": false, "markEmailAsVerified": false,
			"newPassword": "*****", "resultUrl": "", "tenant": fixtures.TenantName, "user_id": u.UserID, "username": u.Username,
		},
	}
}

// ResetRefused writes to the tenant's log that a ticket has changed no password.
func ResetRefused(c *web.Call, refused *refusal.Refusal) {
	if c.Method != http.MethodPost || refused.Log != "" {
		return
	}
	details := resetDetail(&fixtures.User{}, c.ClientID)
	details["description"] = refused.Words()
	c.Record(tenantlog.Entry{Type: "fcp", Description: refused.Words(), Details: details})
}
