// Package management is the Management API, /api/v2. It is a table: of resources,
// each of which is a value of type resource, and of single operations. What all of
// them share stands once: access and scopes (access.go), validation in Auth0's words
// (validate.go), paging and fields (page.go). The types of the resources are those
// of package fixtures, so a field means the same in a file, in a login and here.
package management

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Path is where the Management API begins.
const Path = "/api/v2"

// operations are the whole Management API, in the order of the documents.
func operations() []operation {
	return slices.Concat(
		users.operations(),
		clients.operations(),
		connections.operations(),
		resourceServers.operations(),
		clientGrants.operations(),
		clientOperations,
		connectionOperations,
		userOperations,
		identityOperations,
		factorOperations,
		userSessions.operations(),
		userRefreshTokens.operations(),
		holdingOperations,
		logOperations(),
		logStreams.operations(),
		eventStreams.operations(),
		eventOperations(),
		roles.operations(),
		roleOperations,
		organizationByName,
		organizations.operations(),
		organizationOperations,
		effectiveOperations,
		userBlockOperations(),
		ticketOperations(),
		jobOperations(),
		emailTemplateOperations(),
		emailProviderOperations(),
		tenantSettings.operations(),
		branding.operations(),
		brandingOperations(),
		customDomainOperations, // the path of each comes before the path with an id, so that default is none
		customDomains.operations(),
		prompts.operations(),
		promptOperations(),
		attackProtection(),
		guardian(),
		keyOperations,
		credentialOperations,
		consentOperations,
		[]operation{statusOperation},
		actionOperations(),
		keptOperations(),
		emptyOperations(),
	)
}

// An operation is one method of one path.
type operation struct {
	method, path, summary string
	// scopes are those of which a token needs one.
	scopes []string
	// own are the scopes with which users may do this to themselves.
	own []string
	// owner is the user who may use own: the one whom the path names, if it is nil.
	owner func(*call) string
	// query are the query parameters, and body the members of the body; without a
	// body none is read.
	query []property
	body  *property
	run   func(*call) (any, error)
	// guarded refuses callers whom the control API refuses.
	guarded bool
	// secret tells that each member of the body is one, whatever its name.
	secret bool
}

// A call is a request that may use its operation, with its query and body checked.
type call struct {
	*web.Call
	bearer tenant.ManagementToken
	// own tells that users act on themselves, and may do no more than that.
	own   bool
	query map[string]string
	// values are all values of each query parameter.
	values url.Values
	body   map[string]any
	// scopes are all that the Management API has. The table itself cannot name them.
	scopes func() []string
	list   []any // the body, if it is an array
}

// Routes are the routes of the Management API.
func Routes() []web.Route {
	all := operations()
	table := make([]web.Route, 0, len(all))
	for _, o := range all {
		table = append(table, web.Route{
			Method: o.method, Path: Path + o.path, Summary: o.summary, Endpoint: "management",
			Subject: subject, Flow: o.flow, Count: count, Limited: refusal.ManagementLimited,
			Dialect: web.Management, CORS: web.Origins, Guarded: o.guarded,
		})
	}
	return table
}

// Scopes are all scopes that the operations ask for, sorted, without those of users
// who act on themselves.
func Scopes() []string {
	var all []string
	for _, o := range operations() {
		all = append(all, o.scopes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func count(c *web.Call) error { return c.Count(tenant.LimitManagement, "") }

// subject is the user that a path names.
func subject(c *web.Call) web.Subject {
	u, ok := c.Tenant.User(c.Vars["id"])
	if !ok {
		return web.Subject{Recipient: cmp.Or(c.Params.Text("email"), c.Params.Text("phone_number")), Connection: c.Params.Text("connection")}
	}
	return web.Subject{Connection: u.Connection, Recipient: cmp.Or(u.Email, u.PhoneNumber)}
}

// flow checks a request in hapi's order, and runs the operation.
func (o operation) flow(w *web.Call) (any, error) {
	c := &call{Call: w, scopes: Scopes}
	if o.secret {
		w.Params = nil // the journal shows none
	}
	// 1. Who calls, and may it?
	if err := c.authorize(o); err != nil {
		return nil, err
	}
	// 2. Read the body.
	var body any
	if o.body != nil {
		var err error
		if body, err = readJSON(w.Body); err != nil {
			return nil, refusal.MalformedPayload.Because(err.Error())
		}
	}
	// 3. Check the query, then the body.
	query, err := url.ParseQuery(w.Query)
	if err != nil {
		return nil, refusal.InvalidQuery.With("problem", "'the query string is malformed'.")
	}
	c.values = ungrouped(query)
	if c.query, err = checkQuery(o.query, c.values); err != nil {
		return nil, err
	}
	if o.body != nil {
		if err := o.body.checkBody(body); err != nil {
			return nil, err
		}
		switch value := plain(body).(type) {
		case map[string]any:
			c.body = value
		case []any:
			c.list = value
		}
	}
	value, err := o.run(c)
	if err == nil {
		c.record(o, value)
	}
	return value, err
}

// text is a member of the body that is a string; "" if there is none.
func (c *call) text(name string) string {
	value, _ := c.body[name].(string)
	return value
}

// noContent answers 204, and accepted 202 with an empty object.
var (
	noContent = web.Status{Code: http.StatusNoContent}
	accepted  = web.Status{Code: http.StatusAccepted, Value: struct{}{}}
)

var empty = struct{}{} // {}

func created(value any) any { return web.Status{Code: http.StatusCreated, Value: value} }
