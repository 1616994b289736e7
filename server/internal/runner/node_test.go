package runner

import (
	"context"
	"errors"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

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
	r := &Runner{Clock: clock.New(time.Time{}, true), Folder: t.TempDir(), Node: &Node{}}
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
	throws := func(what string) string { return "exports.onExecutePostLogin = async () => { " + what + " }" }
	for name, tt := range map[string]struct{ code, want string }{
		"an error":             {throws("throw new Error('boom')"), "boom"},
		"a text":               {throws("throw 'boom'"), "boom"},
		"no text":              {throws("throw ''"), "an empty text was thrown"},
		"nothing":              {throws("throw undefined"), "undefined"},
		"what has no text":     {throws("throw Object.create(null)"), "something was thrown that has no text"},
		"what throws":          {throws("throw { get message() { throw 1 } }"), "something was thrown that has no text"},
		"a long text":          {throws("throw 'x'.repeat(1e6)"), strings.Repeat("x", 4000)},
		"a stack that is none": {throws("throw { message: 'boom', stack: Symbol() }"), "boom"},
		"a rejection":          {"exports.onExecutePostLogin = () => Promise.reject(new Error('boom'))", "boom"},
		"an error of a timer":  {throws("setTimeout(() => { throw new Error('late') }); await new Promise(() => {})"), "late"},
		"a null of a timer":    {throws("setTimeout(() => { throw Object.create(null) }); await new Promise(() => {})"), "object"},
		"a mistake":            {"exports.onExecutePostLogin = async event => event.no.such", "Cannot read properties of undefined (reading 'such')"},
		"a missing package":    {"require('no-such-package')", "Cannot find module 'no-such-package'"},
		"a value that is no JSON": {
			"exports.onExecutePostLogin = async (event, api) => api.idToken.setCustomClaim('n', 1n)",
			"Do not know how to serialize a BigInt",
		},
		"a call of another trigger": {
			"exports.onExecutePostLogin = async (event, api) => api.notification.drop('x')",
			"Cannot read properties of undefined (reading 'drop')",
		},
		"the end of its thread": {throws("process.exit(0)"), "the Action has ended its own thread"},
		"too many calls": {
			"exports.onExecutePostLogin = async (event, api) => { for (let i = 0; i < 9; i++) api.idToken.setCustomClaim('n', 'x'.repeat(1e6)) }",
			"more than 8 MB",
		},
		"a result that is none": {throws("require('worker_threads').parentPort.postMessage({ id: 1, result: { commands: 5 } }); await new Promise(() => {})"), "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, f := inNode(t, tt.code, nil)
			out := r.Run(t.Context(), f, loginFlow(""))
			if out.Denied == nil || !strings.Contains(out.Denied.Reason, tt.want) || len(out.Denied.Reason) > 5000 {
				t.Errorf("the outcome is %.5000v", out.Denied)
			}
		})
	}
}

