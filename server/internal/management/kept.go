package management

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A keptKind is a kind of thing that the mock keeps and returns, and that does nothing
// else. Its values are objects in Auth0's form.
type keptKind struct {
	path, key, scope string // /flows, the key of the list and the noun of the scopes
	one, all         string // for the documents
	dialect          dialect
	query            []property
	of               func(*fixtures.Fixture) *[]map[string]any

	prefix  string // of an id
	name    string // the member from whose value an id derives
	unique  bool   // only one may have that value
	taken   *refusal.Refusal
	missing *refusal.Refusal

	members  []property // of a body
	required []string
	fixed    []string // what only a POST can write
	starts   object   // what a new one has, in Auth0's order
	hidden   []string // secrets, which no answer has
	brief    []string // what the items of a list lack
	nulls    string   // a secret that the items of a list have as null
	untimed  bool     // it has no created_at and updated_at
	acts     bool     // the mock acts on it

	addStatus   int // of the answer to a POST; 0 is 201
	deleted     any // of the answer to a DELETE; nil is 204
	deletesOnce bool
	replaces    bool // PUT replaces it, PATCH changes it
}

// idOf is the id of one: its own, or one that derives from its name.
func (k keptKind) idOf(c *call, item map[string]any) string {
	if id, ok := item["id"].(string); ok && id != "" {
		return id
	}
	name, _ := item[k.name].(string)
	return k.prefix + c.Setup.Seed.Text(base58, 22, k.scope, name)
}

func (k keptKind) find(c *call, id string) (map[string]any, bool) {
	for _, item := range *k.of(c.Setup.Fixture) {
		if k.idOf(c, item) == id {
			return item, true
		}
	}
	return nil, false
}

// body is what a POST or, with change, a PATCH may send.
func (k keptKind) body(change bool) *property {
	p := property{types: []string{"object"}, required: k.required}
	for _, m := range k.members {
		if change && slices.Contains(k.fixed, m.name) {
			continue
		}
		if change {
			m = m.orNull()
		}
		p.members = append(p.members, m)
	}
	if change {
		p.required = nil
	}
	return &p
}

// operations are those of the kind.
func (k keptKind) operations() []operation {
	item := k.path + "/{id}"
	scope := func(verb string) []string { return []string{verb + ":" + k.scope} }
	inert := ", which has no effect"
	if k.acts {
		inert = ""
	}
	list := []operation{
		{method: "GET", path: k.path, summary: "lists " + k.all, scopes: scope("read"), query: slices.Concat(listQuery(), k.query), run: k.runList},
		{method: "POST", path: k.path, summary: "creates " + k.one + inert, scopes: scope("create"), body: k.body(false), run: k.runAdd},
		{method: "GET", path: item, summary: "reads " + k.one, scopes: scope("read"), query: listQuery(), run: k.runFind},
		{method: "PATCH", path: item, summary: "changes " + k.one, scopes: scope("update"), body: k.body(true), run: k.runChange(false)},
		{method: "DELETE", path: item, summary: "deletes " + k.one, scopes: scope("delete"), run: k.runRemove},
	}
	if k.replaces {
		list = append(list, operation{method: "PUT", path: item, summary: "replaces " + k.one, scopes: scope("update"), body: k.body(false), run: k.runChange(true)})
	}
	return list
}

