package login_test

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/login"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// withMFA is the default fixture whose policy asks everybody for a second factor, with
// a user who has each.
func withMFA(t testing.TB) *fixtures.Fixture {
	t.Helper()
	return servertest.ParseFixture(t, `guardian:
  policies: [all-applications]
  factors: {otp: true, sms: true, email: true, recovery-code: true, push-notification: true}
  phone: {message_types: [sms, voice]}
users:
  - email: ada@example.com
    email_verified: true
    mfa:
      - {type: otp, secret: JBSWY3DPEHPK3PXP}
      - {type: phone, phone_number: "+12025550101"}
      - {type: recovery-code, code: MZCRK3YX5V3AKNNYY6JEBQCL}
  - {email: grace@example.com}
`)
}

// toSecondFactor signs in by the first factor. It returns the query of the login, and
// the first page of the second factor.
func toSecondFactor(t testing.TB, s *server.Server, b *servertest.Browser, who string) (query string, page *url.URL) {
	t.Helper()
	query = b.Begin("x")
	b.Call("POST", b.Identify(query, who), url.Values{"code": {servertest.Live(t, s, who)}})
	return query, next(t, b.Call("GET", "/authorize/resume?"+query, nil))
}

// next is where a redirect leads.
func next(t testing.TB, w *httptest.ResponseRecorder) *url.URL {
	t.Helper()
	to, err := url.Parse(w.Header().Get("Location"))
	if w.Code != http.StatusFound || err != nil {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	return to
}

// A double click on the page of a second factor ends the login once, as everywhere.
// Only the form that was right gets the same answer again.
func TestASecondFactorThatIsSentTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withMFA(t)})
	b := servertest.NewBrowser(t, s)
	query, page := toSecondFactor(t, s, b, "ada@example.com")
	if page.Path != "/u/mfa-otp-challenge" || !strings.HasPrefix(page.Query().Get("state"), "hKFo2S") {
		t.Fatalf("it begins at %s", page)
	}
	code, _, err := s.TOTP("ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	answers := make([]*httptest.ResponseRecorder, 4)
	var clicks sync.WaitGroup
	for i := range answers {
		clicks.Go(func() { answers[i] = b.Send("POST", page.String(), url.Values{"code": {code}}) })
	}
	clicks.Wait()
	for i, w := range answers {
		if to := next(t, w).String(); to != "/authorize/resume?"+query {
			t.Errorf("click %d leads to %s", i, to)
		}
	}
	if w := b.Send("POST", page.String(), url.Values{"code": {"000000"}}); w.Code != http.StatusBadRequest {
		t.Errorf("a wrong code after the right one: %d", w.Code)
	}
	for i := range answers {
		clicks.Go(func() { answers[i] = b.Send("GET", "/authorize/resume?"+query, nil) })
	}
	clicks.Wait()
	codes := map[string]int{}
	for _, w := range answers {
		codes[w.Header().Get("Location")]++
	}
	if len(codes) != 2 || codes[""] != len(answers)-1 {
		t.Errorf("the app gets %v", codes)
	}
}

