package web

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// scenarioHeader asks for scenarios in a request. In a response it names the
// rules that acted.
const scenarioHeader = "X-Mock-Scenario"

// decide asks the scenarios what happens to a call that concerns one of them.
// badRequest says why the
// request could not be read.
func (f *Front) decide(c *Call, route Route, badRequest error) error {
	if errors.Is(badRequest, refusal.BodyTooLarge) {
		return nil // the rest of the body is still coming: a delay would not notice that the client has gone
	}
	if strings.HasPrefix(c.Path, "/_mock/") {
		return nil // the control API has no scenarios, nor have wrong paths below it
	}
	var names []string
	for _, line := range c.Header.Values(scenarioHeader) {
		names = append(names, strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })...)
	}
	recipient := c.Subject.Recipient // an address or a number can ask for a scenario, too
	foreign := f.foreign(c)
	if foreign != "" {
		if _, magic := faults.MagicEmail(recipient); magic || names != nil {
			c.Hint(foreign + ", so neither X-Mock-Scenario nor an address with +mock- switches a scenario on")
		}
		recipient, names = "", nil
		if !f.Scenarios.Concerns(names, recipient) {
			return nil
		}
	}
	if tag, ok := faults.MagicEmail(recipient); ok {
		if _, err := scenarios.Load(tag); err != nil {
			c.Hint(err.Error())
		}
	}
	q := faults.Request{
		ID: c.ID, At: c.Now, Endpoint: route.Endpoint, Grant: c.Subject.Grant,
		Connection: c.Subject.Connection, Send: c.Subject.Send, ClientID: c.ClientID, Recipient: c.Subject.Recipient,
		Header: c.Header, Param: (&paramReader{params: c.Params}).text, Scenarios: names, Foreign: foreign != "",
	}
	if client, ok := c.Setup.Client(c.ClientID); ok {
		q.ClientName = client.Name
	}
	effects, err := f.Scenarios.Decide(&q)
	if err != nil {
		return refusal.BadBody.With("reason", scenarioHeader+": "+err.Error())
	}
	c.Effects = effects
	return nil
}

// foreign says why a call may come from a page that is no app of this tenant;
// "" if it does not. Such a page must not change the mock.
func (f *Front) foreign(c *Call) string {
	origin := c.Header.Get("Origin")
	switch {
	case c.Host != "" && c.Host != "example.com" && !f.Guard.localHost(c.Host):
		// A browser always names one. httptest.NewRequest sets example.com, which is
		// reserved (RFC 2606): no attacker can own it.
		return "the name " + clip(c.Host) + " is not local, and may have been rebound to this machine; --tls-host makes it yours"
	case origin == "" && c.Header.Get("Sec-Fetch-Mode") == "no-cors":
		return "the request is a page's, for an image or the like"
	case origin == "", c.Setup.AllowsOrigin(origin), f.knowsPage(c, origin):
		return ""
	}
	return unknownOrigin(origin, c)
}

// maxDotted is how many objects deep a rule can name a parameter.
const maxDotted = 8

// A paramReader reads parameters by the names that rules have. It reads the
// members of an object once for all rules: an object can be large.
type paramReader struct {
	params Params
	depth  int
	inside map[string]*paramReader
}

// text is the text of a parameter, or of a member of one that is an object:
// authParams.scope.
func (r *paramReader) text(name string) string {
	if p, ok := r.params.Get(name); ok {
		return p.Text
	}
	outer, inner, nested := strings.Cut(name, ".")
	if !nested || r.depth == maxDotted {
		return ""
	}
	members, known := r.inside[outer]
	if !known {
		if p, ok := r.params.Get(outer); ok && p.Kind == Object {
			list, _ := p.Members() // none of an object with too many
			members = &paramReader{params: list, depth: r.depth + 1}
		}
		if r.inside == nil {
			r.inside = map[string]*paramReader{}
		}
		r.inside[outer] = members
	}
	if members == nil {
		return ""
	}
	return members.text(inner)
}

// admit does what scenarios do before the flow. done: the flow must not run.
func (f *Front) admit(c *Call, route Route) (done bool, value any, err error) {
	e := c.Effects
	if err := sleep(c, e.Delay); err != nil {
		return true, nil, err
	}
	if !e.Unhandled() {
		return false, nil, nil
	}
	_ = takeQuota(c, route) // it counts, although a scenario answers it
	if e.Respond != nil {
		value, err = canned(c, e.Respond)
	}
	return true, value, err
}

// sleep waits in real time, as long as the client does.
func sleep(c *Call, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.Context.Done():
		return c.Context.Err()
	}
}

// A verbatim response is written as a rule has it.
type verbatim struct {
	status int
	body   []byte
	isJSON bool
}

// canned is the response that a rule gives.
func canned(c *Call, r *scenarios.Respond) (any, error) {
	if r.Preset != "" {
		preset := refusal.Named(r.Preset).Filled(r.Vars)
		preset.Status = cmp.Or(r.Status, preset.Status)
		seconds, err := strconv.Atoi(preset.RetryAfter)
		if err == nil && preset.Status == http.StatusTooManyRequests && c.quota != nil {
			c.quota.Remaining, c.quota.Reset = 0, c.Now.Add(time.Duration(seconds)*time.Second)
		}
		return nil, preset
	}
	v := verbatim{status: cmp.Or(r.Status, http.StatusOK), body: []byte(r.Body)}
	if r.JSON != nil {
		var err error
		v.isJSON = true
		v.body, err = marshal(r.JSON)
		return v, err
	}
	return v, nil
}

// amend changes a response as the scenarios say, and names the rules that have
// acted. It waits if they let the response be late.
func (res *response) amend(c *Call) {
	h, e := c.ResponseHeader, c.Effects
	patch, headers, delay := e.Response(func(patch map[string]any) bool {
		_, err := mergePatch(res.body, patch)
		return err == nil
	})
	e.Done()
	if sleep(c, delay) != nil {
		c.gone = true
	}
	if names := e.Names(); names != "" {
		h.Set(scenarioHeader, names)
		if readable := h.Get("Access-Control-Expose-Headers"); readable != "" {
			h.Set("Access-Control-Expose-Headers", readable+", "+scenarioHeader)
		}
	}
	if patched, err := mergePatch(res.body, patch); len(patch) > 0 && err == nil {
		res.body = patched
	}
	if e.Respond != nil {
		setHeaders(h, e.Respond.Headers)
	}
	setHeaders(h, headers)
}

// setHeaders sets headers, and suppresses those that are empty.
func setHeaders(h http.Header, values map[string]string) {
	for name, value := range values {
		name = http.CanonicalHeaderKey(name)
		if h[name] = []string{value}; value == "" {
			h[name] = nil
		}
	}
}
