package server_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
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
//	@ totp ada@example.com as $x   = what the user's authenticator app shows;
//	                               @ push … accept (or reject) answers a
//	                               push notification
//	@ captcha $state as $answer    = the answer of the newest captcha of a login,
//	                               * of all
//	@ message ada@example.com      = the message that was sent last follows;
//	                               @ state … shows what became of its code,
//	                               @ outbox … all, as they arrived
//	@ mailed ada@example.com as $at  name the path of the link in the last message
//	@ claims $id_token             = the payload follows, its signature verified
//	                               against the key set or by a secret, or what
//	                               is wrong with it; @ header … the header
//	@ keys                         = the ids of the keys in the key set
//	@ let $old = $refresh_token    name a value; @ fill $big 4096 makes bytes
//	@ proof $p = POST /oauth/token nonce $n
//	                               sign a DPoP proof of that request; of NAME is
//	                               another key than "app", token $t adds the ath
//	@ inject otp-expired           switch a scenario on, built in or of
//	                               testdata/scenarios; @ off otp-expired
//	@ scenario otp-expired         = what its rules did
//	@ action post-login access.deny "no"
//	                               from here on an Action of the trigger makes
//	                               this call, too; post-login:back is the way
//	                               back from a redirect; without a call it is
//	                               silent again
//	@ from 192.0.2.7               the address of the caller from here on
//	@ browser                      keep cookies, and send them from here on
//	@ repeat 50                    send the next request so often; the last
//	                               answer counts
//
// An answer that took time, or never came, says so in its first line. The time is
// synctest's, so that nobody waits.
//
// Tokens in an answer are shown by names, $access_token, $id_token and
// $refresh_token, the nonce of a header as $nonce, and $refresh_token2 when there is another one. The page of
// an e-mail is shown as $page: it is in internal/mail/testdata. -update
// writes everything that begins with < or =.
//
// Each refusal of the catalogue is the answer to some request. Each entry of the tenant's
// log has the form of its type, and each type is written by some conversation.
func TestConversations(t *testing.T) {
	t.Parallel()
	all := conversations(t)
	seen := refusalsSeen{names: map[string]bool{}, types: map[string]bool{}}
	t.Cleanup(func() { // after the last conversation
		if seen.files == len(all) { // -run can choose some
			seen.check(t)
		}
	})
	for file, want := range all {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()
			var got string
			var requests []journal.Request
			var types []string
			synctest.Test(t, func(t *testing.T) {
				var s *server.Server
				got, s = servertest.Replay(t, want)
				requests = s.Requests()
				types = checkLogs(t, s)
				loadsAgain(t, s)
			})
			seen.note(t, requests, types)
			if *update && got != want {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("%s has changed (go test ./server -run Conversations -update takes the new answers):\n%s", file, diff(want, got))
			}
		})
	}
}

// loadsAgain checks that a server that loads the state of another one has the same.
func loadsAgain(t *testing.T, s *server.Server) {
	t.Helper()
	state := s.State()
	whole, err := state.JSON()
	if err != nil {
		t.Fatal(err)
	}
	f, err := fixtures.Parse("", whole)
	if err != nil {
		t.Fatalf("the state cannot be loaded: %v", err)
	}
	again := servertest.New(t, server.Config{Fixture: f}).State()
	text := func(f *fixtures.Fixture) string {
		f.State.SavedAt = time.Time{}
		data, err := f.JSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if want, got := text(state), text(again); got != want {
		t.Errorf("the state has changed by loading it:\n%s", diff(want, got))
	}
}

// conversations are the scripts, by the names of their files.
func conversations(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/conversations/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	scripts := map[string]string{}
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scripts[file] = string(script)
	}
	return scripts
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

// ofActions are the refusals whose words come from an Action.
var ofActions = []string{"exchange_denied_by_code", "action_denied", "refresh_revoked_by_action", "registration_denied", "exchange_denied", "exchange_scope_denied", "exchange_failed"}

// staged are the refusals that only scenarios cause.
var staged = []string{
	"organization_full",
	"sms_provider_error", "sms_provider_unauthorized", "sms_provider_timeout", "unavailable", "bad_gateway_html", "server_error",
}

// refusalsSeen are the refusals that the conversations cause.
type refusalsSeen struct {
	mu    sync.Mutex
	files int
	names map[string]bool
	types map[string]bool // of the tenant's log
}

// note takes the requests of a conversation, and the types of the log entries.
func (seen *refusalsSeen) note(t *testing.T, requests []journal.Request, types []string) {
	t.Helper()
	seen.mu.Lock()
	defer seen.mu.Unlock()
	seen.files++
	for _, name := range types {
		seen.types[name] = true
	}
	for _, r := range requests {
		if r.Status < 400 && r.Error == "" {
			continue
		}
		names := refusalsOf(r)
		if r.Scenario != "" {
			names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(staged, name) })
		} else if len(names) != 1 || slices.Contains(staged, names[0]) {
			t.Errorf("%s %s answers %d %s %q, which the catalogue has as %q", r.Method, r.Path, r.Status, r.Error, r.Description, names)
		}
		for _, name := range names {
			seen.names[name] = true
		}
	}
}

