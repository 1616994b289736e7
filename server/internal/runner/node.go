package runner

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/server/actions"
)

//go:embed node_host.js
var hostSource string

//go:embed node_worker.js
var workerSource string

const (
	// idleTime is how long the process waits for the next Action, by the real clock.
	idleTime = 30 * time.Second
	// grace is how long after its deadline a run waits for the process to say so.
	grace = 15 * time.Second
	// timeoutWords are those of Auth0's rules, which ran in the same way.
	timeoutWords = "Script execution time exceeded. Either you have a long running operation, an infinite loop or you forgot to call the callback in your script."
	// unavailablePrefix begins the error of an Action that no engine could run.
	unavailablePrefix = "it did not run: "
)

// unavailable tells whether an Action did not run because there is no engine for it.
// Then the login goes on without it.
func unavailable(r actions.Result) bool { return strings.HasPrefix(r.Error, unavailablePrefix) }

// Node runs JavaScript in a process of Node.js. The process starts when the first
// Action runs. It ends when none has run for 30 s, when its standard input closes, as
// when this program dies, or at Close. The zero value looks for node on PATH.
type Node struct {
	// Program is the path of node; "" looks for it on PATH.
	Program string
	// Idle is how long the process waits for the next Action, by the real clock; 0 is
	// 30 s.
	Idle time.Duration

	mu      sync.Mutex
	process *process // nil if none runs
	closed  bool
	starts  int
}

// A process is one of Node.js.
type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	ended chan struct{} // closed when it has ended
	said  head          // its standard error

	writing sync.Mutex // held while a line is written
	// The rest is guarded by the mutex of Node.
	waiting map[int64]chan actions.Result
	last    int64 // the id of the last job
	idle    *time.Timer
}

// A job is what the process gets for a run.
type job struct {
	ID           int64             `json:"id"`
	File         string            `json:"file"`
	Code         string            `json:"code"`
	Entry        string            `json:"entry"`
	Event        *actions.Event    `json:"event"`
	Calls        []string          `json:"calls"`
	MayRedirect  bool              `json:"may_redirect"`
	State        string            `json:"state"`
	Issuer       string            `json:"issuer"`
	Cache        map[string]cached `json:"cache"`
	Milliseconds int64             `json:"milliseconds"`
	Timeout      string            `json:"timeout"` // the words of an error
}

// path is where the code of an Action is, or would be, for require and for errors.
func (r *Runner) path(a *fixtures.Action) string {
	if r.Folder == "" {
		return ""
	}
	name := cmp.Or(a.Code, "actions/"+a.Name+".js")
	full, err := filepath.Abs(filepath.Join(r.Folder, filepath.FromSlash(name)))
	if err != nil {
		return name
	}
	return full
}

// calls are the names of the calls of a trigger's api, by the name of its function.
var calls = sync.OnceValue(func() map[actions.Trigger][]string {
	out := map[actions.Trigger][]string{}
	for _, trigger := range actions.Triggers() {
		out[trigger] = []string{} // some have api.cache alone
		for _, name := range slices.Sorted(maps.Keys(rules)) {
			if slices.Contains(rules[name].triggers, trigger) {
				out[trigger] = append(out[trigger], name)
			}
		}
		if trigger == actions.PostLogin {
			out[trigger] = append(out[trigger], slices.Sorted(maps.Keys(kept))...)
		}
	}
	return out
})

// Look finds the program, and says what is wrong if there is none.
func (n *Node) Look() (string, error) {
	program, err := exec.LookPath(cmp.Or(n.Program, "node"))
	if err != nil {
		if n.Program != "" {
			return "", fmt.Errorf("there is no program %s", n.Program)
		}
		return "", errors.New("there is no node on PATH: install Node.js 18 or later, or name one (--node, MOCKAUTH0_NODE, or Node of server.Config), or build the image with --target node")
	}
	return program, nil
}

