package runner

import (
	"fmt"

	"github.com/mockauth0/mockauth0/server/actions"
)

func setUserByID(s *step, c actions.Command) string {
	if s.User != nil {
		return "an Action has said already who the user is"
	}
	s.User = &SetUser{ID: c.Text(0)}
	return ""
}

func setUserByConnection(s *step, c actions.Command) string {
	if s.User != nil {
		return "an Action has said already who the user is"
	}
	s.User = &SetUser{
		Connection: c.Text(0), Profile: c.Options(1),
		Create: c.Options(2)["creationBehavior"] == "create_if_not_exists", Update: c.Options(2)["updateBehavior"] == "replace",
	}
	return ""
}

// The limits of setActor.
// Source: auth0/docs-v2 actions/reference/custom-token-exchange/custom-token-exchange-api-object.mdx.
const (
	maxActors       = 5
	maxActorMembers = 5 // beside sub and act
)

// setActor says who acts in the user's name. An actor that is not valid ends the exchange.
// Unverified: how Auth0 refuses one.
func setActor(s *step, c actions.Command) string {
	actor := c.Options(0)
	if why := wrongActor(actor, maxActors); why != "" {
		s.Denied = &Denial{Code: "server_error", Reason: "The actor is not valid: " + why, Call: c.Call, Action: s.action}
		return ""
	}
	s.Actor = actor
	return ""
}

func wrongActor(actor map[string]any, levels int) string {
	switch sub, _ := actor["sub"].(string); {
	case sub == "":
		return "each actor needs a sub"
	case levels == 0:
		return fmt.Sprintf("there are more than %d actors", maxActors)
	}
	members := 0
	for name, value := range actor {
		if name == "sub" || name == "act" {
			continue
		}
		members++
		switch value.(type) {
		case string, bool, float64:
		default:
			return "the member " + name + " is neither a string nor a number nor a boolean"
		}
	}
	if members > maxActorMembers {
		return fmt.Sprintf("an actor has more than %d members beside sub and act", maxActorMembers)
	}
	if actor["act"] == nil {
		return ""
	}
	below, _ := actor["act"].(map[string]any)
	return wrongActor(below, levels-1)
}