func (seen *refusalsSeen) check(t *testing.T) {
	t.Helper()
	for _, r := range refusal.All() {
		if !seen.names[r.Name] {
			t.Errorf("no conversation causes %s: %d %s %q", r.Name, r.Status, r.Code, r.Description)
		}
	}
	for _, name := range tenantlog.Types() {
		if !seen.types[name] {
			t.Errorf("no conversation writes a log entry of type %s", name)
		}
	}
}

var placeholder = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// unauthorized are the endpoints with an entry of their own for an unknown client.
var unauthorized = map[string]string{"/passwordless/start": "wrong_start_secret", "/oauth/device/code": "unknown_device_client"}

// refusalsOf are the entries of the catalogue that an answer may come from. Of
// the entries whose words match, those with the longest fixed text count. Where
// two endpoints share the words, the endpoint decides.
func refusalsOf(r journal.Request) []string {
	// Links and embedded login refuse a code with other error codes.
	switch place := r.Path + " " + r.Error; {
	case place == "/passwordless/verify_redirect unauthorized":
		r.Error = "invalid_grant"
	case place == "/passwordless/verify invalid_user_password":
		r.Error, r.Status = "invalid_grant", 403
	case place == "/co/authenticate access_denied" && r.Status != 429 && !strings.HasPrefix(r.Description, "Origin "):
		r.Error = "invalid_grant"
	}
	var names []string
	best := -1
	for _, entry := range entries() {
		words := entry.words
		if strings.HasPrefix(r.Path, "/dbconnections/") && r.Description == "" {
			words = entry.textOnly
		}
		if r.Status >= 400 && !strings.HasPrefix(r.Path, "/u/") && entry.Status != r.Status || !words.code.MatchString(r.Error) || !words.description.MatchString(r.Description) {
			continue
		}
		if slices.Contains(ofActions, entry.Name) && len(r.Actions) == 0 || entry.Name == "refresh_revoked_by_action" && r.Path != "/oauth/token" {
			continue
		}
		if r.Description == "Unauthorized" && entry.Name != cmp.Or(unauthorized[r.Path], "wrong_client") {
			continue
		}
		if words.fixed > best {
			names, best = nil, words.fixed
		}
		if words.fixed == best {
			names = append(names, entry.Name)
		}
	}
	if at := slices.IndexFunc(names, func(name string) bool { return slices.Contains(ofActions, name) }); at >= 0 { // any words may be an Action's
		return names[at : at+1]
	}
	return names
}

// An entry of the catalogue, with the patterns of its words as they are usually, and
// where the text stands alone.
type entry struct {
	*refusal.Refusal
	words, textOnly words
}

type words struct {
	code, description *regexp.Regexp
	fixed             int // the length of what is no placeholder
}

var entries = sync.OnceValue(func() (out []entry) {
	for _, r := range refusal.All() {
		out = append(out, entry{r, wordsOf(r), wordsOf(refusal.TextOnly(r).(*refusal.Refusal))})
	}
	return out
})

func wordsOf(r *refusal.Refusal) words {
	pattern := func(text string) *regexp.Regexp {
		return regexp.MustCompile("^(?s:" + placeholder.ReplaceAllString(regexp.QuoteMeta(text), ".*") + ")$")
	}
	return words{pattern(r.Code), pattern(r.Description), len(placeholder.ReplaceAllString(regexp.QuoteMeta(r.Code+r.Description), ""))}
}

func TestEachRefusalHasANameAndASource(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, r := range refusal.All() {
		if r.Name == "" || names[r.Name] || r.Status < 400 || r.Source == "" {
			t.Errorf("%+v lacks a name of its own, a status or a source", r)
		}
		names[r.Name] = true
	}
}

// The conversations show each scenario of the library, and each file in
// testdata/scenarios.
func TestEachScenarioIsInAConversation(t *testing.T) {
	t.Parallel()
	all := strings.Join(slices.Collect(maps.Values(conversations(t))), "\n")
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
			if !strings.Contains(all, line) {
				t.Errorf("no conversation has the line %q", strings.TrimSpace(line))
			}
		}
	}
}
