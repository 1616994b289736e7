package faults

import (
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/scenarios"
)

// A Request is what the conditions of a rule are compared with.
type Request struct {
	// ID is the answer's x-auth0-requestid.
	ID string
	// At is the tenant's time when the request came.
	At time.Time
	// Endpoint is a name that scenario files use. It is "" for an endpoint
	// without such a name.
	Endpoint string
	// Grant is the grant_type of a token request.
	Grant string
	// Connection, Send, ClientID and ClientName are what the request names. ""
	// means that it names none.
	Connection, Send, ClientID, ClientName string
	// Recipient is the user's address or number, in its normal form.
	Recipient string
	Header    map[string][]string
	// Param is a parameter of body or query by its name. It is "" if absent.
	Param func(name string) string
	// Scenarios are the names in the request's X-Mock-Scenario header.
	Scenarios []string
	// Foreign tells that the request may not switch a scenario on, neither by
	// its header nor by its recipient.
	Foreign bool
}

// grantPrefix may be left out of a grant's name.
const grantPrefix = "http://auth0.com/oauth/grant-type/"

// A condition is one condition of a rule. It holds if one of the request's
// values fits.
type condition struct {
	name   string // as in a file
	want   string // in words
	values func(*Request) []string
	fits   func(value string) bool
}

func (c *condition) holds(r *Request) bool {
	values := c.values(r)
	return slices.ContainsFunc(values[:min(len(values), maxValues)], func(value string) bool { return c.fits(beginning(value)) })
}

// miss is the sentence about a condition that does not hold.
func (c *condition) miss(r *Request) string {
	have := "absent"
	for _, value := range c.values(r) {
		if value != "" {
			have = clip(value)
			break
		}
	}
	return fmt.Sprintf("`%s` was %s, the rule wants %s", c.name, have, c.want)
}

// firstMiss counts the conditions that do not hold, up to two, and returns the
// first one.
func firstMiss(r *Request, lists ...[]condition) (missed int, first *condition) {
	for _, list := range lists {
		for i := range list {
			switch {
			case list[i].holds(r):
			case missed == 1:
				return 2, first
			default:
				missed, first = 1, &list[i]
			}
		}
	}
	return missed, first
}

// conditionsOf compiles the conditions on what a request is about. The error is
// that of a regular expression, which no checked scenario has.
func conditionsOf(w *scenarios.When) ([]condition, error) {
	var list []condition
	var failed error
	add := func(name string, want scenarios.AnyOf, values func(*Request) []string) {
		if len(want) == 0 {
			return
		}
		fits, err := want.Compile()
		if err != nil {
			failed = fmt.Errorf("%s: %w", name, err)
			return
		}
		list = append(list, condition{name, strings.Join(want, " or "), values, fits})
	}
	add("grant", w.Grant, func(r *Request) []string { return []string{r.Grant, strings.TrimPrefix(r.Grant, grantPrefix)} })
	add("connection", w.Connection, func(r *Request) []string { return []string{r.Connection} })
	add("send", w.Send, func(r *Request) []string { return []string{r.Send} })
	add("client", w.Client, func(r *Request) []string { return []string{r.ClientID, r.ClientName} })
	add("recipient", recipients(w.Recipient), func(r *Request) []string { return []string{address.Key(r.Recipient)} })
	for _, name := range sortedKeys(w.Header) {
		key := textproto.CanonicalMIMEHeaderKey(name)
		add("header "+name, w.Header[name], func(r *Request) []string {
			if values := r.Header[key]; len(values) > 0 {
				return values
			}
			return []string{""}
		})
	}
	for _, name := range sortedKeys(w.Params) {
		add("params "+name, w.Params[name], func(r *Request) []string { return []string{r.Param(name)} })
	}
	return list, failed
}

// recipients are patterns in the form in which recipients are compared. Regular
// expressions stay as they are.
func recipients(patterns scenarios.AnyOf) scenarios.AnyOf {
	out := slices.Clone(patterns)
	for i, p := range out {
		if !strings.HasPrefix(p, "/") {
			out[i] = address.Key(fixtures.NormalizeRecipient(p))
		}
	}
	return out
}

// impliedBy are the conditions that follow from the effects of a rule: it is
// for requests on which they can act.
func impliedBy(r *scenarios.Rule) []condition {
	var list []condition
	add := func(name, want string, value func(*Request) string, fits func(string) bool) {
		list = append(list, condition{name, want, func(q *Request) []string { return []string{value(q)} }, fits})
	}
	if names := r.Endpoints(); names != nil {
		add("endpoint", strings.Join(names, " or "), func(q *Request) string { return q.Endpoint },
			func(endpoint string) bool { return slices.Contains(names, endpoint) })
	}
	// A request without a grant is for another endpoint than oauth.token.
	grant := func(q *Request) string { return q.Grant }
	switch then := r.Then; {
	case then.Signup != "":
		add("grant", "one that redeems a code", grant, func(grant string) bool { return grant == "" || grant == fixtures.GrantPasswordlessOTP })
	case then.OTP != nil:
		add("grant", "one that redeems a code", grant, func(grant string) bool { return grant == "" || slices.Contains(redeemingGrants, grant) })
	case then.User != "":
		add("grant", "a user's", grant, func(grant string) bool { return grant != fixtures.GrantClientCredentials })
	}
	return list
}

// redeemingGrants are the grants that redeem a code.
var redeemingGrants = []string{fixtures.GrantPasswordlessOTP, fixtures.GrantMFAOTP, fixtures.GrantMFAOOB, fixtures.GrantMFARecoveryCode}

// Bounds on what is compared with patterns, since every request is compared with
// all of them.
const (
	maxValue  = 2 << 10 // bytes of a value
	maxValues = 16      // of a header that is given more than once
)

func beginning(value string) string { return value[:min(len(value), maxValue)] }

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:57], "") + "..."
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
