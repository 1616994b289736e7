package login

import (
	"net/http"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Login is /u/login: one page that asks for the address and for the password.
func Login(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conns := databases(c, tx)
	if len(conns) == 0 {
		return to("/u/login/identifier", tx), nil
	}
	v := view{
		Screen: "login", flow: fixtures.FlowPassword, Forgot: forgot(conns[0], tx), Other: toSignup(c, tx),
		Fields: []field{identifierField(conns, "username"), passwordField("current-password")},
	}
	conn, tx, ok := v.bothFields(c, tx, conns)
	if !ok {
		return r.show(c, tx, v)
	}
	if told, refused, err := r.unsolved(c, tx, v); refused {
		return told, err
	}
	session, err := c.Tenant.SignInWithPassword(r.Authorization, tx, conn, c.Params.Text("password"), browserSession(c))
	return r.signedIn(c, tx, v, session, err)
}

// bothFields reads a page that asks for an address and a password. It tells
// whether both are there, and notes who wants to sign in.
func (v *view) bothFields(c *web.Call, tx tenant.Transaction, conns []*fixtures.Connection) (*fixtures.Connection, tenant.Transaction, bool) {
	who := &v.Fields[0]
	who.Fixed = tx.Invitee != ""
	if who.Value = tx.Hint; c.Method != http.MethodPost {
		return nil, tx, false
	}
	who.Value = identifierOf(c)
	conn, recipient := choose(c, conns, who.Value)
	if conn == nil {
		v.usernameMistake(0, unfit(who.Value, conns...), conns...)
	}
	if c.Params.Text("password") == "" {
		v.mistake("no-password")
	}
	if v.wrong() {
		return nil, tx, false
	}
	c.Tenant.Identify(tx, conn.Name, recipient, fixtures.User{})
	tx.Realm, tx.Recipient = conn.Name, recipient
	return conn, tx, true
}

func passwordField(complete string) field {
	return field{Name: "password", Label: "Password", Type: "password", Complete: complete}
}

// Password is /u/login/password: the password of a database user.
func Password(c *web.Call) (any, error) {
	tx, r, conn, err := currentDatabase(c)
	switch {
	case err != nil:
		return nil, err
	case conn == nil:
		return to(loginPage(c, tx), tx), nil
	}
	v := view{
		Screen: "login-password", flow: fixtures.FlowPassword, Who: tx.Recipient, What: spokenKinds[kindOf(tx.Recipient)], Edit: page(loginPage(c, tx), tx),
		Hidden: []field{{Name: "username", Value: tx.Recipient}}, Fields: []field{passwordField("current-password")},
		Forgot: forgot(conn, tx), Other: toSignup(c, tx),
	}
	if conn.CodeFirst(kindOf(tx.Recipient)) { // the user came from the page with the code
		v.Choices = []button{{Action: actionToCode, Text: "Continue with a code"}}
	}
	switch {
	case c.Method != http.MethodPost:
		return r.show(c, tx, v)
	case c.Params.Text("action") == actionToCode && conn.SendsCodes(kindOf(tx.Recipient)):
		return r.toCode(c, tx, conn, tx.Recipient)
	}
	password := c.Params.Text("password")
	if password == "" {
		v.mistake("no-password")
		return r.show(c, tx, v)
	}
	if told, refused, err := r.unsolved(c, tx, v); refused {
		return told, err
	}
	session, err := c.Tenant.SignInWithPassword(r.Authorization, tx, conn, password, browserSession(c))
	return r.signedIn(c, tx, v, session, err)
}

// currentDatabase is the login that a page's state names, with the database that
// the user chose; nil if that is none.
func currentDatabase(c *web.Call) (tenant.Transaction, *request, *fixtures.Connection, error) {
	tx, r, err := current(c)
	if err != nil {
		return tx, nil, nil, err
	}
	conn, err := c.Setup.LoginConnection(tx.Realm, &r.Authorization)
	if err != nil || conn.Strategy != tenant.StrategyDatabase {
		conn = nil
	}
	return tx, r, conn, nil
}

// SignupBoth is /u/signup: Login for a new user.
func SignupBoth(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	conns := databases(c, tx)
	if len(conns) == 0 {
		return to("/u/signup/identifier", tx), nil
	}
	v := view{Screen: "signup", flow: fixtures.FlowPassword, Other: toLogin(c, tx)}
	if asksForNames(conns) {
		return r.signupBothNames(c, tx, v, conns[0])
	}
	v.Fields = []field{identifierField(conns, "email"), newPasswordField(c, conns[0])}
	conn, tx, ok := v.bothFields(c, tx, conns)
	if !ok {
		return r.show(c, tx, v)
	}
	return r.signUp(c, tx, v, conn, newUser(tx))
}

// signupBothNames is SignupBoth for a database whose users have several names.
func (r *request) signupBothNames(c *web.Call, tx tenant.Transaction, v view, conn *fixtures.Connection) (any, error) {
	fields, kinds := newNames(conn, fixtures.User{}, false)
	if v.Fields = append(fields, newPasswordField(c, conn)); c.Method != http.MethodPost {
		v.Fields[0].Value = tx.Hint
		return r.show(c, tx, v)
	}
	given := v.readNames(c, conn, kinds, fixtures.User{})
	if c.Params.Text("password") == "" {
		v.mistake("no-password")
	}
	if v.wrong() {
		return r.show(c, tx, v)
	}
	c.Tenant.Identify(tx, conn.Name, given.MainIdentifier(), given)
	tx.Realm, tx.Recipient = conn.Name, given.MainIdentifier()
	return r.signUp(c, tx, v, conn, given)
}

// SignupPassword is /u/signup/password: the password of a new database user.
func SignupPassword(c *web.Call) (any, error) {
	tx, r, conn, err := currentDatabase(c)
	switch {
	case err != nil:
		return nil, err
	case conn == nil:
		return to(signupPage(c, tx), tx), nil
	}
	given := newUser(tx)
	missing, kinds := newNames(conn, given, true)
	v := view{
		Screen: "signup-password", flow: fixtures.FlowPassword, Who: tx.Recipient, What: spokenKinds[kindOf(tx.Recipient)], Edit: page(signupPage(c, tx), tx),
		Fields: append(missing, newPasswordField(c, conn)), Other: toLogin(c, tx),
	}
	for _, kind := range fixtures.Kinds {
		if name := given.Identifier(kind); name != "" {
			v.Hidden = append(v.Hidden, field{Name: nameFields[kind].Name, Value: name})
		}
	}
	if c.Method != http.MethodPost {
		return r.show(c, tx, v)
	}
	given = v.readNames(c, conn, kinds, given)
	if c.Params.Text("password") == "" {
		v.mistake("no-password")
	}
	if v.wrong() {
		return r.show(c, tx, v)
	}
	return r.signUp(c, tx, v, conn, given)
}

// signUp creates the user of a page, and signs the user in. An address that is
// taken is the first field's affair, if the page asks for it.
// Unverified: without the flag enable_public_signup_user_exists_error, which words
// Auth0 has for it, and at which field.
func (r *request) signUp(c *web.Call, tx tenant.Transaction, v view, conn *fixtures.Connection, newUser fixtures.User) (any, error) {
	newUser.Password = c.Params.Text("password")
	if err := tenant.CheckFirstPassword(conn, newUser); err != nil {
		return r.wrong(c, tx, v, err)
	}
	if told, refused, err := r.unsolved(c, tx, v); refused {
		return told, err
	}
	if asked := newUser; !c.Tenant.Taken(conn, asked) {
		asked.Password = ""
		if err := triggers.Register(c, r.Client, conn, asked); err != nil {
			return r.wrong(c, tx, v, err)
		}
	}
	session, err := c.Tenant.SignUpAndIn(r.Authorization, tx, conn, newUser, browserSession(c))
	return r.signedIn(c, tx, v, session, err)
}

// wrongCredentials is Auth0's name for a wrong name or password of the connection
// that a user chose.
func wrongCredentials(c *web.Call, tx tenant.Transaction) string {
	if conn, ok := c.Setup.Connection(tx.Realm); ok {
		return namesOf(conn).wrong
	}
	return wordsOf[kinds{email: true}].wrong
}
