package management

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// customDomains are /custom-domains. A request may use any host name, so what a tenant
// has here has no effect on logins.
var customDomains = configured(resource[fixtures.CustomDomain]{
	path: "/custom-domains", key: "custom_domains", one: "a custom domain", all: "custom domains", dialect: listFirst, checkpoint: true,
	missing: refusal.InexistentCustomDomain,
}, section[fixtures.CustomDomain]{
	of:    func(f *fixtures.Fixture) *[]fixtures.CustomDomain { return &f.CustomDomains },
	id:    func(c *call, d *fixtures.CustomDomain) string { return c.Setup.DomainID(d) },
	name:  func(d *fixtures.CustomDomain) string { return strings.ToLower(d.Domain) },
	taken: refusal.ExistentCustomDomain,
	order: []string{"custom_domain_id", "domain", "primary", "is_default", "status", "type", "verification", "tls_policy", "domain_metadata", "created_at"},
	read:  []string{"custom_domain_id", "status", "primary", "is_default", "created_at"}, fixed: []string{"domain", "type"},
	body: map[string]property{
		"domain": property{types: []string{"string"}, min: 3, max: 255, pattern: regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)}.of("domain", "Domain name.").must("domain"),
		"type":   property{types: []string{"string"}, enum: []string{fixtures.CertsOfAuth0, fixtures.CertsOfTheUser}}.of("type", "").must("type"),
	},
	bind: func(c *call, d *fixtures.CustomDomain) error {
		if change, ok := c.body["domain_metadata"].(map[string]any); ok {
			old, _ := d.Kept["domain_metadata"].(map[string]any)
			c.body["domain_metadata"] = mergedBag(old, change)
		}
		return nil
	},
	prepare: func(c *call, d *fixtures.CustomDomain) error {
		d.Status = fixtures.DomainPending
		d.CreatedAt = c.Now
		return nil
	},
	shown: func(c *call, d fixtures.CustomDomain, o *shape) {
		o.set("custom_domain_id", c.Setup.DomainID(&d))
		o.set("primary", c.Setup.Fixture.CustomDomains[0].Domain == d.Domain)
		o.set("is_default", d.IsDefault)
		if !d.CreatedAt.IsZero() {
			o.set("created_at", isoTime(d.CreatedAt))
		}
		o.missing("tls_policy", "recommended")
		o.missing("verification", object{{Key: "methods", Value: []object{{
			{Key: "name", Value: "CNAME"}, {Key: "record", Value: fixtures.TenantName + "-" + strings.ToLower(c.Setup.DomainID(&d)) + ".edge.tenants.auth0.com"}, {Key: "domain", Value: d.Domain},
		}}}})
	},
})

// customDomainOperations are those on custom domains beside the operations of each
// resource.
var customDomainOperations = []operation{
	{
		method: "GET", path: "/custom-domains/default", summary: "reads the domain that links have", scopes: []string{"read:custom_domains"},
		run: func(c *call) (any, error) { return defaultDomain(c), nil },
	},
	{
		method: "PATCH", path: "/custom-domains/default", summary: "sets the default domain, which has no effect on links", scopes: []string{"update:custom_domains"},
		body: &property{types: []string{"object"}, required: []string{"domain"}, members: []property{text.of("domain", "The domain to set as the default custom domain. Must be a verified custom domain or the canonical domain.")}},
		run:  setDefaultDomain,
	},
	{
		method: "POST", path: "/custom-domains/{id}/verify", summary: "verifies a custom domain, which is ready then", scopes: []string{"create:custom_domains"},
		run: verifyDomain,
	},
}

// canonical is the host name of the tenant itself.
func (c *call) canonical() string {
	_, host, _ := strings.Cut(strings.TrimSuffix(c.Issuer, "/"), "://")
	return host
}

// defaultDomain is the custom domain that was made the default, or else the tenant's own.
func defaultDomain(c *call) object {
	for _, d := range c.Setup.Fixture.CustomDomains {
		if d.IsDefault {
			return customDomains.show(c, d)
		}
	}
	return object{{Key: "domain", Value: c.canonical()}}
}

func setDefaultDomain(c *call) (any, error) {
	err := c.configure(func(f *fixtures.Fixture) error {
		list := slices.Clone(f.CustomDomains)
		found := strings.EqualFold(c.text("domain"), c.canonical())
		for i := range list {
			list[i].IsDefault = strings.EqualFold(list[i].Domain, c.text("domain"))
			found = found || list[i].IsDefault
		}
		if !found {
			return refusal.InexistentCustomDomain.With("id", clip(c.text("domain")))
		}
		f.CustomDomains = list
		return nil
	})
	if err != nil {
		return nil, err
	}
	return defaultDomain(c), nil
}

// verifyDomain finds each domain in order.
func verifyDomain(c *call) (any, error) {
	var verified fixtures.CustomDomain
	err := c.configure(func(f *fixtures.Fixture) error {
		at := slices.IndexFunc(f.CustomDomains, func(d fixtures.CustomDomain) bool { return c.Setup.DomainID(&d) == c.Vars["id"] })
		if at < 0 {
			return refusal.InexistentCustomDomain.With("id", clip(c.Vars["id"]))
		}
		f.CustomDomains = slices.Clone(f.CustomDomains)
		f.CustomDomains[at].Status = fixtures.DomainReady
		verified = f.CustomDomains[at]
		return nil
	})
	if err != nil {
		return nil, err
	}
	return customDomains.show(c, verified), nil
}