// What an Action writes to the process's own output is not read as a result, and keeps
// no result from its reader.
func TestAnActionMayWriteAnything(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"a forged result":  `fs.writeSync(1, '{"id":1,"result":{"commands":[{"call":"access.deny","args":["forged"]}]}}\n')`,
		"half a line":      `fs.writeSync(1, 'half a line')`,
		"much":             `for (let i = 0; i < 300; i++) write(1)`,
		"much to stderr":   `for (let i = 0; i < 300; i++) write(2)`,
		"many lines":       `process.stdout.write('x\n'.repeat(1e6))`,
		"a long line":      `console.log('x'.repeat(1e8))`,
		"lines for ever":   `const until = Date.now() + 300; while (Date.now() < until) console.log('x')`,
		"a table":          `console.table([{ a: 1 }])`,
		"a write with end": `await new Promise(resolve => process.stdout.write('x', resolve))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, f := inNode(t, `const fs = require('fs')
const write = to => { for (;;) { try { return fs.writeSync(to, 'x'.repeat(1e5)) } catch (full) { if (full.code !== 'EAGAIN') throw full } } }
exports.onExecutePostLogin = async (event, api) => {
  `+code+`
  api.idToken.setCustomClaim('plan', 'free')
}`, nil)
			for range 2 {
				out := r.Run(t.Context(), f, loginFlow(""))
				if out.Denied != nil || len(out.ID) != 1 {
					t.Fatalf("the outcome is %+v", out)
				}
				logs := 0
				for _, line := range out.Ran[0].Logs {
					logs += len(line)
				}
				if logs > 100_000 {
					t.Errorf("%d bytes of logs are kept", logs)
				}
			}
			if r.Node.starts != 1 {
				t.Errorf("%d processes were started", r.Node.starts)
			}
		})
	}
}

// What an Action changes of the things that all programs share does not meet the next run.
func TestAnActionChangesNothingForTheNextOne(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"a prototype":            `Array.prototype.map = () => { throw new Error('changed') }`,
		"a new member of all":    `Object.prototype.toJSON = () => 5`,
		"a function of all":      `JSON.stringify = () => '5'`,
		"fetch":                  `globalThis.fetch = () => {}`,
		"crypto":                 `globalThis.crypto = {}`,
		"promises":               `(async () => {})().constructor.prototype.then = () => {}`,
		"a module":               `require('crypto').createHash = () => {}`,
		"an environment":         `process.env.LEFT = '1'`,
		"a listener":             `process.on('exit', () => {})`,
		"a listener to the next": `require('worker_threads').parentPort.on('message', () => {})`,
		"a rejection":            `Promise.reject(new Error('late'))`,
		"a forged settlement":    `require('worker_threads').parentPort.postMessage({ settled: true, clean: true, id: 1 }); globalThis.left = 1`,
		"its own api":            `api.access.deny = () => {}; event.user.email = 'x'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, f := inNode(t, `exports.onExecutePostLogin = async (event, api) => {
  const email = event.user.email
  const fresh = [1].map(n => n + 1)[0] === 2 && JSON.stringify({}) === '{}' && typeof globalThis.left === 'undefined' && Object.keys(process.env).length === 0 &&
    typeof require('crypto').createHash('sha256') === 'object' && globalThis.fetch.name === 'fetch' && 'subtle' in globalThis.crypto &&
    process.listenerCount('exit') < 2
  api.idToken.setCustomClaim('fresh', fresh)
  if (email === 'change') { `+code+` }
}`, nil)
			for _, email := range []string{"look", "change", "look", "change", "look"} {
				out := r.Run(t.Context(), f, loginFlow(email))
				if email == "look" && (out.Denied != nil || len(out.ID) != 1 || out.ID[0].Value != true) {
					t.Fatalf("a run sees what another one has changed: %+v, %+v", out.Denied, out.ID)
				}
			}
		})
	}
}

// A run that changes nothing leaves its thread to the next one.
func TestAThreadIsUsedAgain(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `const { threadId } = require('worker_threads')
const crypto = require('node:crypto')
const https = require('https')
exports.onExecutePostLogin = async (event, api) => {
  console.log(crypto.randomUUID(), https.globalAgent.maxSockets, new URL('http://localhost'), typeof fetch, new Date(), structuredClone({}))
  await new Promise(resolve => setTimeout(resolve))
  api.idToken.setCustomClaim('thread', threadId)
}`, nil)
	threads := map[any]int{}
	for range 20 {
		out := r.Run(t.Context(), f, loginFlow(""))
		if len(out.ID) != 1 {
			t.Fatalf("the outcome is %+v", out)
		}
		threads[out.ID[0].Value]++
	}
	if len(threads) > 3 {
		t.Errorf("20 runs took %d threads", len(threads))
	}
}

// Many logins at once get their own answers, and beside them a thread that says wrong
// things about other runs.
func TestManyRunsAtOnce(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `exports.onExecutePostLogin = async (event, api) => {
  if (event.user.email.endsWith('0')) {
    const { parentPort } = require('worker_threads')
    for (let id = 0; id < 500; id++) parentPort.postMessage({ id, result: { error: 'forged' } })
    process.exit(1)
  }
  await new Promise(resolve => setTimeout(resolve, 5))
  api.idToken.setCustomClaim('email', event.user.email)
}`, nil)
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			email := strconv.Itoa(i)
			out := r.Run(t.Context(), f, loginFlow(email))
			if strings.HasSuffix(email, "0") {
				if out.Denied == nil {
					t.Errorf("%s: the outcome is %+v", email, out)
				}
			} else if len(out.ID) != 1 || out.ID[0].Value != email {
				t.Errorf("%s: the outcome is %+v, %+v", email, out, out.Denied)
			}
		})
	}
	wg.Wait()
	if r.Node.starts != 1 {
		t.Errorf("%d processes were started", r.Node.starts)
	}
}

