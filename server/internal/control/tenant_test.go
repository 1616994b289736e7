package control_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// What an app is configured with, in one answer.
func TestTheTenantTellsWhatAnAppIsConfiguredWith(t *testing.T) {
	t.Parallel()
	type told struct {
		Issuer, Domain  string
		FriendlyName    string `json:"friendly_name"`
		Clients         []struct{ ClientID, ClientSecret string }
		Connections     []struct{ Name, Strategy string }
		ResourceServers []struct{ Identifier string } `json:"resource_servers"`
		Keys            struct{ Current, Next, Previous string }
		HasCA           bool `json:"has_ca"`
	}
	s := servertest.New(t, server.Config{CA: func() []byte { return nil }})
	got := servertest.DecodeAnswer[told](t, servertest.Call(t, s, "GET", "/_mock/tenant", nil, servertest.Host("acme.test:4000")))
	if got.Issuer != "http://acme.test:4000/" || got.Domain != "acme.test:4000" || got.FriendlyName != "Acme" || !got.HasCA {
		t.Errorf("%+v", got)
	}
	if len(got.Clients) != 4 || len(got.Connections) != 3 || len(got.ResourceServers) != 1 {
		t.Errorf("%+v", got)
	}
	next := s.RotateKey()
	after := servertest.DecodeAnswer[told](t, servertest.Call(t, s, "GET", "/_mock/tenant", nil)).Keys
	if after.Current != next || after.Current != got.Keys.Next || after.Previous != got.Keys.Current || after.Next == "" || got.Keys.Previous != "" {
		t.Errorf("before %+v, after %+v", got.Keys, after)
	}
	pinned := servertest.New(t, server.Config{Issuer: "https://login.acme.test"})
	if got := servertest.DecodeAnswer[told](t, servertest.Call(t, pinned, "GET", "/_mock/tenant", nil)); got.Issuer != "https://login.acme.test/" || got.Domain != "localhost:2884" || got.HasCA {
		t.Errorf("pinned: %+v", got)
	}
}
