package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

type deviceCodes struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
}

func startDevice(t *testing.T, s *server.Server) deviceCodes {
	t.Helper()
	return servertest.DecodeAnswer[deviceCodes](t, servertest.Call(t, s, "POST", "/oauth/device/code", url.Values{"client_id": {"acme-native"}, "scope": {"openid"}}))
}

// poll is the error that a device gets; "" if it gets its tokens.
func (d deviceCodes) poll(t *testing.T, s *server.Server) string {
	t.Helper()
	w := servertest.Call(t, s, "POST", "/oauth/token", url.Values{"grant_type": {fixtures.GrantDeviceCode}, "client_id": {"acme-native"}, "device_code": {d.DeviceCode}})
	if w.Code == http.StatusOK {
		return ""
	}
	return servertest.DecodeError(t, w).Error
}

// Two tabs sign in for one device: the one that is first counts, and the other one
// changes nothing.
func TestADeviceIsConfirmedInTwoTabs(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	d := startDevice(t, s)
	who := []string{"ada@example.com", "+12025550101"}
	var tabs [2]*servertest.Browser
	var queries, ends [2]string
	for i := range tabs {
		tabs[i] = servertest.NewBrowser(t, s)
		w := tabs[i].Call("POST", "/activate?user_code="+d.UserCode, url.Values{"action": {"confirm"}})
		_, queries[i], _ = strings.Cut(w.Header().Get("Location"), "?")
	}
	for i, b := range tabs {
		w := b.Call("POST", b.Identify(queries[i], who[i]), url.Values{"code": {servertest.Live(t, s, who[i])}})
		ends[i] = b.Call("GET", w.Header().Get("Location"), nil).Header().Get("Location")
	}
	if ends[0] != "/device/success" || ends[1] != "/device/failure" {
		t.Errorf("the tabs end at %q", ends)
	}
	w := servertest.Call(t, s, "POST", "/oauth/token", url.Values{"grant_type": {fixtures.GrantDeviceCode}, "client_id": {"acme-native"}, "device_code": {d.DeviceCode}})
	tokens := servertest.DecodeAnswer[servertest.Tokens](t, w)
	claims, err := servertest.Verify(servertest.JWKS(t, s), tokens.IDToken)
	if err != nil || !strings.Contains(string(claims), servertest.UserOf(t, s, "ada@example.com").UserID) {
		t.Errorf("the device gets %s, %v", claims, err)
	}
}

// Looking changes nothing, and another site's page confirms nothing.
func TestOnlyTheUserConfirmsADevice(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	d := startDevice(t, s)
	confirm := "/activate?user_code=" + d.UserCode
	servertest.Call(t, s, "GET", confirm+"&action=confirm", nil)
	servertest.Call(t, s, "GET", confirm+"&action=cancel", nil)
	if w := servertest.Call(t, s, "POST", confirm, url.Values{"action": {"cancel"}}, servertest.Header("Origin", "https://elsewhere.test")); w.Code != http.StatusForbidden {
		t.Errorf("another site: %d %s", w.Code, w.Body)
	}
	for _, origin := range []string{"null", "", "chrome-extension://abcdefgh"} { // null is that of a sandboxed frame
		for _, action := range []string{"confirm", "cancel"} {
			w := servertest.Call(t, s, "POST", confirm, url.Values{"action": {action}}, servertest.Header("Origin", origin), servertest.Header("Sec-Fetch-Site", "cross-site"))
			if w.Code != http.StatusForbidden {
				t.Errorf("%s by another site with the origin %q: %d %s", action, origin, w.Code, w.Header().Get("Location"))
			}
		}
	}
	if got := d.poll(t, s); got != "authorization_pending" {
		t.Errorf("the device gets %q", got)
	}
	own := servertest.Call(t, s, "POST", confirm, url.Values{"action": {"cancel"}}, servertest.Header("Origin", "null"), servertest.Header("Sec-Fetch-Site", "same-origin")) // a page with the policy no-referrer
	if got := d.poll(t, s); own.Code != http.StatusFound || got != "access_denied" {
		t.Errorf("the tenant's own page: %d, the device gets %q", own.Code, got)
	}
}

// A scenario for the endpoint activate acts on the confirmation of who is signed in,
// and one for oauth.device_code on a new device.
func TestScenariosActOnDevices(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rule, end string }{
		{"when: {endpoint: activate, client: acme-native}, then: {user: blocked}", "/device/failure"},
		{"when: {endpoint: activate}, then: {user: mfa_required}", "/u/mfa-enroll-options"},
		{"when: {endpoint: activate, client: acme-web}, then: {user: blocked}", "/device/success"},
		{"when: {endpoint: authorize}, then: {user: blocked}", "/device/success"},
	} {
		s := servertest.New(t, server.Config{At: servertest.At2030})
		b := servertest.NewBrowser(t, s)
		b.Call("POST", b.Identify(b.Begin("x"), "ada@example.com"), url.Values{"code": {servertest.Live(t, s, "ada@example.com")}})
		d := startDevice(t, s)
		servertest.SwitchOn(t, s, "version: 1\nname: one\nrules: [{id: it, "+tt.rule+"}]\n")
		w := b.Call("POST", "/activate?user_code="+d.UserCode, url.Values{"action": {"confirm"}})
		if got, _, _ := strings.Cut(w.Header().Get("Location"), "?"); got != tt.end {
			t.Errorf("%s: it ends at %q", tt.rule, got)
		}
		fired, want := servertest.StatusOf(t, s, "one").Rules[0].Fired, int64(0)
		if tt.end != "/device/success" {
			want = 1
		}
		if fired != want {
			t.Errorf("%s: it fired %d times", tt.rule, fired)
		}
	}
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: one\nrules: [{id: it, when: {endpoint: oauth.device_code, client: acme-native}, then: {respond: {preset: rate_limited}}}]\n")
	if w := servertest.Call(t, s, "POST", "/oauth/device/code", url.Values{"client_id": {"acme-native"}}); w.Code != http.StatusTooManyRequests {
		t.Errorf("the preset for a new device: %d %s", w.Code, w.Body)
	}
	servertest.SwitchOn(t, s, "version: 1\nname: two\nrules: [{id: it, when: {endpoint: oauth.token, recipient: ada@example.com}, then: {user: blocked}}]\n")
	s.SwitchOff("one")
	d := startDevice(t, s)
	if got := d.poll(t, s); got != "authorization_pending" {
		t.Errorf("before the answer a blocked user has no effect: %q", got)
	}
	if _, err := s.ApproveDevice(d.UserCode, "ada@example.com"); err != nil {
		t.Fatal(err)
	}
	if got := d.poll(t, s); got != "unauthorized" {
		t.Errorf("a rule for the user who approved: %q", got)
	}
}

// The journal has neither code.
func TestTheCodesOfADeviceAreNotInTheJournal(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	d := startDevice(t, s)
	servertest.Call(t, s, "GET", "/activate?user_code="+d.UserCode, nil)
	servertest.Call(t, s, "POST", "/activate", url.Values{"code": {d.UserCode}})
	d.poll(t, s)
	for _, r := range s.Requests() {
		for name, value := range r.Params {
			if value == d.DeviceCode || value == d.UserCode {
				t.Errorf("%s %s: %s is %v", r.Method, r.Path, name, value)
			}
		}
	}
}
