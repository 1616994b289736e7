package command

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A setting is a variable of the environment.
type setting struct {
	name, value string
	// app marks the app's own settings: its address, the secret of its
	// sessions. They get a value only if the app has none.
	app bool
}

// A target is the tenant as an app's environment names it.
type target struct {
	url      *url.URL
	client   fixtures.Client
	native   string // the client_id of a native app
	spa      string // the client_id of a single-page app
	audience string
}

// newTarget chooses the client and the API that an app's environment names:
// those of the flags, else those that it names already, else the fixture's.
func newTarget(in *input, f *fixtures.Fixture, base string) (target, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(base, "?#") {
		return target{}, in.refuse(urlFlag, base, "write a URL such as %s", defaultURL)
	}
	u.Path = ""
	t := target{url: u}
	id := in.text(clientIDFlag)
	specs := in.list(clientFlag)
	if id == "" && len(specs) > 0 {
		first, _ := parseClient(specs[0])
		id = first.ClientID
	}
	if id == "" {
		// The app's own client id stays, if the fixture has it.
		if own, ok := in.lookup("AUTH0_CLIENT_ID"); ok && chooseClient(f, own) != nil && own != "" {
			id = own
		}
	}
	client := chooseClient(f, id)
	switch {
	case len(f.Clients) == 0:
		return t, fmt.Errorf("the fixture %s has no clients; add one with --client", f.Source)
	case client == nil:
		var ids []string
		for _, c := range f.Clients {
			ids = append(ids, c.ClientID)
		}
		return t, in.refuse(clientIDFlag, id, "there is no such client; there are %s%s", strings.Join(ids, ", "), closest(id, ids))
	}
	t.client, t.native, t.spa = *client, client.ClientID, client.ClientID
	if id == "" {
		t.native = cmp.Or(firstOfType(f, "native"), t.native)
		t.spa = cmp.Or(firstOfType(f, "spa"), t.spa)
	}
	t.audience = chooseAudience(in, f)
	return t, nil
}

// chooseClient is the client asked for, else acme-web, else the first web app
// with a secret, else the first.
func chooseClient(f *fixtures.Fixture, id string) *fixtures.Client {
	choices := []func(fixtures.Client) bool{func(c fixtures.Client) bool { return c.ClientID == id }}
	if id == "" {
		choices = []func(fixtures.Client) bool{
			func(c fixtures.Client) bool { return c.ClientID == "acme-web" },
			func(c fixtures.Client) bool { return c.ClientSecret != "" && c.AppType == "regular_web" },
			func(fixtures.Client) bool { return true },
		}
	}
	for _, is := range choices {
		if i := slices.IndexFunc(f.Clients, is); i >= 0 {
			return &f.Clients[i]
		}
	}
	return nil
}

func firstOfType(f *fixtures.Fixture, appType string) string {
	for _, c := range f.Clients {
		if c.AppType == appType {
			return c.ClientID
		}
	}
	return ""
}

func chooseAudience(in *input, f *fixtures.Fixture) string {
	if specs := in.list(audienceFlag); len(specs) > 0 {
		first, _ := parseAudience(specs[0])
		return first.Identifier
	}
	if len(f.ResourceServers) > 0 {
		return f.ResourceServers[0].Identifier
	}
	return ""
}

// common are the settings that exec always makes.
func (t target) common() []setting {
	return []setting{
		{name: "MOCKAUTH0_URL", value: t.url.String()},
		{name: "AUTH0_DOMAIN", value: t.url.Host},
		{name: "AUTH0_ISSUER_BASE_URL", value: "https://" + t.url.Host},
		{name: "AUTH0_CLIENT_ID", value: t.client.ClientID},
		{name: "AUTH0_CLIENT_SECRET", value: t.client.ClientSecret},
		{name: "AUTH0_AUDIENCE", value: t.audience},
	}
}
