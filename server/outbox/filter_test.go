package outbox

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFilters(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{Kind: Email, To: "ada@example.com", Code: "1", Connection: "email", ClientID: "acme-web"})                                     // 1
	b.Add(Message{Kind: Email, Recipients: []string{"ada+w3@example.com", "Bob@Example.com"}, Link: "l", Connection: "email"})                   // 2
	b.Add(Message{Kind: SMS, To: "+14155550100", Code: "2", OTPState: Used, Connection: "sms", ClientID: "acme-native"})                         // 3
	b.Add(Message{Kind: SMTP, To: "carl@example.com", Codes: []string{"3"}, Links: []string{"m"}})                                               // 4
	b.Add(Message{Kind: Email, To: "ada@example.com", Code: "4", State: Lost})                                                                   // 5
	b.Add(Message{Kind: Email, To: "ada@example.com", Code: "5", State: Bounced})                                                                // 6
	b.Add(Message{Kind: Email, To: "ada@example.com", Code: "6", DeliverAt: ten.Add(time.Minute), Connection: "email", ClientID: "acme-native"}) // 7
	for _, tt := range []struct {
		filters []Filter
		want    string
	}{
		{nil, "1 2 3 4 5 6 7"},
		{[]Filter{{}}, "1 2 3 4 5 6 7"},
		{[]Filter{To("ada@example.com")}, "1 5 6 7"},
		{[]Filter{To("  ADA@Example.COM ")}, "1 5 6 7"},
		{[]Filter{To("bob@example.com")}, "2"},
		{[]Filter{To("+14155550100")}, "3"},
		{[]Filter{To("+1415555010")}, ""},
		{[]Filter{To("")}, ""},
		{[]Filter{To("*")}, "1 2 3 4 5 6 7"},
		{[]Filter{To("ada*@example.com")}, "1 2 5 6 7"},
		{[]Filter{To("*@EXAMPLE.com")}, "1 2 4 5 6 7"},
		{[]Filter{To("ada+*@example.com")}, "2"},
		{[]Filter{To("+1415*")}, "3"},
		{[]Filter{ID("msg_00000004")}, "4"},
		{[]Filter{Kind(SMS)}, "3"},
		{[]Filter{Kind(SMTP)}, "4"},
		{[]Filter{Connection("email")}, "1 2 7"},
		{[]Filter{Client("acme-native")}, "3 7"},
		{[]Filter{State(Delivered)}, "1 2 3 4"},
		{[]Filter{State(Lost)}, "5"},
		{[]Filter{State(Bounced)}, "6"},
		{[]Filter{State(Queued)}, "7"},
		{[]Filter{OTPState(Active)}, "1 2 5 6 7"},
		{[]Filter{OTPState(Used)}, "3"},
		{[]Filter{OTPState("")}, "4"},
		{[]Filter{Live()}, "1 2"},
		{[]Filter{WithCode()}, "1 3 4 5 6 7"},
		{[]Filter{WithLink()}, "2 4"},
		{[]Filter{Since("e1.2")}, "3 4"},
		{[]Filter{Since("e1.2"), Since("e1.3")}, "4"},
		{[]Filter{Since("now")}, ""},
		{[]Filter{Since("rubbish")}, ""},
		{[]Filter{Since("e7.1")}, ""},
		{[]Filter{To("ada@example.com"), Live()}, "1"},
		{[]Filter{To("ada@example.com"), To("bob@example.com")}, ""},
		{[]Filter{To("*w3*"), To("bob@example.com")}, "2"},
		{[]Filter{To("bob@example.com"), To("ada+w3@example.com")}, "2"},
		{[]Filter{Client("acme-native"), Kind(Email)}, "7"},
	} {
		wantIDs(t, fmt.Sprint(tt.filters), b.All(tt.filters...), tt.want)
	}
	if n := b.Delete(Since("rubbish")); n != 0 {
		t.Errorf("a malformed cursor deleted %d messages", n)
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true},
		{"**", "x", true},
		{"a*", "a", true},
		{"a*a", "a", false},
		{"a*a", "aa", true},
		{"*a*b*", "xaxbx", true},
		{"*b*a*", "xaxbx", false},
		{"a*b*c", "abbc", true},
		{"a*b*c", "acb", false},
		{"ab*bc", "abc", false},
		{"*@x.test", "@x.test", true},
		{strings.Repeat("*a", 50) + "*b", strings.Repeat("a", 5000), false},
	} {
		if got := glob(tt.pattern, tt.s); got != tt.want {
			t.Errorf("glob(%.20q, %.20q) = %t", tt.pattern, tt.s, got)
		}
	}
}

func TestFilterDescribesItself(t *testing.T) {
	for want, f := range map[string]Filter{
		"any": {}, "to ada@example.com": To(" Ada@example.com"), "to *@example.com": To("*@example.com"), "id x": ID("x"),
		"kind sms": Kind(SMS), "connection email": Connection("email"), "client acme-web": Client("acme-web"), "state lost": State(Lost),
		"code used": OTPState(Used), "no code to redeem": OTPState(""), "live": Live(), "with a code": WithCode(), "with a link": WithLink(),
		"after cursor e1.4": Since("e1.4"),
	} {
		if got := f.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

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

func TestCursorErrors(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{})
	old := b.Cursor()
	b.Delete()
	b.Add(Message{})
	b.Add(Message{})
	for cursor, want := range map[string]string{
		old:     "cursor e1.1 is from before the outbox was emptied; go on from e2.2",
		"e3.1":  "cursor e3.1 is from before the outbox was emptied; go on from e2.2",
		"e2.3":  "cursor e2.3 is from before the outbox was emptied; go on from e2.2",
		"42":    `"42" is not a cursor of the outbox; the present one is e2.2`,
		"e2.r1": `"e2.r1" is not a cursor of the outbox; the present one is e2.2`,
	} {
		_, err := b.List(Query{Since: cursor})
		var bad *CursorError
		if !errors.As(err, &bad) || err.Error() != want || bad.Now != "e2.2" || bad.Expired != strings.Contains(want, "emptied") {
			t.Errorf("List since %s: %v, want %s", cursor, err, want)
		}
		if _, err := b.Wait(ended(t), Since(cursor)); err == nil || err.Error() != want {
			t.Errorf("Wait since %s: %v, want %s", cursor, err, want)
		}
	}
}

func TestParseCursor(t *testing.T) {
	if epoch, seq, err := ParseCursor("e3.42"); epoch != 3 || seq != 42 || err != nil {
		t.Errorf("%d, %d, %v", epoch, seq, err)
	}
	for _, s := range []string{"", "e", "e1", "e1.", "1.2", "e0.1", "e-1.2", "e1.-2", "e01.2", "e1.02", "e1.+2", "e1.2 ", "ee1.2", "e1.2.3", "e1.99999999999999999999", "now"} {
		_, _, err := ParseCursor(s)
		var bad *CursorError
		if !errors.As(err, &bad) || bad.Expired || bad.Cursor != s || !strings.HasSuffix(err.Error(), "is not a cursor of the outbox") {
			t.Errorf("ParseCursor(%q): %v", s, err)
		}
	}
}
