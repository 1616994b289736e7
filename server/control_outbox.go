package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/inbox"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Bounds of the outbox endpoints.
const (
	defaultLimit = 100
	maxLimit     = 1000
	maxWait      = 60 * time.Second
)

// cursored makes every answer of an outbox endpoint tell the outbox's cursor,
// errors included.
func cursored(flow controlFlow) controlFlow {
	return func(s *Server, c *web.Call) (any, error) {
		value, err := flow(s, c)
		c.Answer.Set("X-Mock-Cursor", s.Outbox().Cursor())
		return value, err
	}
}

// text is an answer for a terminal.
func text(s string) web.Raw {
	return web.Raw{ContentType: "text/plain; charset=utf-8", Body: []byte(s)}
}

// outboxError words the errors of the outbox.
func outboxError(err error) error {
	var none *outbox.NoMessageError
	var cursor *outbox.CursorError
	switch {
	case errors.As(err, &none):
		return web.Detailed{Refusal: controlError(http.StatusNotFound, "no_message", "%s", none), Errors: none}
	case errors.As(err, &cursor) && cursor.Expired:
		return controlError(http.StatusGone, "cursor_expired", "%s", cursor)
	case errors.As(err, &cursor):
		return badRequest("%s", cursor)
	}
	return err
}

func (s *Server) listMessages(c *web.Call) (any, error) {
	values, err := query(c)
	if err != nil {
		return nil, err
	}
	if err := checkFilters(values); err != nil {
		return nil, err
	}
	q := outbox.Query{Since: values["since"], Limit: defaultLimit}
	delete(values, "since")
	if values["state"] == "any" {
		q.Undelivered = true
		delete(values, "state")
	}
	q.Filters = filters(values)
	if limit := values["limit"]; limit != "" {
		q.Limit, err = strconv.Atoi(limit)
		if err != nil || q.Limit < 1 || q.Limit > maxLimit {
			return nil, badRequest("limit: %q is not a number from 1 to %d", limit, maxLimit)
		}
	}
	page, err := s.Outbox().List(q)
	if err != nil {
		return nil, outboxError(err)
	}
	return page, nil
}

// checkFilters refuses words that no message can have.
func checkFilters(values map[string]string) error {
	for _, filter := range []struct {
		name  string
		known []string
	}{
		{"state", []string{outbox.Queued, outbox.Delivered, outbox.Lost, outbox.Bounced, "any"}},
		{"kind", []string{outbox.Email, outbox.SMS, outbox.SMTP, outbox.Twilio}},
	} {
		if value := values[filter.name]; value != "" && !slices.Contains(filter.known, value) {
			return badRequest("%s: unknown %s %q%s", filter.name, filter.name, value, suggest(value, filter.known))
		}
	}
	return nil
}

func (s *Server) deleteMessages(c *web.Call) (any, error) {
	values, err := query(c)
	if err != nil {
		return nil, err
	}
	if err := checkFilters(values); err != nil {
		return nil, err
	}
	if values["state"] == "any" {
		delete(values, "state")
	}
	return map[string]int{"deleted": s.Outbox().Delete(filters(values)...)}, nil
}

func (s *Server) cursor(*web.Call) (any, error) {
	return text(s.Outbox().Cursor() + "\n"), nil
}

// wait looks for the newest message that matches the query, waiting for it as
// long as wait= says.
func (s *Server) wait(c *web.Call, more ...outbox.Filter) (outbox.Message, error) {
	values, err := query(c)
	if err != nil {
		return outbox.Message{}, err
	}
	if err := checkFilters(values); err != nil {
		return outbox.Message{}, err
	}
	patience, err := parseWait(values["wait"])
	if err != nil {
		return outbox.Message{}, err
	}
	ctx, cancel := context.WithTimeout(c.Context, patience)
	defer cancel()
	m, err := s.Outbox().Wait(ctx, append(filters(values), more...)...)
	if err != nil {
		return m, outboxError(err)
	}
	return m, nil
}

// parseWait reads a duration, or a number of seconds.
func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if seconds, errNumber := strconv.ParseFloat(text, 64); errNumber == nil {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d < 0 || d > maxWait {
		return 0, badRequest("wait: %q is not a time from 0s to %s, such as 10s", text, maxWait)
	}
	return d, nil
}

func (s *Server) waitForCode(c *web.Call) (any, error) {
	m, err := s.wait(c, outbox.Live(), outbox.WithCode())
	if err != nil {
		return nil, err
	}
	return textOrJSON(c, "code", m.Code, m)
}

func (s *Server) waitForLink(c *web.Call) (any, error) {
	m, err := s.wait(c, outbox.Live(), outbox.WithLink())
	if err != nil {
		return nil, err
	}
	return textOrJSON(c, "link", m.Link, m)
}

