package login_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
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
