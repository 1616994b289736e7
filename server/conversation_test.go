package server_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/journal"
)

var update = flag.Bool("update", false, "rewrite the answers of testdata/conversations")

// Conversations are requests and the answers to them, as text. Each file has a
// server of its own, whose clock stands at 2030-01-01T00:00:00Z and which is
// called localhost:2884.
//
//	# a comment
//	> POST /path                   a request: this line, then headers, then the
//	> Name: value                  body. A body of name=value lines is a form,
//	> {"client_id":"acme-native"}  whose values are written plainly; any other
//	                               is JSON. Basic id:secret is encoded.
//	< 200 OK                       the answer, byte for byte: status, chosen
//	< Content-Type: …              headers, body
//	@ fixture strict               the first line may name another fixture,
//	                               built-in or of testdata/fixtures
//	@ show Cache-Control X-Rate*   show these headers, too, from here on
//	@ advance 3m                   move the clock; @ set TIME stops it there
//	@ otp ada@example.com as $otp  = the live code; @ link … the live link
//	@ message ada@example.com      = the message that was sent last follows;
//	                               @ state … shows what became of its code,
//	                               @ outbox … all, as they arrived
//	@ claims $id_token             = the payload follows, its signature verified
//	                               against the key set, or what is wrong with
//	                               it; @ header … the header
//	@ keys                         = the ids of the keys in the key set
//	@ let $old = $refresh_token    name a value; @ fill $big 4096 makes bytes
//	@ inject otp-expired           switch a scenario on, built in or of
//	                               testdata/scenarios; @ off otp-expired
//	@ scenario otp-expired         = what its rules did
//	@ from 192.0.2.7               the address of the caller from here on
//	@ repeat 50                    send the next request so often; the last
//	                               answer counts
//
// An answer that took time, or never came, says so in its first line. Time is
// synctest's: nobody waits.
//
// Tokens in an answer are shown by names, $access_token, $id_token and
// $refresh_token, and as $refresh_token2 when there is another one. The page of
// an e-mail is shown as $page: it is in internal/mail/testdata. -update
// writes everything that begins with < or =.
func TestConversations(t *testing.T) {
	t.Parallel()
	for _, file := range conversationFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			synctest.Test(t, func(t *testing.T) { got = servertest.Replay(t, string(want)).Out.String() })
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s has changed (go test ./server -run Conversations -update takes the new answers):\n%s", file, diff(string(want), got))
		})
	}
}

func conversationFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/conversations/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	return files
}

// diff shows the lines that differ.
func diff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := 0; i < len(a) || i < len(b); i++ {
		line := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return "(nothing)"
		}
		if line(a) != line(b) {
			fmt.Fprintf(&out, "line %d\n  want %s\n  got  %s\n", i+1, line(a), line(b))
			if len(a) != len(b) {
				break // all lines below are shifted
			}
		}
	}
	return out.String()
}

// staged are the refusals that only scenarios cause.
var staged = []string{
	"invalid_captcha", "sms_provider_error", "sms_provider_unauthorized", "sms_provider_timeout", "mfa_required", "unavailable", "bad_gateway_html", "server_error",
}

// Auth0's words are proved where they are said: each entry of the catalogue is
// the answer to some request of the conversations.
func TestEveryRefusalIsInAConversation(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, file := range conversationFiles(t) {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var requests []journal.Request
		synctest.Test(t, func(t *testing.T) { requests = servertest.Replay(t, string(script)).Server.Requests() })
		for _, r := range requests {
			if r.Status < 400 && r.Error == "" {
				continue
			}
			names := refusalsOf(r)
			if r.Scenario != "" {
				names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(staged, name) })
			} else if len(names) != 1 || slices.Contains(staged, names[0]) {
				t.Errorf("%s: %s %s answers %d %s %q, which the catalogue has as %q", file, r.Method, r.Path, r.Status, r.Error, r.Description, names)
			}
			for _, name := range names {
				seen[name] = true
			}
		}
	}
	for _, r := range refusal.All() {
		if !seen[r.Name] {
			t.Errorf("no conversation causes %s: %d %s %q", r.Name, r.Status, r.Code, r.Description)
		}
	}
}

var placeholder = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// refusalsOf are the entries of the catalogue that an answer may come from: of
// those whose words match, the ones with the most words of their own. Words
// that two endpoints share are told apart by the endpoint.
func refusalsOf(r journal.Request) []string {
	// Links and embedded login have words of their own for a code that is not good.
	switch own := r.Path + " " + r.Error; {
	case own == "/passwordless/verify_redirect unauthorized":
		r.Error = "invalid_grant"
	case own == "/passwordless/verify invalid_user_password":
		r.Error, r.Status = "invalid_grant", 403
	case own == "/co/authenticate access_denied" && !strings.HasPrefix(r.Description, "Origin "):
		r.Error = "invalid_grant"
	}
	var names []string
	best := -1
	for _, entry := range refusal.All() {
		if r.Status >= 400 && !strings.HasPrefix(r.Path, "/u/") && entry.Status != r.Status || !matches(entry.Code, r.Error) || !matches(entry.Description, r.Description) {
			continue
		}
		if strings.HasSuffix(entry.Name, "start_secret") != (r.Path == "/passwordless/start") && r.Description == "Unauthorized" {
			continue
		}
		own := len(placeholder.ReplaceAllString(regexp.QuoteMeta(entry.Code+entry.Description), ""))
		if own > best {
			names, best = nil, own
		}
		if own == best {
			names = append(names, entry.Name)
		}
	}
	return names
}

func matches(pattern, text string) bool {
	return regexp.MustCompile("^(?s:" + placeholder.ReplaceAllString(regexp.QuoteMeta(pattern), ".*") + ")$").MatchString(text)
}

func TestTheCatalogueSaysWhereItsWordsAreFrom(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range refusal.All() {
		if r.Name == "" || r.Status < 400 || r.Source == "" {
			t.Errorf("%+v lacks a name, a status or a source", r)
		}
		if slices.Contains(names, r.Name) {
			t.Errorf("there are two refusals called %s", r.Name)
		}
		names = append(names, r.Name)
	}
}

// The conversations show each scenario of the library, and each file made for
// them.
func TestEachScenarioIsInAConversation(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, file := range conversationFiles(t) {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(script)
	}
	files, err := filepath.Glob("testdata/scenarios/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	names := scenarios.Names()
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".yaml"))
	}
	for _, name := range names {
		for _, line := range []string{"\n@ inject " + name + "\n", "\n@ off " + name + "\n"} {
			if !strings.Contains(all.String(), line) {
				t.Errorf("no conversation has the line %q", strings.TrimSpace(line))
			}
		}
	}
}
