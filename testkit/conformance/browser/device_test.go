package browser

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A device is a television, say, of acme-native.
type device struct {
	Code         string `json:"device_code"`
	UserCode     string `json:"user_code"`
	Verification string `json:"verification_uri"`
	Complete     string `json:"verification_uri_complete"`
}

func (s *sdk) startDevice() (d device) {
	s.t.Helper()
	if status := s.post("/oauth/device/code", url.Values{"scope": {"openid"}}, &d); status != http.StatusOK {
		s.t.Fatalf("no device: %d", status)
	}
	return d
}

// gets is the error that the device gets, or "tokens".
func (s *sdk) gets(d device) string {
	s.t.Helper()
	var answer struct{ Error string }
	if s.post("/oauth/token", url.Values{"grant_type": {fixtures.GrantDeviceCode}, "device_code": {d.Code}}, &answer) == http.StatusOK {
		return "tokens"
	}
	return answer.Error
}

// post posts a form as acme-native does.
func (s *sdk) post(path string, form url.Values, into any) (status int) {
	s.t.Helper()
	form.Set("client_id", "acme-native")
	res, err := s.auth.Client().PostForm(s.tenant+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode
}

// connected waits for the last page of a device's login.
func (s *sdk) connected(d device) {
	s.t.Helper()
	s.at("/device/success")
	s.untilText("main", "Your device is now connected.")
	if got := s.gets(d); got != "tokens" {
		s.t.Errorf("the device gets %s", got)
	}
}

// The user of a device types its code, confirms it and signs in. The next device needs
// the confirmation alone. The third one is not the user's.
func TestDevice(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop)
	s.mayBeRefused()
	d := s.startDevice()
	s.run(chromedp.Navigate(d.Verification))
	s.continues("#code", "")
	s.problem("Please enter the code displayed on your device")
	s.continues("#code", strings.ToLower(strings.ReplaceAll(d.UserCode, "-", "")))
	s.untilText("main", d.UserCode)
	if got := s.gets(d); got != "authorization_pending" {
		t.Errorf("before the confirmation the device gets %s", got)
	}
	s.next(func() { s.click(`[value="confirm"]`) })
	s.at("/u/login/identifier")
	s.continues("#username", ada)
	s.continues("#code", s.auth.OTP(t, ada))
	s.connected(d)

	d = s.startDevice()
	s.run(chromedp.Navigate(d.Complete))
	s.next(func() { s.click(`[value="confirm"]`) })
	s.connected(d)

	d = s.startDevice()
	s.run(chromedp.Navigate(d.Complete))
	s.next(func() { s.press("main", "Cancel") })
	s.at("/device/failure")
	s.untilText("h1", "Activation Denied")
	if got := s.gets(d); got != "access_denied" {
		t.Errorf("the device that is not the user's gets %s", got)
	}
}

// eachDevicePage opens the pages of a device one after the other.
func (s *sdk) eachDevicePage(look func(name string)) {
	s.t.Helper()
	s.mayBeRefused()
	d := s.startDevice()
	s.run(chromedp.Navigate(d.Verification))
	s.untilText("h1", "Device Activation")
	look("device")
	s.continues("#code", "BBBB-BBBB")
	s.problem("Invalid or expired user code")
	look("device-problem")
	s.run(chromedp.Navigate(d.Complete))
	s.untilText("h1", "Device Confirmation")
	look("device-confirmation")
	for _, end := range []string{"success", "failure"} {
		s.run(chromedp.Navigate(s.tenant + "/device/" + end))
		s.at("/device/" + end)
		look("device-" + end)
	}
}