// run runs one Action.
func (n *Node) run(ctx context.Context, j job) actions.Result {
	j.Timeout = timeoutWords
	p, answer, err := n.begin(&j)
	if err != nil {
		return actions.Result{Error: unavailablePrefix + err.Error()}
	}
	defer n.done(p, j.ID)
	line, err := json.Marshal(j)
	if err != nil {
		return actions.Result{Error: err.Error()}
	}
	late := time.NewTimer(time.Duration(j.Milliseconds)*time.Millisecond + grace)
	defer late.Stop()
	p.write(append(line, '\n'))
	select {
	case result := <-answer:
		return result
	case <-p.ended:
		select {
		case result := <-answer: // it has ended after its answer
			return result
		default:
		}
		return actions.Result{Error: strings.TrimSpace("the Node.js process has ended " + p.said.String())}
	case <-ctx.Done():
		return actions.Result{Error: "the caller has gone"}
	case <-late.C: // the process does not even keep time: it may be stopped
		_ = p.cmd.Process.Kill() // it may have ended by now
		return actions.Result{Error: timeoutWords, TimedOut: true}
	}
}

// write sends a line. A process that does not read is stopped, so it ends. One that has
// ended says so by itself.
func (p *process) write(line []byte) {
	p.writing.Lock()
	defer p.writing.Unlock()
	stuck := time.AfterFunc(grace, func() { _ = p.cmd.Process.Kill() })
	defer stuck.Stop()
	_, _ = p.stdin.Write(line)
}

// begin starts the process unless it runs, and registers a job.
func (n *Node) begin(j *job) (*process, chan actions.Result, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, nil, errors.New("the server is closed")
	}
	if n.process != nil {
		select {
		case <-n.process.ended: // it died: the next one takes its place
			n.process = nil
		default:
		}
	}
	if n.process == nil {
		p, err := n.start()
		if err != nil {
			return nil, nil, err
		}
		n.process = p
	}
	p := n.process
	p.idle.Stop()
	p.last++
	j.ID = p.last
	answer := make(chan actions.Result, 1)
	p.waiting[j.ID] = answer
	return p, answer, nil
}

// done forgets a job. The process may end if it was the last one for a while.
func (n *Node) done(p *process, id int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(p.waiting, id)
	if len(p.waiting) == 0 {
		p.idle.Reset(cmp.Or(n.Idle, idleTime))
	}
}

// retire ends a process that nobody has used for a while.
func (n *Node) retire(p *process) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(p.waiting) > 0 {
		return
	}
	if n.process == p {
		n.process = nil
	}
	_ = p.stdin.Close()                                        // then it ends by itself
	time.AfterFunc(grace, func() { _ = p.cmd.Process.Kill() }) // but a thread that waits for another program holds it; mostly it has ended by now
}

// start starts a process.
func (n *Node) start() (*process, error) {
	program, err := n.Look()
	if err != nil {
		return nil, err
	}
	p := &process{ended: make(chan struct{}), waiting: map[int64]chan actions.Result{}}
	mark := derive.Unique()
	p.cmd = exec.Command(program, "--no-warnings", "-e", hostSource)                                                          //nolint:noctx // it outlives the request that starts it
	p.cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NODE_OPTIONS=") }), //nolint:forbidigo // node needs the PATH and the certificates of this program
		"MOCKAUTH0_ACTION_WORKER="+workerSource, "MOCKAUTH0_ACTION_MARK="+mark)
	p.cmd.Stdout = &results{mark: []byte(mark), take: func(line []byte) { n.take(p, line) }}
	p.cmd.Stderr = &p.said
	p.cmd.WaitDelay = time.Second // what an Action has started may hold the pipes
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("node does not start: %w", err)
	}
	n.starts++
	p.idle = time.AfterFunc(idleTime, func() { n.retire(p) })
	go func() {
		_ = p.cmd.Wait() // how it ended does not matter: the next run starts another one
		p.idle.Stop()
		close(p.ended)
	}()
	return p, nil
}

// take gives a result to the one who waits for it.
func (n *Node) take(p *process, line []byte) {
	var answer struct {
		ID     int64           `json:"id"`
		Result json.RawMessage `json:"result"`
	}
	if json.Unmarshal(line, &answer) != nil {
		return
	}
	var result actions.Result
	if err := json.Unmarshal(answer.Result, &result); err != nil {
		result = actions.Result{Error: "the calls of the Action cannot be read: " + err.Error()}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if to, ok := p.waiting[answer.ID]; ok {
		to <- result
		delete(p.waiting, answer.ID)
	}
}

// Close ends the process. Actions that run then fail.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	p := n.process
	n.process = nil
	n.mu.Unlock()
	if p == nil {
		return
	}
	_ = p.stdin.Close()
	p.idle.Stop()
	select {
	case <-p.ended:
	case <-time.After(time.Second):
		_ = p.cmd.Process.Kill() // an Action may hold it
		<-p.ended
	}
}
