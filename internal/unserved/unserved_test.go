package unserved_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/internal/unserved"
)

func TestAFeatureIsFoundByWhatAsksForIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ asked, got, want string }{
		{"/api/v2", unserved.Path("/api/v2"), "other resources of the Management API"},
		{"/api/v2/users", unserved.Path("/api/v2/users"), "other resources of the Management API"},
		{"/api/v20", unserved.Path("/api/v20"), ""},
		{"resource", unserved.Parameter("resource"), "resource indicators (RFC 8707)"},
		{"resource_id", unserved.Parameter("resource_id"), ""},
		{"CIBA's grant", unserved.Grant("urn:openid:params:grant-type:ciba"), "CIBA"},
		{"password", unserved.Grant("password"), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.asked, tt.got, tt.want)
		}
	}
}
