package management

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A dialect is how the answer with totals looks. Auth0's parts differ, by their age.
type dialect int

const (
	totalsFirst        dialect = iota // {"total","start","limit","clients":[…]}
	usersList                         // {"start","limit","length","users":[…],"total"}
	listFirst                         // {"roles":[…],"start","limit","total"}
	tokensList                        // {"tokens":[…],"next","total"}, and always so
	foundList                         // {"enabled_connections":[…],"start","limit","total"}, where limit is how many there are on the page
	untotaled                         // {"invitations":[…],"start","limit"}, with the same limit
	nextFirst                         // {"next","domains":[…]}
	wrappedList                       // {"eventStreams":[…],"next"}, and always so
	authenticatorsList                // {"authenticators":[…],"total","start","limit"}, without a total of 0
)

// pages are the query parameters of a list that has pages, and checkpoints those
// of one that goes on from a place.
var (
	pages = []property{
		{name: "page", about: "Page index of the results to return. First page is 0.", types: []string{"integer"}},
		{name: "per_page", about: "Number of results per page.", types: []string{"integer"}, max: 100},
		{name: "include_totals", about: "Return results inside an object that contains the total result count (true) or as a direct array of results (false, default).", types: []string{"boolean"}},
	}
	checkpoints = []property{
		{name: "from", about: "Optional Id from which to start selection.", types: []string{"string"}},
		{name: "take", about: "Number of results per page. Defaults to 50.", types: []string{"integer"}, min: 1, max: 100},
	}
	// onlyCheckpoints are for lists without page: go-auth0 sends per_page and
	// include_totals there, too.
	onlyCheckpoints = slices.Concat(checkpoints, pages[1:])

	fieldLists = []property{
		{name: "fields", about: "Comma-separated list of fields to include or exclude (based on value provided for include_fields) in the result. Leave empty to retrieve all fields.", types: []string{"string"}},
		{name: "include_fields", about: "Whether specified fields are to be included (true) or excluded (false).", types: []string{"boolean"}},
	}
)

// A page is the part of a list that a call asks for.
type page struct {
	start, limit int
	totals       bool
	checkpoint   bool
}

const defaultPage = 50

// page reads the paging of a call. take wins over the totals.
func (c *call) page() (p page, err error) {
	p.limit = defaultPage
	if n, given := c.number("per_page"); given && n > 0 {
		p.limit = n
	}
	n, _ := c.number("page")
	if n > 1<<20 {
		return p, refusal.InvalidPaging
	}
	p.start = n * p.limit
	p.totals = c.query["include_totals"] == "true"
	take, given := c.number("take")
	if given || c.query["from"] != "" {
		p = page{limit: defaultPage, checkpoint: true}
		if given {
			p.limit = take
		}
		if from := c.query["from"]; from != "" {
			text, _ := base64.RawURLEncoding.DecodeString(from)
			if p.start, err = strconv.Atoi(string(text)); err != nil || p.start < 0 {
				return p, refusal.InvalidQuery.With("problem", "'Object didn't pass validation for format checkpoint: "+clip(from)+"' on property from (Optional Id from which to start selection.).")
			}
		}
	}
	return p, nil
}

func (c *call) number(name string) (n int, given bool) {
	n, err := strconv.Atoi(c.query[name])
	return n, err == nil
}

// cut is the part of a list that a page shows.
func cut[T any](p page, list []T) []T {
	list = list[min(p.start, len(list)):]
	return list[:min(p.limit, len(list))]
}

// answer is the answer with the items of a page of a list with that many in total.
func (c *call) answer(d dialect, key string, p page, items []object, total int) any {
	if items == nil {
		items = []object{}
	}
	start, limit, all := member{Key: "start", Value: p.start}, member{Key: "limit", Value: p.limit}, member{Key: "total", Value: total}
	list := member{Key: key, Value: items}
	next := object{}
	if end := p.start + len(items); end < total && len(items) > 0 {
		next = object{{Key: "next", Value: base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end)))}}
	}
	switch {
	case d == tokensList:
		return append(append(object{list}, next...), all)
	case d == nextFirst:
		return append(next, list)
	case p.checkpoint, d == wrappedList:
		return append(object{list}, next...)
	case d == foundList, d == untotaled:
		limit.Value = len(items)
	}
	if d == totalsFirst {
		c.link(p, total)
	}
	switch {
	case !p.totals:
		return items
	case d == usersList:
		return object{start, limit, {Key: "length", Value: len(items)}, list, all}
	case d == authenticatorsList && total > 0:
		return object{list, all, start, limit}
	case d == untotaled, d == authenticatorsList:
		return object{list, start, limit}
	case d == listFirst, d == foundList:
		return object{list, start, limit, all}
	}
	return object{all, start, limit, list}
}

// link sets the header that leads to other pages. Its scheme is always http, as at
// Auth0.
// Source: auth0/ruby-auth0 v5.17.0, its recordings.
func (c *call) link(p page, total int) {
	query, _ := url.ParseQuery(c.Query)
	last := max(0, (total-1)/p.limit)
	query.Set("per_page", strconv.Itoa(p.limit))
	var links []string
	add := func(rel string, n int) {
		query.Set("page", strconv.Itoa(n))
		_, host, _ := strings.Cut(c.Origin, "://")
		links = append(links, "<http://"+host+(&url.URL{Path: c.Path}).EscapedPath()+"?"+query.Encode()+`>; rel="`+rel+`"`)
	}
	add("first", 0)
	if now := p.start / p.limit; now < last {
		add("next", now+1)
	}
	add("last", last)
	c.ResponseHeader.Set("Link", strings.Join(links, ", "))
}

// only keeps those members of an object that fields and include_fields name, and
// always those that every answer has.
func (c *call) only(o object, always ...string) object {
	if c.query["fields"] == "" {
		return o
	}
	names := strings.Split(c.query["fields"], ",")
	include := c.query["include_fields"] != "false"
	return slices.DeleteFunc(o, func(m member) bool {
		return !slices.Contains(always, m.Key) && slices.ContainsFunc(names, func(name string) bool { return strings.TrimSpace(name) == m.Key }) != include
	})
}
