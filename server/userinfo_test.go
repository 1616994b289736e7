package server_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The body of a 401 has no reason, and without a token Auth0's header has none
// either. The log and the journal have it.
func TestTheLogSaysWhyUserinfoIsRefused(t *testing.T) {
	t.Parallel()
	var log servertest.LogBuffer
	s := servertest.New(t, server.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, refused := range []struct{ authorization, sentence, why string }{
		{"", "GET /userinfo: 401", "the request has no access token"},
		{"Basic YTpi", "GET /userinfo: 401", "the request has no access token"},
		{"Bearer x", "GET /userinfo: 401 invalid_token: The access token signature could not be validated", "signature"},
	} {
		servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", refused.authorization))
		if said := log.Take(); !strings.Contains(said, `msg="`+refused.sentence+`"`) || !strings.Contains(said, refused.why) {
			t.Errorf("%q: the log says %q", refused.authorization, said)
		}
		requests := s.Requests()
		if last := requests[len(requests)-1]; !strings.Contains(last.Hint+last.Description, refused.why) {
			t.Errorf("%q: the journal says %+v", refused.authorization, last)
		}
	}
}
