package server_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/journal"
)

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
		synctest.Test(t, func(t *testing.T) { requests = replay(t, string(script)).server.Requests() })
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
