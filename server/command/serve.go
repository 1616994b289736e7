package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
)

func serveCommand(w World) *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "listen for http and https on one port",
		Flags: append([]cli.Flag{addrFlag()}, serverFlags()...),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noMore(c); err != nil {
				return err
			}
			if err := fromEnvironment(w, c); err != nil {
				return err
			}
			addrs := c.StringSlice("addr")
			if len(addrs) == 0 {
				addrs = []string{defaultAddr}
			}
			in, err := start(w, c, addrs)
			if err != nil {
				return err
			}
			in.announce(w.Stdout)
			select {
			case err := <-in.served:
				return err
			case <-ctx.Done():
				return in.drain()
			}
		},
	}
}

// announce says where the tenant is and how to reach it.
func (in *instance) announce(out io.Writer) {
	host := in.host()
	url := "http://" + host
	if !in.text {
		in.log.Info("ready", "url", url, "domain", host, "ca", in.ca.Path(), "fixture", in.server.Fixture().Source)
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "mockauth0 %s, a local Auth0 tenant for tests\n\n", version())
	fmt.Fprintf(&text, "  URL      %s  and  https://%s\n", url, host)
	fmt.Fprintf(&text, "  domain   %s\n", host)
	for i, c := range in.server.Fixture().Clients {
		label := ""
		if i == 0 {
			label = "clients"
		}
		fmt.Fprintf(&text, "  %-8s %s\n", label, describe(c))
	}
	fmt.Fprintf(&text, "  outbox   %s/_mock/outbox\n", url)
	if path := in.ca.Path(); path != "" {
		fmt.Fprintf(&text, "  https    trust %s (how: mockauth0 ca trust)\n", path)
	} else {
		fmt.Fprintf(&text, "  https    trust %s/_mock/ca.pem\n", url)
	}
	text.WriteString("\nStop with Ctrl-C.\n\n")
	_, _ = io.WriteString(out, text.String())
}

func describe(c fixtures.Client) string {
	text := c.ClientID + " (" + c.AppType
	if c.ClientSecret != "" {
		text += ", secret " + c.ClientSecret
	}
	return text + ")"
}
