package runner

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/clock"
)

// inNode makes a runner with one Action in JavaScript. It ends with the test.
func inNode(t *testing.T, code string, change func(*fixtures.Action)) (*Runner, *fixtures.Fixture) {
	t.Helper()
	a := fixtures.Action{Name: "one", Trigger: "post-login", Source: code}
	if change != nil {
		change(&a)
	}
	r := &Runner{Clock: clock.New(time.Time{}, true), Folder: t.TempDir()}
	if _, err := r.Node.Look(); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	t.Cleanup(r.Node.Close)
	return r, &fixtures.Fixture{Actions: []fixtures.Action{a}}
}

func loginFlow(email string) Flow {
	return Flow{Trigger: actions.PostLogin, Issuer: "https://localhost/", Event: &actions.Event{User: &actions.User{Email: email}, Request: &actions.Request{}}}
}

func TestNodeRunsTheFileOfAnAction(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `
const { createHash } = require('node:crypto')
exports.onExecutePostLogin = async (event, api) => {
  console.log('hello %s', event.user.email, { a: 1 })
  await new Promise(resolve => setTimeout(resolve, 1))
  api.idToken.setCustomClaim('https://acme.test/hash', createHash('sha256').update(event.secrets.KEY).digest('hex').slice(0, 8))
  api.cache.set('n', String(Number(api.cache.get('n')?.value ?? 0) + 1))
  api.idToken.setCustomClaim('n', api.cache.get('n').value)
  api.idToken.setCustomClaim('env', Object.keys(process.env).length)
}`, func(a *fixtures.Action) { a.Secrets = map[string]string{"KEY": "k"} })
	for _, n := range []string{"1", "2"} {
		out := r.Run(t.Context(), f, loginFlow("ada@example.com"))
		if out.Denied != nil || len(out.ID) != 3 || out.ID[0].Value != "8254c329" || out.ID[1].Value != n || out.ID[2].Value != 0.0 {
			t.Fatalf("the outcome is %+v", out)
		}
		if got := out.Ran[0].Logs; len(got) != 1 || got[0] != "hello ada@example.com { a: 1 }" {
			t.Errorf("the logs are %q", got)
		}
	}
	if r.Node.starts != 1 {
		t.Errorf("%d processes were started", r.Node.starts)
	}
}

func TestWhatAnActionThrowsDenies(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ code, want string }{
		"an error":          {"exports.onExecutePostLogin = async () => { throw new Error('boom') }", "boom"},
		"a mistake":         {"exports.onExecutePostLogin = async event => event.no.such", "Cannot read properties of undefined (reading 'such')"},
		"a missing package": {"require('no-such-package')", "Cannot find module 'no-such-package'"},
		"a call of another trigger": {
			"exports.onExecutePostLogin = async (event, api) => api.notification.drop('x')",
			"Cannot read properties of undefined (reading 'drop')",
		},
		"the end of its thread": {"exports.onExecutePostLogin = async () => process.exit(0)", "the Action has ended its own thread"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, f := inNode(t, tt.code, nil)
			out := r.Run(t.Context(), f, loginFlow(""))
			if out.Denied == nil || !strings.Contains(out.Denied.Reason, tt.want) {
				t.Errorf("the outcome is %+v", out.Denied)
			}
		})
	}
}

// A loop ends at its deadline, and another Action of the same process does not wait for
// it.
func TestALoopEndsAndBlocksNobody(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `exports.onExecutePostLogin = async (event, api) => {
  if (event.user.email === 'loop') { console.log('begins'); while (true); }
  api.idToken.setCustomClaim('plan', 'free')
}`, func(a *fixtures.Action) { a.Timeout = 1 })
	patient := &fixtures.Fixture{Actions: slices.Clone(f.Actions)}
	patient.Actions[0].Timeout = 0
	looping := make(chan *Outcome)
	go func() { looping <- r.Run(context.Background(), f, loginFlow("loop")) }()
	for range 3 {
		if out := r.Run(t.Context(), patient, loginFlow("ada")); len(out.ID) != 1 {
			t.Errorf("beside the loop the outcome is %+v", out)
		}
	}
	out := <-looping
	if out.Denied == nil || !strings.HasPrefix(out.Denied.Reason, "Script execution time exceeded") || len(out.Ran[0].Logs) != 1 {
		t.Errorf("the loop ends with %+v", out)
	}
	if out := r.Run(t.Context(), patient, loginFlow("ada")); len(out.ID) != 1 || r.Node.starts != 1 {
		t.Errorf("after the loop the outcome is %+v, with %d processes", out, r.Node.starts)
	}
}

