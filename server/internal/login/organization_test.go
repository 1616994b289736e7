package login_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// manyOrganizations has a user of 22 organizations.
func manyOrganizations() string {
	var b strings.Builder
	b.WriteString(`clients:
  - {client_id: picks, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: allow, organization_require_behavior: post_login_prompt}
users: [{email: ada@example.com}]
organizations:
`)
	for i := range 22 {
		fmt.Fprintf(&b, "  - {id: org_%016d, name: org-%d, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}\n", i, i)
	}
	return b.String()
}

// The page after the login has 20 organizations. The user signs in through one of the
// others if the app names it.
func TestThePickerHasTwentyOrganizations(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, manyOrganizations())})
	session, err := s.StartSession("ada@example.com", server.SessionRequest{})
	if err != nil {
		t.Fatal(err)
	}
	cookie := servertest.Header("Cookie", session[0].Name+"="+session[0].Value)
	const login = "/authorize?client_id=picks&response_type=code&scope=openid&redirect_uri=http://localhost:3000/cb"
	picker := servertest.Call(t, s, "GET", login, nil, cookie).Header().Get("Location")
	if !strings.HasPrefix(picker, "/u/organization-picker?") {
		t.Fatalf("the login leads to %s", picker)
	}
	page := servertest.Call(t, s, "GET", picker, nil, cookie).Body.String()
	for i := range 22 {
		if got := strings.Contains(page, fmt.Sprintf(`value="org_%016d"`, i)); got != (i < 20) {
			t.Errorf("organization %d is on the page: %v", i, got)
		}
	}
	pick := func(id string) *http.Response {
		return servertest.Call(t, s, "POST", picker, url.Values{"organization": {id}}, cookie).Result()
	}
	if got := pick("org_0000000000000020"); got.StatusCode != http.StatusOK { // the page once more
		t.Errorf("one that is not on the page can be picked: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	if got := pick("org_0000000000000019"); got.StatusCode != http.StatusFound || !strings.HasPrefix(got.Header.Get("Location"), "/authorize/resume?") {
		t.Errorf("the last one on the page: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	if back := servertest.Call(t, s, "GET", login+"&organization=org_0000000000000021", nil, cookie).Header().Get("Location"); !strings.Contains(back, "/cb?code=") {
		t.Errorf("one that the app names leads to %s", back)
	}
}

// The pages to which the link of an e-mail leads have the look of its organization, and
// their way back into the app names it.
func TestTheLinkOfAnEmailKnowsItsOrganization(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `clients: [{client_id: shop, name: Shop, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], initiate_login_uri: "http://localhost:3000/login?a=b#top"}]
organizations: [{id: org_acme000000000000, name: acme, display_name: Acme Inc, branding: {logo_url: "https://cdn.acme.test/logo.png"}}]
`)})
	w := servertest.Call(t, s, "POST", "/dbconnections/change_password", servertest.Object{"client_id": "shop", "connection": "Username-Password-Authentication", "email": "dora@example.com", "organization": "org_acme000000000000"})
	m, sent := s.Outbox().Latest()
	if w.Code != http.StatusOK || !sent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	_, ticket, _ := strings.Cut(strings.TrimSuffix(m.Links[0], "#"), "ticket=")
	page := servertest.Call(t, s, "POST", "/u/reset-password/change?ticket="+ticket, url.Values{"password-reset": {"Secret123!"}, "re-enter-password": {"Secret123!"}}).Body.String()
	for _, part := range []string{
		`src="https://cdn.acme.test/logo.png" alt="Acme Inc"`, `href="http://localhost:3000/login?a=b&amp;organization_id=org_acme000000000000&amp;organization_name=acme#top"`, "Password Changed!",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page has no %s:\n%s", part, page)
		}
	}
}

