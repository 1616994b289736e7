package server_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A report goes to a terminal, and most of it is what strangers sent: it steers
// no terminal, and no line of it is theirs.
func TestAReportIsHarmless(t *testing.T) {
	t.Parallel()
	const evil = "\x1b]0;owned\x07\u202e\u009b2J\x00\x7f\nclock: never"
	s := newServer(t, server.Config{At: at2030})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: evil + "@example.com", Subject: evil, CreatedAt: at2030})
	switchOn(t, s, object{"version": 1, "name": "evil", "rules": []object{{"id": "x", "when": object{"recipient": "ada@example.com"}, "then": object{"fault": "reset"}}}})
	call(t, s, "POST", "/no\u202ewhere%1b%0aclock:%20never", object{evil: evil, "client_id": evil})
	startWith(t, s, "bob"+evil+"@example.com")
	redeem(t, s, evil, evil, object{"scope": evil, "realm": evil})
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