func TestAProcessThatDiesIsStartedAgain(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `exports.onExecutePostLogin = async (event, api) => {
  if (event.user.email === 'kill') { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}) }
  api.idToken.setCustomClaim('plan', 'free')
}`, nil)
	if out := r.Run(t.Context(), f, loginFlow("kill")); out.Denied == nil || !strings.Contains(out.Denied.Reason, "the Node.js process has ended") {
		t.Errorf("the outcome is %+v", out)
	}
	if out := r.Run(t.Context(), f, loginFlow("ada")); len(out.ID) != 1 || r.Node.starts != 2 {
		t.Errorf("then the outcome is %+v, with %d processes", out, r.Node.starts)
	}
}

// An Action that leaves something behind does not meet the next one.
func TestNothingOfARunIsLeftForTheNextOne(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `let runs = 0
exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('seen', [++runs, globalThis.left ?? null])
  globalThis.left = 'x'
  setInterval(() => console.log('late'), 1)
}`, nil)
	for range 3 {
		out := r.Run(t.Context(), f, loginFlow(""))
		if got := out.ID[0].Value.([]any); got[0] != 1.0 || got[1] != nil {
			t.Errorf("a run sees %v", got)
		}
	}
}

func TestAProcessEndsWhenNobodyUsesIt(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, "exports.onExecutePostLogin = async () => {}", nil)
	r.Node.Idle = time.Millisecond
	r.Run(t.Context(), f, loginFlow(""))
	r.Node.mu.Lock()
	p := r.Node.process
	r.Node.mu.Unlock()
	if p != nil {
		<-p.ended
	}
	if out := r.Run(t.Context(), f, loginFlow("")); out.Denied != nil || !out.Done {
		t.Errorf("the next run gives %+v", out)
	}
}

func TestCloseEndsTheProcessAndItsRuns(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, "exports.onExecutePostLogin = async () => { console.log('in'); await new Promise(() => {}) }", nil)
	var wg sync.WaitGroup
	var out *Outcome
	wg.Go(func() { out = r.Run(context.Background(), f, loginFlow("")) })
	for {
		r.Node.mu.Lock()
		runs := r.Node.process != nil && len(r.Node.process.waiting) > 0
		r.Node.mu.Unlock()
		if runs {
			break
		}
	}
	r.Node.Close()
	wg.Wait()
	if out.Denied == nil {
		t.Errorf("the run ended with %+v", out)
	}
	if again := r.Run(t.Context(), f, loginFlow("")); !strings.Contains(again.Ran[0].Error, "the server is closed") {
		t.Errorf("after Close: %+v", again)
	}
}

// Without a node the login goes on, and the journal says what helps.
func TestWithoutNodeTheLoginGoesOn(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, "exports.onExecutePostLogin = async () => {}", nil)
	r.Node.Program = "/no/such/node"
	out := r.Run(t.Context(), f, loginFlow(""))
	if out.Denied != nil || !out.Done || !strings.Contains(out.Ran[0].Error, "it did not run: there is no program /no/such/node") {
		t.Errorf("the outcome is %+v", out)
	}
}

func TestAMistakeIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, "exports.onExecutePostLogin = async () => {\n  const a = ;\n}", nil)
	mistakes, err := r.Check(f)
	if err != nil || len(mistakes) != 1 || mistakes[0].Line != 2 || !strings.HasSuffix(mistakes[0].String(), "actions/one.js:2: SyntaxError: Unexpected token ';'") {
		t.Errorf("the mistakes are %v, %v", mistakes, err)
	}
}
