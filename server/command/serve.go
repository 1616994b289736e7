package command

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

func serveCommand() command {
	return command{
		name:  "serve",
		brief: "answer http and https on one port until stopped",
		long:  "Without flags that is " + defaultURL + " and https://" + defaultAddr + ".",
		flags: append([]flag{addrFlag}, serverFlags()...),
		run:   serve,
	}
}

func serve(in *input) error {
	signals, restore := in.signals()
	defer restore()
	addrs := in.list(addrFlag)
	if len(addrs) == 0 {
		addrs = []string{defaultAddr}
	}
	i, err := launch(in, addrs)
	if err != nil {
		return err
	}
	i.announce(in.Stdout)
	select {
	case err := <-i.served:
		return i.failed(err)
	case <-signals:
		restore() // the next one ends the program at once
		return i.drain()
	}
}

// announce says where the tenant is and how to reach it.
func (i *instance) announce(out io.Writer) {
	own := hosts(i.listeners)
	url := "http://" + own[0]
	switch i.format {
	case "json":
		i.log.Info("ready", "url", url, "domain", own[0], "ca", i.ca.Path(), "fixture", i.server.Fixture().Source, slog.GroupAttrs("mail", i.post.attrs()...), slog.GroupAttrs("sms", i.twilio.attrs()...))
		return
	case "none":
		fmt.Fprintln(out, url) // port 0 would be a riddle
		return
	}
	var text strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&text, "  %-9s%s\n", label, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(&text, "mockauth0 %s, a local Auth0 tenant for tests\n\n", version())
	label := "URL"
	for _, host := range own {
		line(label, "http://%s  and  https://%s", host, host)
		label = ""
	}
	line("domain", "%s", own[0])
	if issuer := i.server.Issuer(); issuer != "" {
		line("issuer", "%s", issuer)
	}
	label = "clients"
	for _, c := range i.server.Fixture().Clients {
		line(label, "%s", describe(c))
		label = ""
	}
	label = "APIs"
	for _, api := range i.server.Fixture().ResourceServers {
		line(label, "%s", api.Identifier)
		label = ""
	}
	line("fixture", "%s", i.server.Fixture().Source)
	if on := i.scenarios(); on != nil {
		line("failing", "%s", strings.Join(on, ", "))
	}
	line("inbox", "%s/", url)
	i.post.describe(line)
	i.twilio.describe(line)
	if path := i.ca.Path(); path != "" {
		line("https", "trust %s (how: mockauth0 ca trust)", path)
	} else {
		line("https", "trust %s/_mock/ca.pem", url)
	}
	text.WriteString("\nStop with Ctrl-C.\n\n")
	_, _ = io.WriteString(out, text.String())
}

// scenarios are the names of those that are on.
func (i *instance) scenarios() []string {
	var names []string
	for _, on := range i.server.Scenarios() {
		names = append(names, on.Name)
	}
	return names
}

func describe(c fixtures.Client) string {
	text := c.ClientID + " (" + c.AppType
	if c.ClientSecret != "" {
		text += ", secret " + c.ClientSecret
	}
	return text + ")"
}
