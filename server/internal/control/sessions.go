package control

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/triggers"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// sessionRequest is the body of POST /_mock/sessions.
type sessionRequest struct {
	User         string        `yaml:"user" required:"true" doc:"Who is signed in: a user_id, an e-mail address, a phone number or a username."`
	ClientID     string        `yaml:"client_id" doc:"An app. Then the answer has its tokens, too."`
	Organization string        `yaml:"organization" doc:"The organization through which the user signs in, by its id or name."`
	Audience     string        `yaml:"audience" doc:"The API of the access token, with client_id."`
	Scope        string        `yaml:"scope" doc:"The scopes of the tokens, with client_id. If absent, openid profile email."`
	MFA          bool          `yaml:"mfa" doc:"Whether the user has given a second factor."`
	TTL          time.Duration `yaml:"ttl" doc:"How long the session lasts. If absent, as long as Auth0's."`
	Create       bool          `yaml:"create" doc:"Whether to create the user, if there is none with that address, and to make the user a member of the organization."`
}

// A storageState is what Playwright's newContext takes as storageState.
type storageState struct {
	Cookies []storedCookie `json:"cookies"`
	Origins []storedOrigin `json:"origins"`
	// Tokens are beside what Playwright reads.
	Tokens *tenant.Tokens `json:"tokens,omitempty"`
}

type storedCookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Domain   string `json:"domain"`
	Path     string `json:"path"`
	Expires  int64  `json:"expires"` // in seconds since 1970; -1 when the browser ends
	HTTPOnly bool   `json:"httpOnly"`
	Secure   bool   `json:"secure"`
	SameSite string `json:"sameSite" enum:"Lax,None"`
}

// A storedOrigin is what a browser keeps for pages. A session keeps nothing there.
type storedOrigin struct {
	Origin       string       `json:"origin"`
	LocalStorage []storedItem `json:"localStorage"`
}

type storedItem struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// StartSession is POST /_mock/sessions.
func (a *API) StartSession(c *web.Call) (any, error) {
	var r sessionRequest
	if err := decode(c, &r); err != nil {
		return nil, err
	}
	if r.TTL < 0 || r.TTL > tenant.MaxSessionTTL {
		return nil, badRequest("ttl: %s is not between 1s and %s", r.TTL, tenant.MaxSessionTTL)
	}
	want := tenant.SessionRequest{User: r.User, Create: r.Create, Organization: r.Organization, SecondFactor: r.MFA, TTL: r.TTL, Now: c.Now, Caller: passwordless.Caller(c, nil)}
	if r.ClientID != "" {
		client, ok := c.Setup.Client(r.ClientID)
		if !ok {
			return nil, controlError(http.StatusNotFound, "no_client", "there is no client %q; GET /_mock/tenant lists those there are", r.ClientID)
		}
		want.Client = client
	} else if r.Audience != "" || r.Scope != "" {
		return nil, badRequest("audience and scope are about the tokens of an app; name it as client_id")
	}
	session, err := a.Tenant.StartSession(want)
	if err != nil {
		return nil, sessionError(err)
	}
	state := storageState{Origins: []storedOrigin{}}
	if want.Client != nil {
		asked := tenant.Authorization{Client: want.Client, Audience: r.Audience, Scope: r.Scope, Issuer: c.Issuer, Now: c.Now, Caller: want.Caller}
		if asked.Scope == "" {
			asked.Scope = "openid profile email"
		}
		if state.Tokens, err = sessionTokens(c, asked, session); err != nil {
			a.Tenant.EndSession(session.ID)
			return nil, sessionError(err)
		}
	}
	state.Cookies = a.stored(c, web.Cookies(loginOrigin(c), web.SessionCookie, c.TenantCookie(session.ID), c.SessionAge(session)))
	c.SetSession(session)
	return web.Status{Code: http.StatusCreated, Value: state}, nil
}

