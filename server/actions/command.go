package actions

import (
	"encoding/json"
	"strings"
)

// A Command is one call of the api, such as access.deny with a reason.
type Command struct {
	Call string `json:"call"` // as in JavaScript, without "api."
	Args []any  `json:"args"`
}

// Text is an argument that must be a string; "" if it is none or missing.
func (c Command) Text(i int) string {
	s, _ := c.Arg(i).(string)
	return s
}

// Arg is an argument, nil if it is missing.
func (c Command) Arg(i int) any {
	if i >= len(c.Args) {
		return nil
	}
	return c.Args[i]
}

// Options are an argument that is an object; empty if it is none.
func (c Command) Options(i int) map[string]any {
	m, _ := c.Arg(i).(map[string]any)
	return m
}

// String is the call as JavaScript writes it.
func (c Command) String() string {
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		text, err := json.Marshal(arg)
		if err != nil {
			text = []byte("?")
		}
		args[i] = string(text)
	}
	return c.Call + "(" + strings.Join(args, ", ") + ")"
}

// A Result is what a run of one Action gives.
type Result struct {
	Commands []Command `json:"commands"`
	// Logs are the lines of console.log, or of API.Log.
	Logs []string `json:"logs,omitempty"`
	// Error is the message of the error that the Action threw; "" if it threw none.
	// Stack has the place in its file.
	Error string `json:"error,omitempty"`
	Stack string `json:"stack,omitempty"`
	// Missing tells that the Action does not export the function of the trigger.
	Missing bool `json:"missing,omitempty"`
	// TimedOut tells that the run was ended at its deadline.
	TimedOut bool `json:"timed_out,omitempty"`
}
