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
	order: []string{"custom_domain_id", "domain", "primary", "is_default", "status", "type", "verification", "tls_policy", "domain_metadata"},
	read:  []string{"custom_domain_id", "status", "primary", "is_default"}, fixed: []string{"domain", "type"},
	body: map[string]property{
		"domain": property{types: []string{"string"}, min: 3, max: 255, pattern: regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)}.of("domain", "Domain name.").must("domain"),
		"type":   property{types: []string{"string"}, enum: []string{fixtures.CertsOfAuth0, fixtures.CertsOfTheUser}}.of("type", "").must("type"),
	},
	prepare: func(_ *call, d *fixtures.CustomDomain) error {
		d.Status = fixtures.DomainPending
		return nil
	},
	shown: func(c *call, d fixtures.CustomDomain, o *shape) {
		o.set("custom_domain_id", c.Setup.DomainID(&d))
		first := c.Setup.Fixture.CustomDomains[0].Domain == d.Domain
		o.set("primary", first)
		o.set("is_default", first)
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
		run: readDefaultDomain,
	},
	{
		method: "PATCH", path: "/custom-domains/default", summary: "makes a custom domain the default", scopes: []string{"update:custom_domains"},
		body: &property{types: []string{"object"}, required: []string{"domain"}, members: []property{text.of("domain", "The domain to set as the default custom domain.")}},
		run:  setDefaultDomain,
	},
	{
		method: "POST", path: "/custom-domains/{id}/verify", summary: "verifies a custom domain, which is ready then", scopes: []string{"create:custom_domains"},
		run: verifyDomain,
	},
}

// readDefaultDomain answers with the first custom domain, which is the default. Without
// one, the default is the host of the tenant.
func readDefaultDomain(c *call) (any, error) {
	if all := c.Setup.Fixture.CustomDomains; len(all) > 0 {
		return customDomains.show(c, all[0]), nil
	}
	return object{{Key: "domain", Value: c.host()}}, nil
}

// setDefaultDomain puts a custom domain before the others. Unlike Auth0, the host of the
// tenant is the default only if there is no custom domain.
func setDefaultDomain(c *call) (any, error) {
	domain := c.text("domain")
	err := c.configure(func(f *fixtures.Fixture) error {
		at := slices.IndexFunc(f.CustomDomains, func(d fixtures.CustomDomain) bool { return strings.EqualFold(d.Domain, domain) })
		switch {
		case at < 0 && len(f.CustomDomains) == 0 && domain == c.host():
			return nil
		case at < 0:
			return refusal.InexistentCustomDomain.With("id", clip(domain))
		}
		list := slices.Clone(f.CustomDomains)
		f.CustomDomains = slices.Insert(slices.Delete(list, at, at+1), 0, f.CustomDomains[at])
		return nil
	})
	if err != nil {
		return nil, err
	}
	return readDefaultDomain(c)
}

// host is the host of the tenant, with its port.
func (c *call) host() string {
	_, host, _ := strings.Cut(strings.TrimSuffix(c.Issuer, "/"), "://")
	return host
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
