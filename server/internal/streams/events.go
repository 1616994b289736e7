package streams

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// The types of events.
const (
	UserCreated = "user.created"
	UserUpdated = "user.updated"
	UserDeleted = "user.deleted"
)

// Types are all types of events that happen here.
var Types = []string{UserCreated, UserUpdated, UserDeleted}

// mostFailed is how many failed deliveries a stream keeps.
const mostFailed = 1000

// eventWaits are the waits after calls that failed. After the last try the event is lost.
// Source: auth0/docs-v2 customize/events/events-best-practices.mdx.
var eventWaits = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// An Event is something that happened to a user.
type Event struct {
	ID   string
	Type string
	Time time.Time
	Data any // of a test; nil: the user

	user, before *fixtures.User
	stream       string
	bytes        int
	attempts     []Attempt
}

// An Attempt is one call of a webhook.
type Attempt struct {
	Status string    `json:"status"`
	At     time.Time `json:"timestamp"`
	Error  string    `json:"error_message,omitempty"`
}

// A Delivery is an event on its way to a stream.
type Delivery struct {
	Event    *Event
	Stream   string
	Status   string // pending or failed
	Attempts []Attempt
}

// User sends an event about a user to the event streams that want it. before is what
// the user was before an update, and else nil.
func (s *Streams) User(what string, u, before *fixtures.User, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.config == nil {
		return
	}
	for i := range s.config.EventStreams {
		stream := &s.config.EventStreams[i]
		wanted := slices.ContainsFunc(stream.Subscriptions, func(sub fixtures.EventSubscription) bool { return sub.EventType == what })
		if wanted && stream.Status == fixtures.StreamEnabled && stream.Destination.Type == fixtures.StreamWebhook {
			s.sendLocked(stream.ID, &Event{Type: what, Time: now, user: u, before: before})
		}
	}
}

// Test sends an event of a type to one stream, whatever the stream wants. Without data
// the event is about a user that it makes up.
func (s *Streams) Test(id, what string, data any, now time.Time) Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := &Event{Type: what, Time: now, Data: data}
	if data == nil {
		e.user = &fixtures.User{UserID: "auth0|0123456789abcdef01234567", Connection: "Username-Password-Authentication", Email: "test@example.com", CreatedAt: now, UpdatedAt: now}
	}
	s.sendLocked(id, e)
	return Delivery{Event: e, Stream: id, Status: "pending"}
}

func (s *Streams) sendLocked(stream string, e *Event) {
	s.written++
	e.ID = "evt_" + derive.Seed("streams").Text(base58, 22, "event", strconv.FormatInt(s.written, 10))
	e.stream = stream
	e.bytes = sizeOf(e)
	if q := s.events[stream]; q != nil {
		q.add(e)
		dropLarge(q, e)
		work(s, q, s.sendEvent)
	}
}

// dropLarge drops events that wait if a new one makes them too large together. The first
// one may be on its way: it stays.
func dropLarge(q *queue[*Event], added *Event) {
	if added.bytes < mostBytes/mostWaiting {
		return
	}
	total := 0
	for _, e := range q.waiting {
		total += e.bytes
	}
	for total > mostBytes && len(q.waiting) > 2 {
		total -= q.waiting[1].bytes
		q.waiting = slices.Delete(q.waiting, 1, 2)
		q.Lost++
	}
}

// sizeOf is about how many bytes an event has of what callers chose.
func sizeOf(e *Event) int {
	n := SizeOf(e.Data)
	for _, u := range []*fixtures.User{e.user, e.before} {
		if u != nil {
			n += SizeOf(u.UserMetadata) + SizeOf(u.AppMetadata)
		}
	}
	return n
}

// SizeOf is about how many bytes a value of JSON has.
func SizeOf(value any) int {
	const each = 48 // of a member, beside its text
	n := each
	switch v := value.(type) {
	case string:
		n += len(v)
	case map[string]any:
		for name, member := range v {
			n += each + len(name) + SizeOf(member)
		}
	case []any:
		for _, member := range v {
			n += SizeOf(member)
		}
	}
	return n
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// Failed are the deliveries of a stream that have failed, the oldest first.
func (s *Streams) Failed(stream string) []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Delivery
	if q := s.events[stream]; q != nil {
		for _, d := range q.failed {
			all = append(all, *d)
		}
	}
	return all
}

