package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures/strictyaml"
)

// closest ends a sentence about an unknown word with the one that was meant,
// if there is one like it.
func closest(word string, known []string) string { return strictyaml.Suggest(word, known) }

// serverFlags are the flags of serve, and of exec but for the address.
func serverFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "issuer", Usage: "pin the iss of every token to `URL` (default: scheme and Host of each request)"},
		&cli.BoolFlag{Name: "trust-proxy", Usage: "believe X-Forwarded-Proto and X-Forwarded-Host"},
		&cli.StringFlag{Name: "fixture", Usage: "what the tenant knows: default, minimal, strict or a `FILE` (default: mockauth0.yaml if it is here)"},
		&cli.StringFlag{Name: "state", Usage: "load users and refresh tokens from `FILE` at the start, if it is there, and save them at the end"},
		&cli.StringSliceFlag{Name: "client", Usage: "add a client: `ID[:SECRET][@TYPE]`, TYPE one of native, web, spa, m2m; repeatable"},
		&cli.StringSliceFlag{Name: "audience", Usage: "add an API: `URL[=SCOPE,…]`, with offline access; repeatable"},
		&cli.StringSliceFlag{Name: "callback", Usage: "add a callback `URL`, its origin and the same logout URL to every client; repeatable"},
		&cli.StringFlag{Name: "seed", Usage: "derive codes, ids and refresh tokens from `SEED` (default: mockauth0)"},
		&cli.StringFlag{Name: "otp", Usage: "how codes are made: hmac, fixed:000000, sequence:111111,222222 or random"},
		&cli.StringFlag{Name: "clock", Usage: "stop the clock at `TIME`, such as 2030-01-01T00:00:00Z; running is the default"},
		&cli.StringSliceFlag{Name: "tls-host", Usage: "answer for this `NAME`, too; repeatable"},
		&cli.StringFlag{Name: "tls-dir", Usage: "keep the certificate authority in `DIR`"},
		&cli.StringFlag{Name: "tls-cert", Usage: "a certificate of your own, a PEM `FILE`"},
		&cli.StringFlag{Name: "tls-key", Usage: "its key, a PEM `FILE`"},
		&cli.StringFlag{Name: "log", Usage: "text, json or none (default: text on a terminal, else json)"},
	}
}

// addrFlag is the flag of the addresses; its default is applied later, so that
// the environment can replace it.
func addrFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "addr", Usage: "listen for http and https on `HOST:PORT`; port 0 picks one; repeatable (default: " + defaultAddr + ")"}
}

const defaultAddr = "localhost:2884"

// fromEnvironment sets the flags that the command line does not from their
// twins. A twin that is set and empty counts as unset. Other variables that
// begin with MOCKAUTH0_ are ignored: Kubernetes injects some.
func fromEnvironment(w World, c *cli.Command) error {
	for _, flag := range c.Flags {
		name := flag.Names()[0]
		twin := "MOCKAUTH0_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		value, ok := w.lookup(twin)
		if !ok || value == "" || c.IsSet(name) || name == "help" {
			continue
		}
		values := []string{value}
		if _, list := flag.(*cli.StringSliceFlag); list {
			values = splitList(name, value)
		}
		for _, v := range values {
			if err := c.Set(name, v); err != nil {
				return fmt.Errorf("%s: %q is no value for --%s: %w", twin, v, name, err)
			}
		}
	}
	return nil
}

// splitList splits a twin at its commas. An audience's scopes are separated by
// commas, too: what has no :// goes on with the audience before.
func splitList(name, value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
		case name == "audience" && !strings.Contains(part, "://") && len(out) > 0 && strings.Contains(out[len(out)-1], "="):
			out[len(out)-1] += "," + part
		default:
			out = append(out, part)
		}
	}
	return slices.Clip(out)
}
