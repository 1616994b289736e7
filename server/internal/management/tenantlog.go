package management

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

//go:embed titles.txt
var titleLines string

// titles are what Auth0 calls its operations, by method and path.
var titles = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(titleLines) {
		if words := strings.SplitN(strings.TrimSpace(line), " ", 3); len(words) == 3 && words[0] != "#" {
			all[words[0]+" "+words[1]] = words[2]
		}
	}
	return all
})

var pathVariable = regexp.MustCompile(`\{[^}]*\}`)

// title is what Auth0 calls the operation, or else the mock's own summary.
func (o operation) title() string {
	if title, ok := titles()[o.method+" "+pathVariable.ReplaceAllString(o.path, "{}")]; ok {
		return title
	}
	return o.summary
}

// redacted is a value without its secrets.
func redacted(value any) any {
	switch v := value.(type) {
	case object:
		o := make(object, len(v))
		for i, m := range v {
			if o[i] = m; web.IsSecret(m.Key) {
				o[i].Value = hidden
			} else {
				o[i].Value = redacted(m.Value)
			}
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = redacted(v[i])
		}
		return list
	}
	return value
}

// record writes to the tenant's log what a call has done: sapi for a change, and
// mgmt_api_read for a GET whose answer has secrets.
// Source: the recordings of auth0/go-auth0; the descriptions of the types.
func (c *call) record(o operation, value any) {
	e := tenantlog.Entry{Type: "sapi", Description: o.title(), ClientID: c.bearer.Client, UserID: c.bearer.Subject}
	status, answer := http.StatusOK, value
	if told, ok := value.(web.Status); ok {
		status, answer = told.Code, told.Value
	}
	var details object
	if o.method == http.MethodGet {
		secrets := secretsIn(answer)
		if len(secrets) == 0 {
			return
		}
		e.Type, details = "mgmt_api_read", object{{Key: "accessedSecrets", Value: secrets}}
	}
	query := map[string]any{}
	for name, value := range c.query {
		query[name] = clip(value)
	}
	auth := object{
		{Key: "user", Value: object{}},
		{Key: "strategy", Value: "jwt"},
		{Key: "credentials", Value: object{{Key: "scopes", Value: strings.Fields(c.bearer.Scope)}}},
	}
	request := object{
		{Key: "method", Value: strings.ToLower(c.Method)},
		{Key: "path", Value: clip(c.Path)},
		{Key: "query", Value: query},
		{Key: "userAgent", Value: clip(c.Header.Get("User-Agent"))},
	}
	if o.method != http.MethodGet {
		body := logged(c.Body)
		if o.secret {
			body = object{}
		}
		request = append(request, member{Key: "body", Value: body})
	}
	request = append(request, member{Key: "channel", Value: "api"}, member{Key: "ip", Value: c.IP}, member{Key: "auth", Value: auth})
	answered, err := json.Marshal(answer)
	if err != nil || o.secret {
		answered = nil
	}
	response := object{{Key: "statusCode", Value: status}, {Key: "body", Value: logged(answered)}}
	e.Details = append(details, member{Key: "request", Value: request}, member{Key: "response", Value: response})
	c.Record(e)
	if strings.HasPrefix(o.path, "/guardian/") && (o.method == http.MethodPut || o.method == http.MethodPatch) {
		c.Record(tenantlog.Entry{Type: "gd_tenant_update", Description: o.title(), UserID: c.bearer.Subject, Details: object{{Key: "request", Value: request}, {Key: "response", Value: response}}})
	}
}

// logged is a body as the tenant's log keeps it: without secrets. One that is too large
// to keep is left out.
func logged(body []byte) any {
	const most = 8 << 10
	value, err := readJSON(body)
	if err != nil || value == nil || len(body) > most {
		return object{}
	}
	return redacted(value)
}

// accessed are the members of an answer that count as secrets which were read.
var accessed = []string{"client_secret", "signing_secret", "secret", "twilio_token"}

const hidden = "REDACTED"

// secretsIn are the names of the secrets of an answer, each once.
func secretsIn(answer any) (names []string) {
	seen := map[string]bool{}
	var look func(value any)
	look = func(value any) {
		switch v := value.(type) {
		case object:
			for _, m := range v {
				if slices.Contains(accessed, m.Key) && m.Value != hidden && !seen[m.Key] {
					seen[m.Key] = true
					names = append(names, m.Key)
				}
				look(m.Value)
			}
		case nil:
		default:
			if list := reflect.ValueOf(v); list.Kind() == reflect.Slice {
				for i := range list.Len() {
					look(list.Index(i).Interface())
				}
			}
		}
	}
	look(answer)
	return names
}
