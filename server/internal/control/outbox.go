package control

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Bounds of the outbox endpoints.
const (
	defaultLimit = 100
	maxLimit     = 1000
	maxWait      = 60 * time.Second
)

// WithCursor adds the outbox's cursor to every answer of a flow, errors
// included.
func (a *API) WithCursor(flow web.Flow) web.Flow {
	return func(c *web.Call) (any, error) {
		value, err := flow(c)
		c.ResponseHeader.Set("X-Mock-Cursor", a.Server.Outbox().Cursor())
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
		return with(controlError(http.StatusNotFound, "no_message", "%s", none), "outbox", none)
	case errors.As(err, &cursor) && cursor.Expired:
		return controlError(http.StatusGone, "cursor_expired", "%s", cursor)
	case errors.As(err, &cursor):
		return badRequest("%s", cursor)
	}
	return err
}

// ListMessages is GET /_mock/outbox.
func (a *API) ListMessages(c *web.Call) (any, error) {
	values := query(c)
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
		var err error
		if q.Limit, err = strconv.Atoi(limit); err != nil || q.Limit < 1 || q.Limit > maxLimit {
			return nil, badRequest("limit: %q is not a number from 1 to %d", limit, maxLimit)
		}
	}
	page, err := a.Server.Outbox().List(q)
	if err != nil {
		return nil, outboxError(err)
	}
	var size int64
	for _, m := range page.Items {
		size += m.Size()
	}
	if size < readers.Large {
		return page, nil
	}
	return a.pageParts(page, q.Since != ""), nil
}

// found is what GET /_mock/outbox/search answers.
type found struct {
	// IDs are those of the messages, oldest first.
	IDs []string `json:"ids"`
}

// SearchMessages is GET /_mock/outbox/search. Of a body that is HTML alone, the HTML is searched.
func (a *API) SearchMessages(c *web.Call) (any, error) {
	text := strings.ToLower(query(c)["text"])
	answer := found{IDs: []string{}}
	for _, m := range a.Server.Outbox().All() {
		for _, part := range append([]string{m.Subject, m.Code, cmp.Or(m.Text, m.HTML)}, m.Recipients...) {
			if strings.Contains(strings.ToLower(part), text) {
				answer.IDs = append(answer.IDs, m.ID)
				break
			}
		}
	}
	return answer, nil
}

// pageParts is a page as JSON, one part for each message. It holds no message before
// its turn. A message that is gone by then is missed, if that is to be told.
func (a *API) pageParts(page outbox.Page, tellMissed bool) web.Parts {
	var ids []string
	for _, m := range page.Items {
		ids = append(ids, m.ID)
	}
	page.Items = []outbox.Message{}
	return func(yield func([]byte) bool) {
		part := []byte(`{"items":[`)
		for _, id := range ids {
			m, ok := a.Server.Outbox().Get(id)
			if !ok {
				if tellMissed {
					page.Missed++
				}
				continue
			}
			data, _ := m.MarshalJSON() // a message is always JSON
			if !yield(append(part, data...)) {
				return
			}
			part = []byte(",")
		}
		frame, _ := json.Marshal(page) // {"items":[],…
		_, rest, _ := bytes.Cut(frame, []byte("["))
		yield(append(bytes.TrimPrefix(part, []byte(",")), rest...))
	}
}

// checkFilters refuses words that no message can have.
func checkFilters(values map[string]string) error {
	for _, name := range []string{"state", "kind", "purpose"} {
		if value := values[name]; value != "" && !slices.Contains(words[name], value) {
			return badRequest("%s: unknown %s %q%s", name, name, value, suggest(value, words[name]))
		}
	}
	return nil
}

// words are the values of the query parameters that take only some.
var words = map[string][]string{
	"state":    {outbox.Queued, outbox.Delivered, outbox.Lost, outbox.Bounced, "any"},
	"kind":     {outbox.Email, outbox.SMS, outbox.Voice, outbox.SMTP, outbox.Twilio},
	"purpose":  outbox.Purposes,
	"format":   {"text", "json"},
	"brief":    yesOrNo,
	"links":    yesOrNo,
	"pictures": yesOrNo,
	"describe": yesOrNo,
}