// sessionTokens are the tokens of an app in the browser of a session. The Actions of a
// login run before.
func sessionTokens(c *web.Call, asked tenant.Authorization, s tenant.Session) (*tenant.Tokens, error) {
	asked, tx, err := s.LoginOf(asked)
	if err != nil {
		return nil, err
	}
	next, err := triggers.LogInBrowser(c, &asked, tx, s, true, false, nil)
	if err != nil {
		return nil, err
	}
	return c.Tenant.SessionTokens(asked, next.Transaction, s)
}

// EnterSession is GET /_mock/sessions/enter, for tools that cannot set cookies: the
// browser is signed in, and goes on to an address.
func (a *API) EnterSession(c *web.Call) (any, error) {
	q := query(c)
	to := q["to"]
	switch {
	case q["user"] == "":
		return nil, badRequest("user: who is signed in? Write a user_id, an e-mail address, a phone number or a username")
	case to == "":
		return nil, badRequest("to: where does the browser go? Write a path of the tenant, or an address of your app")
	case !c.MayLeadTo(to):
		return nil, badRequest("to: %s is not known; it must be a path of the tenant such as /authorize?…, or be on localhost, or have the origin of a callback or of an allowed_origins of a client", to)
	case c.Header.Get("Sec-Fetch-Site") == "cross-site" && !c.KnowsPage(c.Header.Get("Referer")):
		return nil, controlError(http.StatusForbidden, "forbidden", "a page of another site may not sign the browser in")
	case c.Header.Get("Sec-Fetch-Dest") == "image": // of a mail, which is shown in the tenant's origin
		return nil, controlError(http.StatusForbidden, "forbidden", "a picture may not sign the browser in")
	}
	want := tenant.SessionRequest{User: q["user"], Organization: q["organization"], Now: c.Now, Caller: passwordless.Caller(c, nil)}
	for _, old := range c.TenantCookies(web.SessionCookie) {
		if _, ok := c.Tenant.Session(old, c.Now); ok {
			want.Old = old
			break
		}
	}
	session, err := a.Tenant.StartSession(want)
	if err != nil {
		return nil, sessionError(err)
	}
	c.SetSession(session)
	return web.Redirect{To: to}, nil
}

// loginOrigin is the origin of the login pages: that of a pinned issuer, or else that
// of the request.
func loginOrigin(c *web.Call) string {
	if c.Pinned != "" {
		return strings.TrimSuffix(c.Pinned, "/")
	}
	return c.Origin
}

// stored are cookies in Playwright's form. A browser counts their time by its own
// clock. So their end is in real time; with a stopped clock, they last as long as the
// browser does.
func (a *API) stored(c *web.Call, cookies []http.Cookie) []storedCookie {
	host := ""
	if u, err := url.Parse(loginOrigin(c)); err == nil {
		host = u.Hostname()
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	clock := a.Server.Clock()
	var list []storedCookie
	for _, k := range cookies {
		one := storedCookie{Name: k.Name, Value: k.Value, Domain: host, Path: k.Path, Expires: -1, HTTPOnly: k.HttpOnly, Secure: k.Secure, SameSite: "Lax"}
		if k.SameSite == http.SameSiteNoneMode {
			one.SameSite = "None"
		}
		if clock.Running() && k.MaxAge > 0 {
			one.Expires = c.Now.Add(-clock.Offset()).Unix() + int64(k.MaxAge)
		}
		list = append(list, one)
	}
	return list
}

// sessionError words why a user could not be signed in.
func sessionError(err error) error {
	var refused *refusal.Refusal
	if errors.As(err, &refused) && refused.Name == refusal.ActionDenied.Name {
		return badRequest("%s; %s", refused.Description, refused.Hint)
	}
	if refused != nil {
		return badRequest("%s", cmp.Or(refused.Hint, refused.Words()))
	}
	var why *tenant.UserError
	if errors.As(err, &why) && why.Code == "no_user" {
		return controlError(http.StatusNotFound, why.Code, `%s; POST /_mock/sessions makes the user with "create": true`, why.Description)
	}
	return userError(err)
}
