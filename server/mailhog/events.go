package mailhog

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// keepAlive is the time after which a stream sends a sign of life.
const keepAlive = time.Minute

// A follower is the place from which follow reads the mails.
type follower struct {
	since string // a token of outbox.Box.Changes
	seen  int64  // mails up to this Seq are skipped
	// idle, if not nil, is called when no mail has arrived for a while. It returns
	// whether to go on.
	idle func() bool
}

// follow calls f for each mail that arrives, in order, until ctx ends, the server is
// closed, or f returns false.
func (s *Server) follow(ctx context.Context, at follower, f func(outbox.Message) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	for {
		wait, stop := ctx, context.CancelFunc(func() {})
		if at.idle != nil {
			wait, stop = context.WithTimeout(ctx, keepAlive)
		}
		batch, err := s.Box.Changes(wait, at.since)
		stop()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if at.idle == nil || !at.idle() {
				return
			}
			continue
		}
		if epoch(batch.Next) != epoch(at.since) {
			at.seen = 0 // the box was emptied, and counts from 1 again
		}
		at.since = batch.Next
		for _, id := range at.unseen(batch.Messages) {
			if m, ok := s.mail(id); ok && !f(m) {
				return
			}
		}
	}
}

// unseen returns the ids of the mails that were not seen before, in the order in which
// they arrived. What f does may take long, and a mail that waits may be evicted.
func (at *follower) unseen(changed []outbox.Message) (ids []string) {
	slices.SortFunc(changed, func(a, b outbox.Message) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, m := range changed {
		if m.Seq > at.seen { // a message that is not delivered has no Seq
			at.seen = m.Seq
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// epoch returns the part of a token that changes when the box is emptied.
func epoch(token string) string {
	e, _, _ := strings.Cut(token, ".")
	return e
}

// v1Events streams the mails as they arrive, as Server-Sent Events.
func (s *Server) v1Events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	send := func(encode func() string) bool {
		if readers.Hold(w) != nil {
			return false
		}
		defer readers.Release(w)
		_, err := w.Write([]byte(encode()))
		return err == nil && out.Flush() == nil
	}
	// Find the place where the stream begins before the client knows that it began.
	batch, _ := s.Box.Changes(r.Context(), "") // it does not wait
	at := follower{since: batch.Next, idle: func() bool { return send(func() string { return "keepalive: \n\n" }) }}
	at.unseen(batch.Messages)
	if out.Flush() != nil {
		return
	}
	s.follow(r.Context(), at, func(m outbox.Message) bool {
		return send(func() string {
			body, _ := json.MarshalIndent(view(m), "", "  ") // a mail is always JSON
			return "data: " + strings.ReplaceAll(string(body), "\n", "\ndata: ") + "\n\n"
		})
	})
}
