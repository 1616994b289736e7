package testkit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/server/journal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const (
	patience = 5 * time.Second       // how long to wait for a message
	glance   = 20 * time.Millisecond // how often to look whether it can still come
)

// OTP is the live code that was sent to a recipient, an e-mail address or a phone
// number. It waits up to 5 seconds for the code. If none comes, it fails t and
// says which messages did arrive.
//
// OTP fails t at once if the app's last request for a code was refused, and says
// why. It waits nevertheless if the app may try again: after a rate limit, after
// an error of the server, and after a refusal by a scenario.
func (a *Auth0) OTP(t testing.TB, to string) string {
	t.Helper()
	return a.WaitFor(t, recipient(to), outbox.Live(), outbox.WithCode()).Code
}

// MagicLink is the live magic link of a recipient. It waits as OTP does.
func (a *Auth0) MagicLink(t testing.TB, to string) string {
	t.Helper()
	return a.WaitFor(t, recipient(to), outbox.Live(), outbox.WithLink()).Link
}

// Expire makes the live code or link of a recipient expire, without moving the
// clock. It waits as OTP does for the code or link to come.
func (a *Auth0) Expire(t testing.TB, to string) {
	t.Helper()
	a.server.ExpireMessage(a.WaitFor(t, recipient(to), outbox.Live()).ID)
}

// recipient is the filter for an address or number as people write it.
func recipient(to string) outbox.Filter { return outbox.To(fixtures.NormalizeRecipient(to)) }

// WaitFor is the newest message that matches all filters. It waits up to 5
// seconds for one. If none comes, it fails t and says which messages did arrive.
// With the filters [outbox.To] and [outbox.Live] it fails at once where OTP does.
func (a *Auth0) WaitFor(t testing.TB, filters ...outbox.Filter) outbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if slices.Contains(filters, outbox.Live()) {
		go a.giveUpEarly(ctx, cancel, filters)
	}
	m, err := a.server.Outbox().Wait(ctx, filters...)
	if err == nil {
		return m
	}
	if why := a.whyNothingComes(filters); why != "" {
		t.Fatalf("testkit: %s\n%v", printable.Lines(why), err)
	}
	t.Fatalf("testkit: %v", err)
	return m
}

// giveUpEarly cancels a wait as soon as it is plain that nothing comes.
func (a *Auth0) giveUpEarly(ctx context.Context, cancel func(), filters []outbox.Filter) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for a.whyNothingComes(filters) == "" {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	cancel()
}

// whyNothingComes says that the newest start for the recipient of the filters
// was refused, or was for a blocked user, if the recipient got no message since.
// It is "" if a message may still come. A refusal that a scenario made, a rate
// limit and a failure of the tenant do not count: an app may try again.
func (a *Auth0) whyNothingComes(filters []outbox.Filter) string {
	for _, r := range slices.Backward(a.server.Requests()) {
		to := startedFor(r)
		if to == "" || !slices.Contains(filters, outbox.To(to)) {
			continue
		}
		var last time.Time
		for _, m := range a.server.Outbox().All(outbox.To(to)) {
			if m.CreatedAt.After(last) {
				last = m.CreatedAt
			}
		}
		u, _ := a.server.UserByAddress(to)
		switch {
		case r.Scenario != "" || r.Status == http.StatusTooManyRequests || r.Status >= 500 || last.After(r.At):
			return ""
		case r.Status >= 400:
			return refusal(r, to)
		case u.Blocked && last.Before(r.At):
			return fmt.Sprintf("%s %s for %s sent nothing: the user is blocked", r.Method, r.Path, to)
		}
		return ""
	}
	return ""
}

// startedFor is the recipient to whom a request was to send a code or link, ""
// if it was to send none.
func startedFor(r journal.Request) string {
	var names []string
	switch r.Path {
	case "/passwordless/start":
		names = []string{"email", "phone_number"}
	case "/u/login/identifier", "/u/signup/identifier":
		names = []string{"username", "email"}
	}
	for _, name := range names {
		if to, ok := r.Params[name].(string); ok && to != "" && r.Method == http.MethodPost {
			return fixtures.NormalizeRecipient(to)
		}
	}
	return ""
}

// refusal tells in one line that a request was refused, and why.
func refusal(r journal.Request, about string) string {
	text := fmt.Sprintf("%s %s for %s was refused: %d", r.Method, r.Path, about, r.Status)
	if r.Error != "" || r.Description != "" {
		text += " " + strings.TrimSuffix(r.Error+": "+r.Description, ": ")
	}
	return text + cause(r)
}

// cause is what the journal knows of why a request was refused, in brackets:
// the scenario that made the refusal, and a hint.
func cause(r journal.Request) (text string) {
	if r.Scenario != "" {
		text += " [" + r.Scenario + "]"
	}
	if r.Hint != "" {
		text += " (" + r.Hint + ")"
	}
	return text
}
