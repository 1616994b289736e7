package shop

import (
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

func TestAnExportWithKeywords(t *testing.T) {
	auth := testkit.Start(t, testkit.Fixture("testdata/auth0"), testkit.Keywords(fixtures.Keywords{"ENV": "dev"}))
	if name := auth.Server().Fixture().Tenant.FriendlyName; name != "dev Bakery" || auth.ClientID() != "bakery-web" {
		t.Errorf("the tenant is %q, and its client %q", name, auth.ClientID())
	}
}
