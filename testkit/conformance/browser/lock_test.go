package browser

import (
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// hosts notes which hosts a tab asks for anything, from now on.
func (p *tab) hosts() func() []string {
	p.t.Helper()
	var mu sync.Mutex
	var asked []string
	err := chromedp.Listen(p.ctx, func(event any) {
		e, ok := event.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		address, err := url.Parse(e.Request.URL)
		if err != nil || address.Scheme == "data" || address.Scheme == "blob" {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(asked, address.Host) {
			asked = append(asked, address.Host)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Sorted(slices.Values(asked))
	}
}

// Lock's own widget, in the app: it takes the address or number and the code,
// checks the ID token, and asks nobody but the app and the tenant for anything.
func TestLock(t *testing.T) {
	t.Parallel()
	for method, c := range map[string]struct{ field, typed, to string }{
		"email": {"input[name=email]", ada, ada},
		"sms":   {"input[name=phoneNumber]", "2025550101", "+12025550101"}, // Lock puts the tenant's +1 before it
	} {
		t.Run(method, func(t *testing.T) {
			schemes(t, func(t *testing.T, scheme string) {
				t.Helper()
				s := startSDK(t, scheme, desktop)
				settings := map[string]any{"client": "acme-spa", "domain": byName(s.auth.Domain()), "method": method, "languageBaseUrl": s.tenant}
				if scheme == "http" { // Lock puts https:// before a domain in some places, and not in others
					settings["domain"], settings["configurationBaseUrl"] = s.tenant, s.tenant
					settings["overrides"] = map[string]string{"__tenant": "acme", "__token_issuer": s.tenant + "/"}
				}
				hosts := s.hosts()
				s.visit("/lock.html", settings)
				s.status("signed out")
				s.lock(c.field, c.typed)
				code := s.auth.OTP(t, c.to)
				s.expect("403 (Forbidden)")
				s.expect("status of 403")
				s.lock("input[name=vcode]", "x"+code)
				s.status("error invalid_user_password: Wrong " + map[string]string{"email": "email", "sms": "phone number"}[method] + " or verification code.")
				s.untilText(".auth0-global-message-error", "SOMETHING WENT WRONG") // all that Lock says of a wrong code
				s.next(func() { s.lock("input[name=vcode]", code) })
				s.status("signed in as " + c.to)
				claims := value[struct{ Iss, Aud, Nonce string }](s.tab, `claims`)
				if claims.Iss != s.tenant+"/" || claims.Aud != "acme-spa" || claims.Nonce == "" {
					t.Errorf("ID token: %+v", claims)
				}
				want := []string{byName(s.app), byName(s.tenant)}
				slices.Sort(want)
				if got := hosts(); !slices.Equal(got, want) {
					t.Errorf("the browser asked %q, want %q", got, want)
				}
			})
		})
	}
}

// lock fills a field of Lock's and sends it by Enter, once Lock is open and not
// busy.
func (s *sdk) lock(field, text string) {
	s.t.Helper()
	s.until(`document.querySelector(` + quoted(field) + `)?.checkVisibility({visibilityProperty: true}) && document.querySelector(".auth0-lock-opened .auth0-lock-submit")?.disabled === false`)
	s.write(field, text)
	s.keys(enter)
}
