package login

import (
	"cmp"
	_ "embed"
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Identifier is /u/login/identifier: it asks who signs in.
func Identifier(c *web.Call) (any, error) { return identifier(c, false) }

// Signup is /u/signup/identifier: Identifier with other words for a new user.
func Signup(c *web.Call) (any, error) { return identifier(c, true) }

func identifier(c *web.Call, signup bool) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conns := usable(c, tx)
	v, name := view{Screen: "login-id", Other: toSignup(c, tx), flow: identifierFlow(c, conns)}, "username"
	if signup {
		v.Screen, v.Other, name = "signup-id", toLogin(c, tx), "email"
		if asksForNames(conns) {
			return r.signupNames(c, tx, v, conns[0])
		}
	}
	who := identifierField(conns, name)
	if signup && who.Type == "tel" {
		who.Name = "phone"
	}
	who.Value, who.Fixed = tx.Hint, tx.Invitee != ""
	if c.Method != http.MethodPost {
		v.Fields = []field{who}
		return r.show(c, tx, v)
	}
	who.Value = identifierOf(c)
	v.Fields = []field{who}
	conn, recipient := choose(c, conns, who.Value)
	if conn == nil {
		v.usernameMistake(0, unfit(who.Value, conns...), conns...)
		return r.show(c, tx, v)
	}
	if told, refused, err := r.unsolved(c, tx, v); refused {
		return told, err
	}
	var given fixtures.User
	if signup && conn.CodeFirst(kindOf(recipient)) {
		given.SetIdentifier(kindOf(recipient), recipient)
	}
	c.Tenant.Identify(tx, conn.Name, recipient, given)
	switch isDatabase := conn.Strategy == tenant.StrategyDatabase; {
	case conn.CodeFirst(kindOf(recipient)):
		return r.toCode(c, tx, conn, recipient)
	case isDatabase && signup:
		return to("/u/signup/password", tx), nil
	case isDatabase:
		return to("/u/login/password", tx), nil
	}
	if err := send(c, r, conn, recipient); err != nil {
		return r.wrong(c, tx, v, err)
	}
	return to(challengePage(conn), tx), nil
}

// identifierFlow is the flow whose captcha the page has that asks who signs in: that of
// a login with a code, which the page sends, or else that of one with a password.
func identifierFlow(c *web.Call, conns []*fixtures.Connection) fixtures.Flow {
	if slices.ContainsFunc(conns, tenant.Passwordless) && c.Setup.Fixture.NeedsCaptcha(fixtures.FlowPasswordless) {
		return fixtures.FlowPasswordless
	}
	if slices.ContainsFunc(conns, func(conn *fixtures.Connection) bool { return conn.Strategy == tenant.StrategyDatabase }) {
		return fixtures.FlowPassword
	}
	return ""
}

// identifierOf is what the user typed. The sign-up page has another field.
func identifierOf(c *web.Call) string {
	return cmp.Or(c.Params.Text("email"), c.Params.Text("phone"), c.Params.Text("username"))
}

// choose finds the connection by which a user signs in: the first that knows the
// user, or else the first that fits the address.
func choose(c *web.Call, conns []*fixtures.Connection, who string) (first *fixtures.Connection, name string) {
	for _, conn := range conns {
		typed, kind := conn.Identify(who)
		switch {
		case kind == "":
		case c.Tenant.Knows(conn.Name, typed):
			return conn, typed
		case first == nil:
			first, name = conn, typed
		}
	}
	return first, name
}
