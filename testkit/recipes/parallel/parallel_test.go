// Package parallel signs in with eight workers at once, and -count 50 repeats
// that, on one server that nobody resets: each test has a recipient of its own,
// takes the cursor before it clicks, and reads since it.
//
// A Go test seldom needs this, since testkit.Start gives each test a tenant of
// its own. It is for suites that share a server which runs already, in a
// container say, with tests in other languages.
package parallel

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// A tenant is a server that others use, too.
type tenant struct {
	url, clientID, clientSecret string
	http                        *http.Client
}

// theTenant is the one that mockauth0 exec, or env, points at. Without either,
// which is plain go test, it is one in this process, by HTTP all the same.
func theTenant(t *testing.T) tenant {
	t.Helper()
	if url := os.Getenv("MOCKAUTH0_URL"); url != "" {
		return tenant{url, os.Getenv("AUTH0_CLIENT_ID"), os.Getenv("AUTH0_CLIENT_SECRET"), http.DefaultClient}
	}
	auth := testkit.Start(t)
	return tenant{url: auth.URL(), clientID: auth.ClientID(), http: auth.Client()}
}

// freshRecipient is a recipient of this test's own.
func freshRecipient() string { return "ada+" + strings.ToLower(rand.Text()) + "@example.com" }

// call makes a request, and returns the status and the body. A nil body sends none.
func (a tenant) call(t *testing.T, method, path string, body any) (int, string) {
	t.Helper()
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, a.url+path, bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(answer))
}

// start is what an app does when somebody asks for a code.
func (a tenant) start(t *testing.T, to string) (status int) {
	t.Helper()
	status, _ = a.call(t, "POST", "/passwordless/start", map[string]string{
		"client_id": a.clientID, "client_secret": a.clientSecret, "connection": "email", "email": to, "send": "code",
	})
	return status
}

// redeem is what an app does with the code.
func (a tenant) redeem(t *testing.T, to, code string) (status int) {
	t.Helper()
	status, _ = a.call(t, "POST", "/oauth/token", map[string]string{
		"grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp",
		"client_id":  a.clientID, "client_secret": a.clientSecret, "realm": "email", "username": to, "otp": code,
	})
	return status
}

// cursor is where the outbox ends.
func (a tenant) cursor(t *testing.T) string {
	t.Helper()
	_, cursor := a.call(t, "GET", "/_mock/outbox/cursor", nil)
	return cursor
}

// code waits for the code that was sent to the recipient after the cursor.
func (a tenant) code(t *testing.T, to, since string) string {
	t.Helper()
	query := url.Values{"to": {to}, "since": {since}, "wait": {"10s"}}
	status, code := a.call(t, "GET", "/_mock/outbox/code?"+query.Encode(), nil)
	if status != http.StatusOK {
		t.Fatalf("no code: %s", code) // which says what did arrive
	}
	return code
}

func TestOnlyTheNewestCodeCounts(t *testing.T) {
	a := theTenant(t)
	for worker := range 8 {
		t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
			t.Parallel()
			to := freshRecipient()
			// As in a browser: the click is over before the request is.
			var clicks sync.WaitGroup
			defer clicks.Wait()
			click := func() { clicks.Go(func() { a.start(t, to) }) }

			since := a.cursor(t)
			click()
			first := a.code(t, to, since)

			// Send it again. The first code is still there, and live: without the
			// cursor it would be read as the second.
			since = a.cursor(t)
			if got := a.code(t, to, ""); got != first {
				t.Errorf("the newest code is %s, want %s", got, first)
			}
			click()
			second := a.code(t, to, since)

			if status := a.redeem(t, to, first); status != http.StatusForbidden {
				t.Errorf("the first code is answered with %d", status)
			}
			if status := a.redeem(t, to, second); status != http.StatusOK {
				t.Errorf("the second code is answered with %d", status)
			}
		})
	}
}

func TestAFailureIsForOneRecipient(t *testing.T) {
	a := theTenant(t)
	for worker := range 8 {
		t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
			t.Parallel()
			to := freshRecipient()
			status, body := a.call(t, "POST", "/_mock/scenarios", map[string]any{
				"name": "rate-limited", "when": map[string]any{"recipient": to}, "times": 1, "ttl": "1m",
			})
			var on struct{ ID string }
			if err := json.Unmarshal([]byte(body), &on); err != nil || status != http.StatusCreated {
				t.Fatalf("switching it on: %d %s", status, body)
			}
			if status := a.start(t, to); status != http.StatusTooManyRequests {
				t.Errorf("the first start is answered with %d", status)
			}
			since := a.cursor(t)
			if status := a.start(t, to); status != http.StatusOK {
				t.Errorf("the second start is answered with %d", status)
			}
			if status := a.redeem(t, to, a.code(t, to, since)); status != http.StatusOK {
				t.Errorf("the code is answered with %d", status)
			}
			a.call(t, "DELETE", "/_mock/scenarios/"+on.ID, nil)
		})
	}
}
