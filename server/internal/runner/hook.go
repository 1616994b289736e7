package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
)

// A Caller calls servers on loopback, and those that the user allows. Forbids says why it
// does not call an address; nil if it does.
type Caller interface {
	Forbids(address string) error
	Call(req *http.Request, most int64) (status int, body []byte, err error)
}

// mostAnswer is how many bytes of an answer are read.
const mostAnswer = 1 << 20

// A question is what a server of the user gets for a run, as JSON. The event has the
// secrets. Its answer is an actions.Result.
type question struct {
	Action     string          `json:"action"`
	Trigger    actions.Trigger `json:"trigger"`
	Function   string          `json:"function"` // such as onExecutePostLogin
	DeadlineMS int64           `json:"deadline_ms"`
	Event      *actions.Event  `json:"event"`
}

// ask lets a server of the user run an Action.
func (r *Runner) ask(ctx context.Context, a *fixtures.Action, q question) actions.Result {
	if r.Caller == nil {
		return actions.Result{Error: unavailablePrefix + "nothing calls servers"}
	}
	if err := r.Caller.Forbids(a.URL); err != nil {
		return actions.Result{Error: unavailablePrefix + err.Error()}
	}
	body, err := json.Marshal(q)
	if err != nil {
		return actions.Result{Error: err.Error()}
	}
	limited, cancel := context.WithTimeout(ctx, time.Duration(q.DeadlineMS)*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		return actions.Result{Error: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	status, answer, err := r.Caller.Call(req, mostAnswer)
	var result actions.Result
	switch {
	case ctx.Err() != nil:
		result.Error = "the caller has gone"
	case limited.Err() != nil:
		result.Error, result.TimedOut = timeoutWords, true
	case err != nil:
		result.Error = err.Error()
	case status != http.StatusOK:
		result.Error = fmt.Sprintf("%s answered %d, not 200", a.URL, status)
	default:
		if err := json.Unmarshal(answer, &result); err != nil {
			return actions.Result{Error: fmt.Sprintf(`the answer of %s is not {"commands": [{"call": "access.deny", "args": ["a reason"]}]}: %v`, a.URL, err)}
		}
	}
	return result
}
