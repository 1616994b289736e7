package outbox

import (
	"testing"
	"time"
)

func TestLatest(t *testing.T) {
	b, c := stopped(t, Options{})
	if _, ok := b.Latest(); ok {
		t.Error("an empty box has a latest message")
	}
	b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(time.Minute)})
	b.Add(Message{To: "ada@example.com"})
	b.Add(Message{To: "bob@example.com"})
	b.Add(Message{To: "ada@example.com", State: Lost})
	latest := func(what, want string, filters ...Filter) {
		t.Helper()
		m, _ := b.Latest(filters...)
		wantIDs(t, what, []Message{m}, want)
	}
	latest("of all", "3")
	latest("of ada", "2", To("ada@example.com"))
	latest("queued", "1", State(Queued))
	latest("lost", "4", To("ada@example.com"), State(Lost))
	latest("since", "", To("ada@example.com"), Since("now"))
	latest("bad cursor", "", Since("?"))
	advance(t, c, time.Minute)
	latest("of ada, after the delayed one came", "1", To("ada@example.com"))
	latest("of all, after the delayed one came", "1")
}

func TestList(t *testing.T) {
	b, c := stopped(t, Options{})
	list := func(q Query) Page {
		t.Helper()
		p, err := b.List(q)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := list(Query{})
	if p.Items == nil || len(p.Items) != 0 || p.Cursor != "e1.0" {
		t.Errorf("empty: %+v", p)
	}
	b.Add(Message{To: "a@x.test", DeliverAt: ten.Add(time.Minute)}) // 1
	for range 4 {
		b.Add(Message{To: "b@x.test"}) // 2 to 5
	}
	b.Add(Message{To: "a@x.test", State: Lost}) // 6
	for _, tt := range []struct {
		name         string
		q            Query
		want, cursor string
	}{
		{"all", Query{}, "2 3 4 5", "e1.4"},
		{"undelivered, too", Query{Undelivered: true}, "2 3 4 5 1 6", "e1.4"},
		{"since", Query{Since: "e1.2"}, "4 5", "e1.4"},
		{"now", Query{Since: "now"}, "", "e1.4"},
		{"undelivered have no place", Query{Since: "now", Undelivered: true}, "1 6", "e1.4"},
		{"first page", Query{Limit: 3, Undelivered: true}, "2 3 4", "e1.3"},
		{"last page", Query{Since: "e1.3", Limit: 3, Undelivered: true}, "5 1 6", "e1.4"},
		{"exact page", Query{Limit: 4}, "2 3 4 5", "e1.4"},
		{"state", Query{Filters: []Filter{State(Lost)}}, "6", "e1.4"},
		{"state, by recipient", Query{Filters: []Filter{State(Queued), To("a@x.test")}}, "1", "e1.4"},
		{"a recipient without news skips the others'", Query{Filters: []Filter{To("a@x.test")}}, "", "e1.4"},
	} {
		p := list(tt.q)
		wantIDs(t, tt.name, p.Items, tt.want)
		if p.Cursor != tt.cursor || p.Missed != 0 || p.Dropped != 0 {
			t.Errorf("%s: cursor %s, want %s; missed %d, dropped %d", tt.name, p.Cursor, tt.cursor, p.Missed, p.Dropped)
		}
	}

	// The delayed message was created first, and yet no cursor skips it.
	advance(t, c, time.Minute)
	wantIDs(t, "the delayed one", list(Query{Since: "e1.4"}).Items, "1")

	filters := make([]Filter, 1, 2)
	filters[0] = To("b@x.test")
	list(Query{Filters: filters, Since: "e1.1"})
	if filters[:2][1] != (Filter{}) {
		t.Error("List wrote into the caller's filters")
	}
}

func BenchmarkLatestByRecipient(b *testing.B) {
	box := fill(DefaultMax)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := box.Latest(To("w7@example.com"), Live(), WithCode()); !ok {
			b.Fatal("not found")
		}
	}
}
