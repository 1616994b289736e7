package streams

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
)

// The waits after calls that failed: one after each of Auth0's three tries, and then
// the last one again, until the receiver takes the entries.
// Source: auth0/docs-v2 customize/log-streams.mdx, which does not tell how long they are.
var logWaits = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second}

// sendEntries sends the entries that wait to a log stream, as many as one call may have.
func (s *Streams) sendEntries(ctx context.Context, q *queue[*tenantlog.Entry]) (done, lost int, wait time.Duration) {
	s.mu.Lock()
	batch := slices.Clone(q.waiting[:min(mostAtOnce, len(q.waiting))])
	dropped := q.Lost
	stream, known := s.logStream(q.ID)
	s.mu.Unlock()
	if !known { // it was deleted
		return 0, len(batch), 0
	}
	body, err := bodyOf(stream.Sink.HTTPContentFormat, batch)
	if err != nil {
		return 0, len(batch), 0
	}
	header := http.Header{}
	for _, custom := range stream.Sink.HTTPCustomHeaders {
		header.Add(custom.Header, custom.Value)
	}
	header.Set("Content-Type", stream.Sink.HTTPContentType)
	if stream.Sink.HTTPAuthorization != "" {
		header.Set("Authorization", stream.Sink.HTTPAuthorization)
	}
	_, err = s.call(ctx, stream.Sink.HTTPEndpoint, header, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		q.Error = err.Error()
		if errors.As(err, new(NotAllowedError)) {
			return 0, len(batch), 0
		}
		wait = logWaits[min(q.tries, len(logWaits)-1)]
		q.tries++
		return 0, 0, wait
	}
	q.Error, q.tries = "", 0
	return max(0, len(batch)-(q.Lost-dropped)), 0, 0 // what was dropped meanwhile is counted as lost
}

// logStream is the log stream with an id.
func (s *Streams) logStream(id string) (fixtures.LogStream, bool) {
	at := slices.IndexFunc(s.config.LogStreams, func(stream fixtures.LogStream) bool { return stream.ID == id })
	if at < 0 {
		return fixtures.LogStream{}, false
	}
	return s.config.LogStreams[at], true
}

// bodyOf are entries in the form that a stream wants. Unverified: the names around an
// entry, and the form of JSONOBJECT.
func bodyOf(format string, batch []*tenantlog.Entry) ([]byte, error) {
	lines := make([]any, len(batch))
	for i, e := range batch {
		data := append(e.Object(), strictyaml.Member{Key: "tenant_name", Value: fixtures.TenantName})
		lines[i] = strictyaml.Object{{Key: "log_id", Value: e.ID()}, {Key: "data", Value: data}}
	}
	switch format {
	case fixtures.FormatJSONArray:
		return json.Marshal(lines)
	case fixtures.FormatJSONObject:
		return json.Marshal(map[string]any{"logs": lines})
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body) // which ends each value with a newline
	for _, line := range lines {
		if err := enc.Encode(line); err != nil {
			return nil, err
		}
	}
	return body.Bytes(), nil
}
