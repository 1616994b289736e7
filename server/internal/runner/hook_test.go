package runner

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
)

// A server of the user gets the event and answers the calls.
func TestAServerRunsAnAction(t *testing.T) {
	t.Parallel()
	asked := make(chan map[string]any, 1)
	// serve starts a server that gives one answer, or none.
	serve := func(status int, answer string) string {
		user := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var got map[string]any
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Errorf("it got no JSON: %v", err)
			}
			asked <- got
			if answer == "" {
				<-r.Context().Done()
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, answer) // the caller may have gone
		}))
		t.Cleanup(user.Close)
		return user.URL
	}
	r := &Runner{Clock: clock.New(time.Time{}, true), Caller: gateway.New(nil)}
	run := func(url string, timeout int64) *Outcome {
		f := &fixtures.Fixture{Actions: []fixtures.Action{{Name: "one", Trigger: "post-login", URL: url, Secrets: map[string]string{"KEY": "k"}, Timeout: timeout}}}
		return r.Run(t.Context(), f, loginFlow("ada@example.com"))
	}

	out := run(serve(200, `{"commands": [{"call": "idToken.setCustomClaim", "args": ["plan", "gold"]}], "logs": ["hello"]}`), 0)
	if out.Denied != nil || len(out.ID) != 1 || out.ID[0].Value != "gold" || out.Ran[0].Logs[0] != "hello" {
		t.Errorf("the outcome is %+v", out)
	}
	got := <-asked
	event, _ := got["event"].(map[string]any)
	u, _ := event["user"].(map[string]any)
	secrets, _ := event["secrets"].(map[string]any)
	if got["function"] != "onExecutePostLogin" || got["trigger"] != "post-login" || got["action"] != "one" || u["email"] != "ada@example.com" || secrets["KEY"] != "k" {
		t.Errorf("it was asked %v", got)
	}

	if out := run(serve(200, `{"commands": [{"call": "access.deny", "args": ["not you"]}]}`), 0); out.Denied == nil || out.Denied.Reason != "not you" {
		t.Errorf("the outcome is %+v", out)
	}
	<-asked
	for name, tt := range map[string]struct {
		answer string
		status int
		want   string
	}{
		"no JSON":  {"hello", 200, `is not {"commands"`},
		"500":      {"{}", 500, "answered 500, not 200"},
		"too much": {`{"error": "` + strings.Repeat("x", mostAnswer) + `"}`, 200, "more than"},
		"too late": {"", 200, timeoutWords},
	} {
		if out := run(serve(tt.status, tt.answer), 1); out.Denied == nil || !strings.Contains(out.Denied.Reason, tt.want) {
			t.Errorf("%s: the outcome is %+v", name, out)
		}
		<-asked
	}
	// A server that may not be called is as an engine that is not there: the login goes on.
	if out := run("http://hooks.example.com", 0); out.Denied != nil || !strings.Contains(out.Ran[0].Error, "--allow-outbound hooks.example.com") {
		t.Errorf("the outcome is %+v", out)
	}
}

// The Actions of a trigger share their time: what one has taken, the next ones do not have,
// whatever limit of its own one of them has.
func TestActionsShareTheirTime(t *testing.T) {
	t.Parallel()
	const taken = 50 * time.Millisecond
	var left []float64
	user := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var question struct {
			Action   string
			Deadline float64 `json:"deadline_ms"`
		}
		if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
			t.Error(err)
		}
		left = append(left, question.Deadline)
		if question.Action == "first" {
			<-time.After(taken)
		}
		_, _ = io.WriteString(w, `{"commands": []}`)
	}))
	t.Cleanup(user.Close)
	most := actions.MaxTime.Seconds()
	f := &fixtures.Fixture{Actions: []fixtures.Action{
		{Name: "first", Trigger: "post-login", URL: user.URL},
		{Name: "second", Trigger: "post-login", URL: user.URL, Timeout: int64(most)},
		{Name: "third", Trigger: "post-login", URL: user.URL, Timeout: 2},
	}}
	r := &Runner{Clock: clock.New(time.Time{}, true), Caller: gateway.New(nil)}
	if out := r.Run(t.Context(), f, loginFlow("ada@example.com")); out.Denied != nil || len(left) != 3 {
		t.Fatalf("the outcome is %+v, after %v", out, left)
	}
	if whole := most * 1000; left[0] != whole || left[1] > whole-50 || left[2] != 2000 {
		t.Errorf("they have %v ms", left)
	}
}
