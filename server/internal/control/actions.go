package control

import (
	"errors"
	"net/http"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// ListActions is GET /_mock/actions.
func (a *API) ListActions(*web.Call) (any, error) {
	return list[actions.Info]{a.Server.Actions()}, nil
}

// actionRun is the body of POST /_mock/actions/{name}/run.
type actionRun struct {
	Event map[string]any `yaml:"event" doc:"What differs from a login of the fixture's first user to its first client, as in {\"user\":{\"email\":\"ada@example.com\"}}."`
	Back  bool           `yaml:"back" doc:"Runs the function for the way back from a redirect."`
}

// RunAction is POST /_mock/actions/{name}/run.
func (a *API) RunAction(c *web.Call) (any, error) {
	var body actionRun
	if len(c.Body) > 0 {
		if err := decode(c, &body); err != nil {
			return nil, err
		}
	}
	run, err := a.Server.RunAction(c.Context, c.Vars["name"], body.Event, body.Back)
	var unknown *tenant.UserError
	switch {
	case errors.As(err, &unknown):
		return nil, controlError(http.StatusNotFound, unknown.Code, "%s", unknown.Description)
	case err != nil:
		return nil, controlError(http.StatusConflict, "cannot_run", "%s", err.Error())
	}
	return run, nil
}
