package twilio_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/server/twilio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const messages = "/2010-04-01/Accounts/AC1/Messages.json"

func door() (http.Handler, *outbox.Box) {
	c := clock.New(time.Date(2030, 1, 1, 10, 0, 0, 0, time.UTC), false)
	box := outbox.New(outbox.Options{Clock: c})
	return twilio.New(twilio.Options{Box: box, Now: c.Now}), box
}

func call(h http.Handler, method, target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("AC1", "token")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func TestAMessageIsFiled(t *testing.T) {
	t.Parallel()
	h, box := door()
	text := "Acme: 123456 is your code. See https://acme.test/?a=1&b=2"
	w := call(h, "POST", messages, form("To", "+1 (202) 555-0101", "From", "+15005550006", "Body", text))
	want := `{"account_sid":"AC1","api_version":"2010-04-01","body":"` + text + `","date_created":"Tue, 01 Jan 2030 10:00:00 +0000","date_sent":null,` +
		`"date_updated":"Tue, 01 Jan 2030 10:00:00 +0000","direction":"outbound-api","error_code":null,"error_message":null,"from":"+15005550006",` +
		`"messaging_service_sid":null,"num_media":"0","num_segments":"1","price":null,"price_unit":"USD","sid":"$sid","status":"queued",` +
		`"subresource_uris":{"media":"/2010-04-01/Accounts/AC1/Messages/$sid/Media.json"},"to":"+12025550101","uri":"/2010-04-01/Accounts/AC1/Messages/$sid.json"}` + "\n"
	var created struct{ SID string }
	if err := json.Unmarshal(w.Body.Bytes(), &created); err != nil || !regexp.MustCompile(`^SM[0-9a-f]{32}$`).MatchString(created.SID) {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if got := strings.ReplaceAll(w.Body.String(), created.SID, "$sid"); w.Code != http.StatusCreated || got != want {
		t.Errorf("%d\ngot  %swant %s", w.Code, got, want)
	}
	m := box.All()[0]
	if m.Kind != outbox.Twilio || m.To != "+12025550101" || m.From != "+15005550006" || m.Text != text || m.State != outbox.Delivered || m.OTPState != "" ||
		strings.Join(m.Codes, " ") != "123456" || strings.Join(m.Links, " ") != "https://acme.test/?a=1&b=2" {
		t.Errorf("%+v", m)
	}

	read := strings.NewReplacer(`"date_sent":null`, `"date_sent":"Tue, 01 Jan 2030 10:00:00 +0000"`, "queued", "delivered").Replace(w.Body.String())
	if w := call(h, "GET", strings.TrimSuffix(messages, ".json")+"/"+created.SID+".json", nil); w.Code != http.StatusOK || w.Body.String() != read {
		t.Errorf("%d\ngot  %swant %s", w.Code, w.Body, read)
	}
}

// The refusals of Twilio's magic numbers and of incomplete requests.
func TestRefusals(t *testing.T) {
	t.Parallel()
	h, box := door()
	good, to := "+15005550006", "+12025550101"
	for _, c := range []struct {
		to, from, body string
		code           int
		message        string
	}{
		{to, "+15005550001", "x", 21212, "The 'From' number +15005550001 is not a valid phone number, shortcode, or alphanumeric sender ID."},
		{to, "+15005550007", "x", 21606, "The From phone number +15005550007 is not a valid, SMS-capable inbound phone number or short code for your account."},
		{to, "+15005550008", "x", 21611, "SMS queue is full."},
		{"+15005550001", good, "x", 21211, "The 'To' number +15005550001 is not a valid phone number."},
		{"+1 500 555 0002", good, "x", 21612, "The 'To' phone number: +15005550002, is not currently reachable using the 'From' phone number: +15005550006 via SMS."},
		{"+15005550003", good, "x", 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +15005550003."},
		{"+15005550004", good, "x", 21610, "The message From/To pair violates a blacklist rule."},
		{"+15005550009", good, "x", 21614, "To number: +15005550009, is not a mobile number"},
		{"", good, "x", 21604, "A 'To' phone number is required."},
		{to, "", "x", 21603, "A 'From' phone number is required."},
		{to, good, "", 21602, "Message body is required."},
		{"ada", good, "x", 21211, "The 'To' number ada is not a valid phone number."},
		{to, "much too long a name", "x", 21212, "The 'From' number much too long a name is not a valid phone number, shortcode, or alphanumeric sender ID."},
		{to, good, strings.Repeat("ü", 1601), 21617, "The concatenated message body exceeds the 1600 character limit"},
		{to, good, strings.Repeat("x", 70<<10), 21617, "The concatenated message body exceeds the 1600 character limit"},
	} {
		w := call(h, "POST", messages, form("To", c.to, "From", c.from, "Body", c.body))
		message, _ := json.Marshal(c.message)
		want := fmt.Sprintf(`{"code":%d,"message":%s,"more_info":"https://www.twilio.com/docs/errors/%d","status":400}`+"\n", c.code, message, c.code)
		if w.Code != http.StatusBadRequest || w.Body.String() != want {
			t.Errorf("%s from %s: %d\ngot  %swant %s", c.to, c.from, w.Code, w.Body, want)
		}
	}
	if n := len(box.All()); n != 0 {
		t.Errorf("%d messages were filed", n)
	}
}

func TestCredentialsMustBeThere(t *testing.T) {
	t.Parallel()
	h, _ := door()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", messages, nil))
	want := `{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}` + "\n"
	if w.Code != http.StatusUnauthorized || w.Body.String() != want || w.Header().Get("WWW-Authenticate") != `Basic realm="Twilio API"` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h, _ := door()
	for _, path := range []string{"/", "/2010-04-01/Accounts/AC1/Calls.json", "/2010-04-01/Accounts/AC1/Messages/SM1.json"} {
		w := call(h, "GET", path, nil)
		if want := `{"code":20404,"message":"The requested resource ` + path + ` was not found",`; w.Code != http.StatusNotFound || !strings.HasPrefix(w.Body.String(), want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// A messaging service, a name or a short code can send messages too.
func TestSenders(t *testing.T) {
	t.Parallel()
	h, box := door()
	service := "MG" + strings.Repeat("0", 32)
	for _, from := range []string{"Acme", "72975", "+12025550100"} {
		if w := call(h, "POST", messages, form("To", "+12025550101", "From", from, "Body", "x")); w.Code != http.StatusCreated || box.All()[len(box.All())-1].From != from {
			t.Errorf("%s: %d %s", from, w.Code, w.Body)
		}
	}
	w := call(h, "POST", messages, form("To", "+12025550101", "MessagingServiceSid", service, "MediaUrl", "https://acme.test/a.png"))
	for _, want := range []string{`"from":null`, `"messaging_service_sid":"` + service + `"`, `"status":"accepted"`, `"num_media":"1"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("there is no %s in %s", want, w.Body)
		}
	}
}

func TestTheListIsInPages(t *testing.T) {
	t.Parallel()
	h, box := door()
	box.Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101", Text: "the tenant's own"})
	for i := range 5 {
		call(h, "POST", messages, form("To", fmt.Sprintf("+1202555010%d", i%2), "From", "Acme", "Body", fmt.Sprint("n", i)))
	}
	next, got := messages+"?PageSize=2&To=%2B12025550100", ""
	for pages := 0; next != "" && pages < 5; pages++ {
		var p struct {
			Messages []struct{ Body string }
			Next     string `json:"next_page_uri"`
		}
		if err := json.Unmarshal(call(h, "GET", next, nil).Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Messages {
			got += m.Body + " "
		}
		got, next = got+"| ", p.Next
	}
	if got != "n4 n2 | n0 | " {
		t.Error(got)
	}
	if w := call(h, "GET", messages+"?From=nobody&Page=7", nil); !strings.Contains(w.Body.String(), `"messages":[],"end":0,`) {
		t.Error(w.Body)
	}
}

func TestSegments(t *testing.T) {
	t.Parallel()
	h, _ := door()
	for text, want := range map[string]string{
		strings.Repeat("x", 160): "1", strings.Repeat("x", 161): "2", strings.Repeat("x", 307): "3", strings.Repeat("€", 80): "1", strings.Repeat("€", 81): "2",
		strings.Repeat("ü", 160): "1", strings.Repeat("ч", 70): "1", strings.Repeat("ч", 71): "2", strings.Repeat("x", 70) + "ч": "2", strings.Repeat("😀", 35): "1", strings.Repeat("😀", 36): "2",
	} {
		if w := call(h, "POST", messages, form("To", "+12025550101", "From", "Acme", "Body", text)); !strings.Contains(w.Body.String(), `"num_segments":"`+want+`"`) {
			t.Errorf("%d of %.2s: %s", len([]rune(text)), text, w.Body)
		}
	}
}

// Any request gets JSON, and every message in the outbox is complete.
func FuzzTwilio(f *testing.F) {
	f.Add("POST", messages, "To=%2B12025550101&From=Acme&Body=123456")
	f.Add("GET", messages+"?PageSize=x&Page=-1", "")
	f.Add("POST", messages, "To=%ff&From=%zz;a&Body=\xff")
	f.Fuzz(func(t *testing.T, method, target, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !regexp.MustCompile(`^[A-Z]{1,8}$`).MatchString(method) {
			return
		}
		h, box := door()
		r := &http.Request{Method: method, URL: u, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: io.NopCloser(strings.NewReader(body))}
		r.SetBasicAuth("a", "b")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code/100 != 3 && !json.Valid(w.Body.Bytes()) { // the mux redirects unclean paths
			t.Fatalf("%d %q", w.Code, w.Body)
		}
		for _, m := range box.All() {
			if !strings.HasPrefix(m.To, "+") || !utf8.ValidString(m.Text) {
				t.Fatalf("%+v", m)
			}
		}
	})
}
