package control

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// keepAlive is how often a silent stream says that it lives.
const keepAlive = 15 * time.Second

// briefly is how many characters of a text a brief stream tells.
const briefly = 200

// StreamMessages is GET /_mock/outbox/stream: changes of the outbox as
// Server-Sent Events. A message event tells of a message that is new or has
// changed. A gone event has the ids of messages that were deleted. A reset
// event comes when the client has to start over: the outbox was emptied, or
// changed by more than it remembers. All messages follow it.
//
// The id of an event is a place in the stream of this server. A client that
// resumes at a place of an earlier server on the same port starts over.
func (a *API) StreamMessages(c *web.Call) (any, error) {
	brief, err := isOn(c, "brief")
	if err != nil {
		return nil, err
	}
	since := c.Header.Get("Last-Event-ID")
	if since == "" {
		since = query(c)["since"]
	}
	since, of, named := strings.Cut(since, "@")
	resumed := since != "" && since != "now"
	if named && of != a.ID() {
		since = ""
	}
	// A bad place is refused before the stream begins. Later the stream could
	// only break off, and an EventSource would return with that place for ever.
	ended, end := context.WithCancel(c.Context)
	end()
	var cursor *outbox.CursorError
	if _, err := a.Server.Outbox().Changes(ended, since); errors.As(err, &cursor) {
		return nil, outboxError(err)
	}
	var pending []web.Event
	return web.Stream{Next: func() (web.Event, error) {
		if len(pending) == 0 {
			ctx, cancel := context.WithTimeout(c.Context, keepAlive)
			defer cancel()
			batch, err := a.Server.Outbox().Changes(ctx, since)
			if errors.Is(err, context.DeadlineExceeded) && c.Context.Err() == nil {
				return web.Event{}, nil
			}
			if err != nil {
				return web.Event{}, err
			}
			pending = a.events(batch, brief, batch.Reset && resumed)
			since, resumed = batch.Next, true
		}
		e := pending[0]
		pending = pending[1:]
		return e, nil
	}}, nil
}

// events are the events of a batch. Only the last has the place to resume
// from: a client that is cut off in the middle gets the batch again.
func (a *API) events(batch outbox.Batch, brief, anew bool) []web.Event {
	var out []web.Event
	place := batch.Next + "@" + a.ID()
	if anew {
		// Which messages vanished is forgotten, but not how many were evicted.
		data, _ := json.Marshal(map[string]int{"dropped": batch.Dropped})
		out = append(out, web.Event{Name: "reset", Data: data})
	}
	for _, m := range batch.Messages {
		if brief {
			m.HTML = ""
			if text := []rune(m.Text); len(text) > briefly {
				m.Text = string(text[:briefly])
			}
		}
		if data, err := json.Marshal(m); err == nil {
			out = append(out, web.Event{Name: "message", Data: data})
		}
	}
	if len(batch.Gone) > 0 {
		data, _ := json.Marshal(map[string]any{"ids": batch.Gone, "dropped": batch.Dropped})
		out = append(out, web.Event{Name: "gone", Data: data})
	}
	if len(out) == 0 {
		return []web.Event{{ID: place, Name: "ready", Data: []byte("{}")}}
	}
	out[len(out)-1].ID = place
	return out
}
