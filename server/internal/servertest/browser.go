package servertest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

const AppOrigin = "http://localhost:3000"

// TicketFor asks for a ticket as a page of an app does.
func TicketFor(t testing.TB, s *server.Server, body Object) string {
	t.Helper()
	w := Call(t, s, "POST", "/co/authenticate", body, Header("Origin", AppOrigin))
	return DecodeAnswer[struct {
		LoginTicket string `json:"login_ticket"`
	}](t, w).LoginTicket
}

func WithPassword(client string) Object {
	return Object{"client_id": client, "credential_type": "password", "username": "dora@example.com", "password": "Passw0rd!"}
}

func ToAuthorize(ticket string) string {
	return "/authorize?client_id=acme-spa&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000&login_ticket=" + ticket
}

// A browser keeps cookies, and does not follow redirects by itself.
type Browser struct {
	T       testing.TB
	S       *server.Server
	Cookies map[string]*http.Cookie
}

func NewBrowser(t testing.TB, s *server.Server) *Browser {
	t.Helper()
	return &Browser{t, s, map[string]*http.Cookie{}}
}

func (b *Browser) Call(method, target string, body any) *httptest.ResponseRecorder {
	b.T.Helper()
	w := b.Send(method, target, body)
	b.Take(w)
	return w
}

// Send sends what the browser has, and takes no cookies.
func (b *Browser) Send(method, target string, body any, changes ...Change) *httptest.ResponseRecorder {
	b.T.Helper()
	return Call(b.T, b.S, method, target, body, append(changes, func(r *http.Request) {
		for _, cookie := range b.Cookies {
			r.AddCookie(cookie)
		}
	})...)
}

func (b *Browser) Take(w *httptest.ResponseRecorder) {
	for _, cookie := range w.Result().Cookies() {
		b.Cookies[cookie.Name] = cookie
		if cookie.MaxAge < 0 {
			delete(b.Cookies, cookie.Name)
		}
	}
}

// Begin goes from the app to the page that asks who signs in, and returns the
// query that its forms go to.
func (b *Browser) Begin(state string) (query string) {
	b.T.Helper()
	w := b.Call("GET", "/authorize?"+url.Values{
		"client_id": {"acme-web"}, "redirect_uri": {"http://localhost:3000/cb"}, "response_type": {"code"}, "scope": {"openid"}, "state": {state},
	}.Encode(), nil)
	_, query, found := strings.Cut(w.Header().Get("Location"), "/u/login/identifier?")
	if !found {
		b.T.Fatalf("%d %v", w.Code, w.Header())
	}
	return query
}

// Identify says who signs in, and returns the page that asks for the proof.
func (b *Browser) Identify(query, who string) (page string) {
	b.T.Helper()
	w := b.Call("POST", "/u/login/identifier?"+query, url.Values{"username": {who}})
	if w.Code != http.StatusFound {
		b.T.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (b *Browser) Live(who string) (code string) {
	b.T.Helper()
	return strings.TrimSpace(Call(b.T, b.S, "GET", "/_mock/outbox/code?to="+who, nil).Body.String())
}
