package login

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Authorize is GET and POST /authorize. A browser that is signed in goes back to
// the app at once. Any other goes to the login pages first.
// Source: auth0/docs-v2 api/authentication/login/authorize-application.mdx.
func Authorize(c *web.Call) (any, error) {
	if err := unfold(c); err != nil {
		return nil, err
	}
	r, err := readClient(c)
	if err != nil {
		return nil, err
	}
	if err := r.read(c); err != nil {
		return r.refuse(c, err)
	}
	prompt, connection := c.Params.Text("prompt"), c.Params.Text("connection")
	r.silent = prompt == "none"
	if ticket := c.Params.Text("login_ticket"); ticket != "" {
		return r.redeemTicket(c, ticket)
	}
	if prompt == "consent" {
		c.Hint("prompt=consent is ignored: no page asks for consent")
	}
	session, signedIn := r.session(c, prompt)
	if !r.silent && (r.Invitation != "" || r.Asks == tenant.BeforeLogin) {
		return r.beginAtOrganization(c, signedIn)
	}
	switch {
	case prompt == "none" && !signedIn:
		return r.refuse(c, refusal.LoginRequired.Because(whySignedOut(c, r.RedirectURI)))
	case prompt == "none" && challengesAgain(c, connection) && !signedInBy(c, session, connection):
		return r.refuse(c, refusal.LoginRequired.Because("the browser is signed in by another connection than "+connection+", and such a session does not count for it"))
	case prompt == "none" && !c.Setup.CanEnter(&r.Authorization, session):
		return r.refuse(c, refusal.LoginRequired.Because("the browser is signed in by connection "+session.Connection+", which is not enabled for the organization"))
	case prompt == "none", signedIn && !challengesAgain(c, connection) && c.Setup.CanEnter(&r.Authorization, session):
		return r.approve(c, tenant.Transaction{}, session)
	}
	if connection != "" {
		if _, err := c.Setup.LoginConnection(connection, &r.Authorization); err != nil {
			return r.refuse(c, err)
		}
	}
	tx := begin(c, tenant.Transaction{Authorization: r.Authorization, Connection: connection, Hint: c.Params.Text("login_hint"), Language: askedLanguage(c)})
	if c.Params.Text("screen_hint") == "signup" {
		return to(signupPage(c, tx), tx), nil
	}
	return to(loginPage(c, tx), tx), nil
}

// begin begins a login, and gives the browser a name.
func begin(c *web.Call, tx tenant.Transaction) tenant.Transaction {
	tx = c.Tenant.Begin(tx)
	passwordless.SetDevice(c, c.Setup.Seed.Opaque(43, "device", tx.ID))
	return tx
}

// redeemTicket signs in the user who got a ticket at /co/authenticate.
func (r *request) redeemTicket(c *web.Call, ticket string) (any, error) {
	session, err := c.Tenant.RedeemTicket(r.Authorization, ticket, c.Params.Text("realm"), browserSession(c))
	r.crossOrigin = true
	if err != nil {
		return r.refuse(c, err)
	}
	c.SetSession(session)
	return r.approve(c, tenant.Transaction{}, session)
}

// to leads to a page of a login. The URL has no host, so that the browser stays
// on the host by which it came.
func to(page string, tx tenant.Transaction) web.Redirect {
	return web.Redirect{To: page + "?state=" + url.QueryEscape(tx.ID)}
}

// read reads what the app asks for.
func (r *request) read(c *web.Call) error {
	if err := r.readResponse(c, ""); err != nil {
		return err
	}
	if slices.Contains(r.ResponseTypes, "id_token") && r.Nonce == "" {
		return refusal.MissingParameter.With("parameter", "nonce") // OpenID Connect Core 3.2.2.1
	}
	if r.Challenge != "" && r.Method == "" {
		r.Method = "plain" // RFC 7636 §4.3
	}
	if r.Method != "" && r.Method != "S256" && r.Method != "plain" {
		return refusal.BadChallengeMethod.With("method", r.Method)
	}
	if err := r.readOrganization(c); err != nil {
		return err
	}
	r.StepUp = slices.Contains(strings.Fields(c.Params.Text("acr_values")), tenant.MultiFactor)
	return c.Tenant.CheckAudience(r.Authorization)
}

// session is the browser's session, if it is as fresh as the app wants it.
func (r *request) session(c *web.Call, prompt string) (tenant.Session, bool) {
	maxAge, err := strconv.ParseInt(c.Params.Text("max_age"), 10, 32)
	limited := err == nil && maxAge >= 0
	r.TellsAuthTime = limited || prompt == "login"
	if prompt == "login" || prompt == "select_account" {
		return tenant.Session{}, false
	}
	session, ok := currentSession(c)
	if ok && limited && c.Now.Sub(session.AuthTime) > time.Duration(maxAge)*time.Second {
		return tenant.Session{}, false
	}
	return session, ok
}

// challengesAgain tells whether a connection asks for a code even if the browser
// is signed in.
// Source: auth0/docs-v2 authenticate/passwordless/passwordless-with-universal-login.mdx.
func challengesAgain(c *web.Call, connection string) bool {
	strategy := c.Setup.Strategy(connection)
	return strategy == tenant.StrategyEmail || strategy == tenant.StrategySMS
}

// signedInBy tells whether the user of a session is one of the connection.
func signedInBy(c *web.Call, s tenant.Session, connection string) bool {
	u, ok := c.Tenant.User(s.UserID)
	return ok && u.Connection == connection
}