// A user who avoids the page that asks for the organization comes back to it after the login.
func TestNobodyGoesRoundThePageThatAsksForTheOrganization(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `clients:
  - {client_id: asks, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, organization_require_behavior: pre_login_prompt, organization_discovery_methods: [organization_name]}
organizations: [{name: acme, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}]
`)})
	b := servertest.NewBrowser(t, s)
	_, state, _ := strings.Cut(b.Call("GET", "/authorize?client_id=asks&response_type=code&scope=openid&redirect_uri=http://localhost:3000/cb", nil).Header().Get("Location"), "?")
	b.Call("POST", "/u/login/identifier?"+state, url.Values{"username": {"ada@example.com"}})
	b.Call("POST", "/u/login/passwordless-email-challenge?"+state, url.Values{"code": {servertest.Live(t, s, "ada@example.com")}})
	if to := b.Call("GET", "/authorize/resume?"+state, nil).Header().Get("Location"); to != "/u/organization?"+state {
		t.Fatalf("the login goes on at %s", to)
	}
	if to := b.Call("POST", "/u/organization?"+state, url.Values{"organizationName": {"acme"}}).Header().Get("Location"); to != "/authorize/resume?"+state { // the user has signed in
		t.Errorf("the page leads to %s", to)
	}
	if to := b.Call("GET", "/authorize/resume?"+state, nil).Header().Get("Location"); !strings.Contains(to, "/cb?code=") {
		t.Errorf("then it ends at %s", to)
	}
}

// Of several browsers that accept one invitation at once one signs in. The others learn
// that it is used up.
func TestAnInvitationIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `clients:
  - {client_id: shop, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login"}
organizations: [{name: acme, enabled_connections: [{connection: email}]}]
`)})
	made, _, err := s.Invite("acme", fixtures.Invitation{Invitee: fixtures.InvitationInvitee{Email: "ada@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	const browsers = 8
	back := make(chan string, browsers)
	ready, start := make(chan bool, browsers), make(chan bool)
	for range browsers {
		b := servertest.NewBrowser(t, s)
		_, state, _ := strings.Cut(b.Call("GET", "/authorize?client_id=shop&response_type=code&scope=openid&redirect_uri=http://localhost:3000/cb&organization="+s.Organizations()[0].ID+"&invitation="+made.TicketID, nil).Header().Get("Location"), "?")
		b.Call("POST", "/u/login/identifier?"+state, url.Values{"username": {"ada@example.com"}})
		b.Call("POST", "/u/login/passwordless-email-challenge?"+state, url.Values{"code": {servertest.Live(t, s, "ada@example.com")}})
		go func() {
			ready <- true
			<-start
			back <- b.Call("GET", "/authorize/resume?"+state, nil).Header().Get("Location")
		}()
	}
	for range browsers {
		<-ready
	}
	close(start)
	codes := 0
	for range browsers {
		switch to := <-back; {
		case strings.Contains(to, "/cb?code="):
			codes++
		case !strings.Contains(to, "invitation%20not%20found%20or%20already%20used"):
			t.Errorf("the app gets %s", to)
		}
	}
	if codes != 1 || len(s.Organizations()[0].Members) != 1 {
		t.Errorf("%d browsers have signed in, and the members are %+v", codes, s.Organizations()[0].Members)
	}
}

// The e-mail to a user whom wrong passwords have blocked has the variables of the
// organization of that login.
func TestTheEmailOfABlockKnowsTheOrganization(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `limits: {enforce: true}
clients: [{client_id: shop, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require}]
organizations: [{name: acme, id: org_acme000000000000, members: [{user: dora@example.com}], enabled_connections: [{connection: Username-Password-Authentication}]}]
email_provider: {name: smtp, enabled: true, default_from_address: no-reply@acme.test}
email_templates: [{template: blocked_account, enabled: true, syntax: liquid, subject: "Blocked at {{ organization.display_name }}", body: "{{ organization.name }} {{ url }}"}]
`)})
	b := servertest.NewBrowser(t, s)
	_, state, _ := strings.Cut(b.Call("GET", "/authorize?client_id=shop&response_type=code&scope=openid&redirect_uri=http://localhost:3000/cb&organization=org_acme000000000000", nil).Header().Get("Location"), "?")
	b.Call("POST", "/u/login/identifier?"+state, url.Values{"username": {"dora@example.com"}})
	for range 11 {
		b.Call("POST", "/u/login/password?"+state, url.Values{"username": {"dora@example.com"}, "password": {"wrong"}})
	}
	if m, sent := s.Outbox().Latest(); !sent || m.Subject != "Blocked at acme" || !strings.HasPrefix(m.Text, "acme http://localhost:2884/u/") {
		t.Errorf("the message is %+v", m)
	}
}
