// Package runner runs the Actions of a trigger, one after another. Its rules say what
// their calls do, and its engines run the code: a function in Go, a process of Node.js,
// or an HTTP server of the user. It knows no tenant and no request.
package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/journal"
)

// A Runner runs Actions. The zero value has none in Go and no engine.
type Runner struct {
	// Hooks are the Actions in Go. They run after those of the fixture.
	Hooks []actions.Hook
	// Node runs JavaScript. Runners may share one.
	Node *Node
	// Caller calls the servers of Actions that have a URL.
	Caller Caller
	// Folder is where the files of the fixture are, and their node_modules; "" if there
	// is none.
	Folder string
	Log    *slog.Logger
	// Clock is the tenant's. Only what the journal shows follows it.
	Clock *clock.Clock

	mu    sync.Mutex
	cache map[actions.Trigger]map[string]cached
}

// A cached value is one of api.cache.
type cached struct {
	Value   string `json:"value"`
	Expires int64  `json:"expires_at"` // unix milliseconds
}

// A Flow is what runs the Actions of a trigger.
type Flow struct {
	Trigger actions.Trigger
	Event   *actions.Event
	// MayRedirect tells that there is a browser that can go to a page.
	MayRedirect bool
	// MayChallenge tells that a second factor can be asked for. ChallengeFails tells that
	// the login fails if an Action asks for one.
	MayChallenge, ChallengeFails bool
	// Action is the id of the Action that takes the token of a custom-token-exchange; ""
	// for one in Go.
	Action string
	// State is that of the login, for redirect.validateToken.
	State string
	// Issuer is the tenant's.
	Issuer string
	// Auth0API tells that the access token is for an API of Auth0.
	Auth0API bool
	// After is the outcome of the Actions up to a suspension; nil at the start.
	After *Outcome

	resuming bool
}

// An action is one to run.
type action struct {
	id, name string
	hook     *actions.Hook    // nil for one of the fixture
	of       *fixtures.Action // nil for one in Go
}

// Has tells whether a trigger has Actions.
func (r *Runner) Has(f *fixtures.Fixture, trigger actions.Trigger) bool {
	if r == nil {
		return false
	}
	for i := range r.Hooks {
		if r.Hooks[i].Trigger == trigger {
			return true
		}
	}
	for i := range f.Actions {
		if f.Actions[i].Trigger == string(trigger) && f.Actions[i].Runs() {
			return true
		}
	}
	return false
}

// Exchanges tells whether an Action takes tokens of a type: that of a token exchange
// profile, whose id it returns, or one in Go.
func (r *Runner) Exchanges(f *fixtures.Fixture, subjectTokenType string) (id string, inGo bool) {
	if r == nil {
		return "", false
	}
	id = f.ExchangeAction(subjectTokenType)
	for _, a := range r.of(f, actions.CustomTokenExchange) {
		if id != "" && a.id == id {
			return id, false
		}
	}
	return "", slices.ContainsFunc(r.Hooks, func(h actions.Hook) bool { return exchanges(&h, subjectTokenType) })
}

func exchanges(h *actions.Hook, subjectTokenType string) bool {
	return h.Trigger == actions.CustomTokenExchange && (h.SubjectTokenType == "" || h.SubjectTokenType == subjectTokenType)
}

// exchanging is the one Action that takes a token.
func exchanging(list []action, flow *Flow) []action {
	kind := ""
	if flow.Event.Transaction != nil {
		kind = flow.Event.Transaction.SubjectTokenType
	}
	at := slices.IndexFunc(list, func(a action) bool {
		if flow.Action != "" {
			return a.id == flow.Action
		}
		return a.hook != nil && exchanges(a.hook, kind)
	})
	if at < 0 {
		return nil
	}
	return list[at : at+1]
}

// of are the Actions of a trigger, in their order.
func (r *Runner) of(f *fixtures.Fixture, trigger actions.Trigger) (list []action) {
	for _, a := range f.ActionsOf(string(trigger)) {
		list = append(list, action{id: a.ID, name: a.Name, of: a})
	}
	for i := range r.Hooks {
		if h := &r.Hooks[i]; h.Trigger == trigger {
			list = append(list, action{name: h.Name, hook: h})
		}
	}
	return list
}

// Run runs the Actions of a flow, or those that are left of a suspended one.
func (r *Runner) Run(ctx context.Context, f *fixtures.Fixture, flow Flow) *Outcome {
	out := &Outcome{}
	if flow.After != nil {
		*out = *flow.After
		out.ID, out.Access = append([]Claim(nil), out.ID...), append([]Claim(nil), out.Access...)
		out.AppMetadata, out.UserMetadata, out.Transaction = maps.Clone(out.AppMetadata), maps.Clone(out.UserMetadata), maps.Clone(out.Transaction)
		out.Redirect, out.Factors, out.Ran, out.Done = "", nil, nil, false
	}
	first, resumes := out.Next, out.Resumes
	left := actions.MaxTime
	wall := clock.New(time.Time{}, true)
	list := r.of(f, flow.Trigger)
	if flow.Trigger == actions.CustomTokenExchange {
		list = exchanging(list, &flow)
	}
	for i := first; i < len(list); i++ {
		flow.resuming = resumes && i == first
		began := wall.Now()
		r.run(ctx, list[i], &flow, out, left)
		left -= wall.Now().Sub(began)
		if out.Denied != nil {
			return out
		}
		if out.Suspended() {
			out.Next, out.Resumes = i, true
			if out.Factors != nil { // the factor is asked for, and the next Action goes on
				out.Next, out.Resumes = i+1, false
			}
			return out
		}
	}
	out.Next, out.Resumes, out.Done = len(list), false, true
	return out
}

