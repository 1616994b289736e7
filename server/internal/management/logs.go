package management

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
)

var readLogs = []string{"read:logs", "read:logs_users"}

// sorting is the query parameter that sorts a list of log entries.
var sorting = text.of("sort", "Field to use for sorting appended with :1  for ascending and :-1 for descending. e.g. date:-1")

// logOperations are the tenant's log.
func logOperations() []operation {
	return []operation{
		{
			method: "GET", path: "/logs", summary: "lists the entries of the log; q or search searches them, and from and take read on from one of them", scopes: readLogs,
			query: slices.Concat(pages, checkpoints, fieldLists, []property{
				sorting,
				text.of("q", "Retrieves logs that match the specified search criteria."),
				text.of("search", "Retrieves logs that match the specified search criteria."),
			}),
			run: listLogs,
		},
		{method: "GET", path: "/logs/{id}", summary: "reads an entry of the log", scopes: readLogs, run: readLog},
		{
			method: "GET", path: "/users/{id}/logs", summary: "lists the log entries of a user", scopes: readLogs, query: slices.Concat(pages, []property{sorting}),
			run: func(c *call) (any, error) {
				return c.logPage(func(e *tenantlog.Entry) bool { return e.UserID == c.Vars["id"] })
			},
		},
		{
			method: "GET", path: "/stats/active-users", summary: "counts the users who signed in within 30 days", scopes: []string{"read:stats"},
			run: countActiveUsers,
		},
		{
			method: "GET", path: "/stats/daily", summary: "counts the logins and sign-ups of each day", scopes: []string{"read:stats"},
			query: []property{
				text.of("from", "Optional first day of the date range (inclusive) in YYYYMMDD format."),
				text.of("to", "Optional last day of the date range (inclusive) in YYYYMMDD format."),
			},
			run: countDays,
		},
	}
}

// searchedLogs is what a search of the log looks at. All fields are compared with regard
// to case.
var searchedLogs = &searched[tenantlog.Entry]{
	bare: []string{"client_name", "connection", "description", "ip", "log_id", "type", "user_name"}, exact: true,
	values: func(list []string, e *tenantlog.Entry, field string) []string {
		if value := e.Field(field); value != "" {
			return append(list, value)
		}
		return list
	},
	refuse: func(string, string) error { return nil },
}

func listLogs(c *call) (any, error) {
	if c.query["from"] != "" || c.query["take"] != "" {
		return c.logsAfter(c.query["from"])
	}
	q := strings.TrimSpace(cmp.Or(c.query["q"], c.query["search"]))
	if q == "" {
		return c.logPage(nil)
	}
	chosen, err := searchedLogs.search(q)
	if err != nil {
		return nil, err
	}
	return c.logPage(chosen)
}

// logPage is a page of the entries that a function chooses, the newest first if the
// query does not sort them otherwise. The total is the number of entries on the page.
// Source: auth0/docs-v2 deploy-monitor/logs/log-search-query-syntax.mdx.
func (c *call) logPage(chosen func(*tenantlog.Entry) bool) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	if p.start+p.limit > furthest {
		return nil, refusal.InvalidPaging
	}
	field, descending, ok := sortOf(cmp.Or(c.query["sort"], "date:-1"))
	if !ok {
		return nil, badSort(c.query["sort"])
	}
	list := c.Tenant.Log.Select(chosen)
	slices.SortStableFunc(list, func(a, b *tenantlog.Entry) int {
		order := cmp.Or(compare(a.Field(field), b.Field(field)), strings.Compare(a.ID(), b.ID()))
		if descending {
			return -order
		}
		return order
	})
	items := c.shownLogs(cut(p, list))
	if !p.totals {
		return items, nil
	}
	return object{
		{Key: "length", Value: len(items)}, {Key: "limit", Value: p.limit}, {Key: "logs", Value: items}, {Key: "start", Value: p.start}, {Key: "total", Value: len(items)},
	}, nil
}

// logsAfter are the entries after the one with an ID, in the order of their IDs. The
// header Link leads on; after the last entry it leads to the same place again.
// Source: auth0/docs-v2 deploy-monitor/logs/retrieve-log-events-using-mgmt-api.mdx.
func (c *call) logsAfter(id string) (any, error) {
	take := defaultPage
	if n, given := c.number("take"); given {
		take = n
	}
	list := c.Tenant.Log.After(id)
	list = list[:min(take, len(list))]
	if len(list) > 0 {
		id = list[len(list)-1].ID()
	}
	next := url.Values{"take": {strconv.Itoa(take)}}
	if id != "" {
		next.Set("from", id)
	}
	c.ResponseHeader.Set("Link", "<"+c.Origin+c.Path+"?"+next.Encode()+`>; rel="next"`)
	return c.shownLogs(list), nil
}

// shownLogs are entries as an answer has them.
func (c *call) shownLogs(list []*tenantlog.Entry) []object {
	always := []string{"_id"}
	if c.query["include_fields"] == "false" {
		always = append(always, "isMobile", "user_agent")
	}
	shown := make([]object, len(list))
	for i, e := range list {
		shown[i] = c.only(e.Object(), always...)
	}
	return shown
}

func readLog(c *call) (any, error) {
	e, ok := c.Tenant.Log.Find(c.Vars["id"])
	if !ok {
		return nil, refusal.InexistentLog
	}
	return e.Object(), nil
}

// activeFor is for how many days a user who signed in counts as active.
const activeFor = 30

func countActiveUsers(c *call) (any, error) {
	since := c.Now.AddDate(0, 0, -activeFor)
	count := 0
	c.Tenant.SelectUsers(tenant.Selection{Match: func(u *fixtures.User) bool {
		if u.LastLogin.After(since) {
			count++
		}
		return false
	}})
	return count, nil
}

func countDays(c *call) (any, error) {
	for _, name := range []string{"from", "to"} {
		if text := c.query[name]; text != "" && (len(text) != 8 || strings.Trim(text, "0123456789") != "") {
			return nil, refusal.InvalidQuery.With("problem", "'String does not match pattern ^[0-9]{8}$: "+clip(text)+"' on property "+name+".")
		}
	}
	days := []object{}
	for _, d := range c.Tenant.Log.Days() {
		name := d.Date.Format("20060102")
		if name < c.query["from"] || c.query["to"] != "" && name > c.query["to"] {
			continue
		}
		days = append(days, object{
			{Key: "date", Value: isoTime(d.Date)},
			{Key: "logins", Value: d.Logins},
			{Key: "signups", Value: d.Signups},
			{Key: "leaked_passwords", Value: 0},
			{Key: "created_at", Value: isoTime(d.Created)},
			{Key: "updated_at", Value: isoTime(d.Updated)},
		})
	}
	return days, nil
}