// show is one as an answer has it.
func (k keptKind) show(c *call, item map[string]any) object {
	o := &shape{object{{Key: "id", Value: k.idOf(c, item)}}}
	for _, m := range k.starts {
		if value, ok := item[m.Key]; ok {
			o.set(m.Key, ordered(value, m.Value))
		} else if m.Value != nil {
			o.set(m.Key, m.Value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(item)) {
		o.missing(name, item[name])
	}
	o.drop(k.hidden...)
	return o.object
}

func (k keptKind) runList(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	all := *k.of(c.Setup.Fixture)
	items := []object{}
	for _, item := range cut(p, all) {
		shown := &shape{k.show(c, item)}
		shown.drop(k.brief...)
		if k.nulls != "" {
			shown.set(k.nulls, null{})
		}
		items = append(items, c.only(shown.object))
	}
	return c.answer(k.dialect, k.key, p, items, len(all)), nil
}

func (k keptKind) runFind(c *call) (any, error) {
	item, ok := k.find(c, c.Vars["id"])
	if !ok {
		return nil, k.missing
	}
	return c.only(k.show(c, item)), nil
}

func (k keptKind) runAdd(c *call) (any, error) {
	item := map[string]any{}
	for name, value := range c.body {
		if value != nil {
			item[name] = value
		}
	}
	if !k.untimed {
		item["created_at"], item["updated_at"] = isoTime(c.Now), isoTime(c.Now)
	}
	err := c.configure(func(f *fixtures.Fixture) error {
		list := *k.of(f)
		name, _ := item[k.name].(string)
		if k.unique && slices.ContainsFunc(list, func(other map[string]any) bool { return other[k.name] == name }) {
			return k.taken
		}
		item["id"] = k.newID(c, name, list)
		*k.of(f) = append(slices.Clone(list), item)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return web.Status{Code: cmp.Or(k.addStatus, http.StatusCreated), Value: k.show(c, item)}, nil
}

// newID is an id that no other has, and none has had.
func (k keptKind) newID(c *call, name string, list []map[string]any) string {
	for n := ""; ; n += "'" {
		id := k.prefix + c.Setup.Seed.Text(base58, 22, k.scope, name+n)
		if !slices.ContainsFunc(list, func(other map[string]any) bool { return k.idOf(c, other) == id }) {
			return id
		}
	}
}

// change replaces one by what a function makes of a copy of it.
func (k keptKind) change(c *call, change func(item map[string]any)) (any, error) {
	var changed map[string]any
	err := c.configure(func(f *fixtures.Fixture) error {
		list := slices.Clone(*k.of(f))
		at := slices.IndexFunc(list, func(item map[string]any) bool { return k.idOf(c, item) == c.Vars["id"] })
		if at < 0 {
			return k.missing
		}
		changed = maps.Clone(list[at])
		changed["id"] = k.idOf(c, list[at]) // its name may change
		change(changed)
		for i, other := range list {
			if k.unique && i != at && other[k.name] == changed[k.name] {
				return k.taken
			}
		}
		if !k.untimed {
			changed["updated_at"] = isoTime(c.Now)
		}
		list[at] = changed
		*k.of(f) = list
		return nil
	})
	if err != nil {
		return nil, err
	}
	return k.show(c, changed), nil
}

// runChange changes the members that the body has, or replaces all that a body may have.
func (k keptKind) runChange(replaces bool) func(*call) (any, error) {
	return func(c *call) (any, error) {
		return k.change(c, func(item map[string]any) {
			if replaces {
				for _, m := range k.members {
					delete(item, m.name)
				}
			}
			maps.Copy(item, c.body)
			maps.DeleteFunc(item, func(_ string, value any) bool { return value == nil })
		})
	}
}

func (k keptKind) runRemove(c *call) (any, error) {
	if _, ok := k.find(c, c.Vars["id"]); !ok && k.deletesOnce {
		return nil, k.missing
	}
	err := c.configure(func(f *fixtures.Fixture) error {
		*k.of(f) = without(*k.of(f), func(item map[string]any) bool { return k.idOf(c, item) == c.Vars["id"] })
		return nil
	})
	if err != nil {
		return nil, err
	}
	if k.deleted != nil {
		return k.deleted, nil
	}
	return noContent, nil
}

// bags are members of a body that may be any object.
func bags(names ...string) (list []property) {
	for _, name := range names {
		list = append(list, anyBag.of(name, ""))
	}
	return list
}

// lists are members of a body that may be any list.
func lists(names ...string) (all []property) {
	for _, name := range names {
		all = append(all, property{types: []string{"array"}}.of(name, ""))
	}
	return all
}

// null is a member that an answer has without a value.
type null struct{}

// MarshalJSON writes null.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// thingName is the name that most of them have.
var thingName = text.between(1, 255).of("name", "")

// keptKinds are the kinds that the mock only keeps. Of those that Auth0 gives up, rules
// and hooks, it keeps them, too, so that tools can go on.
// Source: the recordings of auth0/go-auth0 and auth0/auth0-deploy-cli; npm auth0 7, its models.
var keptKinds = []keptKind{
	notificationProviders, notificationTemplates,
	{
		path: "/user-attribute-profiles", key: "user_attribute_profiles", scope: "user_attribute_profiles", one: "a user attribute profile", all: "user attribute profiles", dialect: wrappedList,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.UserAttributeProfiles },
		prefix: "uap_", name: "name", missing: refusal.InexistentUserAttributeProfile, untimed: true,
		members: slices.Concat([]property{thingName}, bags("user_id", "user_attributes")), required: []string{"name", "user_attributes"},
		starts: object{{Key: "name"}, {Key: "user_id"}, {Key: "user_attributes"}},
	},
	{
		path: "/connection-profiles", key: "connection_profiles", scope: "connection_profiles", one: "a connection profile", all: "connection profiles", dialect: wrappedList,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.ConnectionProfiles },
		prefix: "cop_", name: "name", missing: refusal.InexistentConnectionProfile, untimed: true,
		members:  slices.Concat([]property{thingName, text.of("connection_name_prefix_template", "")}, bags("organization", "connection_config", "strategy_overrides"), lists("enabled_features")),
		required: []string{"name"},
		starts:   object{{Key: "name"}, {Key: "organization"}, {Key: "connection_name_prefix_template"}, {Key: "enabled_features"}, {Key: "connection_config"}, {Key: "strategy_overrides"}},
	},
	{
		path: "/self-service-profiles", key: "self_service_profiles", scope: "self_service_profiles", one: "a self-service profile", all: "self-service profiles", dialect: listFirst,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.SelfServiceProfiles },
		prefix: "ssp_", name: "name", missing: refusal.InexistentSelfServiceProfile,
		members: slices.Concat([]property{thingName, text.of("description", ""), text.of("user_attribute_profile_id", "")}, bags("branding"), lists("allowed_strategies", "user_attributes")), required: []string{"name"},
		starts: object{{Key: "name"}, {Key: "description"}, {Key: "user_attributes", Value: []any{}}, {Key: "allowed_strategies", Value: []any{}}, {Key: "created_at"}, {Key: "updated_at"}, {Key: "branding"}},
	},
	{
		path: "/network-acls", key: "network_acls", scope: "network_acls", one: "a network ACL", all: "network ACLs", dialect: listFirst, replaces: true,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.NetworkACLs },
		prefix: "acl_", name: "description", missing: refusal.InexistentNetworkACL, deletesOnce: true,
		members: slices.Concat([]property{text.between(1, 255).of("description", ""), boolean.of("active", ""), integer.of("priority", "")}, bags("rule")), required: []string{"description", "active", "rule"},
		starts:  object{{Key: "description"}, {Key: "active"}, {Key: "priority"}, {Key: "rule"}, {Key: "created_at"}, {Key: "updated_at"}},
		deleted: object{{Key: "code", Value: http.StatusNoContent}, {Key: "object", Value: ""}},
	},
	{
		path: "/token-exchange-profiles", key: "token_exchange_profiles", scope: "token_exchange_profiles", one: "a token exchange profile", all: "token exchange profiles", dialect: wrappedList,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.TokenExchangeProfiles },
		prefix: "tep_", name: "name", missing: refusal.InexistentTokenExchangeProfile, acts: true,
		members: []property{
			thingName, text.of("subject_token_type", ""), text.of("action_id", ""),
			property{types: []string{"string"}, enum: []string{"custom_authentication", "on_behalf_of_token_exchange"}}.of("type", ""),
		},
		required: []string{"name", "subject_token_type", "action_id", "type"}, fixed: []string{"type", "action_id"},
		starts: object{{Key: "name"}, {Key: "type"}, {Key: "subject_token_type"}, {Key: "action_id"}, {Key: "created_at"}, {Key: "updated_at"}},
	},
	{
		path: "/flows/vault/connections", key: "connections", scope: "flows_vault_connections", one: "a connection of flows", all: "connections of flows", dialect: listFirst,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.FlowsVaultConnections },
		prefix: "ac_", name: "name", missing: refusal.InexistentFlowConnection, deletesOnce: true, addStatus: http.StatusOK,
		members: slices.Concat([]property{thingName, text.of("app_id", "")}, bags("setup")), required: []string{"name", "app_id"}, fixed: []string{"app_id"},
		starts: object{{Key: "app_id"}, {Key: "name"}, {Key: "account_name"}, {Key: "ready", Value: false}, {Key: "created_at"}, {Key: "updated_at"}, {Key: "fingerprint", Value: ""}},
		hidden: []string{"setup"},
	},
	{
		path: "/flows", key: "flows", scope: "flows", one: "a flow", all: "flows", dialect: listFirst,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.Flows },
		prefix: "af_", name: "name", missing: refusal.InexistentFlow, deletesOnce: true, addStatus: http.StatusOK,
		members:  slices.Concat([]property{thingName, text.of("description", ""), boolean.of("synchronous", "")}, lists("actions"), bags("triggers", "security")),
		required: []string{"name"}, brief: []string{"actions", "triggers", "security"},
		starts: object{
			{Key: "name"},
			{Key: "description", Value: null{}},
			{Key: "synchronous", Value: false},
			{Key: "actions", Value: []any{}},
			{Key: "triggers", Value: object{{Key: "webhook", Value: object{{Key: "enabled", Value: false}, {Key: "secret", Value: null{}}}}}},
			{Key: "security", Value: object{{Key: "rateLimits", Value: []any{}}}},
			{Key: "created_at"},
			{Key: "updated_at"},
			{Key: "executed_at", Value: null{}},
		},
	},
	{
		path: "/forms", key: "forms", scope: "forms", one: "a form", all: "forms", dialect: listFirst,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.Forms },
		prefix: "ap_", name: "name", missing: refusal.InexistentForm, deletesOnce: true, addStatus: http.StatusOK,
		members:  slices.Concat([]property{thingName, text.of("description", "")}, bags("messages", "languages", "translations", "start", "ending", "style"), lists("nodes", "social", "tags")),
		required: []string{"name"}, brief: []string{"messages", "languages", "translations", "start", "nodes", "ending", "social", "style", "tags"},
		starts: object{
			{Key: "name"},
			{Key: "description", Value: null{}},
			{Key: "messages", Value: object{{Key: "custom", Value: empty}, {Key: "errors", Value: empty}}},
			{Key: "languages", Value: object{{Key: "primary", Value: "en"}, {Key: "default", Value: null{}}}},
			{Key: "translations", Value: empty},
			{Key: "start", Value: object{{Key: "hiddenFields", Value: []any{}}, {Key: "nextNode", Value: null{}}, {Key: "coordinates", Value: null{}}}},
			{Key: "nodes", Value: []any{}},
			{Key: "ending", Value: object{
				{Key: "content", Value: null{}},
				{Key: "redirection", Value: null{}},
				{Key: "callback", Value: null{}},
				{Key: "afterSubmit", Value: object{{Key: "flowId", Value: null{}}, {Key: "email", Value: null{}}}},
				{Key: "resumeFlow", Value: true},
				{Key: "coordinates", Value: null{}},
			}},
			{Key: "social", Value: []any{}},
			{Key: "style", Value: object{{Key: "version", Value: "MODERN"}, {Key: "theme", Value: "SOFT"}, {Key: "css", Value: null{}}}},
			{Key: "tags", Value: []any{}},
			{Key: "created_at"},
			{Key: "updated_at"},
			{Key: "embedded_at", Value: null{}},
			{Key: "submitted_at", Value: null{}},
		},
	},
	{
		path: "/rules", key: "rules", scope: "rules", one: "a rule", all: "rules", dialect: totalsFirst,
		of:     func(f *fixtures.Fixture) *[]map[string]any { return &f.Rules },
		prefix: "rul_", name: "name", missing: refusal.InexistentRule, untimed: true,
		members: []property{thingName, text.of("script", ""), boolean.of("enabled", ""), property{types: []string{"integer"}}.of("order", "")}, required: []string{"name", "script"},
		starts: object{{Key: "enabled", Value: true}, {Key: "script"}, {Key: "name"}, {Key: "order", Value: 1}, {Key: "stage", Value: "login_success"}},
	},
	hooks,
}

// keptOperations are the operations of the kinds that are only kept, those with the
// longer paths first.
func keptOperations() []operation {
	list := slices.Concat(phoneOperations(), hookOperations(), ruleVariableOperations)
	for _, k := range keptKinds {
		list = append(list, k.operations()...)
	}
	return list
}
