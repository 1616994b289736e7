package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// AskedOrganization returns the organization that a request names, or the refusal of
// /authorize. A name counts in any case, and only if the tenant allows names.
func (s *Setup) AskedOrganization(asked string) (*fixtures.Organization, error) {
	if o, ok := s.orgs[asked]; ok {
		return o, nil
	}
	if !s.Fixture.Tenant.AllowOrganizationName && !strings.HasPrefix(asked, "org_") {
		return nil, refusal.OrganizationNoID.Because("to take names, set allow_organization_name_in_authentication_api of the fixture's tenant")
	}
	if o, ok := s.OrganizationNamed(asked); ok && s.Fixture.Tenant.AllowOrganizationName {
		return o, nil
	}
	return nil, refusal.OrganizationUnknown.Because("there is no organization " + strconv.Quote(asked) + " in the fixture")
}

// CalledOrganization returns an organization by its id or its name, as a test calls it.
// Errors are of type *UserError.
func (s *Setup) CalledOrganization(idOrName string) (*fixtures.Organization, error) {
	if o, ok := s.orgs[idOrName]; ok {
		return o, nil
	}
	if o, ok := s.OrganizationNamed(idOrName); ok {
		return o, nil
	}
	var names []string
	for i := range s.Fixture.Organizations {
		names = append(names, s.Fixture.Organizations[i].Name)
	}
	description := "there is no organization " + strconv.Quote(idOrName) + "; add it to organizations of the fixture"
	if len(names) > 0 {
		description = "there is no organization " + strconv.Quote(idOrName) + "; there are " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	return nil, &UserError{"no_organization", description}
}

// ShownOrganization is a copy of an organization that has a name to show; nil if there is
// no such organization.
func (s *Setup) ShownOrganization(id string) *fixtures.Organization {
	o, ok := s.orgs[id]
	if !ok {
		return nil
	}
	named := *o
	named.DisplayName = cmp.Or(o.DisplayName, o.Name)
	return &named
}

// OrganizationNamed returns an organization by its name, in any case.
func (s *Setup) OrganizationNamed(name string) (*fixtures.Organization, bool) {
	for i := range s.Fixture.Organizations {
		if o := &s.Fixture.Organizations[i]; strings.EqualFold(o.Name, name) {
			return o, true
		}
	}
	return nil, false
}

// OrganizationsOfDomain are those that have the domain of an e-mail address among the
// verified ones.
// Source: auth0/docs-v2 login-flows-for-organizations.mdx.
func (s *Setup) OrganizationsOfDomain(email string) (list []*fixtures.Organization) {
	_, domain, _ := strings.Cut(email, "@")
	for i := range s.Fixture.Organizations {
		o := &s.Fixture.Organizations[i]
		if slices.ContainsFunc(o.DiscoveryDomains, func(d fixtures.DiscoveryDomain) bool {
			return d.Status == "verified" && (d.UseForOrganizationDiscovery == nil || *d.UseForOrganizationDiscovery) && strings.EqualFold(d.Domain, domain)
		}) {
			list = append(list, o)
		}
	}
	return list
}
