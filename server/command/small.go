package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

func healthcheckCommand(w World) *cli.Command {
	return &cli.Command{
		Name:  "healthcheck",
		Usage: "exit 0 if the server at --addr is ready, else 1",
		Flags: []cli.Flag{addrFlag()},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noMore(c); err != nil {
				return err
			}
			if err := fromEnvironment(w, c); err != nil {
				return err
			}
			addr := defaultAddr
			if addrs := c.StringSlice("addr"); len(addrs) > 0 {
				addr = addrs[0]
			}
			return healthcheck(ctx, addr)
		},
	}
}

// healthcheck asks the server at an address; one without a host is this machine.
func healthcheck(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--addr %s: write HOST:PORT", addr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	url := "http://" + net.JoinHostPort(host, port) + "/_mock/health"
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("--addr %s: write HOST:PORT", addr)
	}
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy
	res, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("the server is not ready: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s answers %s", url, res.Status)
	}
	return nil
}

func otpCommand(w World) *cli.Command {
	return &cli.Command{
		Name:  "otp",
		Usage: "print a code without asking a server: the n-th one of a recipient",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "email", Usage: "the recipient's `ADDRESS`"},
			&cli.StringFlag{Name: "phone", Usage: "or the recipient's `NUMBER`"},
			&cli.Int64Flag{Name: "n", Value: 1, Usage: "which code of the recipient, counted from 1"},
			&cli.StringFlag{Name: "seed", Usage: "the `SEED` (default: the fixture's)"},
			&cli.StringFlag{Name: "fixture", Usage: "the fixture, whose connections say how long a code is"},
			&cli.StringFlag{Name: "connection", Usage: "the connection's `NAME` (default: the first of the strategy)"},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noMore(c); err != nil {
				return err
			}
			if err := fromEnvironment(w, c); err != nil {
				return err
			}
			code, err := computeOTP(w, c)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(w.Stdout, code)
			return err
		},
	}
}

func computeOTP(w World, c *cli.Command) (string, error) {
	var config server.Config
	if err := chooseFixture(w, c.String("fixture"), &config); err != nil {
		return "", err
	}
	config.Seed = c.String("seed")
	s, err := server.New(config)
	if err != nil {
		return "", err
	}
	strategy, recipient, ok := "", "", false
	switch email, phone := c.String("email"), c.String("phone"); {
	case (email == "") == (phone == ""):
		return "", errors.New("otp needs one recipient: --email ada@example.com, or --phone +12025550101")
	case email != "":
		strategy = "email"
		if recipient, ok = fixtures.NormalizeEmail(email); !ok {
			return "", fmt.Errorf("--email %s: that is not an e-mail address", email)
		}
	default:
		strategy = "sms"
		if recipient, ok = fixtures.NormalizePhone(phone); !ok {
			return "", fmt.Errorf("--phone %s: that is not a number such as +12025550101", phone)
		}
	}
	if c.Int64("n") < 1 {
		return "", fmt.Errorf("--n %d: codes are counted from 1", c.Int64("n"))
	}
	for _, conn := range s.Fixture().Connections {
		if conn.Strategy == strategy && (c.String("connection") == "" || conn.Name == c.String("connection")) {
			return s.PredictOTP(conn.Name, recipient, c.Int64("n"))
		}
	}
	return "", fmt.Errorf("the fixture has no connection %s of strategy %s", c.String("connection"), strategy)
}
