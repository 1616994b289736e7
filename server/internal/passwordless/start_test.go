package passwordless_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Whoever watches the terminal reads there what a user would read in the mail,
// and what to do about a refusal.
func TestTheLogTellsWhatWasSentAndWhatHelps(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := servertest.New(t, server.Config{Seed: "dev", Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, tt := range []struct {
		body servertest.Object
		want string
	}{
		{servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"}, "To sign in as ada@example.com use the code 241272"},
		{servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, "To sign in as ada@example.com open http://localhost:2884/passwordless/verify_redirect?"},
		{servertest.Object{"client_id": "acme-native", "connection": "sms", "phone_number": "+14155550100"}, "To sign in as +14155550100 use the code 359427"},
		{servertest.Object{"client_id": "acme-native", "connection": "email", "email": "alan@example.com"}, "Nothing was sent to alan@example.com: the user is blocked"},
		{servertest.Object{"client_id": "abc", "connection": "email", "email": "ada@example.com"}, "add --client abc"},
		{servertest.Object{"client_id": "acme-native", "connection": "email", "email": "foo"}, "POST /passwordless/start: 400 bad.email: "},
	} {
		log.Reset()
		servertest.Call(t, s, "POST", "/passwordless/start", tt.body)
		if got := log.String(); !strings.Contains(got, tt.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%v: the log says %q, want %q in one line", tt.body, got, tt.want)
		}
	}
}
