package testkit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const (
	maxPages     = 10 // of a login
	maxRedirects = 20 // from one page to the next
)

// SignIn signs a user in to an app that redirects to the login pages. It does
// what a browser does that opens the app's URL for a login: it follows redirects,
// fills in the pages, and returns the app's last response. The body of that
// response need not be closed.
//
// The user is an e-mail address or a phone number. On a page that asks for a code
// SignIn enters the code that was sent. On a page that asks for a password it
// enters the user's password. On a page that asks for a second factor it enters the
// code of the user's authenticator app, or the code that was sent to the user's phone. Of
// several organizations it picks the first. On a page that asks for one it enters the
// user's address, or the name of the first organization of the user.
//
// c is the browser. It needs a cookie jar, and is signed in when SignIn returns.
// It need not trust the tenant's certificate. If c is nil, SignIn uses a new
// browser.
//
// The URL can also be the verification_uri_complete of a device. SignIn confirms the
// code, signs the user in, and returns the page that says that the device is
// connected.
//
// SignIn fails t and lists its requests if a page shows an error, or if the URL
// does not lead to the tenant. If the tenant redirects back to the app with an
// error, SignIn returns what the app answers.
func (a *Auth0) SignIn(t testing.TB, c *http.Client, url, user string) *http.Response {
	t.Helper()
	b := &browser{a: a}
	if err := b.use(c); err != nil {
		t.Fatalf("testkit: SignIn: %v", err)
	}
	defer a.oneSignIn()()
	res, err := b.walk(t, url, user)
	if err != nil {
		t.Fatalf("testkit: SignIn of %s at %s: %v%s", user, url, err, strings.Join(b.steps, ""))
	}
	return res
}

// A browser goes through the pages of one login.
type browser struct {
	a       *Auth0
	client  *http.Client      // its transport is the browser, see RoundTrip
	others  http.RoundTripper // sends requests to all hosts but the tenant
	steps   []string          // the requests so far, a line each
	reached bool              // a request went to the tenant
}

// use takes the cookies and the transport of c. If c is nil, it takes new ones.
func (b *browser) use(c *http.Client) error {
	if c == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		c = &http.Client{Jar: jar}
		if b.a.port != nil {
			c.Transport = b.a.Client().Transport
		}
	}
	if c.Jar == nil {
		return errors.New("the client has no cookie jar, so it cannot stay signed in: set its Jar to one of net/http/cookiejar, or pass nil for a new browser")
	}
	b.others = c.Transport
	if b.others == nil {
		b.others = http.DefaultTransport
	}
	browser := *c
	browser.Transport, browser.CheckRedirect = b, checkRedirect
	b.client = &browser
	return nil
}

// checkRedirect follows redirects to http and https. A redirect to an app's own
// scheme, such as com.acme.app://callback, is the last response.
func checkRedirect(r *http.Request, via []*http.Request) error {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("%d redirects in a row", len(via))
	}
	return nil
}

// RoundTrip sends one request. To the tenant it sends it as [Auth0.Client] does,
// which trusts the certificate and reaches a tenant in memory.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	to := b.others
	if b.a.owns(r.URL) {
		to, b.reached = b.a.Client().Transport, true
	}
	res, err := to.RoundTrip(r)
	step := fmt.Sprintf("\n  %s %s://%s%s", r.Method, r.URL.Scheme, r.URL.Host, r.URL.Path)
	if err == nil {
		step += fmt.Sprintf(" -> %d", res.StatusCode)
	}
	b.steps = append(b.steps, step)
	return res, err
}

// owns tells whether a URL is the tenant's.
func (a *Auth0) owns(u *url.URL) bool {
	if u.Host == a.domain || a.port == nil {
		return u.Host == a.domain
	}
	_, port, _ := net.SplitHostPort(a.domain)
	return u.Host == "localhost:"+port
}

// walk goes from the app through the tenant's pages and back to the app.
func (b *browser) walk(t testing.TB, start, user string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, start, nil)
	for range maxPages {
		if err != nil {
			return nil, err
		}
		res, body, err := b.open(req)
		switch {
		case err != nil:
			return nil, err
		case !b.reached:
			return nil, fmt.Errorf("this does not lead to the tenant at %s; give the URL at which the app starts a login", b.a.URL())
		case !b.a.owns(res.Request.URL), isRedirect(res), res.Request.URL.Path == "/device/success":
			return res, nil
		}
		page, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if req, err = b.answer(t, res, page, user); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("after %d pages the tenant shows yet another one", maxPages)
}

func isRedirect(res *http.Response) bool { return res.StatusCode >= 300 && res.StatusCode < 400 }

