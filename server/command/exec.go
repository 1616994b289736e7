package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"
)

func execCommand(w World) *cli.Command {
	return &cli.Command{
		Name:      "exec",
		Usage:     "start on a free port, run a command with the environment that points it here, and stop with it",
		ArgsUsage: "-- COMMAND [ARGUMENT…]",
		Flags:     append(targetFlags(), serverFlags()...),
		Action: func(ctx context.Context, c *cli.Command) error {
			args := c.Args().Slice()
			if len(args) == 0 {
				return errors.New("exec needs a command: mockauth0 exec [flags] -- COMMAND")
			}
			if err := fromEnvironment(w, c); err != nil {
				return err
			}
			in, err := start(w, c, []string{"localhost:0"})
			if err != nil {
				return err
			}
			status, err := in.run(ctx, w, c, args)
			if err := errors.Join(err, in.drain()); err != nil {
				return err
			}
			if status != 0 {
				return exitError(status)
			}
			return nil
		},
	}
}

// run runs the command with the environment that points it at the instance.
func (in *instance) run(ctx context.Context, w World, c *cli.Command, args []string) (status int, err error) {
	dir, err := os.MkdirTemp("", "mockauth0-")
	if err != nil {
		return 1, fmt.Errorf("there is no folder for the certificates: %w", err)
	}
	defer os.RemoveAll(dir)
	bundles, err := writeBundles(w, dir, in.ca.PEM())
	if err != nil {
		return 1, err
	}
	t, err := newTarget(in.server.Fixture(), "http://"+in.host(), c.String("client-id"))
	if err != nil {
		return 1, err
	}
	settings := append(t.common(), bundles...)
	more, err := t.dialect(c.String("for"))
	if err != nil {
		return 1, err
	}
	// Not CommandContext: the command gets the signal, and ends in its own time.
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(w.Environ, noProxy(w)...)
	for _, s := range append(settings, more...) {
		cmd.Env = append(cmd.Env, s.name+"="+s.value)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.Stdin, w.Stdout, w.Stderr
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("exec cannot start %s: %w", args[0], err)
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-ended:
		case <-ctx.Done():
			terminate(cmd.Process)
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				_ = cmd.Process.Kill()
			}
		}
	}()
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if code := exit.ExitCode(); code >= 0 {
			return code, nil
		}
		return 128 + signalOf(exit), nil
	}
	return 0, err
}

// terminate passes the wish to stop on. Windows knows no such wish.
func terminate(p *os.Process) {
	if p.Signal(syscall.SIGTERM) != nil {
		_ = p.Kill()
	}
}

// noProxy adds loopback to what is not asked for through a proxy.
func noProxy(w World) []string {
	const local = "localhost,127.0.0.1,::1"
	var out []string
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		value, _ := w.lookup(name)
		out = append(out, name+"="+strings.TrimPrefix(value+","+local, ","))
	}
	return out
}
