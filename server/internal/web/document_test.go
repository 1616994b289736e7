package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A document is made once for each origin and issuer, and tells of its own.
func TestADocumentIsMadeOnceForEachOrigin(t *testing.T) {
	t.Parallel()
	front, made := newFront(t), 0
	ask := func(host string) string {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		front.Serve(w, r, web.Route{Dialect: web.Discovery, Flow: func(c *web.Call) (any, error) {
			return c.Document(func() any {
				made++
				return []string{c.Origin, c.Issuer}
			})
		}}, nil)
		if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("the content type is %q", got)
		}
		return w.Body.String()
	}
	for range 2 {
		for _, host := range []string{"a.test", "b.test"} {
			if got, want := ask(host), fmt.Sprintf(`["http://%s","http://%s/"]`, host, host); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
	if made != 2 {
		t.Errorf("%d were made for two", made)
	}
	long := strings.Repeat("a", 600) + ".test"
	if ask(long); made != 3 {
		t.Errorf("%d were made for three", made)
	}
	if ask(long); made != 4 {
		t.Error("a document of a very long name is kept")
	}
	front.Naming.Issuer = "https://pinned.test/"
	if got := ask("a.test"); got != `["http://a.test","https://pinned.test/"]` {
		t.Errorf("with another issuer: %s", got)
	}
	// Anybody can make up names: they are not all kept.
	made = 0
	for n := range 1000 {
		ask(fmt.Sprint(n, ".test"))
	}
	if ask("a.test"); made != 1001 {
		t.Errorf("%d were made of 1001", made)
	}
	if ask("a.test"); made != 1001 {
		t.Error("the newest is not kept")
	}
}

func TestADocumentThatIsNoJSON(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newFront(t).Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), web.Route{Dialect: web.Discovery, Flow: func(c *web.Call) (any, error) {
		return c.Document(func() any { return make(chan int) })
	}}, nil)
	if w.Code != http.StatusInternalServerError {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
