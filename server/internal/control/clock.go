package control

import (
	"time"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// clockState is the clock as the control API shows it.
type clockState struct {
	Now     time.Time `json:"now"`
	Running bool      `json:"running"`
	Offset  string    `json:"offset,omitempty"` // of a running clock from real time
}

func (a *API) clockState() clockState {
	c := a.Server.Clock()
	state := clockState{Now: c.Now(), Running: c.Running()}
	if state.Running {
		state.Offset = c.Offset().Round(time.Millisecond).String()
	}
	return state
}

// ReadClock is GET /_mock/clock.
func (a *API) ReadClock(*web.Call) (any, error) { return a.clockState(), nil }

// clockMove is the body of POST /_mock/clock: exactly one of its fields.
type clockMove struct {
	Advance *time.Duration `yaml:"advance" doc:"How far to move forward, such as 3m, 24h, or 180 for as many seconds."`
	Set     time.Time      `yaml:"set" doc:"The time at which to stop the clock, RFC 3339."`
	Freeze  *bool          `yaml:"freeze" doc:"true stops the clock where it is, false lets it run on."`
	Reset   bool           `yaml:"reset" doc:"true goes back to real time."`
}

// maxYear leaves what lapses later room in the years that RFC 3339, and so
// JSON, can write.
const maxYear = 9998

// MoveClock is POST /_mock/clock.
func (a *API) MoveClock(c *web.Call) (any, error) {
	var move clockMove
	if err := decode(c, &move); err != nil {
		return nil, err
	}
	given := 0
	for _, is := range []bool{move.Advance != nil, !move.Set.IsZero(), move.Freeze != nil, move.Reset} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, badRequest(`the body needs exactly one of {"advance":"3m"}, {"set":"2030-01-01T00:00:00Z"}, {"freeze":true} and {"reset":true}`)
	}
	switch clock := a.Server.Clock(); {
	case move.Advance != nil:
		d := *move.Advance
		if clock.Now().Add(d).Year() > maxYear {
			return nil, badRequest("advance: %s more would be beyond the year %d", d, maxYear)
		}
		if err := clock.Advance(d); err != nil {
			return nil, badRequest("advance: %s", err)
		}
	case !move.Set.IsZero():
		if year := move.Set.Year(); year < 1 || year > maxYear {
			return nil, badRequest("set: %s is beyond the years 1 to %d", move.Set.Format(time.RFC3339), maxYear)
		}
		clock.Set(move.Set)
	case move.Reset:
		clock.Reset()
	case *move.Freeze:
		clock.Freeze()
	default:
		clock.Run()
	}
	return a.clockState(), nil
}
