package docs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
)

// An exchange is a request that the reference of the control API shows with its
// answer.
type exchange struct {
	of     string // its line in the table: method and path
	target string // the path that is asked for, if there is something to fill in
	body   string
	before func(*tour)
}

// exchanges are one for each endpoint. They happen in this order, on one
// server, whose clock stands.
var exchanges = []exchange{
	{of: "GET /_mock/"},
	{of: "GET /_mock/health"},
	{of: "GET /_mock/outbox/cursor"},
	{of: "GET /_mock/outbox/code", target: "/_mock/outbox/code?to=ada@example.com&wait=10s", before: askForCode},
	{of: "GET /_mock/outbox/link", target: "/_mock/outbox/link?to=grace@example.com", before: askForLink},
	{of: "GET /_mock/outbox/latest", target: "/_mock/outbox/latest?to=ada@example.com&wait=10s"},
	{of: "GET /_mock/outbox", target: "/_mock/outbox?to=*@example.com&since=e1.1&limit=10"},
	{of: "GET /_mock/outbox/{id}", target: "/_mock/outbox/msg_00000001"},
	{of: "GET /_mock/outbox/{id}/text", target: "/_mock/outbox/msg_00000001/text"},
	{of: "GET /_mock/outbox/{id}/html", target: "/_mock/outbox/msg_00000001/html"},
	{of: "GET /_mock/outbox/{id}/raw", target: "/_mock/outbox/msg_00000001/raw"},
	{of: "GET /_mock/outbox/stream", target: "/_mock/outbox/stream?brief=1"},
	{of: "POST /_mock/outbox/{id}/expire", target: "/_mock/outbox/msg_00000001/expire"},
	{of: "POST /_mock/outbox/{id}/deliver", target: "/_mock/outbox/msg_00000003/deliver", before: sendLate},
	{of: "DELETE /_mock/outbox", target: "/_mock/outbox?to=grace@example.com"},
	{of: "POST /_mock/scenarios", body: `{"name": "sms-lost", "when": {"recipient": "+12025550101"}, "times": 2, "ttl": "1m"}`},
	{of: "GET /_mock/scenarios", before: func(c *tour) { c.start("sms", "phone_number", "+12025550101", "code") }},
	{of: "GET /_mock/scenarios/{name}", target: "/_mock/scenarios/sms-lost"},
	{of: "POST /_mock/scenarios/verify", body: `{"sms-lost": {"fired": 2}}`},
	{of: "DELETE /_mock/scenarios/{name}", target: "/_mock/scenarios/sms-lost"},
	{of: "DELETE /_mock/scenarios"},
	{of: "GET /_mock/clock"},
	{of: "POST /_mock/clock", body: `{"advance": "3m"}`},
	{of: "GET /_mock/tenant"},
	{of: "GET /_mock/users"},
	{of: "POST /_mock/users", body: `{"email": "grace@example.com", "claims": {"https://acme.test/plan": "pro"}}`},
	{of: "GET /_mock/users/{id}", target: "/_mock/users/email%7C5e94472bec226ec1ee029a3b"},
	{of: "PATCH /_mock/users/{id}", target: "/_mock/users/email%7C5e94472bec226ec1ee029a3b", body: `{"blocked": true}`},
	{of: "DELETE /_mock/users/{id}", target: "/_mock/users/email%7C5e94472bec226ec1ee029a3b"},
	{of: "POST /_mock/tokens", body: `{"claims": {"sub": "email|ada", "aud": "https://api.acme.test/"}, "key": "rogue"}`},
	{of: "POST /_mock/keys/rotate"},
	{of: "GET /_mock/requests"},
	{of: "DELETE /_mock/requests"},
	{of: "GET /_mock/state"},
	{of: "PUT /_mock/state", body: `{"version": 1, "extends": "default", "users": [{"email": "grace@example.com"}]}`},
	{of: "POST /_mock/reset"},
	{of: "GET /_mock/ca.pem"},
	{of: "GET /_mock/inbox/{file}", target: "/_mock/inbox/base.css"},
	{of: "GET /_mock/openapi.json"},
}

// A tour walks through the exchanges.
type tour struct {
	t      testing.TB
	server *server.Server
}

