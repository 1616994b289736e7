package control_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// An e-mail's HTML is shown in a sandbox, where it can do nothing.
func TestAnEmailsHTMLIsShownInASandbox(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.Start(t, s, "ada@example.com")
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", HTML: " <!DOCTYPE html>\n<script>1</script>"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", HTML: "<p>none"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101", Text: "Your code"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", Text: "plain"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", HTML: "<LINK rel=preconnect><links><iframe\nsrc=x></iframe>"})
	m, _ := s.Outbox().Get("msg_00000001")
	for _, tt := range []struct{ target, sandbox, body string }{
		{"/_mock/outbox/msg_00000001/html", "sandbox", m.HTML},
		{"/_mock/outbox/msg_00000002/html?links=0", "sandbox", " <!DOCTYPE html>\n<script>1</script>"},
		{"/_mock/outbox/msg_00000002/html?links=1", "sandbox allow-popups allow-popups-to-escape-sandbox", " <!DOCTYPE html><base target=\"_blank\">\n<script>1</script>"},
		{"/_mock/outbox/msg_00000006/html", "sandbox", "<x-LINK rel=preconnect><links><x-iframe\nsrc=x></iframe>"},
		{"/_mock/outbox/msg_00000003/html?fit=1", "sandbox allow-same-origin", "<p>none"},
		{"/_mock/outbox/msg_00000003/html?links=true", "sandbox allow-popups allow-popups-to-escape-sandbox", "<base target=\"_blank\"><p>none"},
	} {
		w := servertest.Call(t, s, "GET", tt.target, nil)
		policy := tt.sandbox + "; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
		if w.Code != http.StatusOK || w.Body.String() != tt.body || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %q %q", tt.target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if h := w.Header(); h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("X-Dns-Prefetch-Control") != "off" {
			t.Errorf("%s: %v", tt.target, h)
		}
		if head := servertest.Call(t, s, "HEAD", tt.target, nil); head.Code != http.StatusOK || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d %q", tt.target, head.Code, head.Body)
		}
	}
	for target, want := range map[string]string{
		"/_mock/outbox/msg_00000004/html":         "message msg_00000004 (sms) has no HTML; GET /_mock/outbox/msg_00000004/text is its text",
		"/_mock/outbox/msg_00000005/html":         "message msg_00000005 (smtp) has no HTML; GET /_mock/outbox/msg_00000005/text is its text",
		"/_mock/outbox/msg_00000004/raw":          "message msg_00000004 (sms) is no e-mail; GET /_mock/outbox/msg_00000004/text is its text",
		"/_mock/outbox/nowhere/html":              `there is no message "nowhere"; GET /_mock/outbox lists those there are`,
		"/_mock/outbox/msg_00000001/html?links=x": `links: "x" is neither 1 nor 0`,
	} {
		w := servertest.Call(t, s, "GET", target, nil)
		status := http.StatusNotFound
		if strings.Contains(target, "?") {
			status = http.StatusBadRequest
		}
		if e := servertest.DecodeError(t, w); w.Code != status || e.Description != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// An e-mail's source is a download. A browser that knows the type would show it,
// with all that is in it.
func TestAnEmailsSourceIsSaved(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.Start(t, s, "ada@example.com")
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "bob@example.com", Raw: []byte("Subject: as it came\r\n\r\nhello\r\n")})
	w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001/raw", nil)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "To: ada@example.com\r\n") || !strings.Contains(body, "multipart/alternative") {
		t.Errorf("%d %s", w.Code, body)
	}
	h := w.Header()
	if h.Get("Content-Type") != "message/rfc822" || h.Get("Content-Disposition") != `attachment; filename="msg_00000001.eml"` || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
		t.Errorf("%v", h)
	}
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000002/raw", nil); w.Body.String() != "Subject: as it came\r\n\r\nhello\r\n" {
		t.Errorf("what came in goes out as %q", w.Body)
	}
}
