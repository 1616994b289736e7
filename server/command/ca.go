package command

import (
	"context"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/server/localtls"
)

func caFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tls-dir", Usage: "where the certificate authority is kept: `DIR`"},
		&cli.StringSliceFlag{Name: "tls-host", Usage: "a `NAME` that the server answers for, too; repeatable"},
	}
}

func caCommand(w World) *cli.Command {
	// with runs f with the authority that the flags name.
	with := func(f func(ctx context.Context, ca *localtls.CA) error) cli.ActionFunc {
		return func(ctx context.Context, c *cli.Command) error {
			if err := noMore(c); err != nil {
				return err
			}
			if err := fromEnvironment(w, c); err != nil {
				return err
			}
			ca, err := localtls.Open(localtls.Options{Dir: c.String("tls-dir"), Hosts: c.StringSlice("tls-host")})
			if err != nil {
				return err
			}
			return f(ctx, ca)
		}
	}
	print := func(text string) error {
		_, err := fmt.Fprint(w.Stdout, text)
		return err
	}
	change := func(f func(context.Context, *localtls.CA) (string, error)) cli.ActionFunc {
		return with(func(ctx context.Context, ca *localtls.CA) error {
			report, err := f(ctx, ca)
			if err != nil {
				return err
			}
			return print(report + "\n")
		})
	}
	return &cli.Command{
		Name:   "ca",
		Usage:  "print the certificate authority of this machine as PEM; it is made if there is none",
		Flags:  caFlags(),
		Action: with(func(_ context.Context, ca *localtls.CA) error { return print(string(ca.PEM())) }),
		Commands: []*cli.Command{
			{Name: "path", Usage: "print where it is", Flags: caFlags(), Action: with(func(_ context.Context, ca *localtls.CA) error { return print(ca.Path() + "\n") })},
			{Name: "trust", Usage: "print how each system and runtime comes to trust it", Flags: caFlags(),
				Action: with(func(_ context.Context, ca *localtls.CA) error { return print(localtls.Advice(runtime.GOOS, ca.Path())) })},
			{Name: "install", Usage: "make this user's own trust store trust it (macOS, Windows; Chromium on Linux)", Flags: caFlags(), Action: change(localtls.Install)},
			{Name: "uninstall", Usage: "take that back", Flags: caFlags(), Action: change(localtls.Uninstall)},
		},
	}
}
