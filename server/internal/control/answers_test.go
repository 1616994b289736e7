package control_test

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What the control API refuses, and in which words. control.http has more of it.
func TestTheControlAPISaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	user := "/_mock/users/" + servertest.UserOf(t, s, "ada@example.com").UserID
	for _, tt := range []struct {
		name, method, target string
		body                 any
		status               int
		says                 string
	}{
		{"clock: no body", "POST", "/_mock/clock", nil, 400, "the body is empty; POST /_mock/clock takes JSON"},
		{"clock: no JSON", "POST", "/_mock/clock", `{"advance"`, 400, "malformed"},
		{"clock: a list", "POST", "/_mock/clock", `[]`, 400, "not an object"},
		{"clock: nothing asked", "POST", "/_mock/clock", `{}`, 400, "exactly one of"},
		{"clock: two things asked", "POST", "/_mock/clock", `{"advance":"3m","reset":true}`, 400, "exactly one of"},
		{"clock: no duration", "POST", "/_mock/clock", `{"advance":"soon"}`, 400, "advance: must be a duration, as in 45s, 2m30s or 1h, or a number of seconds, not the string"},
		{"clock: a number too large", "POST", "/_mock/clock", `{"advance":1e12}`, 400, "advance: must be a duration"},
		{"clock: a map", "POST", "/_mock/clock", `{"advance":{"minutes":3}}`, 400, "advance: must be a duration, as in 45s, 2m30s or 1h, or a number of seconds, not a map"},
		{"clock: backwards", "POST", "/_mock/clock", `{"advance":"-3m"}`, 400, "only advances"},
		{"clock: no time", "POST", "/_mock/clock", `{"set":"tomorrow"}`, 400, "set: "},
		{"clock: a number for a time", "POST", "/_mock/clock", `{"set":1893456000}`, 400, "set: "},
		{"clock: a string for true", "POST", "/_mock/clock", `{"freeze":"yes"}`, 400, "freeze: "},
		{"clock: a list for true", "POST", "/_mock/clock", `{"reset":[]}`, 400, "reset: "},
		{"clock: an unknown field", "POST", "/_mock/clock", `{"advanced":"3m"}`, 400, `did you mean "advance"?`},
		{"clock: beyond the calendar", "POST", "/_mock/clock", `{"set":"9998-12-31T23:59:59Z"}`, 200, ""},
		{"clock: further beyond", "POST", "/_mock/clock", `{"advance":"24h"}`, 400, "year 9998"},
		{"clock: beyond it in UTC", "POST", "/_mock/clock", `{"set":"9999-12-31T23:59:59-12:00"}`, 400, "set: "},
		{"clock: back again", "POST", "/_mock/clock", `{"set":"2030-01-01T00:00:00Z"}`, 200, ""},
		{"clock: a query", "GET", "/_mock/clock?now=1", nil, 400, `takes no query parameters, and there is "now"`},

		{"users: no body", "POST", "/_mock/users", nil, 400, "the body is empty"},
		{"users: no address", "POST", "/_mock/users", `{}`, 400, "a user needs an email or a phone_number"},
		{"users: no e-mail address", "POST", "/_mock/users", `{"email":"ada"}`, 400, `email: "ada" is not an e-mail address`},
		{"users: no domain", "POST", "/_mock/users", `{"email":"ada@exa+mple.com"}`, 400, "is not an e-mail address"},
		{"users: no phone number", "POST", "/_mock/users", `{"phone_number":"0171"}`, 400, "E.164"},
		{"users: no such connection", "POST", "/_mock/users", `{"email":"a@example.com","connection":"mail"}`, 400, `there is no connection "mail"`},
		{"users: a number for an address", "POST", "/_mock/users", `{"email":7}`, 400, `email: "7" is not an e-mail address`},
		{"users: a list for an address", "POST", "/_mock/users", `{"email":["a@example.com"]}`, 400, "email: must be a string, not a list"},
		{"users: a string for true", "POST", "/_mock/users", `{"email":"a@example.com","blocked":"no"}`, 400, "blocked: "},
		{"users: a list for a map", "POST", "/_mock/users", `{"email":"a@example.com","claims":[1]}`, 400, "claims: must be a map"},
		{"users: a string for a list", "POST", "/_mock/users", `{"email":"a@example.com","permissions":{"x":"read"}}`, 400, "must be a list"},
		{"users: a negative count", "POST", "/_mock/users", `{"email":"a@example.com","logins_count":-1}`, 400, "logins_count: "},
		{"users: a wrong time", "POST", "/_mock/users", `{"email":"a@example.com","created_at":"now"}`, 400, "created_at: "},
		{"users: a phone number without quotes", "POST", "/_mock/users", `{"phone_number":12025550101}`, 400, "phone_number: "},
		{"users: unknown to read", "GET", "/_mock/users/email|x", nil, 404, `there is no user "email|x"`},
		{"users: unknown to change", "PATCH", "/_mock/users/email|x", `{"name":"X"}`, 404, "there is no user"},
		{"users: unknown to delete", "DELETE", "/_mock/users/email|x", nil, 404, "there is no user"},
		{"users: a change of id", "PATCH", user, `{"user_id":"email|x"}`, 400, "cannot change"},
		{"users: a change of connection", "PATCH", user, `{"connection":"sms"}`, 400, "cannot change"},
		{"users: another's address", "PATCH", user, `{"email":"alan@example.com"}`, 409, "exists already"},
		{"users: an unknown field to change", "PATCH", user, `{"nick":"x"}`, 400, "unknown field"},
		{"users: a wrong type to change", "PATCH", user, `{"name":["x"]}`, 400, "name: must be a string"},
		{"users: an empty change", "PATCH", user, nil, 400, "the body is empty"},

		{"tokens: no body", "POST", "/_mock/tokens", nil, 400, "the body is empty"},
		{"tokens: no claims", "POST", "/_mock/tokens", `{}`, 400, "claims: required field is missing"},
		{"tokens: claims that are none", "POST", "/_mock/tokens", `{"claims":"sub"}`, 400, "claims: must be a map"},
		{"tokens: an unknown key", "POST", "/_mock/tokens", `{"claims":{"sub":"x"},"key":"rouge"}`, 400, `"rogue"`},

		{"outbox: a filter given twice", "GET", "/_mock/outbox?to=x&to=y", nil, 400, "given twice"},
		{"outbox: a malformed filter", "GET", "/_mock/outbox?to=%zz", nil, 400, "malformed"},
		{"outbox: no number", "GET", "/_mock/outbox?limit=many", nil, 400, "limit: "},
		{"outbox: too few", "GET", "/_mock/outbox?limit=0", nil, 400, "limit: "},
		{"outbox: too many", "GET", "/_mock/outbox?limit=1001", nil, 400, "from 1 to 1000"},
		{"outbox: an unknown state", "GET", "/_mock/outbox?state=deliverd", nil, 400, `did you mean "delivered"?`},
		{"outbox: an unknown state to forget", "DELETE", "/_mock/outbox?state=old", nil, 400, `unknown state "old"`},
		{"outbox: an unknown kind", "GET", "/_mock/outbox?kind=sns", nil, 400, `unknown kind "sns"; did you mean "sms"?`},
		{"outbox: an unknown kind to forget", "DELETE", "/_mock/outbox?kind=mail", nil, 400, `unknown kind "mail"`},
		{"outbox: no cursor", "GET", "/_mock/outbox?since=yesterday", nil, 400, "not a cursor"},
		{"outbox: a cursor of another run", "GET", "/_mock/outbox?since=e7.12", nil, 410, "from before the outbox was emptied"},
		{"outbox: no message", "GET", "/_mock/outbox/msg_00000009", nil, 404, `there is no message "msg_00000009"`},
		{"outbox: no text", "GET", "/_mock/outbox/msg_00000009/text", nil, 404, "there is no message"},
		{"outbox: nothing to expire", "POST", "/_mock/outbox/msg_00000009/expire", nil, 404, "there is no message"},
		{"outbox: nothing to deliver", "POST", "/_mock/outbox/msg_00000009/deliver", nil, 404, "there is no message"},
		{"code: no time", "GET", "/_mock/outbox/code?wait=soon", nil, 400, "wait: "},
		{"code: a negative time", "GET", "/_mock/outbox/code?wait=-1s", nil, 400, "wait: "},
		{"code: for ever", "GET", "/_mock/outbox/code?wait=1h", nil, 400, "from 0s to 1m0s"},
		{"code: no number", "GET", "/_mock/outbox/code?wait=NaN", nil, 400, "wait: "},
		{"code: an unknown state", "GET", "/_mock/outbox/code?state=x", nil, 400, "unknown state"},
		{"code: an unknown kind", "GET", "/_mock/outbox/code?kind=e-mail", nil, 400, "unknown kind"},
		{"code: none", "GET", "/_mock/outbox/code?to=bob@example.com", nil, 404, "no live code for bob@example.com; the outbox is empty"},
		{"link: none", "GET", "/_mock/outbox/link", nil, 404, "no live link"},
		{"stream: an unknown filter", "GET", "/_mock/outbox/stream?to=x", nil, 400, "does not know the query parameter"},
		{"stream: no cursor", "GET", "/_mock/outbox/stream?since=yesterday", nil, 400, "not a cursor"},

		{"state: no body", "PUT", "/_mock/state", nil, 400, ""},
		{"state: no fixture", "PUT", "/_mock/state", `{"version":1,"clients":[{"client_id":"a","grants":[]}]}`, 400, "clients[0].grants: unknown field"},
		{"state: another version", "PUT", "/_mock/state", `{"version":2}`, 400, "version: "},
	} {
		w := servertest.Call(t, s, tt.method, tt.target, tt.body, servertest.Ended(t))
		if w.Code != tt.status {
			t.Errorf("%s: %s %s: %d %s, want %d", tt.name, tt.method, tt.target, w.Code, w.Body, tt.status)
		} else if tt.status >= 400 {
			if e := servertest.DecodeError(t, w); !strings.Contains(e.Description, tt.says) || e.Error == "" {
				t.Errorf("%s: it says %q %q, which lacks %q", tt.name, e.Error, e.Description, tt.says)
			}
		}
	}
}

// A small body can have many values, and each takes a hundred times its bytes of
// memory.
func TestABodyHasNotTooManyValues(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	claims := func(n int) string { return `{"claims":{"list":[` + strings.Repeat("1,", n) + "1]}}" }
	if a := servertest.Call(t, s, "POST", "/_mock/tokens", claims(19_900)); a.Code != http.StatusOK {
		t.Errorf("19,900 values: %d %.200s", a.Code, a.Body)
	}
	for _, path := range []string{"/_mock/tokens", "/_mock/users", "/_mock/scenarios", "/_mock/scenarios/verify", "/_mock/clock"} {
		a := servertest.Call(t, s, "POST", path, claims(20_000))
		if a.Code != http.StatusBadRequest || !strings.Contains(a.Body.String(), "lines, commas and brackets; write 20000 at most") {
			t.Errorf("POST %s: %d %.200s", path, a.Code, a.Body)
		}
	}
}
