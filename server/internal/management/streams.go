package management

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/streams"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// logStreams are /log-streams.
var logStreams = configured(resource[fixtures.LogStream]{
	path: "/log-streams", key: "log_streams", one: "a log stream", all: "log streams", dialect: listFirst, bare: true,
	missing: refusal.InexistentLogStream, addStatus: http.StatusOK,
}, section[fixtures.LogStream]{
	of:    func(f *fixtures.Fixture) *[]fixtures.LogStream { return &f.LogStreams },
	id:    func(_ *call, s *fixtures.LogStream) string { return s.ID },
	name:  func(s *fixtures.LogStream) string { return s.ID },
	taken: refusal.ExistentLogStream,
	order: []string{"id", "name", "type", "status", "sink", "filters", "isPriority", "pii_config"},
	read:  []string{"id"}, fixed: []string{"type"},
	body: map[string]property{
		"name": text.between(1, 255).of("name", "log stream name"),
		"type": property{types: []string{"string"}, enum: []string{"http", "eventbridge", "eventgrid", "datadog", "splunk", "sumo", "segment", "mixpanel"}}.of("type", "").must("type"),
		"sink": anyBag.of("sink", "").must("sink"),
	},
	prepare: func(c *call, s *fixtures.LogStream) error {
		if s.Name == "" {
			s.Name = "log stream of type " + s.Type
		}
		if slices.ContainsFunc(c.Setup.Fixture.LogStreams, func(other fixtures.LogStream) bool { return other.Name == s.Name }) {
			return refusal.ExistentLogStream
		}
		for n := ""; ; n += "'" { // another one may have had that name once
			s.ID = "lst_" + c.Setup.Seed.Text("0123456789", 16, "log stream", s.Name+n)
			if !slices.ContainsFunc(c.Setup.Fixture.LogStreams, func(other fixtures.LogStream) bool { return other.ID == s.ID }) {
				return nil
			}
		}
	},
	ensure: func(c *call, s *fixtures.LogStream) {
		if s.Type != fixtures.StreamHTTP {
			c.Hint("mockauth0 keeps a log stream of the type " + s.Type + " and sends nothing to it; it sends to the type http alone")
		}
		c.hintAtHost(s.Sink.HTTPEndpoint)
	},
	shown: func(_ *call, s fixtures.LogStream, o *shape) {
		if sink, ok := o.value("sink").(object); ok {
			settings := &shape{sink}
			settings.arrange([]string{"httpAuthorization", "httpContentFormat", "httpContentType", "httpEndpoint"})
			o.set("sink", settings.object)
		}
		if s.IsPriority { // Source: auth0/go-auth0, its recordings
			o.missing("filters", []object{{{Key: "type", Value: "category"}, {Key: "name", Value: "security"}}})
		}
		o.missing("isPriority", false)
	},
})

// eventStreams are /event-streams.
var eventStreams = configured(resource[fixtures.EventStream]{
	path: "/event-streams", key: "event_streams", listed: "eventStreams", one: "an event stream", all: "event streams", dialect: wrappedList, bare: true,
	query: onlyCheckpoints, missing: refusal.InexistentEventStream,
}, section[fixtures.EventStream]{
	of:    func(f *fixtures.Fixture) *[]fixtures.EventStream { return &f.EventStreams },
	id:    func(_ *call, s *fixtures.EventStream) string { return s.ID },
	name:  func(s *fixtures.EventStream) string { return s.ID },
	taken: refusal.ExistentLogStream, // no two have an id
	order: []string{"id", "status", "name", "subscriptions", "created_at", "updated_at", "destination"},
	read:  []string{"id", "created_at", "updated_at"},
	body: map[string]property{
		"name":          text.between(1, 128).of("name", "Name of the event stream."),
		"subscriptions": property{types: []string{"array"}, items: &property{types: []string{"object"}, required: []string{"event_type"}, members: []property{text.of("event_type", "")}}}.of("subscriptions", "List of event types subscribed to in this stream."),
		"destination":   anyBag.of("destination", "").must("destination"),
	},
	prepare: func(c *call, s *fixtures.EventStream) error {
		if s.Name == "" {
			s.Name = "event stream"
		}
		for n := ""; ; n += "'" { // several may have one name
			s.ID = "est_" + c.Setup.Seed.Text(base58, 22, "event stream", s.Name+n)
			if !slices.ContainsFunc(c.Setup.Fixture.EventStreams, func(other fixtures.EventStream) bool { return other.ID == s.ID }) {
				break
			}
		}
		s.CreatedAt = c.Now
		return nil
	},
	ensure: func(c *call, s *fixtures.EventStream) {
		s.UpdatedAt = c.Now
		if s.Destination.Type != "" && s.Destination.Type != fixtures.StreamWebhook {
			c.Hint("mockauth0 keeps an event stream with the destination " + s.Destination.Type + " and sends nothing to it; it sends to webhook alone")
		}
		c.hintAtHost(s.Destination.Configuration.WebhookEndpoint)
	},
	shown: func(_ *call, s fixtures.EventStream, o *shape) {
		o.missing("subscriptions", []object{})
		for name, at := range map[string]time.Time{"created_at": s.CreatedAt, "updated_at": s.UpdatedAt} {
			if !at.IsZero() {
				o.set(name, isoTime(at))
			}
		}
		if destination, ok := o.value("destination").(object); ok {
			o.set("destination", withoutTokens(destination))
		}
	},
})

