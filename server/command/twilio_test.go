package command_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// playSMS is an app that sends a text message of its own by Twilio's API, and
// one with a code by the tenant, and shows what the outbox has.
func playSMS() int {
	fail := func(err error) int { fmt.Println(err); return 1 }
	r, err := http.NewRequest("POST", os.Getenv("MOCKAUTH0_TWILIO_URL")+"/2010-04-01/Accounts/AC1/Messages.json",
		strings.NewReader(url.Values{"To": {"+12025550101"}, "From": {"Acme"}, "Body": {"Parcel 4711"}}.Encode()))
	if err != nil {
		return fail(err)
	}
	r.SetBasicAuth("AC1", "token")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	own, err := http.DefaultClient.Do(r)
	if err != nil {
		return fail(err)
	}
	res, err := http.Post(os.Getenv("MOCKAUTH0_URL")+"/passwordless/start", "application/json",
		strings.NewReader(`{"client_id":"acme-native","connection":"sms","phone_number":"+12025550101"}`))
	if err != nil {
		return fail(err)
	}
	fmt.Println(own.StatusCode, res.StatusCode)
	if res, err = http.Get(os.Getenv("MOCKAUTH0_URL") + "/_mock/outbox"); err != nil {
		return fail(err)
	}
	var box struct {
		Items []struct {
			Kind, Text, Note string
			Relay            *struct{ State string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&box); err != nil {
		return fail(err)
	}
	for _, m := range box.Items {
		state := ""
		if m.Relay != nil {
			state = m.Relay.State
		}
		fmt.Printf("%s, %s, %s, %s\n", m.Kind, m.Text, state, m.Note)
	}
	return 0
}

func TestTextMessages(t *testing.T) {
	t.Parallel()
	called := make(chan string, 10)
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		called <- string(body)
	}))
	t.Cleanup(gateway.Close)
	port := gateway.Listener.Addr().(*net.TCPAddr).Port
	passedOn := `{"recipient":"+12025550101","body":"It is 340691","sender":"+15005550006"}`
	for name, c := range map[string]struct {
		url    string
		flags  []string
		want   string
		called string
	}{
		"loopback": {gateway.URL, nil, "201 200\ntwilio, Parcel 4711, , \nsms, It is 340691, sent, \n", passedOn},
		// 0.0.0.0 is this machine, too, but it is not loopback.
		"allowed": {fmt.Sprintf("http://0.0.0.0:%d", port), []string{"--allow-outbound", "0.0.0.0"}, "201 200\ntwilio, Parcel 4711, , \nsms, It is 340691, sent, \n", passedOn},
		"elsewhere": {"https://sms.example.com/", nil, "201 200\ntwilio, Parcel 4711, , \n" +
			"sms, It is 340691, , the SMS gateway was not called: --allow-outbound sms.example.com would call it\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && name == "allowed" {
				t.Skip("Windows does not call 0.0.0.0")
			}
			fixture := filepath.Join(t.TempDir(), "sms.yaml")
			text := "version: 1\nextends: default\nconnections:\n  - {name: sms, strategy: sms, enabled_clients: ['*'], options: {provider: sms_gateway, gateway_url: '" + c.url + "', template: 'It is {{ code }}'}}\n"
			if err := os.WriteFile(fixture, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			env, args := child(t, "sms")
			flags := []string{"exec", "--log", "none", "--fixture", fixture, "--twilio", "localhost:0"}
			if got := run(t, environ(env...), slices.Concat(flags, c.flags, []string{"--"}, args)...); got != (result{out: c.want}) {
				t.Errorf("%+v", got)
			}
			select {
			case got := <-called:
				if got != c.called {
					t.Errorf("the gateway got %s", got)
				}
			default:
				if c.called != "" {
					t.Error("the gateway was not called")
				}
			}
		})
	}
}

func TestTwilioIsAnnounced(t *testing.T) {
	t.Parallel()
	out, _ := stopped(t, environ(), true, "--twilio", "127.0.0.1:0")
	if !strings.Contains(out, "\n  SMS      Twilio's API at http://localhost:") {
		t.Errorf("%s", out)
	}
	_, errout := stopped(t, environ(), false, "--twilio", "127.0.0.1:0")
	var line struct{ SMS struct{ Twilio []string } }
	if err := json.Unmarshal([]byte(errout), &line); err != nil || len(line.SMS.Twilio) != 1 {
		t.Errorf("%s: %v", errout, err)
	}
}