// RunOne runs one Action alone: its function for the way back from a redirect if resume
// is set. What it caches or logs stays; nothing else acts.
func (r *Runner) RunOne(ctx context.Context, f *fixtures.Fixture, name string, flow Flow, resume bool) actions.Run {
	flow.resuming = resume
	out := actions.Run{Name: name, Trigger: flow.Trigger, Commands: []actions.Command{}, Dropped: []string{}, Logs: []string{}}
	for _, a := range r.of(f, flow.Trigger) {
		if a.name != name {
			continue
		}
		o := &Outcome{}
		result := r.run(ctx, a, &flow, o, actions.MaxTime)
		out.Commands = append(out.Commands, result.Commands...)
		out.Dropped = append(out.Dropped, o.Ran[0].Dropped...)
		out.Logs = append(out.Logs, result.Logs...)
		out.Error, out.Stack = result.Error, result.Stack
	}
	return out
}

// run runs one Action and applies its calls.
func (r *Runner) run(ctx context.Context, a action, flow *Flow, out *Outcome, left time.Duration) actions.Result {
	event := *flow.Event
	event.Secrets = map[string]string{}
	if a.of != nil {
		maps.Copy(event.Secrets, a.of.SecretValues())
	}
	if event.Transaction != nil {
		changed := *event.Transaction
		changed.Metadata = maps.Clone(out.Transaction)
		event.Transaction = &changed
	}
	began := r.now()
	result := r.call(ctx, a, flow, &event, left)
	note := journal.Action{Name: a.name, Trigger: string(flow.Trigger), DurationMS: float64(r.now().Sub(began).Microseconds()) / 1000}
	for _, line := range result.Logs {
		note.Logs = append(note.Logs, clip(line))
	}
	s := &step{out, flow, a.name}
	for _, command := range result.Commands {
		if cacheCall(command) {
			r.keep(flow.Trigger, command)
			continue
		}
		if why := s.apply(command); why != "" {
			note.Dropped = append(note.Dropped, clip(command.String())+": "+why+"; dropped")
			continue
		}
		note.Did = append(note.Did, clip(command.String()))
	}
	if result.Error != "" {
		note.Error = clip(result.Error)
		if !unavailable(result) && out.Denied == nil {
			out.Denied = &Denial{Code: "access_denied", Reason: result.Error, Action: a.name}
		}
	}
	out.Ran = append(out.Ran, note)
	r.tell(&note, result)
	return result
}

// tell writes to the log what the journal has.
func (r *Runner) tell(note *journal.Action, result actions.Result) {
	if r.Log == nil {
		return
	}
	for _, line := range note.Logs {
		r.Log.Info("Action " + note.Name + ": " + line)
	}
	for _, why := range note.Dropped {
		r.Log.Warn("Action " + note.Name + ": " + why)
	}
	if note.Error != "" {
		r.Log.Warn("Action "+note.Name+" failed: "+note.Error, "stack", result.Stack)
	}
}

// Reset forgets what the Actions have cached.
func (r *Runner) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache = nil
}

func (r *Runner) now() time.Time {
	if r.Clock == nil {
		return time.Time{}
	}
	return r.Clock.Now()
}

// call runs the code.
func (r *Runner) call(ctx context.Context, a action, flow *Flow, event *actions.Event, left time.Duration) actions.Result {
	if a.hook != nil {
		return callHook(a.hook, flow, event)
	}
	execute, resume := flow.Trigger.Entries()
	if flow.resuming {
		execute = resume
	}
	limit := a.of.TimeLimit()
	if limit == 0 || limit > left {
		limit = left
	}
	if a.of.URL != "" {
		return r.ask(ctx, a.of, question{a.name, flow.Trigger, execute, max(1, limit.Milliseconds()), event})
	}
	return r.Node.run(ctx, job{
		File: r.path(a.of), Code: a.of.Text(), Entry: execute, Event: event, Calls: calls()[flow.Trigger], MayRedirect: flow.MayRedirect,
		State: flow.State, Issuer: flow.Issuer, Cache: r.cached(flow.Trigger), Milliseconds: max(1, limit.Milliseconds()),
	})
}

// callHook calls a function in Go. It gets an event of its own, as JavaScript does: what
// it changes there nobody sees. A panic is what it throws.
func callHook(h *actions.Hook, flow *Flow, event *actions.Event) (result actions.Result) {
	fn := h.Execute
	if flow.resuming {
		fn = h.Continue
	}
	if fn == nil {
		return actions.Result{}
	}
	own := &actions.Event{}
	if err := viaJSON(event, own); err != nil {
		return actions.Result{Error: "the event: " + err.Error()}
	}
	api := actions.NewAPI(own, flow.MayRedirect)
	defer func() {
		if thrown := recover(); thrown != nil {
			api.Throw(fmt.Errorf("%v", thrown))
			result = plain(api.Result())
			result.Stack = string(debug.Stack())
		}
	}()
	fn(own, api)
	return plain(api.Result())
}

// plain turns the arguments of Go into those of JSON, so that the rules see the same.
func plain(result actions.Result) actions.Result {
	for i, c := range result.Commands {
		for j, arg := range c.Args {
			var value any
			if err := viaJSON(arg, &value); err != nil {
				result.Error = "api." + c.Call + ": " + err.Error()
				continue
			}
			result.Commands[i].Args[j] = value
		}
	}
	return result
}

// viaJSON copies a value by way of JSON.
func viaJSON(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