// A browser that knows the state of the pages, but is not the one that gave the first factor,
// gets no code of an app by giving the second.
func TestASecondFactorInAnotherBrowserEndsNoLogin(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withMFA(t)})
	ada, mallory := servertest.NewBrowser(t, s), servertest.NewBrowser(t, s)
	query, page := toSecondFactor(t, s, ada, "ada@example.com")
	code, _, err := s.TOTP("ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	next(t, mallory.Call("POST", page.String(), url.Values{"code": {code}}))
	if w := mallory.Call("GET", "/authorize/resume?"+query, nil); w.Code != http.StatusBadRequest {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// A second factor counts for the user who gave it, and not for one who signs in later
// in the same login.
func TestASecondFactorIsOfItsUser(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withMFA(t)})
	b := servertest.NewBrowser(t, s)
	query, page := toSecondFactor(t, s, b, "ada@example.com")
	code, _, err := s.TOTP("ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	next(t, b.Call("POST", page.String(), url.Values{"code": {code}}))
	b.Call("POST", b.Identify(query, "grace@example.com"), url.Values{"code": {servertest.Live(t, s, "grace@example.com")}})
	if to := next(t, b.Call("GET", "/authorize/resume?"+query, nil)); to.Path != "/u/mfa-enroll-options" {
		t.Errorf("grace goes to %s", to)
	}
}

// What an enrolment on the pages has begun is part of the user: a reset forgets it, and
// a page of it leads nowhere after that.
func TestAResetForgetsEnrolmentsOnPages(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withMFA(t)})
	b := servertest.NewBrowser(t, s)
	_, page := toSecondFactor(t, s, b, "grace@example.com")
	page.Path = "/u/mfa-otp-enrollment"
	b.Call("GET", page.String(), nil)
	if u, _ := s.UserByAddress("grace@example.com"); len(u.MFA) != 2 || u.MFA[0].Confirmed() {
		t.Errorf("grace has %+v", u.MFA)
	}
	s.Reset()
	if u, _ := s.UserByAddress("grace@example.com"); len(u.MFA) != 0 {
		t.Errorf("after a reset grace has %+v", u.MFA)
	}
	if w := b.Call("GET", page.String(), nil); w.Code != http.StatusBadRequest {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// Whatever is sent to whatever page of a second factor, in whatever order: the answer
// is a page or leads to one, and the app gets a code only after a proof.
func FuzzMFAPages(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, "action", "default")
	}
	f.Add(uint64(1), "action", "phone::9999999999999999999999")
	f.Add(uint64(2), "action", "selection-action::-1")
	f.Add(uint64(3), "phone", "+1\x00")
	f.Fuzz(func(t *testing.T, seed uint64, name, text string) {
		s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withMFA(t)})
		r := rand.New(rand.NewPCG(seed, 1))
		b := servertest.NewBrowser(t, s)
		query, page := toSecondFactor(t, s, b, []string{"ada@example.com", "grace@example.com"}[r.IntN(2)])
		pages := login.MFAPages()
		actions := []string{"", "default", "otp", "sms", "voice", "phone", "email::1", "push-notification", "recovery-code", "resend-code", "resend", "pick-authenticator", "toggle-view", "continue", "switch-to-voice", "selection-action::0"}
		for range 12 {
			page.Path = pages[r.IntN(len(pages))].Path
			form := url.Values{"action": {actions[r.IntN(len(actions))]}, "code": {strconv.Itoa(r.IntN(100_000))}, "type": {"sms"}, "phone": {"+12025550199"}, name: {text}}
			form.Del("state")
			method, body := "GET", any(nil)
			if r.IntN(2) == 0 {
				method, body = "POST", form
			}
			w := b.Call(method, page.String(), body)
			if to := w.Header().Get("Location"); w.Code >= 500 || to != "" && !strings.HasPrefix(to, "/u/mfa-") {
				t.Fatalf("%s %s %v: %d to %q %s", method, page.Path, form, w.Code, to, w.Body)
			}
		}
		if to := next(t, b.Call("GET", "/authorize/resume?"+query, nil)); !strings.HasPrefix(to.Path, "/u/mfa-") {
			t.Errorf("without a proof the login leads to %s", to)
		}
	})
}

// A login to the MFA API needs a factor of a user who has one, without a policy too: by
// each way of a browser, in one that is signed in or remembered, and without a page.
func TestTheMFAAPIAsksEveryBrowser(t *testing.T) {
	t.Parallel()
	f := withMFA(t)
	f.Guardian.Policies = nil
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f})
	b := servertest.NewBrowser(t, s)
	ask := func(more url.Values) *url.URL {
		query := url.Values{"client_id": {"acme-web"}, "redirect_uri": {"http://localhost:3000/cb"}, "response_type": {"code"}, "nonce": {"n"}, "audience": {"http://localhost:2884/mfa/"}}
		maps.Copy(query, more)
		return next(t, b.Call("GET", "/authorize?"+query.Encode(), nil))
	}
	// 1. Without the audience, nobody is asked.
	_, page := toSecondFactor(t, s, b, "ada@example.com")
	if page.Host != "localhost:3000" {
		t.Fatalf("without a policy the login leads to %s", page)
	}
	// 2. With it, the session of a first factor is not enough.
	for _, responseType := range []string{"code", "token", "id_token token", "code token"} {
		if to := ask(url.Values{"response_type": {responseType}}); to.Path != "/u/mfa-otp-challenge" {
			t.Errorf("response_type %s leads to %s", responseType, to)
		}
	}
	if to := ask(url.Values{"prompt": {"none"}}); to.Query().Get("error") != "login_required" {
		t.Errorf("prompt=none leads to %s", to)
	}
	// 3. Nor is a second factor of an earlier login.
	page = ask(nil)
	code, _, err := s.TOTP("ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	resume := next(t, b.Call("POST", page.String(), url.Values{"code": {code}}))
	if to := next(t, b.Call("GET", resume.String(), nil)); to.Query().Get("code") == "" {
		t.Errorf("the proof leads to %s", to)
	}
	if to := ask(nil); to.Path != "/u/mfa-otp-challenge" {
		t.Errorf("the second login leads to %s", to)
	}
}