// textOrJSON is a code or link as a line of text, or as JSON if asked for.
func textOrJSON(c *web.Call, name, value string, m outbox.Message) (any, error) {
	values, err := query(c)
	if err != nil {
		return nil, err
	}
	format := values["format"]
	if format == "" && strings.Contains(c.Header.Get("Accept"), "application/json") {
		format = "json"
	}
	switch format {
	case "json":
		return struct {
			Code      string    `json:"code,omitempty"`
			Link      string    `json:"link,omitempty"`
			ID        string    `json:"id"`
			To        string    `json:"to"`
			OTPState  string    `json:"otp_state"`
			ExpiresAt time.Time `json:"expires_at,omitzero"`
		}{m.Code, m.Link, m.ID, m.To, m.OTPState, m.ExpiresAt}, nil
	case "", "text":
		return text(value + "\n"), nil
	}
	return nil, badRequest("format: %q is neither text nor json", format)
}

func (s *Server) waitForMessage(c *web.Call) (any, error) {
	m, err := s.wait(c)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *Server) message(c *web.Call) (any, error) {
	m, err := s.messageOf(c)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *Server) messageOf(c *web.Call) (outbox.Message, error) {
	m, ok := s.Outbox().Get(c.Vars["id"])
	if !ok {
		return m, controlError(http.StatusNotFound, "no_message", "there is no message %q; GET /_mock/outbox lists those there are", c.Vars["id"])
	}
	return m, nil
}

func (s *Server) messageText(c *web.Call) (any, error) {
	m, err := s.messageOf(c)
	if err != nil {
		return nil, err
	}
	return text(m.Text), nil
}

func (s *Server) messageHTML(c *web.Call) (any, error) {
	links, err := isOn(c, "links")
	if err != nil {
		return nil, err
	}
	m, err := s.messageOf(c)
	if err != nil {
		return nil, err
	}
	if m.HTML == "" {
		return nil, controlError(http.StatusNotFound, "no_html", "message %s (%s) has no HTML; GET /_mock/outbox/%s/text is its text", m.ID, m.Kind, m.ID)
	}
	return inbox.Preview(m.HTML, links), nil
}

func (s *Server) messageRaw(c *web.Call) (any, error) {
	m, err := s.messageOf(c)
	if err != nil {
		return nil, err
	}
	raw := mail.Raw(m)
	if raw == nil {
		return nil, controlError(http.StatusNotFound, "no_email", "message %s (%s) is no e-mail; GET /_mock/outbox/%s/text is its text", m.ID, m.Kind, m.ID)
	}
	return inbox.Source(m.ID, raw), nil
}

func (s *Server) expireMessage(c *web.Call) (any, error) {
	if _, err := s.messageOf(c); err != nil {
		return nil, err
	}
	s.ExpireMessage(c.Vars["id"])
	return s.message(c)
}

func (s *Server) deliverMessage(c *web.Call) (any, error) {
	if _, err := s.messageOf(c); err != nil {
		return nil, err
	}
	s.Outbox().Deliver(c.Vars["id"])
	return s.message(c)
}

// keepAlive is how often a silent stream says that it lives.
const keepAlive = 15 * time.Second

// briefly is how many characters of a text a brief stream tells.
const briefly = 200

// streamMessages streams changes: a message event for each message that is new
// or has changed, a gone event with the ids of those that are no more, and a
// reset event before everything there is when the box was emptied, or changed
// by more than it remembers since the place to resume from.
//
// The id of an event is a place in the stream of this server alone: to resume
// at one of another server, which ran on this port before, is to begin anew.
func (s *Server) streamMessages(c *web.Call) (any, error) {
	values, err := query(c)
	if err != nil {
		return nil, err
	}
	brief, err := isOn(c, "brief")
	if err != nil {
		return nil, err
	}
	since := c.Header.Get("Last-Event-ID")
	if since == "" {
		since = values["since"]
	}
	since, of, named := strings.Cut(since, "@")
	resumed := since != "" && since != "now"
	if named && of != s.run() {
		since = ""
	}
	// A place that is none is refused here: once the stream has begun, it could
	// only break off, and an EventSource would come back with it for ever.
	ended, end := context.WithCancel(c.Context)
	end()
	var cursor *outbox.CursorError
	if _, err := s.Outbox().Changes(ended, since); errors.As(err, &cursor) {
		return nil, outboxError(err)
	}
	var pending []web.Event
	return web.Stream{Next: func() (web.Event, error) {
		if len(pending) == 0 {
			ctx, cancel := context.WithTimeout(c.Context, keepAlive)
			defer cancel()
			batch, err := s.Outbox().Changes(ctx, since)
			if errors.Is(err, context.DeadlineExceeded) && c.Context.Err() == nil {
				return web.Event{}, nil
			}
			if err != nil {
				return web.Event{}, err
			}
			pending = s.events(batch, brief, batch.Reset && resumed)
			since, resumed = batch.Next, true
		}
		e := pending[0]
		pending = pending[1:]
		return e, nil
	}}, nil
}

// events are the events of a batch. Only the last bears the place to resume
// from: whoever is cut off in the middle gets the batch again.
func (s *Server) events(batch outbox.Batch, brief, anew bool) []web.Event {
	var out []web.Event
	place := batch.Next + "@" + s.run()
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