// open sends a request, follows redirects, and reads the last response.
func (b *browser) open(req *http.Request) (*http.Response, []byte, error) {
	res, err := b.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, body, err
}

// answer is the request that sends the form of a page, filled in.
func (b *browser) answer(t testing.TB, res *http.Response, page *html.Node, user string) (*http.Request, error) {
	t.Helper()
	if said := find(page, has("role", "alert")); said != nil || res.StatusCode >= http.StatusBadRequest {
		return nil, b.problem(res, said)
	}
	form := find(page, has("data-form-primary", "true"))
	if form == nil { // the page that posts a response to the app
		form = find(page, is("form"))
	}
	if form == nil {
		return nil, fmt.Errorf("there is no form at %s", res.Request.URL.Path)
	}
	to, err := res.Request.URL.Parse(attribute(form, "action"))
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	for _, field := range fieldsOf(form) {
		name := attribute(field, "name")
		switch {
		case values.Has(name): // of two buttons the first one goes on
		case attribute(field, "type") == "hidden" || is("button")(field):
			values.Set(name, attribute(field, "value"))
		case name == "username" || name == "email" || name == "phone":
			values.Set(name, user)
		case name == "code":
			values.Set(name, b.a.codeFor(t, res.Request.URL.Path, user))
		case attribute(field, "type") == "radio":
			if _, checked := attributeOf(field, "checked"); checked {
				values.Set(name, attribute(field, "value"))
			}
		case name == "organizationName":
			values.Set(name, b.a.organizationFor(attribute(field, "inputmode"), user))
		case name == "rememberBrowser":
		case name == "password":
			values.Set(name, b.a.passwordOf(user))
		case name == "captcha":
			values.Set(name, b.a.Captcha(t, res.Request.URL.Query().Get("state")))
		default:
			return nil, fmt.Errorf("the page at %s asks for %s, which SignIn does not know", res.Request.URL.Path, name)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

// problem is what a page says is wrong. Of the tenant's error page it is what the
// journal says, which is shorter.
func (b *browser) problem(res *http.Response, said *html.Node) error {
	r := b.a.requestOf(res)
	text := res.Status
	switch {
	case said != nil:
		text = textOf(said)
	case r.Error != "":
		text = strings.TrimSuffix(fmt.Sprintf("%d %s: %s", res.StatusCode, r.Error, r.Description), ": ")
	}
	return fmt.Errorf("the page at %s says: %s%s", res.Request.URL.Path, text, cause(r))
}

// codeFor is the code that a page asks for.
func (a *Auth0) codeFor(t testing.TB, path, user string) string {
	t.Helper()
	switch {
	case strings.HasPrefix(path, "/u/mfa-otp-"):
		return a.TOTP(t, user)
	case strings.HasPrefix(path, "/u/mfa-sms-"), strings.HasPrefix(path, "/u/mfa-voice-"):
		u, _ := a.server.UserByAddress(user)
		for i := range u.MFA {
			if u.MFA[i].PhoneNumber != "" {
				return a.OTP(t, u.MFA[i].PhoneNumber)
			}
		}
	}
	return a.OTP(t, user)
}

// organizationFor is what a user enters who is asked for an organization.
func (a *Auth0) organizationFor(inputMode, user string) string {
	if inputMode == "email" {
		return user
	}
	u, _ := a.server.UserByAddress(user)
	for _, o := range a.server.Organizations() {
		for _, m := range o.Members {
			if m.User == u.UserID {
				return o.Name
			}
		}
	}
	return ""
}

// passwordOf is the password of a user of a database, "" if there is none.
func (a *Auth0) passwordOf(user string) string {
	for _, u := range a.server.Users() {
		if u.Password != "" && u.HasName(user) {
			return u.Password
		}
	}
	return ""
}

// fieldsOf are the fields and buttons of a form that have a name.
func fieldsOf(form *html.Node) (fields []*html.Node) {
	for n := range form.Descendants() {
		if attribute(n, "name") != "" {
			fields = append(fields, n)
		}
	}
	return fields
}

// find is the first node of a page that is looked for, or nil.
func find(page *html.Node, wanted func(*html.Node) bool) *html.Node {
	for n := range page.Descendants() {
		if wanted(n) {
			return n
		}
	}
	return nil
}

func is(element string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Type == html.ElementNode && n.Data == element }
}

func has(key, value string) func(*html.Node) bool {
	return func(n *html.Node) bool { return attribute(n, key) == value }
}

func attribute(n *html.Node, key string) string {
	value, _ := attributeOf(n, key)
	return value
}

func attributeOf(n *html.Node, key string) (value string, ok bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// textOf is the text in a node.
func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(text.String())
}
