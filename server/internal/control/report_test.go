package control_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A report goes to a terminal, and strangers sent most of what it tells. None of
// it controls the terminal, or looks like a line of the report.
func TestAReportIsHarmless(t *testing.T) {
	t.Parallel()
	const evil = "\x1b]0;owned\x07\u202e\u009b2J\x00\x7f\nclock: never"
	s := servertest.New(t, server.Config{At: servertest.At2030})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: evil + "@example.com", Subject: evil, CreatedAt: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: evil\nrules: [{id: x, when: {recipient: ada@example.com}, then: {fault: reset}}]\n")
	servertest.Call(t, s, "POST", "/no\u202ewhere%1b%0aclock:%20never", servertest.Object{evil: evil, "client_id": evil})
	servertest.PostStart(t, s, "bob"+evil+"@example.com", nil)
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