// controlExamples are the exchanges as the reference shows them.
func controlExamples(t testing.TB) string {
	t.Helper()
	s, err := server.New(server.Config{
		Seed: "mockauth0", At: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Issuer: "http://localhost:2884/",
		CA: func() []byte { return []byte("-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n") },
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &tour{t, s}
	summaries := map[string]string{}
	for _, r := range routes(t) {
		if r.isControl() {
			summaries[r.method+" "+r.path] = r.summary
		}
	}
	var text strings.Builder
	for _, e := range exchanges {
		summary, known := summaries[e.of]
		if !known {
			t.Errorf("there is no endpoint %s any more, or its example stands here twice", e.of)
			continue
		}
		delete(summaries, e.of)
		if e.before != nil {
			e.before(c)
		}
		fmt.Fprintf(&text, "\n### %s\n\n%s\n\n```http\n%s```\n", e.of, sentence(summary), c.exchange(e))
	}
	for name := range summaries {
		t.Errorf("the reference has no example of %s: add an exchange", name)
	}
	return text.String() + "\n"
}

// sentence is a summary with a capital and a full stop.
func sentence(summary string) string {
	return strings.ToUpper(summary[:1]) + strings.TrimSuffix(summary[1:], ".") + "."
}

// exchange is a request and its answer.
func (c *tour) exchange(e exchange) string {
	method, path, _ := strings.Cut(e.of, " ")
	if e.target != "" {
		path = e.target
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\n", method, path)
	if e.body != "" {
		fmt.Fprintf(&text, "\n%s\n", e.body)
	}
	answer := c.ask(method, path, e.body)
	fmt.Fprintf(&text, "\n%d %s\n", answer.status, http.StatusText(answer.status))
	for _, name := range []string{"Content-Type", "X-Mock-Cursor"} {
		if value := answer.header.Get(name); value != "" {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	if body := shown(answer); body != "" {
		fmt.Fprintf(&text, "\n%s\n", body)
	}
	return text.String()
}

// An answer is what a ResponseWriter was given. A stream is left after its
// first piece.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
	leave  context.CancelFunc
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(data []byte) (int, error) { return a.body.Write(data) }

func (a *answer) Flush() {
	if a.body.Len() > 0 {
		a.leave()
	}
}

func (c *tour) ask(method, path, body string) *answer {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	request := httptest.NewRequestWithContext(ctx, method, "http://localhost:2884"+path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	a := &answer{status: http.StatusOK, header: http.Header{}, leave: cancel}
	c.server.ServeHTTP(a, request)
	return a
}

// start asks for a code or a link, as an app does.
func (c *tour) start(connection, field, recipient, send string) {
	c.t.Helper()
	body := fmt.Sprintf(`{"client_id": "acme-native", "connection": %q, %q: %q, "send": %q}`, connection, field, recipient, send)
	if a := c.ask("POST", "/passwordless/start", body); a.status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", body, a.status, &a.body)
	}
}

func askForCode(c *tour) { c.start("email", "email", "ada@example.com", "code") }

func askForLink(c *tour) { c.start("email", "email", "grace@example.com", "link") }

// sendLate has a message that is queued.
func sendLate(c *tour) {
	if a := c.ask("POST", "/_mock/scenarios", `{"name": "email-delayed"}`); a.status != http.StatusCreated {
		c.t.Fatalf("%d %s", a.status, &a.body)
	}
	c.start("email", "email", "ada@example.com", "code")
	c.ask("DELETE", "/_mock/scenarios", "")
}

// What an example shows at most. What is left out is an ellipsis.
const (
	maxText    = 120 // characters of a text
	maxMembers = 2   // of a list, and one if it is long
	maxLines   = 12  // of a body that is no JSON
)

// instance names the server in the places of a stream: it is another one at
// each start.
var instance = regexp.MustCompile(`(?m)^id: (.*)@.*$`)

// shown is the body of an answer, cut to what a reader needs.
func shown(a *answer) string {
	body := strings.TrimRight(strings.ReplaceAll(a.body.String(), "\r\n", "\n"), "\n")
	if strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		decoder := json.NewDecoder(strings.NewReader(body))
		decoder.UseNumber()
		return member(decoder, "")
	}
	body = instance.ReplaceAllString(body, "id: $1@…")
	lines := strings.Split(body, "\n")
	if len(lines) > maxLines {
		lines = append(lines[:maxLines], "…")
	}
	for i := range lines {
		lines[i] = cut(lines[i], 2*maxText)
	}
	return strings.Join(lines, "\n")
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// member writes the next value with indents, in the order of the answer: short
// ones on one line.
func member(d *json.Decoder, indent string) string {
	token, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch value := token.(type) {
	case json.Delim:
		var parts []string
		left := false
		for n := 0; d.More(); n++ {
			part := ""
			if value == '{' {
				name, err := d.Token()
				if err != nil {
					panic(err)
				}
				part = quote(name.(string)) + ": "
			}
			part += member(d, indent+"  ")
			if value == '[' && (n >= maxMembers || n > 0 && strings.Contains(parts[0], "\n")) {
				left = true
				continue
			}
			parts = append(parts, part)
		}
		_, _ = d.Token() // the end
		if left {
			parts = append(parts, "…")
		}
		begin, end := string(rune(value)), map[json.Delim]string{'{': "}", '[': "]"}[value]
		if line := begin + strings.Join(parts, ", ") + end; len(line) <= maxText && !strings.Contains(line, "\n") {
			return line
		}
		return begin + "\n  " + indent + strings.Join(parts, ",\n  "+indent) + "\n" + indent + end
	case string:
		return quote(cut(value, maxText))
	case json.Number:
		return value.String()
	case nil:
		return "null"
	default:
		return fmt.Sprint(value)
	}
}

// quote is a text as JSON writes it.
func quote(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}