// hintAtHost tells if a webhook is one that the server does not call.
func (c *call) hintAtHost(address string) {
	if why := c.Gateway.Forbids(address); address != "" && why != nil {
		c.Hint(why.Error())
	}
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// withoutTokens is a destination without its secrets, which no answer has.
func withoutTokens(value any) any {
	o, ok := value.(object)
	if !ok {
		return value
	}
	shown := &shape{slices.Clone(o)}
	shown.drop("token", "password", "header_value")
	for i := range shown.object {
		shown.object[i].Value = withoutTokens(shown.object[i].Value)
	}
	return shown.object
}

// eventOperations are those on event streams beside the operations of each resource.
func eventOperations() []operation {
	update := []string{"update:event_deliveries"}
	types := text.of("event_types", "A comma-separated list of event types to filter by")
	return []operation{
		{
			method: "POST", path: "/event-streams/{id}/test", summary: "sends an event stream a test event", scopes: []string{"update:event_streams"},
			body: &property{types: []string{"object"}, required: []string{"event_type"}, members: []property{text.of("event_type", ""), anyBag.of("data", "")}},
			run:  testStream,
		},
		{
			method: "GET", path: "/event-streams/{id}/deliveries", summary: "lists the events that an event stream could not deliver", scopes: []string{"read:event_streams", "read:event_deliveries"},
			query: slices.Concat(onlyCheckpoints, []property{types, text.of("statuses", "Comma-separated list of statuses by which to filter"), text.of("date_from", ""), text.of("date_to", "")}),
			run:   listDeliveries,
		},
		{
			method: "GET", path: "/event-streams/{id}/deliveries/{event_id}", summary: "reads an event that an event stream could not deliver, or not yet", scopes: []string{"read:event_deliveries"},
			run: readDelivery,
		},
		{
			method: "POST", path: "/event-streams/{id}/redeliver", summary: "sends the events again that an event stream could not deliver", scopes: update,
			body: &property{types: []string{"object"}, members: []property{
				text.of("date_from", ""), text.of("date_to", ""),
				property{types: []string{"array"}}.of("statuses", ""), property{types: []string{"array"}}.of("event_types", ""),
			}},
			run: redeliver,
		},
		{
			method: "GET", path: "/event-streams/{id}/stats", summary: "counts the events that an event stream has delivered, or could not deliver, on each day", scopes: []string{"read:event_streams"},
			query: []property{text.withFormat("date").of("date_from", ""), text.withFormat("date").of("date_to", "")},
			run:   countDeliveries,
		},
		{method: "POST", path: "/event-streams/{id}/redeliver/{event_id}", summary: "sends an event again that an event stream could not deliver", scopes: update, run: redeliverOne},
	}
}

// eventStream is the event stream that the path names.
func (c *call) eventStream() (fixtures.EventStream, error) {
	s, ok := eventStreams.find(c, c.Vars["id"])
	if !ok {
		return s, refusal.InexistentEventStream
	}
	return s, nil
}

// testStream sends a test event, of any type that the mock knows.
func testStream(c *call) (any, error) {
	s, err := c.eventStream()
	if err != nil {
		return nil, err
	}
	what := c.text("event_type")
	if !slices.Contains(streams.Types, what) {
		return nil, refusal.InvalidBody.With("problem", "'No enum match for: "+clip(what)+"' on property event_type.").Because("the mock sends " + strings.Join(streams.Types, ", "))
	}
	return web.Status{Code: http.StatusAccepted, Value: c.showDelivery(c.Tenant.Streams.Test(s.ID, what, c.body["data"], c.Now))}, nil
}

func (c *call) showDelivery(d streams.Delivery) object {
	attempts := []object{}
	for _, a := range d.Attempts {
		attempts = append(attempts, object{{Key: "status", Value: a.Status}, {Key: "error_message", Value: a.Error}, {Key: "timestamp", Value: isoTime(a.At)}})
	}
	return object{
		{Key: "id", Value: d.Event.ID},
		{Key: "event_stream_id", Value: d.Stream},
		{Key: "event_type", Value: d.Event.Type},
		{Key: "status", Value: d.Status},
		{Key: "attempts", Value: attempts},
		{Key: "event", Value: c.Tenant.Streams.CloudEvent(d.Event)},
	}
}

// A deliveryFilter chooses deliveries. What is empty chooses all.
type deliveryFilter struct {
	types, statuses []string
	from, to        string
}

func (f deliveryFilter) matches(d streams.Delivery) bool {
	at := isoTime(d.Event.Time)
	return (len(f.types) == 0 || slices.Contains(f.types, d.Event.Type)) &&
		(len(f.statuses) == 0 || slices.Contains(f.statuses, d.Status)) &&
		at >= f.from && (f.to == "" || at < f.to)
}

// listDeliveries lists the deliveries that failed: no others are kept.
func listDeliveries(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	s, err := c.eventStream()
	if err != nil {
		return nil, err
	}
	filter := deliveryFilter{from: c.query["date_from"], to: c.query["date_to"]}
	split := func(r rune) bool { return r == ',' }
	filter.types, filter.statuses = strings.FieldsFunc(c.query["event_types"], split), strings.FieldsFunc(c.query["statuses"], split)
	all := []object{}
	for _, d := range c.Tenant.Streams.Failed(s.ID) {
		if filter.matches(d) {
			all = append(all, c.showDelivery(d))
		}
	}
	p.checkpoint = true
	return c.answer(listFirst, "deliveries", p, cut(p, all), len(all)), nil
}

func readDelivery(c *call) (any, error) {
	s, err := c.eventStream()
	if err != nil {
		return nil, err
	}
	d, ok := c.Tenant.Streams.Delivery(s.ID, c.Vars["event_id"])
	if !ok {
		return nil, refusal.InexistentDelivery
	}
	return c.showDelivery(d), nil
}

func redeliver(c *call) (any, error) {
	s, err := c.eventStream()
	if err != nil {
		return nil, err
	}
	filter := deliveryFilter{from: c.text("date_from"), to: c.text("date_to")}
	for name, list := range map[string]*[]string{"event_types": &filter.types, "statuses": &filter.statuses} {
		members, _ := c.body[name].([]any)
		for _, m := range members {
			if text, ok := m.(string); ok {
				*list = append(*list, text)
			}
		}
	}
	c.Tenant.Streams.Redeliver(s.ID, filter.matches)
	return accepted, nil
}

func redeliverOne(c *call) (any, error) {
	s, err := c.eventStream()
	if err != nil {
		return nil, err
	}
	if c.Tenant.Streams.Redeliver(s.ID, func(d streams.Delivery) bool { return d.Event.ID == c.Vars["event_id"] }) == 0 {
		return nil, refusal.InexistentDelivery
	}
	return accepted, nil
}

// The window of the counts of an event stream, if the query does not name it.
// Source: auth0/go-auth0, its recording TestEventStreamManager_Integration.
const statsDays = 14

// countDeliveries counts by days in UTC. The days of the window have a count of 0, too.
func countDeliveries(c *call) (any, error) {
	s, err := c.eventStream()
	if err != nil {
		return nil, err
	}
	const day = 24 * time.Hour
	hour := c.Now.UTC().Truncate(time.Hour)
	from, to := hour.Add(-statsDays*day), hour.Add(time.Hour)
	for name, at := range map[string]*time.Time{"date_from": &from, "date_to": &to} {
		if given, ok := parseDay(c.query[name]); ok {
			*at = given
		}
	}
	if first := to.Add(-streams.MostDays * day); from.Before(first) {
		from = first
	}
	counts := map[time.Time]streams.Day{}
	for _, d := range c.Tenant.Streams.Days(s.ID) {
		counts[d.Date] = d
	}
	buckets, delivered, failed := []string{}, []int{}, []int{}
	sums := [2]int{}
	for date := from.Truncate(day); date.Before(to); date = date.Add(day) {
		d := counts[date]
		buckets, delivered, failed = append(buckets, isoTime(date)), append(delivered, d.Delivered), append(failed, d.Failed)
		sums[0] += d.Delivered
		sums[1] += d.Failed
	}
	metric := func(name string, sum int, data []int) object {
		return object{{Key: "name", Value: "auth0.event_streams." + name}, {Key: "window_total", Value: sum}, {Key: "type", Value: "sum"}, {Key: "data", Value: data}}
	}
	interval := object{{Key: "scale_factor", Value: int(day.Seconds())}}
	return object{
		{Key: "id", Value: s.ID},
		{Key: "name", Value: s.Name},
		{Key: "window", Value: object{{Key: "date_from", Value: isoTime(from)}, {Key: "date_to", Value: isoTime(to)}, {Key: "bucket_interval", Value: interval}}},
		{Key: "buckets", Value: buckets},
		{Key: "metrics", Value: []object{metric("successful_deliveries", sums[0], delivered), metric("failed_deliveries", sums[1], failed)}},
	}, nil
}
