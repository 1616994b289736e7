package management

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A resource is one kind of thing that the Management API can list, read, create,
// change and delete. T is its type in package fixtures. It is reached by the id that
// the path names.
type resource[T any] struct {
	path     string // /users
	key      string // of the list in an answer, and the noun of the scopes
	one, all string // for the documents: "a user", "users"
	dialect  dialect
	// checkpoint lets the list be read by from and take, too.
	checkpoint bool
	query      []property // of the list, beside those of pages and fields
	create     property
	change     property
	// ownRead and ownChange are scopes of users who act on themselves.
	ownRead, ownChange, ownRemove []string
	// readScopes, createScopes and changeScopes are good, too, beside read:key and the
	// like.
	readScopes, createScopes, changeScopes []string
	missing                                *refusal.Refusal
	always                                 []string // the fields that an answer has though fields does not name them
	deleted                                func(*call) web.Status
	addStatus                              int    // of the answer to a POST; 0 is 201
	deletesOnce                            bool   // a DELETE of an unknown id is refused
	listed                                 string // the key of the list in an answer, if it is not key
	bare                                   bool   // the list has the query parameters of query alone

	// Of a section of the fixture these come from configured.
	list   func(*call, page) (items []T, total int, err error)
	find   func(c *call, id string) (T, bool)
	add    func(*call) (T, error)
	update func(c *call, old T) (T, error)
	remove func(c *call, id string) error
	show   func(*call, T) object
}

// operations are the five of a resource.
func (r resource[T]) operations() []operation {
	item := r.path + "/{id}"
	scope := func(verb string, more ...string) []string { return append([]string{verb + ":" + r.key}, more...) }
	query := slices.Concat(pages, fieldLists, r.query)
	if r.bare {
		query = r.query
	}
	if r.checkpoint {
		query = append(query, checkpoints...)
	}
	return []operation{
		{method: "GET", path: r.path, summary: "lists " + r.all, scopes: scope("read", r.readScopes...), query: query, run: r.runList},
		{method: "POST", path: r.path, summary: "creates " + r.one, scopes: scope("create", r.createScopes...), body: &r.create, run: r.runAdd},
		{method: "GET", path: item, summary: "reads " + r.one, scopes: scope("read", r.readScopes...), own: r.ownRead, query: fieldLists, run: r.runFind},
		{method: "PATCH", path: item, summary: "changes " + r.one, scopes: scope("update", r.changeScopes...), own: r.ownChange, body: &r.change, run: r.runUpdate},
		{method: "DELETE", path: item, summary: "deletes " + r.one, scopes: scope("delete"), own: r.ownRemove, run: r.runRemove},
	}
}

func (r resource[T]) runList(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	items, total, err := r.list(c, p)
	if err != nil {
		return nil, err
	}
	return c.answer(r.dialect, cmp.Or(r.listed, r.key), p, r.shown(c, items), total), nil
}

// shown are the answers for several things.
func (r resource[T]) shown(c *call, items []T) []object {
	shown := make([]object, len(items))
	for i := range items {
		shown[i] = c.only(r.show(c, items[i]), r.always...)
	}
	return shown
}

func (r resource[T]) runAdd(c *call) (any, error) {
	item, err := r.add(c)
	if err != nil {
		return nil, err
	}
	return web.Status{Code: cmp.Or(r.addStatus, http.StatusCreated), Value: r.show(c, item)}, nil
}

func (r resource[T]) runFind(c *call) (any, error) {
	item, ok := r.find(c, c.Vars["id"])
	if !ok {
		return nil, r.missing
	}
	return c.only(r.show(c, item), r.always...), nil
}

func (r resource[T]) runUpdate(c *call) (any, error) {
	old, ok := r.find(c, c.Vars["id"])
	if !ok {
		return nil, r.missing
	}
	item, err := r.update(c, old)
	if err != nil {
		return nil, err
	}
	return r.show(c, item), nil
}

// runRemove answers an unknown id like one that was there, unless deletesOnce says
// otherwise.
// Source: auth0/docs-v2, which lists no 404 for these.
func (r resource[T]) runRemove(c *call) (any, error) {
	if _, ok := r.find(c, c.Vars["id"]); !ok && r.deletesOnce {
		return nil, r.missing
	}
	if err := r.remove(c, c.Vars["id"]); err != nil {
		return nil, err
	}
	if r.deleted != nil {
		return r.deleted(c), nil
	}
	return noContent, nil
}
