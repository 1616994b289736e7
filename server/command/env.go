package command

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// A setting is a variable of the environment.
type setting struct{ name, value string }

// targetFlags say for whom the environment is.
func targetFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "for", Usage: "also set the names that an SDK reads: " + strings.Join(dialectNames(), ", ")},
		&cli.StringFlag{Name: "client-id", Usage: "the client whose `ID` and secret to set (default: acme-web, or the first confidential one)"},
	}
}

// A target is the tenant as an app's environment names it.
type target struct {
	url      *url.URL // http
	client   fixtures.Client
	native   string // the client_id of a native app
	spa      string // the client_id of a single-page app
	audience string
}

// newTarget chooses what an app's environment names.
func newTarget(f *fixtures.Fixture, base, clientID string) (target, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return target{}, fmt.Errorf("--url %s: write a URL such as http://localhost:2884", base)
	}
	t := target{url: u}
	client := chooseClient(f, clientID)
	if client == nil {
		var ids []string
		for _, c := range f.Clients {
			ids = append(ids, c.ClientID)
		}
		return t, fmt.Errorf("--client-id %s: there is no such client; there are %s%s", clientID, strings.Join(ids, ", "), closest(clientID, ids))
	}
	t.client = *client
	t.native, t.spa = t.client.ClientID, t.client.ClientID
	if clientID == "" {
		for _, c := range slices.Backward(f.Clients) {
			switch c.AppType {
			case "native":
				t.native = c.ClientID
			case "spa":
				t.spa = c.ClientID
			}
		}
	}
	if len(f.ResourceServers) > 0 {
		t.audience = f.ResourceServers[0].Identifier
	}
	return t, nil
}

// chooseClient is the client asked for, else acme-web, else the first that has
// a secret, else the first.
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

// common are the settings that exec always makes.
func (t target) common() []setting {
	return []setting{
		{"MOCKAUTH0_URL", t.url.String()},
		{"AUTH0_DOMAIN", t.url.Host},
		{"AUTH0_ISSUER_BASE_URL", "https://" + t.url.Host},
		{"AUTH0_CLIENT_ID", t.client.ClientID},
		{"AUTH0_CLIENT_SECRET", t.client.ClientSecret},
		{"AUTH0_AUDIENCE", t.audience},
	}
}

// sessionSecret is for SDKs that want 32 bytes of their own; a test's is no secret.
const sessionSecret = "6d6f636b61757468306d6f636b61757468306d6f636b61757468306d6f636b61"

// dialects are what each SDK reads.
var dialects = map[string]func(t target) []setting{
	"nextjs": func(t target) []setting {
		return []setting{{"AUTH0_DOMAIN", t.url.String()}, {"AUTH0_CLIENT_ID", t.client.ClientID}, {"AUTH0_CLIENT_SECRET", t.client.ClientSecret},
			{"AUTH0_SECRET", sessionSecret}, {"APP_BASE_URL", "http://localhost:3000"}}
	},
	"authjs": func(t target) []setting {
		return []setting{{"AUTH_AUTH0_ID", t.client.ClientID}, {"AUTH_AUTH0_SECRET", t.client.ClientSecret},
			{"AUTH_AUTH0_ISSUER", t.url.String()}, {"AUTH_SECRET", sessionSecret}}
	},
	"express": func(t target) []setting {
		return []setting{{"ISSUER_BASE_URL", t.url.String()}, {"CLIENT_ID", t.client.ClientID}, {"CLIENT_SECRET", t.client.ClientSecret},
			{"BASE_URL", "http://localhost:3000"}, {"SECRET", sessionSecret}, {"AUDIENCE", t.audience}}
	},
	"vite": func(t target) []setting {
		return []setting{{"VITE_AUTH0_DOMAIN", t.url.String()}, {"VITE_AUTH0_CLIENT_ID", t.spa}, {"VITE_AUTH0_AUDIENCE", t.audience}}
	},
	"expo": func(t target) []setting {
		return []setting{{"EXPO_PUBLIC_AUTH0_DOMAIN", t.url.Host}, {"EXPO_PUBLIC_AUTH0_CLIENT_ID", t.native}, {"EXPO_PUBLIC_AUTH0_AUDIENCE", t.audience}}
	},
	"go": func(t target) []setting {
		return []setting{{"AUTH0_DOMAIN", t.url.Host}, {"AUTH0_CLIENT_ID", t.client.ClientID}, {"AUTH0_CLIENT_SECRET", t.client.ClientSecret}, {"AUTH0_AUDIENCE", t.audience}}
	},
	"python": func(t target) []setting {
		return []setting{{"AUTH0_DOMAIN", t.url.Host}, {"AUTH0_CLIENT_ID", t.client.ClientID}, {"AUTH0_CLIENT_SECRET", t.client.ClientSecret}, {"AUTH0_AUDIENCE", t.audience}}
	},
}

func dialectNames() []string { return slices.Sorted(maps.Keys(dialects)) }

func (t target) dialect(name string) ([]setting, error) {
	if name == "" {
		return nil, nil
	}
	make, ok := dialects[name]
	if !ok {
		return nil, fmt.Errorf("--for %s: it is one of %s%s", name, strings.Join(dialectNames(), ", "), closest(name, dialectNames()))
	}
	return make(t), nil
}

func envCommand(w World) *cli.Command {
	return &cli.Command{
		Name:  "env",
		Usage: "print as dotenv what points an SDK at a server that runs already",
		Flags: append(targetFlags(),
			&cli.StringFlag{Name: "url", Usage: "where the server is: `URL` (default: http://" + defaultAddr + ")"},
			&cli.StringFlag{Name: "fixture", Usage: "the fixture that it was started with"},
			&cli.StringFlag{Name: "tls-dir", Usage: "where its certificate authority is kept"},
		),
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noMore(c); err != nil {
				return err
			}
			if err := fromEnvironment(w, c); err != nil {
				return err
			}
			settings, err := envSettings(w, c)
			if err != nil {
				return err
			}
			for _, s := range settings {
				fmt.Fprintf(w.Stdout, "%s=%s\n", s.name, dotenv(s.value))
			}
			return nil
		},
	}
}

func envSettings(w World, c *cli.Command) ([]setting, error) {
	var config server.Config
	if err := chooseFixture(w, c.String("fixture"), &config); err != nil {
		return nil, err
	}
	s, err := server.New(config)
	if err != nil {
		return nil, err
	}
	base := c.String("url")
	if base == "" {
		base = "http://" + defaultAddr
	}
	t, err := newTarget(s.Fixture(), strings.TrimRight(base, "/"), c.String("client-id"))
	if err != nil {
		return nil, err
	}
	settings := t.common()
	if name := c.String("for"); name != "" {
		if settings, err = t.dialect(name); err != nil {
			return nil, err
		}
	}
	ca, err := openCA(c, func(string) {})
	if err != nil {
		return nil, err
	}
	if path := ca.Path(); path != "" {
		settings = append(settings, setting{"NODE_EXTRA_CA_CERTS", path})
	}
	return settings, nil
}

// dotenv quotes a value that a dotenv reader would not take as it stands.
func dotenv(value string) string {
	if strings.ContainsAny(value, " #'\"\\$\n") {
		return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return value
}
