package outbox

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestJSON(t *testing.T) {
	b, _ := stopped(t, Options{})
	got, err := json.Marshal(b.Add(Message{Kind: SMS, To: "+14155550100", DeliverAt: ten.Add(time.Minute), State: Queued}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"msg_00000001","seq":null,"kind":"sms","purpose":"","to":"+14155550100","recipients":["+14155550100"],"from":"","subject":"","text":"","html":"",` +
		`"code":"","link":"","codes":[],"links":[],"client_id":"","connection":"","send":"","language":"","state":"queued","otp_state":"",` +
		`"created_at":"2030-01-01T10:00:00Z","delivered_at":null,"deliver_at":"2030-01-01T10:01:00Z","scenario":""}`
	if string(got) != want {
		t.Errorf("queued:\n got %s\nwant %s", got, want)
	}
	full := Message{
		ID: "msg_00000002", Seq: 1, Kind: Email, Purpose: MFACode, To: "a@x.test", Recipients: []string{"a@x.test"}, From: "f", Subject: "s",
		Text: "t", HTML: "<b>", Code: "1", Link: "http://x.test/?a=1&b=2", Codes: []string{"1"}, Links: []string{"l"}, ClientID: "c",
		Connection: "email", Send: "code", Language: "en", State: Delivered, OTPState: Active, CreatedAt: ten, DeliveredAt: ten,
		ExpiresAt: ten.Add(time.Minute), Scenario: "x/y", Note: "n", Relay: &Relay{State: "failed", Error: "refused"},
		Attachments: []Attachment{{Part: "2", FileName: "a.png", ContentType: "image/png", ContentID: "x", Size: 3}},
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(full); err != nil {
		t.Fatal(err)
	}
	want = `{"id":"msg_00000002","seq":1,"kind":"email","purpose":"mfa_oob_code","to":"a@x.test","recipients":["a@x.test"],"from":"f","subject":"s","text":"t","html":"<b>",` +
		`"code":"1","link":"http://x.test/?a=1&b=2","codes":["1"],"links":["l"],"client_id":"c","connection":"email","send":"code","language":"en",` +
		`"state":"delivered","otp_state":"active","created_at":"2030-01-01T10:00:00Z","delivered_at":"2030-01-01T10:00:00Z",` +
		`"expires_at":"2030-01-01T10:01:00Z","scenario":"x/y","note":"n","relay":{"state":"failed","error":"refused"},` +
		`"attachments":[{"part":"2","file_name":"a.png","content_type":"image/png","content_id":"x","size":3}]}` + "\n"
	if out.String() != want {
		t.Errorf("full:\n got %s\nwant %s", out.String(), want)
	}
	var back Message
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || !reflect.DeepEqual(back, full) {
		t.Errorf("round trip: %v\n got %+v\nwant %+v", err, back, full)
	}
	if zero, _ := json.Marshal(Message{}); !strings.Contains(string(zero), `"recipients":[]`) || !strings.Contains(string(zero), `"codes":[],"links":[]`) {
		t.Errorf("zero: %s", zero)
	}
}

// What an application sent is not for the tenant to redeem, codes or not.
func TestAnApplicationsOwnCodeIsNeverActive(t *testing.T) {
	b, _ := stopped(t, Options{})
	for _, kind := range []string{SMTP, Twilio} {
		if m := b.Add(Message{Kind: kind, To: "a@x.test", Code: "123456", Link: "http://x.test"}); m.OTPState != "" || len(m.Codes) != 1 {
			t.Errorf("%s: %+v", kind, m)
		}
	}
	if m, ok := b.Latest(Live()); ok {
		t.Errorf("live: %+v", m)
	}
}

// Its bytes are the box's own, count against the bound, and are not in JSON.
func TestRawIsKeptAndCounted(t *testing.T) {
	b, _ := stopped(t, Options{MaxBytes: 2000})
	raw := bytes.Repeat([]byte("x"), 900)
	first := b.Add(Message{Kind: SMTP, To: "a@x.test", Raw: raw})
	raw[0] = 'y'
	if m, _ := b.Get(first.ID); string(m.Raw) != strings.Repeat("x", 900) {
		t.Errorf("raw %.9q", m.Raw)
	}
	if text, err := json.Marshal(first); err != nil || strings.Contains(string(text), "xxx") {
		t.Errorf("%v %s", err, text)
	}
	b.Add(Message{Kind: SMTP, To: "b@x.test", Raw: raw})
	b.Add(Message{Kind: SMTP, To: "c@x.test", Raw: raw})
	wantIDs(t, "after three", b.All(), "2 3")
}
