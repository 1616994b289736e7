package scenarios

import (
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A Request is what a rule looks at.
type Request struct {
	// ID is the answer's x-auth0-requestid.
	ID string
	// At is the tenant's time when the request came.
	At time.Time
	// Endpoint is one of the names that a file may use, or "" for another.
	Endpoint string
	// Grant is the grant_type of a token request.
	Grant string
	// Connection, Send, ClientID and ClientName are what the request names;
	// "" if it names none.
	Connection, Send, ClientID, ClientName string
	// Recipient is the user's address or number, in its normal form.
	Recipient string
	// Known tells that the recipient is a user of the connection already.
	Known  bool
	Header map[string][]string
	// Param is a parameter of body or query by its name, "" if it is absent.
	Param func(name string) string
	// Scenarios are the names in the request's X-Mock-Scenario header.
	Scenarios []string
	// Foreign tells that neither its header nor its recipient may switch
	// anything on.
	Foreign bool
}

// grantPrefix is what may be left out of a grant's name.
const grantPrefix = "http://auth0.com/oauth/grant-type/"

// A pattern is a glob with *, or a regular expression between slashes. Of a
// value longer than 8 KiB it sees that much.
type pattern func(string) bool

// compile reads a pattern. The error is the regular expression's.
func compile(p string) (pattern, error) {
	if len(p) > 2 && p[0] == '/' && p[len(p)-1] == '/' {
		re, err := regexp.Compile(p[1 : len(p)-1])
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	}
	return func(s string) bool { return fixtures.MatchGlob(p, s) }, nil
}

// A condition is one line of a when.
type condition struct {
	name   string // as in a file
	want   string // in words
	values func(*Request) []string
	any    []pattern
}

func (c *condition) holds(r *Request) bool {
	for _, v := range c.values(r) {
		for _, p := range c.any {
			if p(front(v)) {
				return true
			}
		}
	}
	return false
}

// miss is the sentence about a condition that does not hold.
func (c *condition) miss(r *Request) string {
	have := "absent"
	for _, v := range c.values(r) {
		if v != "" {
			have = clip(v)
			break
		}
	}
	return fmt.Sprintf("`%s` was %s, the rule wants %s", c.name, have, c.want)
}

// conditions compiles a when, but for what counts and what time says.
func (w *When) conditions() ([]condition, error) {
	var list []condition
	var failed error
	add := func(name string, want AnyOf, values func(*Request) []string) {
		if len(want) == 0 {
			return
		}
		c := condition{name: name, want: strings.Join(want, " or "), values: values}
		for _, text := range want {
			p, err := compile(text)
			if err != nil {
				failed = fmt.Errorf("%s: %w", name, err)
				return
			}
			c.any = append(c.any, p)
		}
		list = append(list, c)
	}
	add("grant", w.Grant, func(r *Request) []string {
		return []string{r.Grant, strings.TrimPrefix(r.Grant, grantPrefix)}
	})
	add("connection", w.Connection, func(r *Request) []string { return []string{r.Connection} })
	add("send", w.Send, func(r *Request) []string { return []string{r.Send} })
	add("client", w.Client, func(r *Request) []string { return []string{r.ClientID, r.ClientName} })
	add("recipient", normalRecipients(w.Recipient), func(r *Request) []string { return []string{r.Recipient} })
	for _, name := range sortedKeys(w.Header) {
		key := textproto.CanonicalMIMEHeaderKey(name)
		add("header "+name, w.Header[name], func(r *Request) []string { return orAbsent(r.Header[key]) })
	}
	for _, name := range sortedKeys(w.Params) {
		add("params "+name, w.Params[name], func(r *Request) []string { return []string{r.Param(name)} })
	}
	return list, failed
}

func orAbsent(values []string) []string {
	if len(values) == 0 {
		return []string{""}
	}
	return values
}

// normalRecipients are patterns in the form in which recipients are compared.
func normalRecipients(patterns AnyOf) AnyOf {
	out := make(AnyOf, len(patterns))
	for i, p := range patterns {
		if out[i] = p; !strings.HasPrefix(p, "/") {
			out[i] = fixtures.NormalizeRecipient(p)
		}
	}
	return out
}

// implied are the conditions that follow from what a rule does: it is for
// requests on which it can act.
func (r *Rule) implied() []condition {
	var list []condition
	if names := r.endpoints(); names != nil {
		list = append(list, condition{
			name: "endpoint", want: strings.Join(names, " or "),
			values: func(q *Request) []string { return []string{q.Endpoint} },
			any:    []pattern{func(s string) bool { return slices.Contains(names, s) }},
		})
	}
	onlyGrant := func(want string, holds func(grant string) bool) {
		list = append(list, condition{
			name: "grant", want: want,
			values: func(q *Request) []string { return []string{q.Grant} },
			any:    []pattern{func(s string) bool { return s == "" || holds(s) }}, // what has no grant is no token request
		})
	}
	then, alone := r.Then, len(r.Then.effects()) == 1
	switch {
	case then.OTP != nil, then.Signup != "":
		onlyGrant("one that redeems a code", func(g string) bool { return g == fixtures.GrantPasswordlessOTP })
	case then.User != "":
		onlyGrant("a user's", func(g string) bool { return g != fixtures.GrantClientCredentials })
	}
	switch {
	case then.Signup != "" && alone:
		list = append(list, condition{
			name: "recipient", want: "one who has yet to sign up",
			values: func(q *Request) []string {
				if q.Known {
					return []string{"a user"}
				}
				return []string{""}
			},
			any: []pattern{func(s string) bool { return s == "" }},
		})
	case then.User != "" && alone:
		list = append(list, condition{
			name: "recipient", want: "a user",
			values: func(q *Request) []string {
				if q.Grant == fixtures.GrantClientCredentials {
					return []string{"nobody"} // which the grant tells already
				}
				return []string{q.Recipient}
			},
			any: []pattern{func(s string) bool { return s != "" }},
		})
	}
	return list
}

// A span is a range of counts; one without end has to = 0. every is a step.
type span struct{ from, to, every int64 }

func (s span) has(n int64) bool {
	if s.every > 0 {
		return n%s.every == 0
	}
	return n >= s.from && (s.to == 0 || n <= s.to)
}

// spans reads what the form has let through.
func (c Calls) spans() []span {
	list := make([]span, len(c))
	for i, text := range c {
		switch first, last, isRange := strings.Cut(text, ".."); {
		case isRange:
			list[i] = span{from: number(first), to: number(last)}
		case strings.HasPrefix(text, ">="):
			list[i] = span{from: number(text[2:])}
		case strings.HasPrefix(text, "every "):
			list[i] = span{every: number(text[len("every "):])}
		default:
			list[i] = span{from: number(text), to: number(text)}
		}
	}
	return list
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // digits, by the form
	return n
}

func meets(spans []span, n int64) bool {
	return len(spans) == 0 || slices.ContainsFunc(spans, func(s span) bool { return s.has(n) })
}
