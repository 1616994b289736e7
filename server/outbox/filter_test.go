package outbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFilters(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{Kind: Email, To: "ada@example.com", Code: "1", Connection: "email", ClientID: "acme-web"})                                     // 1
	b.Add(Message{Kind: Email, Recipients: []string{"ada+w3@example.com", "Bob@Example.com"}, Link: "l", Connection: "email"})                   // 2
	b.Add(Message{Kind: SMS, Purpose: MFACode, To: "+14155550100", Code: "2", OTPState: Used, Connection: "sms", ClientID: "acme-native"})       // 3
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
		{[]Filter{Purpose(MFACode)}, "3"},
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

// A domain in Unicode and in ASCII is one, in a message and in a filter.
func TestToKnowsBothFormsOfADomain(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{Kind: SMTP, To: "eve@xn--wgv71a.com"})
	b.Add(Message{Kind: Email, To: "Eve@日本.com", Code: "1"})
	for _, to := range []string{"eve@日本.com", "EVE@XN--WGV71A.com", "*@xn--wgv71a.com", "e*@日本.com"} {
		wantIDs(t, to, b.All(To(to)), "1 2")
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
		"kind sms": Kind(SMS), "purpose mfa_oob_code": Purpose(MFACode), "connection email": Connection("email"), "client acme-web": Client("acme-web"), "state lost": State(Lost),
		"code used": OTPState(Used), "no code to redeem": OTPState(""), "live": Live(), "with a code": WithCode(), "with a link": WithLink(),
		"after cursor e1.4": Since("e1.4"),
	} {
		if got := f.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
