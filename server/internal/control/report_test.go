package control_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A report goes to a terminal, and most of it is what strangers sent: it steers
// no terminal, and no line of it is theirs.
func TestAReportIsHarmless(t *testing.T) {
	t.Parallel()
	const evil = "\x1b]0;owned\x07\u202e\u009b2J\x00\x7f\nclock: never"
	s := servertest.New(t, server.Config{At: servertest.At2030})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: evil + "@example.com", Subject: evil, CreatedAt: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"version": 1, "name": "evil", "rules": []servertest.Object{{"id": "x", "when": servertest.Object{"recipient": "ada@example.com"}, "then": servertest.Object{"fault": "reset"}}}})
	servertest.Call(t, s, "POST", "/no\u202ewhere%1b%0aclock:%20never", servertest.Object{evil: evil, "client_id": evil})
	servertest.StartWith(t, s, "bob"+evil+"@example.com")
	servertest.Redeem(t, s, evil, evil, servertest.Object{"scope": evil, "realm": evil})
	report := s.Report()
	for line := range strings.Lines(report) {
		if i := strings.IndexFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 {
			t.Errorf("%q", line)
		}
	}
	if n := strings.Count(report, "\nclock: "); n != 1 {
		t.Errorf("%d lines are about the clock:\n%s", n, report)
	}
	if !strings.Contains(report, `\x1b]0;owned\a`) {
		t.Errorf("nothing is told of it:\n%s", report)
	}
}
