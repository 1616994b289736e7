package runner

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

//go:embed node_check.js
var checkSource string

// A Mistake is code that is no JavaScript.
type Mistake struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

func (m Mistake) String() string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Message) }

// Check finds the Actions whose code is no JavaScript. The error is for a node that does
// not run.
func (r *Runner) Check(f *fixtures.Fixture) ([]Mistake, error) {
	type text struct {
		File string `json:"file"`
		Code string `json:"code"`
	}
	var all []text
	for i := range f.Actions {
		if a := &f.Actions[i]; a.Source != "" {
			all = append(all, text{r.path(a), a.Source})
		}
	}
	if all == nil {
		return nil, nil
	}
	program, err := r.Node.Look()
	if err != nil {
		return nil, err
	}
	input, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	check := exec.CommandContext(ctx, program, "-e", checkSource)
	check.Stdin = bytes.NewReader(input)
	out, err := check.Output()
	if err != nil {
		return nil, fmt.Errorf("node does not run: %w", err)
	}
	var mistakes []Mistake
	return mistakes, json.Unmarshal(out, &mistakes)
}
