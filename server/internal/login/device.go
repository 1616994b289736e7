package login

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Activate is GET and POST /activate, where the user of a device goes with a browser.
// It asks for the code that the device shows, and whether it is the right one. A code
// in the address is asked for no more. The login pages follow.
// Source: auth0/docs-v2 call-your-api-using-the-device-authorization-flow.mdx.
func Activate(c *web.Call) (any, error) {
	typed := userCode(c)
	if typed == "" && c.Method != http.MethodPost {
		return askForUserCode(c, typed, nil)
	}
	d, err := c.Tenant.WaitingDevice(typed, c.Now)
	if err != nil {
		return askForUserCode(c, typed, err)
	}
	client, ok := c.Setup.Client(d.ClientID)
	if !ok {
		return askForUserCode(c, typed, refusal.WrongUserCode.Because(tenant.UnknownClientHint(d.ClientID)))
	}
	switch action := c.Params.Text("action"); {
	case c.Method != http.MethodPost:
		return confirmDevice(c, client, d)
	case action == "confirm":
		return signInForDevice(c, client, d)
	case action == "cancel":
		c.Record(tenantlog.Entry{Type: "fdecc", Description: "The user canceled the device confirmation.", ClientID: d.ClientID, Details: map[string]any{"session_id": sessionID(c)}})
		return denyDevice(c, d.UserCode), nil
	}
	return web.Redirect{To: "/activate?user_code=" + url.QueryEscape(d.UserCode)}, nil
}

// userCode is what the user typed, or what stands in the address.
func userCode(c *web.Call) string {
	if _, typed := c.Params.Get("code"); typed {
		return c.Params.Text("code") // "" if there are two
	}
	return c.Params.Text("user_code")
}

// askForUserCode shows the page that asks for the code, and what is wrong with the one
// that came.
func askForUserCode(c *web.Call, typed string, err error) (any, error) {
	code := field{Name: "code", Label: "Enter your one-time code", Type: "text", Complete: "off", Value: typed}
	var refused *refusal.Refusal
	switch {
	case errors.As(err, &refused):
		code.Code, code.Error = refused.Code, refused.Description
	case err != nil:
		return nil, err
	}
	v := view{Screen: "device-code-activation", Client: c.Setup.Fixture.Tenant.FriendlyName, Fields: []field{code}}
	page, err := v.show(c)
	if refused == nil {
		return page, err
	}
	recordNotActivated(c, typed, refused)
	return web.Told{Value: page, Refusal: refused}, err
}

// recordNotActivated writes to the tenant's log that a device was not activated: the code
// was wrong, or the user may not sign in.
// Unverified: that both are entries of this type.
func recordNotActivated(c *web.Call, code string, refused *refusal.Refusal) {
	details := map[string]any{"code": code, "error": map[string]any{"type": refused.Code}, "session_id": sessionID(c)}
	c.Record(tenantlog.Entry{Type: "fdeac", Description: refused.Words(), Details: details})
}

// sessionID is the sid of the browser's session, "" if it has none.
func sessionID(c *web.Call) string {
	session, _ := currentSession(c)
	return session.SID
}

// confirmDevice shows the page that asks whether the device shows this code.
func confirmDevice(c *web.Call, client *fixtures.Client, d fixtures.DeviceCode) (any, error) {
	return view{
		Screen: "device-code-confirmation", client: client, Client: client.Name, Who: d.UserCode, Action: "confirm", Cancel: "Cancel",
		Note: "If you did not initiate this action or you do not recognize this device select cancel.",
	}.show(c)
}

// signInForDevice begins the login of a device, as Authorize begins that of an app: a
// browser that is signed in has done all.
func signInForDevice(c *web.Call, client *fixtures.Client, d fixtures.DeviceCode) (any, error) {
	r := &request{Authorization: tenant.Authorization{
		Client: client, UserCode: d.UserCode, Scope: d.Scope, Audience: d.Audience,
		Issuer: c.Issuer, Now: c.Now, Caller: passwordless.Caller(c, nil), Effects: c.Effects,
	}}
	if session, ok := currentSession(c); ok {
		return r.approve(c, tenant.Transaction{}, session)
	}
	tx := begin(c, tenant.Transaction{Authorization: r.Authorization, Language: askedLanguage(c)})
	return to(loginPage(c, tx), tx), nil
}

// denyDevice denies the device its tokens, unless it has an answer already, and leads
// to the page that tells so.
func denyDevice(c *web.Call, userCode string) web.Redirect {
	_, _ = c.Tenant.DenyDevice(userCode, c.Now)
	return web.Redirect{To: "/device/failure"}
}

// DeviceSuccess is GET /device/success, where the login for a device ends.
func DeviceSuccess(c *web.Call) (any, error) { return deviceEnd(c, "device-code-activation-allowed") }

// DeviceFailure is GET /device/failure, where it ends if the user cancels or is
// refused. Unverified: the address.
func DeviceFailure(c *web.Call) (any, error) { return deviceEnd(c, "device-code-activation-denied") }

func deviceEnd(c *web.Call, screen string) (any, error) {
	return view{Screen: screen, Client: c.Setup.Fixture.Tenant.FriendlyName}.show(c)
}

// DeviceSubject is whom a call of /activate is about. The form does not name the
// client, so it is noted here for scenarios and the journal.
func DeviceSubject(c *web.Call) web.Subject {
	if d, err := c.Tenant.WaitingDevice(userCode(c), c.Now); err == nil {
		c.ClientID = cmp.Or(c.ClientID, d.ClientID)
	}
	return passwordless.NamedSubject(c)
}
