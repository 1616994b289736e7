package servertest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// AppOrigin is the origin of an app's page.
const AppOrigin = "http://localhost:3000"

// PasswordTicket asks for a login ticket by dora's password, as a page of
// acme-spa does.
func PasswordTicket(t testing.TB, s *server.Server) string {
	t.Helper()
	body := Object{"client_id": "acme-spa", "credential_type": "password", "username": "dora@example.com", "password": "Passw0rd!"}
	w := Call(t, s, "POST", "/co/authenticate", body, Header("Origin", AppOrigin))
	return DecodeAnswer[map[string]string](t, w)["login_ticket"]
}

// ToAuthorize is the address to which acme-spa takes a login ticket.
func ToAuthorize(ticket string) string {
	return "/authorize?client_id=acme-spa&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000&login_ticket=" + ticket
}

// A Browser keeps cookies. It does not follow redirects by itself.
type Browser struct {
	t       testing.TB
	server  *server.Server
	cookies map[string]*http.Cookie
}

// NewBrowser makes a browser without cookies.
func NewBrowser(t testing.TB, s *server.Server) *Browser {
	t.Helper()
	return &Browser{t, s, map[string]*http.Cookie{}}
}

// At is the browser, with all its cookies, at another server.
func (b *Browser) At(s *server.Server) *Browser { return &Browser{b.t, s, b.cookies} }

// Call sends a request with the browser's cookies, and keeps those of the answer.
func (b *Browser) Call(method, target string, body any, changes ...Change) *httptest.ResponseRecorder {
	b.t.Helper()
	w := b.Send(method, target, body, changes...)
	b.Take(w)
	return w
}

// Send sends a request with the browser's cookies, and keeps none of the answer.
func (b *Browser) Send(method, target string, body any, changes ...Change) *httptest.ResponseRecorder {
	b.t.Helper()
	return Call(b.t, b.server, method, target, body, append(changes, b.addCookies)...)
}

func (b *Browser) addCookies(r *http.Request) {
	for _, cookie := range b.cookies {
		r.AddCookie(cookie)
	}
}

// Take keeps the cookies of an answer.
func (b *Browser) Take(w *httptest.ResponseRecorder) {
	for _, cookie := range w.Result().Cookies() {
		b.cookies[cookie.Name] = cookie
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		}
	}
}

// Begin goes from acme-web to the page that asks who signs in, and returns the
// query that its forms go to.
func (b *Browser) Begin(state string) (query string) {
	b.t.Helper()
	w := b.Call("GET", "/authorize?"+url.Values{
		"client_id": {"acme-web"}, "redirect_uri": {"http://localhost:3000/cb"}, "response_type": {"code"}, "scope": {"openid"}, "state": {state},
	}.Encode(), nil)
	_, query, found := strings.Cut(w.Header().Get("Location"), "/u/login/identifier?")
	if !found {
		b.t.Fatalf("%d %v", w.Code, w.Header())
	}
	return query
}

// Identify says who signs in, and returns the page that asks for the proof.
func (b *Browser) Identify(query, who string) (page string) {
	b.t.Helper()
	w := b.Call("POST", "/u/login/identifier?"+query, url.Values{"username": {who}})
	if w.Code != http.StatusFound {
		b.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}