var yesOrNo = []string{"1", "true", "0", "false"}

// filters are the filters of a query.
func filters(values map[string]string) []outbox.Filter {
	makers := []struct {
		name string
		make func(string) outbox.Filter
	}{
		{"to", outbox.To},
		{"kind", outbox.Kind},
		{"purpose", outbox.Purpose},
		{"connection", outbox.Connection},
		{"client", outbox.Client},
		{"state", outbox.State},
		{"since", outbox.Since},
	}
	var out []outbox.Filter
	for _, m := range makers {
		if v := values[m.name]; v != "" {
			out = append(out, m.make(v))
		}
	}
	return out
}

// A deletion is how many messages were deleted.
type deletion struct {
	Deleted int `json:"deleted"`
}

// DeleteMessages is DELETE /_mock/outbox.
func (a *API) DeleteMessages(c *web.Call) (any, error) {
	values := query(c)
	if err := checkFilters(values); err != nil {
		return nil, err
	}
	if values["state"] == "any" {
		delete(values, "state")
	}
	return deletion{a.Server.Outbox().Delete(filters(values)...)}, nil
}

// ReadCursor is GET /_mock/outbox/cursor.
func (a *API) ReadCursor(*web.Call) (any, error) {
	return text(a.Server.Outbox().Cursor() + "\n"), nil
}

// wait looks for the newest message that matches the query, waiting for it as
// long as wait= says.
func (a *API) wait(c *web.Call, more ...outbox.Filter) (outbox.Message, error) {
	values := query(c)
	if err := checkFilters(values); err != nil {
		return outbox.Message{}, err
	}
	patience, err := parseWait(values["wait"])
	if err != nil {
		return outbox.Message{}, err
	}
	ctx, cancel := context.WithTimeout(c.Context, patience)
	defer cancel()
	m, err := a.Server.Outbox().Wait(ctx, append(filters(values), more...)...)
	if err != nil {
		return m, outboxError(err)
	}
	return m, nil
}

// parseWait reads how long to wait.
func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := strictyaml.ParseDuration(text)
	if err != nil || d < 0 || d > maxWait {
		return 0, badRequest("wait: %q is not a time from 0s to %s, such as 10s", text, maxWait)
	}
	return d, nil
}

// WaitForCode is GET /_mock/outbox/code.
func (a *API) WaitForCode(c *web.Call) (any, error) {
	m, err := a.wait(c, outbox.Live(), outbox.WithCode())
	if err != nil {
		return nil, err
	}
	return ofMessage(c, m.Code, m)
}

// WaitForLink is GET /_mock/outbox/link.
func (a *API) WaitForLink(c *web.Call) (any, error) {
	m, err := a.wait(c, outbox.Live(), outbox.WithLink())
	if err != nil {
		return nil, err
	}
	return ofMessage(c, m.Link, m)
}

// A credential is a code or a link.
type credential struct {
	Code      string    `json:"code,omitempty"`
	Link      string    `json:"link,omitempty"`
	ID        string    `json:"id"`
	To        string    `json:"to"`
	OTPState  string    `json:"otp_state"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// ofMessage is a code or link as a line of text, or as JSON if asked for.
func ofMessage(c *web.Call, value string, m outbox.Message) (any, error) {
	return textOrJSON(c, value, credential{m.Code, m.Link, m.ID, m.To, m.OTPState, m.ExpiresAt})
}

// textOrJSON is a value as a line of text, or as JSON if asked for.
func textOrJSON(c *web.Call, value string, whole any) (any, error) {
	values := query(c)
	format := values["format"]
	if format == "" && strings.Contains(c.Header.Get("Accept"), "application/json") {
		format = "json"
	}
	switch format {
	case "json":
		return whole, nil
	case "", "text":
		return text(value + "\n"), nil
	}
	return nil, badRequest("format: %q is neither text nor json", format)
}

// WaitForMessage is GET /_mock/outbox/latest.
func (a *API) WaitForMessage(c *web.Call) (any, error) {
	m, err := a.wait(c)
	if err != nil {
		return nil, err
	}
	return m, nil
}
