package login_test

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A page is in a language that the tenant has texts in.
func TestThePageTellsItsLanguageAndItsDirection(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.NamedFixture(t, "texts")})
	for _, test := range []struct{ accept, locales, html, title string }{
		{"", "", `<html lang="fr">`, "Bonjour"},
		{"*", "", `<html lang="fr">`, "Bonjour"},
		{"de, *;q=0.1", "", `<html lang="fr">`, "Bonjour"},
		{"de", "", `<html lang="fr">`, "Bonjour"},
		{"en-GB", "", `<html lang="en">`, "Hello"},
		{"en;q=0.5, ar;q=0.9, fr;q=0", "", `<html lang="ar" dir="rtl">`, "أهلاً"},
		{"ar;q=0, en;q=0", "", `<html lang="fr">`, "Bonjour"},
		{"en", "ar-EG", `<html lang="ar" dir="rtl">`, "أهلاً"},
		{"en", "de", `<html lang="en">`, "Hello"},
		{"", "de FR en", `<html lang="fr">`, "Bonjour"},
	} {
		to := "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb&ui_locales=" + strings.ReplaceAll(test.locales, " ", "+")
		page := servertest.Call(t, s, "GET", to, nil).Header().Get("Location")
		r := httptest.NewRequestWithContext(t.Context(), "GET", page, nil)
		r.Header.Set("Accept-Language", test.accept)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Body.String(); !strings.Contains(got, test.html) || !strings.Contains(got, "<h1>"+test.title+"</h1>") {
			t.Errorf("Accept-Language %q and ui_locales %q: not %s with %s:\n%.200s", test.accept, test.locales, test.html, test.title, got)
		}
	}
}

// The words name as many digits as a code has.
func TestThePageSaysHowManyDigitsACodeHas(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `connections:
  - {name: sms, strategy: sms, enabled_clients: ["*"], options: {totp: {length: 4}}}
`)})
	b := servertest.NewBrowser(t, s)
	if page := b.Call("GET", b.Identify(b.Begin("x"), "+12025550101"), nil).Body.String(); !strings.Contains(page, ">Enter the 4-digit code</label>") {
		t.Errorf("%s", page)
	}
}

func TestOneMistakeOfANewPasswordIsTold(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	b := servertest.NewBrowser(t, s)
	b.Call("POST", "/u/reset-password/request/Username-Password-Authentication?"+b.Begin("x"), url.Values{"email": {"dora@example.com"}})
	m, _ := s.Outbox().Latest(outbox.To("dora@example.com"))
	link, err := url.Parse(m.Links[0])
	if err != nil {
		t.Fatal(err)
	}
	page := next(t, b.Call("GET", link.RequestURI(), nil))
	for _, test := range []struct{ password, again, want string }{
		{"", "Passw0rd!", "no-password-reset"},
		{"Passw0rd!", "", "no-re-enter-password"},
		{"Passw0rd!", "Passw0rd?", "password-mismatch"},
		{"", "", "no-password-reset no-re-enter-password"},
	} {
		w := b.Call("POST", page.String(), url.Values{"password-reset": {test.password}, "re-enter-password": {test.again}})
		var got []string
		for _, m := range regexp.MustCompile(`role="alert" data-error-code="([a-z-]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q and %q: %q, want %q", test.password, test.again, got, test.want)
		}
	}
}
