package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/internal/printable"
)

var urlFlag = flag{name: "url", takes: "URL", group: targetGroup, usage: "where the server is (default " + defaultURL + ")"}

func envCommand(w World) *cli.Command {
	return &cli.Command{
		Name:  "env",
		Usage: "print the dotenv file that points an app at a running server",
		Description: "Give it the flags that chose the server's clients: it does not ask the server. " +
			"Where the environment names a proxy, it prints NO_PROXY with loopback, too.",
		Flags:  libraryFlags(w, forFlag, clientIDFlag, urlFlag, fixtureFlag, keywordFlag, clientFlag, audienceFlag, tlsDirFlag, tlsHostFlag),
		Action: action(w, 0, runEnv),
	}
}

func runEnv(in *input) error {
	if err := in.checkFor(); err != nil {
		return err
	}
	config, err := serverConfig(in)
	if err != nil {
		return err
	}
	s, err := newServer(in, config)
	if err != nil {
		return err
	}
	t, err := newTarget(in, s.Fixture(), cmp.Or(in.text(urlFlag), defaultURL))
	if err != nil {
		return err
	}
	var b strings.Builder
	settings, note := in.sdkSettings(t), sdks[in.text(forFlag)].note
	if settings == nil {
		settings = t.common()
	}
	if note != "" {
		fmt.Fprintf(&b, "# %s\n", strings.NewReplacer("URL", t.url.String(), "SPA", t.spa).Replace(note))
	}
	if err := writeSettings(&b, settings); err != nil {
		return err
	}
	if err := writeRoots(&b, in, t); err != nil {
		return err
	}
	if usesProxy(in.World) {
		b.WriteString("# There is a proxy here, which cannot reach the tenant.\n")
		if err := writeSettings(&b, noProxy(in.World)); err != nil {
			return err
		}
	}
	return say(in.World, b.String())
}

// usesProxy tells whether an app here sends its calls to a proxy.
func usesProxy(w World) bool {
	return slices.ContainsFunc([]string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}, func(name string) bool {
		value, _ := w.lookup(name)
		return value != ""
	})
}

func writeSettings(b *strings.Builder, settings []setting) error {
	for _, s := range settings {
		value, ok := dotenv(s.value)
		if !ok {
			return fmt.Errorf("no dotenv file can hold the value of %s, %q; use mockauth0 exec instead", s.name, s.value)
		}
		fmt.Fprintf(b, "%s=%s\n", s.name, value)
	}
	return nil
}

// writeRoots writes the variables that make an SDK trust the certificate
// authority, if it speaks https.
func writeRoots(b *strings.Builder, in *input, t target) error {
	roots := sdks[in.text(forFlag)].roots
	switch {
	case in.text(forFlag) == "" || t.url.Scheme == "https" && roots == nil:
		roots = []string{"NODE_EXTRA_CA_CERTS"}
	case roots == nil:
		return nil
	}
	ca, err := openCA(in, func(string) {})
	if err != nil {
		return err
	}
	path := ca.Path()
	if path == "" {
		fmt.Fprintf(b, "# No certificate authority can be kept here. For https, trust the one at %s/_mock/ca.pem.\n", t.url)
		return nil
	}
	if roots[0] == "NODE_EXTRA_CA_CERTS" {
		b.WriteString("# Node reads this when it starts: export it. In a file that the app itself loads it comes too late.\n")
	} else {
		b.WriteString("# This replaces the usual roots. An app that also calls the internet needs a file with\n" +
			"# both: mockauth0 exec makes one.\n")
	}
	var settings []setting
	for _, name := range roots {
		settings = append(settings, setting{name: name, value: path})
	}
	return writeSettings(b, settings)
}

// dotenv writes a value for every reader of dotenv files, shells included:
// bare, or in quotes. Readers differ about escapes, so a value that needs one
// cannot be written.
func dotenv(value string) (text string, ok bool) {
	bare := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-:@%+=,~", r)
	}
	switch {
	case strings.TrimLeftFunc(value, bare) == "" && !strings.HasPrefix(value, "~"):
		return value, true
	case printable.Line(value) != value:
		return "", false
	case !strings.Contains(value, "'") && !strings.HasSuffix(value, `\`):
		return "'" + value + "'", true
	case !strings.ContainsAny(value, "\"$`\\"):
		return `"` + value + `"`, true
	}
	return "", false
}