// The Actions of each trigger get an api, also those that have nothing but a cache.
func TestEachTriggerHasAnAPI(t *testing.T) {
	t.Parallel()
	for _, trigger := range actions.Triggers() {
		t.Run(string(trigger), func(t *testing.T) {
			t.Parallel()
			execute, _ := trigger.Entries()
			r, f := inNode(t, "exports."+execute+" = async (event, api) => { api.cache.set('seen', 'yes'); console.log(api.cache.get('seen').value) }", func(a *fixtures.Action) { a.Trigger = string(trigger) })
			flow := loginFlow("")
			flow.Trigger, flow.Action = trigger, ""
			if trigger == actions.CustomTokenExchange {
				f.Actions[0].ID, flow.Action = "one", "one"
			}
			out := r.Run(t.Context(), f, flow)
			if out.Denied != nil || len(out.Ran) != 1 || len(out.Ran[0].Logs) != 1 || out.Ran[0].Logs[0] != "yes" {
				t.Errorf("the outcome is %+v, %+v", out, out.Denied)
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

// What an Action has started may live on, and holds the output. Close does not wait for it.
func TestCloseDoesNotWaitForWhatAnActionHasStarted(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `exports.onExecutePostLogin = async (event, api) => {
  const child = require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit', detached: true })
  child.unref()
  api.idToken.setCustomClaim('pid', child.pid)
}`, nil)
	out := r.Run(t.Context(), f, loginFlow(""))
	if len(out.ID) != 1 {
		t.Fatalf("the outcome is %+v", out)
	}
	pid, _ := out.ID[0].Value.(float64)
	child, err := os.FindProcess(int(pid))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Kill() }()
	r.Node.Close()
	if err := child.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the child has not outlived Close: %v", err)
	}
}

// A thread that waits for another program cannot be ended. Close ends it all the same.
func TestCloseEndsAThreadThatWaits(t *testing.T) {
	t.Parallel()
	r, f := inNode(t, `exports.onExecutePostLogin = async () => {
  require('child_process').execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 10000)'])
}`, func(a *fixtures.Action) { a.Timeout = 1 })
	if out := r.Run(t.Context(), f, loginFlow("")); out.Denied == nil || !strings.HasPrefix(out.Denied.Reason, "Script execution time") {
		t.Errorf("the outcome is %+v", out)
	}
	r.Node.Close()
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

// starts is how many processes TestNothingIsLeftOfManyStarts starts. Each takes some 50 ms.
var starts = flag.Int("starts", 20, "how many processes of Node.js one test starts")

// Nothing is left of processes that ended: no goroutine, no file, no child.
// With -starts 1000 it takes a minute.
func TestNothingIsLeftOfManyStarts(t *testing.T) {
	r, f := inNode(t, "exports.onExecutePostLogin = async (event, api) => api.idToken.setCustomClaim('pid', process.pid)", nil)
	files := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return 0 // another system
		}
		return len(list)
	}
	r.Run(t.Context(), f, loginFlow(""))
	r.Node.Close()
	before, others := files(), goleak.IgnoreCurrent()
	for i := range *starts {
		r.Node.closed = false
		out := r.Run(t.Context(), f, loginFlow(""))
		if len(out.ID) != 1 {
			t.Fatalf("start %d: %+v, %+v", i, out, out.Denied)
		}
		if i%2 == 0 { // half of them die
			pid, _ := out.ID[0].Value.(float64)
			process, err := os.FindProcess(int(pid))
			if err == nil {
				err = errors.Join(process.Kill(), process.Release())
			}
			if err != nil {
				t.Fatal(err)
			}
			r.Node.mu.Lock()
			p := r.Node.process
			r.Node.mu.Unlock()
			<-p.ended
		} else {
			r.Node.Close()
		}
	}
	r.Node.Close()
	if r.Node.starts != *starts+1 {
		t.Errorf("%d processes were started", r.Node.starts)
	}
	if now := files(); now > before {
		t.Errorf("%d files are open, %d before", now, before)
	}
	goleak.VerifyNone(t, others)
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