// whySignedOut is a hint about a silent login that finds no session. A likely
// cause is a browser that does not send cookies to other sites.
func whySignedOut(c *web.Call, back string) string {
	if c.Header.Get("Sec-Fetch-Dest") != "iframe" || strings.Contains(c.Header.Get("Cookie"), web.SessionCookie+"=") || sameSite(back, c.Origin) {
		return "the browser is not signed in to the tenant"
	}
	return "no session cookie came with the request; a browser keeps it back in a frame if the app, at " + origin(back) + ", and the tenant, at " + c.Origin +
		", differ in scheme or host name: use the same for both, or refresh tokens"
}

// sameSite tells whether a browser takes two addresses for one site, as far as
// their scheme and host name tell.
func sameSite(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.Scheme == y.Scheme && x.Hostname() == y.Hostname()
}

// Resume is GET /authorize/resume: the end of a login that began at /authorize or at
// /activate.
func Resume(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	return r.resume(c, tx)
}

// Continue is GET and POST /continue: the page to which an Action sent the browser leads
// back here.
// Source: auth0/docs-v2 customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions.mdx.
func Continue(c *web.Call) (any, error) {
	tx, r, err := current(c)
	if err != nil {
		return nil, err
	}
	r.back = tx.Actions != nil && tx.Actions.Redirect != ""
	return r.resume(c, tx)
}

// resume goes on with a login whose user is signed in.
func (r *request) resume(c *web.Call, tx tenant.Transaction) (any, error) {
	session, ok := c.Tenant.Session(tx.SignedIn, c.Now)
	switch linked := tx.Linked.UserID != ""; {
	case linked:
		session = tx.Linked
	case !ok:
		return to(loginPage(c, tx), tx), nil
	case !slices.Contains(c.TenantCookies(web.SessionCookie), session.ID):
		return nil, refusal.WrongTransaction.Because("another browser signed in: the cookie that the last page set did not come back")
	}
	if conn, u, due := needsVerification(c, session); due {
		r.sendVerificationCode(c, conn, u)
		return to(verificationPage, tx), nil
	}
	return r.approve(c, tx, session)
}

// current is the login that a page's state names.
func current(c *web.Call) (tenant.Transaction, *request, error) {
	tx, r, err := loginOf(c, c.Params.Text("state"))
	if err == nil && tx.Ticket != "" { // it is of no login
		return tx, nil, overAlready()
	}
	return tx, r, err
}

// loginOf is the login with that ID.
func loginOf(c *web.Call, id string) (tenant.Transaction, *request, error) {
	tx, ok := c.Tenant.Transaction(id, c.Now)
	if !ok {
		return tx, nil, overAlready()
	}
	a := tx.Authorization
	c.Organization = a.Organization
	fields := capturedFields(c)
	c.Captured = c.Tenant.Capture(tx, fields)
	for name := range fields {
		if _, kept := c.Captured[name]; !kept {
			c.Hint("a login keeps 4 KiB of the fields ulp-NAME for its later pages and Actions; one of this form is left out")
			break
		}
	}
	a.Now, a.Caller, a.Effects = c.Now, passwordless.Caller(c, nil), c.Effects
	return tx, &request{Authorization: a}, nil
}

func overAlready() error {
	return refusal.WrongTransaction.Because("the login that state names is over, or was never begun; start it again at the app")
}

// usable are the connections that the login can use, or the one that the app asked for.
func usable(c *web.Call, tx tenant.Transaction) []*fixtures.Connection {
	if tx.Connection == "" {
		return c.Setup.LoginConnections(&tx.Authorization)
	}
	conn, err := c.Setup.LoginConnection(tx.Connection, &tx.Authorization)
	if err != nil {
		return nil
	}
	return []*fixtures.Connection{conn}
}

// databases are the usable connections that know passwords.
func databases(c *web.Call, tx tenant.Transaction) []*fixtures.Connection {
	return slices.DeleteFunc(usable(c, tx), func(conn *fixtures.Connection) bool { return !conn.TakesPasswords() })
}

// PageSubject is whom a page of a login is about: the user whom the form names,
// or else the user of the login. The form does not name the client, so it is
// noted here for scenarios and the journal.
func PageSubject(c *web.Call) web.Subject {
	s := passwordless.NamedSubject(c)
	tx, ok := c.Tenant.Transaction(c.Params.Text("state"), c.Now)
	if !ok {
		return s
	}
	c.ClientID = cmp.Or(c.ClientID, tx.Authorization.Client.ClientID)
	s.Recipient = cmp.Or(s.Recipient, fixtures.NormalizeRecipient(c.Params.Text("phone")), tx.Recipient)
	s.Connection = cmp.Or(s.Connection, tx.Realm, tx.Connection)
	return s
}

// IdentifierSubject is whom the form of the page is about that asks who signs in.
// The form names no connection: the address tells it.
func IdentifierSubject(c *web.Call) web.Subject { return subjectAmong(c, usable) }

// BothSubject is IdentifierSubject for a page that asks for a password, too.
func BothSubject(c *web.Call) web.Subject { return subjectAmong(c, databases) }

func subjectAmong(c *web.Call, conns func(*web.Call, tenant.Transaction) []*fixtures.Connection) web.Subject {
	s := PageSubject(c)
	tx, ok := c.Tenant.Transaction(c.Params.Text("state"), c.Now)
	if !ok {
		return s
	}
	if conn, recipient := choose(c, conns(c, tx), identifierOf(c)); conn != nil {
		s.Connection, s.Recipient = conn.Name, recipient
	}
	return s
}