// Delivery is a delivery of a stream that has failed or is still on its way.
func (s *Streams) Delivery(stream, event string) (Delivery, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.events[stream]
	if q == nil {
		return Delivery{}, false
	}
	for _, d := range q.failed {
		if d.Event.ID == event {
			return *d, true
		}
	}
	for _, e := range q.waiting {
		if e.ID == event {
			return Delivery{Event: e, Stream: stream, Status: "pending", Attempts: e.attempts}, true
		}
	}
	return Delivery{}, false
}

// Redeliver sends those failed deliveries of a stream again that a function chooses, and
// returns how many they are.
func (s *Streams) Redeliver(stream string, chosen func(Delivery) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.events[stream]
	if q == nil {
		return 0
	}
	kept := q.failed[:0:0]
	count := 0
	for _, d := range q.failed {
		if !chosen(*d) {
			kept = append(kept, d)
			continue
		}
		count++
		q.Lost--
		q.failedBytes -= d.Event.bytes
		d.Event.attempts = d.Attempts
		q.add(d.Event)
	}
	q.failed = kept
	if count > 0 {
		work(s, q, s.sendEvent)
	}
	return count
}

// sendEvent sends the first event that waits.
func (s *Streams) sendEvent(ctx context.Context, q *queue[*Event]) (done, lost int, wait time.Duration) {
	s.mu.Lock()
	if len(q.waiting) == 0 { // a reset came in between
		s.mu.Unlock()
		return 0, 0, 0
	}
	e := q.waiting[0]
	at := slices.IndexFunc(s.config.EventStreams, func(stream fixtures.EventStream) bool { return stream.ID == q.ID })
	if at < 0 { // it was deleted
		s.mu.Unlock()
		return 0, 1, 0
	}
	configuration := s.config.EventStreams[at].Destination.Configuration
	s.mu.Unlock()
	body, err := json.Marshal(s.CloudEvent(e))
	if err != nil {
		return 0, 1, 0
	}
	status, err := s.call(ctx, configuration.WebhookEndpoint, authorization(configuration.WebhookAuthorization), body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		q.Error, q.tries = "", 0
		q.day(s.Clock.Now()).Delivered++
		return 1, 0, 0
	}
	q.Error = err.Error()
	e.attempts = append(slices.Clip(e.attempts), Attempt{"failed", s.Clock.Now(), err.Error()})
	if q.tries < len(eventWaits) && status/100 != 4 && ctx.Err() == nil && !errors.As(err, new(NotAllowedError)) {
		q.tries++
		return 0, 0, eventWaits[q.tries-1]
	}
	q.tries = 0
	q.day(s.Clock.Now()).Failed++
	q.failed = append(q.failed, &Delivery{Event: e, Stream: q.ID, Status: "failed", Attempts: e.attempts})
	q.failedBytes += e.bytes
	for len(q.failed) > mostFailed || q.failedBytes > mostBytes && len(q.failed) > 1 {
		q.failedBytes -= q.failed[0].Event.bytes
		q.failed[0] = nil
		q.failed = q.failed[1:]
	}
	return 0, 1, 0
}

// authorization are the headers of a call.
func authorization(a fixtures.WebhookAuthorization) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	switch {
	case a.Method == "basic":
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(a.Username+":"+a.Password)))
	case a.Method == "custom_header" && a.HeaderKey != "":
		h.Set(a.HeaderKey, a.HeaderValue)
	case a.Token != "":
		h.Set("Authorization", "Bearer "+a.Token)
	}
	return h
}

// CloudEvent is an event as a webhook gets it. Unverified: what stands behind the name
// of the tenant in source.
// Source: auth0/docs-v2 main/docs/oas/events/events-schema.json.
func (s *Streams) CloudEvent(e *Event) strictyaml.Object {
	data := e.Data
	if data == nil {
		members := strictyaml.Object{{Key: "object", Value: s.ShowUser(*e.user)}}
		if e.before != nil {
			members = append(members, strictyaml.Member{Key: "previous_object", Value: s.ShowUser(*e.before)})
		}
		tenant := strictyaml.Object{{Key: "tenant_id", Value: fixtures.TenantName}}
		data = append(members, strictyaml.Member{Key: "context", Value: strictyaml.Object{{Key: "tenant", Value: tenant}}})
	}
	return strictyaml.Object{
		{Key: "specversion", Value: "1.0"},
		{Key: "type", Value: e.Type},
		{Key: "source", Value: "urn:auth0:" + fixtures.TenantName + ".localhost"},
		{Key: "id", Value: e.ID},
		{Key: "time", Value: e.Time.UTC().Format("2006-01-02T15:04:05.000Z")},
		{Key: "data", Value: data},
		{Key: "a0tenant", Value: fixtures.TenantName},
		{Key: "a0stream", Value: e.stream},
	}
}
