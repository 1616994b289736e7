package servertest

import (
	"encoding/json"
	"strings"

	"github.com/mockauth0/mockauth0/server/actions"
)

// A recording is what the Actions of a script say: the calls of each trigger, and of the
// way back from a redirect. No process runs in a bubble of synctest.
type recording map[string][]actions.Command

// back is added to a trigger for the way back.
const back = ":back"

func (r recording) hooks() (hooks []actions.Hook) {
	for _, trigger := range actions.Triggers() {
		hook := actions.Hook{Trigger: trigger, Name: string(trigger), Execute: r.of(string(trigger)), Continue: r.of(string(trigger) + back)}
		if trigger == actions.CustomTokenExchange {
			hook.SubjectTokenType = "urn:acme:legacy-token"
		}
		hooks = append(hooks, hook)
	}
	return hooks
}

func (r recording) of(trigger string) actions.Function {
	return func(_ *actions.Event, api *actions.API) {
		for _, command := range r[trigger] {
			api.Call(command.Call, command.Args...)
		}
	}
}

// note adds a call, as in access.deny "no". A trigger without a call says nothing from
// here on.
func (r recording) note(trigger, call string) error {
	if call == "" {
		delete(r, trigger)
		return nil
	}
	name, args, _ := strings.Cut(call, " ")
	command := actions.Command{Call: name}
	if err := json.Unmarshal([]byte("["+args+"]"), &command.Args); err != nil {
		return err
	}
	r[trigger] = append(r[trigger], command)
	return nil
}