// The pages of an enrolment ask for the factor that the user has enrolled elsewhere
// meanwhile. The secret that they showed proves nothing.
func TestAnEnrolmentOnPagesEndsWhenTheUserEnrollsElsewhere(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: withMFA(t)})
	b := servertest.NewBrowser(t, s)
	_, page := toSecondFactor(t, s, b, "grace@example.com")
	page.Path = "/u/mfa-otp-enrollment"
	b.Call("GET", page.String(), nil)
	code, _, err := s.TOTP("grace@example.com")
	if err != nil {
		t.Fatal(err)
	}
	grace := servertest.UserOf(t, s, "grace@example.com")
	if _, err := s.UpdateUser(grace.UserID, func(u *fixtures.User) error {
		u.MFA = append(u.MFA, fixtures.Authenticator{Type: fixtures.FactorPhone, PhoneNumber: "+12025550102"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if to := next(t, b.Call("POST", page.String(), url.Values{"code": {code}})); to.Path != "/u/mfa-phone-challenge" {
		t.Errorf("it leads to %s", to)
	}
	page.Path = "/u/mfa-otp-challenge"
	if to := next(t, b.Call("POST", page.String(), url.Values{"code": {code}})); to.Path != "/u/mfa-phone-challenge" {
		t.Errorf("the code leads to %s", to)
	}
}

// What is too long for a QR code leaves its page without one.
func TestATextTooLongForAQRCode(t *testing.T) {
	t.Parallel()
	f := withMFA(t)
	f.Tenant.FriendlyName = strings.Repeat("Acme ", 1000)
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f})
	b := servertest.NewBrowser(t, s)
	_, page := toSecondFactor(t, s, b, "grace@example.com")
	for _, path := range []string{"/u/mfa-otp-enrollment", "/u/mfa-push-enrollment"} {
		page.Path = path
		if w := b.Call("GET", page.String(), nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), `id="qr-code"`) {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

// An address is masked by its letters, and not in the middle of one.
func TestAnAddressIsMaskedByLetters(t *testing.T) {
	t.Parallel()
	f := withMFA(t)
	f.Users[0].MFA = []fixtures.Authenticator{{Type: fixtures.FactorOTP}, {Type: fixtures.FactorEmail, Email: "日本語日本@example.com"}}
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f})
	b := servertest.NewBrowser(t, s)
	_, page := toSecondFactor(t, s, b, "ada@example.com")
	page.Path = "/u/mfa-email-list"
	if w := b.Call("GET", page.String(), nil); !strings.Contains(w.Body.String(), "日本語日*@exam*******") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A page that waits for a notification, and asks on after the user has gone on in
// another tab, does not end the login in the place of that tab.
func TestAPageThatPollsEndsNoLogin(t *testing.T) {
	t.Parallel()
	f := withMFA(t)
	f.Users[0].MFA = append(f.Users[0].MFA, fixtures.Authenticator{Type: fixtures.FactorPush})
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f})
	b := servertest.NewBrowser(t, s)
	_, page := toSecondFactor(t, s, b, "ada@example.com")
	b.Call("GET", page.String(), nil)
	other := *page
	other.Path = "/u/mfa-otp-challenge"
	code, _, err := s.TOTP("ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	resume := next(t, b.Call("POST", other.String(), url.Values{"code": {code}}))
	if w := b.Call("GET", page.String(), nil, servertest.Header("Accept", "application/json")); w.Code != http.StatusOK || w.Body.String() != `{"completed":false}` {
		t.Errorf("the poll gets %d %v %s", w.Code, w.Header(), w.Body)
	}
	if to := next(t, b.Call("GET", resume.String(), nil)); to.Query().Get("code") == "" {
		t.Errorf("the other tab goes to %s", to)
	}
}
