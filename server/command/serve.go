package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/printable"
)

func serveCommand(w World) *cli.Command {
	return &cli.Command{
		Name:        "serve",
		Usage:       "answer http and https on one port until stopped",
		Description: "Without flags that is " + defaultURL + " and https://" + defaultAddr + ".",
		Flags:       libraryFlags(w, append([]flag{addrFlag, portFlag, stopWithStdinFlag}, serverFlags()...)...),
		Action:      action(w, 0, runServe),
	}
}

func runServe(in *input) error {
	addrs, err := in.addresses()
	if err != nil {
		return err
	}
	signals, restore := in.signals()
	defer restore()
	i, stopped, err := launchUnlessStopped(in, addrs, signals)
	if err != nil || stopped != nil {
		return err
	}
	quit, endKeys := i.takeKeys(in)
	defer endKeys()
	i.announce(in.Stdout, quit != nil)
	select {
	case err := <-i.served:
		endKeys()
		return i.failed(err)
	case <-signals:
		endKeys()
		restore() // the next one ends the program at once
		return i.drain()
	case <-quit:
		restore()
		return i.drain()
	case <-in.endOfStdin():
		return i.drain()
	}
}

// endOfStdin is closed when the standard input ends, if --stop-with-stdin asks for it.
func (in *input) endOfStdin() <-chan struct{} {
	if !in.on(stopWithStdinFlag) {
		return nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, in.Stdin)
	}()
	return ended
}

// announce says where the tenant is and how to reach it.
func (i *instance) announce(out io.Writer, keys bool) {
	at := hosts(i.listeners)
	url := "http://" + at[0]
	switch i.log.format {
	case "json":
		ready := []any{"url", url, "domain", at[0], "ca", i.ca.Path(), "fixture", i.server.Fixture().Source}
		i.log.Info("ready", slices.Concat(ready, i.ports.attrs(), i.tenants.attrs())...)
		return
	case "none":
		writeWithin(out, url+"\n") // nothing else tells the port that was picked for 0
		return
	}
	var text strings.Builder
	desk := i.log.desk
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&text, "  %s%s\n", desk.paint(dim, fmt.Sprintf("%-9s", label)), printable.Lines(fmt.Sprintf(format, args...)))
	}
	fmt.Fprintf(&text, "%s %s, a local Auth0 tenant for tests\n\n", desk.paint(bold, "mockauth0"), version())
	if desk != nil {
		fmt.Fprintf(&text, "  %s%s\n", desk.paint(dim, "inbox    "), desk.paint(bold, url+"/"))
	}
	label := "URL"
	for _, host := range at {
		line(label, "http://%s  and  https://%s", host, host)
		label = ""
	}
	line("domain", "%s", at[0])
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
	if desk == nil {
		line("inbox", "%s/", url)
	}
	i.tenants.describe(line)
	i.ports.describe(line)
	if path := i.ca.Path(); path != "" {
		line("https", "trust %s (how: mockauth0 ca trust)", path)
	} else {
		line("https", "trust %s/_mock/ca.pem", url)
	}
	if desk != nil {
		text.WriteString(describePhones(desk, i.listeners, networks(), i.ca))
	}
	stop := "Stop with Ctrl-C."
	if keys {
		stop = "Press ? for the keys, Ctrl-C to stop."
	}
	text.WriteString("\n" + stop + "\n\n")
	writeWithin(out, text.String())
}

// scenarios are the names of the scenarios that are on.
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
