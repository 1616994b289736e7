package management

import (
	"slices"
	"sync"
)

// An envelope is the form of an answer with a list.
type envelope int

const (
	totalsLate envelope = iota // […], or with totals the newer way
	wrapped                    // {"providers":[…]}
	goTotals                   // {"modules":[…],"per_page":50}
)

// An emptyList is a kind of thing that Auth0 has and the mock does not. It has none,
// so that tools that ask for all go on.
type emptyList struct {
	path, key, scope, all string
	envelope              envelope
}

// Source: auth0/auth0-deploy-cli, its recordings; npm auth0 6.4.0, its models.
var emptyLists = []emptyList{
	{"/actions/modules", "modules", "actions", "modules of Actions", goTotals},
	{"/connections-directory-provisionings", "directory_provisionings", "directory_provisionings", "directory provisionings", wrapped},
	{"/keys/encryption", "keys", "encryption_keys", "encryption keys", totalsLate},
	{"/rate-limit-policies", "rate_limit_policies", "rate_limit_policies", "rate-limit policies", wrapped},
}

// listQuery are the query parameters of each list, with those that only some have at Auth0.
var listQuery = sync.OnceValue(func() []property {
	list := slices.Concat(pages, fieldLists, checkpoints)
	for _, name := range []string{"triggerId", "actionName", "deployed", "installed", "enabled", "hydrate", "disabled", "resource", "consumer", "consumer_selector"} {
		list = append(list, text.of(name, ""))
	}
	return list
})

// operation is the list. There is nothing to read, and nothing can be created.
func (e emptyList) operation() operation {
	return operation{
		method: "GET", path: e.path, summary: "lists the " + e.all + ": none, as the mock does not have them", scopes: []string{"read:" + e.scope}, query: listQuery(),
		run: func(c *call) (any, error) { return e.run(c) },
	}
}

func (e emptyList) run(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	p.checkpoint = false
	switch e.envelope {
	case totalsLate:
		return c.answer(listFirst, e.key, p, nil, 0), nil
	case wrapped:
		return object{{Key: e.key, Value: []object{}}}, nil
	case goTotals:
		return object{{Key: e.key, Value: []object{}}, {Key: "per_page", Value: p.limit}}, nil
	}
	return []object{}, nil
}

// An actionTrigger is a place where Actions can run.
type actionTrigger struct{ id, version string }

// Source: auth0/auth0-deploy-cli, its recordings.
var actionTriggers = []actionTrigger{
	{"post-login", "v3"},
	{"credentials-exchange", "v2"},
	{"pre-user-registration", "v2"},
	{"post-user-registration", "v2"},
	{"post-change-password", "v2"},
	{"send-phone-message", "v2"},
	{"password-reset-post-challenge", "v1"},
	{"custom-phone-provider", "v1"},
	{"custom-email-provider", "v1"},
	{"custom-token-exchange", "v1"},
	{"event-stream", "v1"},
	{"password-hash-migration", "v1"},
	{"mcp-tool", "v1"},
}

func listTriggers(*call) (any, error) {
	list := []object{}
	for _, t := range actionTriggers {
		list = append(list, object{
			{Key: "id", Value: t.id},
			{Key: "version", Value: t.version},
			{Key: "status", Value: "CURRENT"},
			{Key: "runtimes", Value: []string{"node18-actions", "node22"}},
			{Key: "default_runtime", Value: "node22"},
			{Key: "binding_policy", Value: "trigger-bound"},
			{Key: "compatible_triggers", Value: []object{}},
		})
	}
	return object{{Key: "triggers", Value: list}}, nil
}

// emptyOperations are the lists of what the mock does not have.
func emptyOperations() []operation {
	var list []operation
	for _, e := range emptyLists {
		list = append(list, e.operation())
	}
	return list
}
