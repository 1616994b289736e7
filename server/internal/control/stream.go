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
	var pending changes
	wait := func() error {
		if pending.begun {
			return nil
		}
		ctx, cancel := context.WithTimeout(c.Context, keepAlive)
		defer cancel()
		batch, err := a.Server.Outbox().Changes(ctx, since)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && c.Context.Err() == nil:
			return nil
		case err != nil:
			return err
		}
		pending = changesOf(batch, batch.Reset && resumed)
		since, resumed = batch.Next, true
		return nil
	}
	return web.Stream{Wait: wait, Next: func() web.Event {
		if !pending.begun {
			return web.Event{}
		}
		return a.event(&pending, brief)
	}}, nil
}

// changes are those of a batch that the client has not got yet. They hold no message:
// a client that reads slowly would keep it from being evicted.
type changes struct {
	begun   bool
	anew    bool
	ids     []string
	gone    []string
	dropped int
	next    string // the place after all of them
}

func changesOf(batch outbox.Batch, anew bool) changes {
	p := changes{begun: true, anew: anew, gone: batch.Gone, dropped: batch.Dropped, next: batch.Next}
	for _, m := range batch.Messages {
		p.ids = append(p.ids, m.ID)
	}
	return p
}

// event takes the next event out of the changes. Only the last has the place to resume
// from: a client that is cut off in the middle gets the batch again.
func (a *API) event(p *changes, brief bool) web.Event {
	if p.anew {
		p.anew = false
		// Which messages vanished is forgotten, but not how many were evicted.
		return a.closing(p, "reset", map[string]int{"dropped": p.dropped})
	}
	for len(p.ids) > 0 {
		id := p.ids[0]
		p.ids = p.ids[1:]
		// What is gone or has changed by now is in the next batch.
		if m, ok := a.Server.Outbox().Unchanged(id, p.next); ok {
			if brief {
				m.HTML = ""
				if text := []rune(m.Text); len(text) > briefly {
					m.Text = string(text[:briefly])
				}
			}
			return a.closing(p, "message", m)
		}
	}
	if gone := p.gone; len(gone) > 0 {
		p.gone = nil
		return a.closing(p, "gone", map[string]any{"ids": gone, "dropped": p.dropped})
	}
	return a.closing(p, "ready", struct{}{})
}

// closing makes an event. The last one of the changes gets the place after them.
func (a *API) closing(p *changes, name string, value any) web.Event {
	data, _ := json.Marshal(value) // these values are always JSON
	e := web.Event{Name: name, Data: data}
	if len(p.ids) == 0 && len(p.gone) == 0 {
		e.ID = p.next + "@" + a.ID()
		*p = changes{}
	}
	return e
}
