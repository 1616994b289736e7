package management

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// versionsOf are the versions of an Action, the oldest first. One of a file that was
// never deployed by this API has one.
func (c *call) versionsOf(a *fixtures.Action) []fixtures.ActionVersion {
	if len(a.Versions) > 0 || !isDeployed(a) {
		return a.Versions
	}
	return []fixtures.ActionVersion{{ID: c.uuid("action version", a.ID, "1"), Source: a.Text(), CreatedAt: a.CreatedAt}}
}

// withVersions is an Action with the version that is deployed.
func (c *call) withVersions(a *fixtures.Action, o object) object {
	versions := c.versionsOf(a)
	if len(versions) == 0 || !isDeployed(a) {
		return o
	}
	n := len(versions)
	v := versions[n-1]
	current := object{
		{Key: "id", Value: v.ID},
		{Key: "code", Value: v.Source},
		{Key: "runtime", Value: a.Runtime},
		{Key: "status", Value: "BUILT"},
		{Key: "number", Value: n},
		{Key: "build_time", Value: nanoTime(v.CreatedAt)},
		{Key: "created_at", Value: nanoTime(v.CreatedAt)},
		{Key: "updated_at", Value: nanoTime(v.CreatedAt)},
	}
	last := o[len(o)-1]
	return append(o[:len(o)-1:len(o)-1], member{Key: "current_version", Value: current}, member{Key: "deployed_version", Value: c.showVersion(a, v, n, true)}, last)
}

// showVersion is a version in Auth0's order. number counts from 1.
func (c *call) showVersion(a *fixtures.Action, v fixtures.ActionVersion, number int, deployed bool) object {
	o := object{
		{Key: "code", Value: v.Source},
		{Key: "dependencies", Value: dependenciesOf(a, false)},
		{Key: "id", Value: v.ID},
		{Key: "deployed", Value: deployed},
		{Key: "number", Value: number},
	}
	if deployed {
		o = append(o, member{Key: "built_at", Value: nanoTime(v.CreatedAt)})
	}
	return append(o, object{
		{Key: "secrets", Value: secretsOf(a)},
		{Key: "status", Value: "built"},
		{Key: "created_at", Value: nanoTime(v.CreatedAt)},
		{Key: "updated_at", Value: nanoTime(v.CreatedAt)},
		{Key: "runtime", Value: a.Runtime},
		{Key: "supported_triggers", Value: supportedTriggers(a)},
	}...)
}

// deploy makes a version of an Action with the code, which then runs.
func (c *call) deploy(a *fixtures.Action, source string) {
	yes := true
	a.Versions = append(slices.Clone(c.versionsOf(a)), fixtures.ActionVersion{
		ID: c.uuid("action version", a.ID, strings.Repeat("+", len(a.Versions))), Source: source, CreatedAt: c.Now,
	})
	a.Deployed, a.Running = &yes, ""
	if source != a.Source {
		a.Running = source
	}
}

// deployed is the answer to the deployment of the newest version.
func (c *call) deployed(a *fixtures.Action) object {
	n := len(a.Versions)
	o := c.showVersion(a, a.Versions[n-1], n, false)
	return append(o, member{Key: "action", Value: c.showAction(a, "built", true)})
}

func deployAction(c *call) (any, error) {
	a, err := c.configureAction(c.Vars["id"], func(a *fixtures.Action) error {
		c.deploy(a, a.Source)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.deployed(a), nil
}

func rollBack(c *call) (any, error) {
	a, err := c.configureAction(c.Vars["actionId"], func(a *fixtures.Action) error {
		versions := c.versionsOf(a)
		at := slices.IndexFunc(versions, func(v fixtures.ActionVersion) bool { return v.ID == c.Vars["id"] })
		if at < 0 {
			return refusal.InexistentAction.Because("the Action has no such version")
		}
		c.deploy(a, versions[at].Source)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.deployed(a), nil
}

// shownVersions are the versions of the Action of the path, the newest first.
func (c *call) shownVersions() ([]object, error) {
	a, err := c.action(c.Vars["actionId"])
	if err != nil {
		return nil, err
	}
	var all []object
	versions := c.versionsOf(a)
	for i, v := range slices.Backward(versions) {
		o := c.showVersion(a, v, i+1, isDeployed(a) && i == len(versions)-1)
		all = append(all, append(o, member{Key: "action", Value: c.showAction(a, "built", true)}))
	}
	return all, nil
}

func listVersions(c *call) (any, error) {
	all, err := c.shownVersions()
	if err != nil {
		return nil, err
	}
	return c.goPage("versions", all)
}

func readVersion(c *call) (any, error) {
	all, err := c.shownVersions()
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if (&shape{o}).value("id") == c.Vars["id"] {
			return o, nil
		}
	}
	return nil, refusal.InexistentAction.Because("the Action has no such version")
}

func readExecution(*call) (any, error) {
	return nil, refusal.InexistentExecution.Because("mockauth0 keeps no executions: what each Action did is in the journal, GET /_mock/requests")
}
