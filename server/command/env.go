package command

import (
	"cmp"
	"fmt"
	"strings"
)

var urlFlag = flag{name: "url", value: "URL", group: targetGroup, usage: "where the server is (default " + defaultURL + ")"}

func envCommand() command {
	return command{
		name:  "env",
		brief: "print as dotenv what points an app at a server that runs",
		long:  "Give it the flags that chose the server's clients. It does not ask the server.",
		flags: []flag{forFlag, clientIDFlag, urlFlag, fixtureFlag, clientFlag, audienceFlag, tlsDirFlag, tlsHostFlag},
		run:   env,
	}
}

func env(in *input) error {
	if err := in.checkDialect(); err != nil {
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
	settings, note := in.dialect(t), dialects[in.text(forFlag)].note
	if settings == nil {
		settings = t.common()
	}
	if note != "" {
		fmt.Fprintf(&b, "# %s\n", note)
	}
	if err := writeSettings(&b, settings); err != nil {
		return err
	}
	if err := writeRoots(&b, in, t); err != nil {
		return err
	}
	return say(in.World, b.String())
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

// writeRoots writes the variables by which https is trusted, if the SDK speaks
// it.
func writeRoots(b *strings.Builder, in *input, t target) error {
	roots := dialects[in.text(forFlag)].roots
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
		fmt.Fprintf(b, "# For https, trust what %s/_mock/ca.pem serves: no certificate authority can be kept here.\n", t.url)
		return nil
	}
	if roots[0] == "NODE_EXTRA_CA_CERTS" {
		b.WriteString("# Node reads this when it starts: export it, a file that the app loads is too late.\n")
	} else {
		b.WriteString("# This replaces the usual roots: an app that also talks to the internet needs a file with\n" +
			"# both. mockauth0 exec makes one.\n")
	}
	var settings []setting
	for _, name := range roots {
		settings = append(settings, setting{name: name, value: path})
	}
	return writeSettings(b, settings)
}

// dotenv writes a value as the readers of dotenv files take it, shells
// included: bare, or in quotes. They differ about escapes, so there are none;
// what would need one cannot be written.
func dotenv(value string) (text string, ok bool) {
	bare := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-:@%+=,~", r)
	}
	switch {
	case strings.TrimLeftFunc(value, bare) == "" && !strings.HasPrefix(value, "~"):
		return value, true
	case strings.ContainsAny(value, "\r\n\x00"):
		return "", false
	case !strings.Contains(value, "'") && !strings.HasSuffix(value, `\`):
		return "'" + value + "'", true
	case !strings.ContainsAny(value, "\"$`\\"):
		return `"` + value + `"`, true
	}
	return "", false
}
