package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/urfave/cli/v3"
)

func healthcheckCommand(w World) *cli.Command {
	addr := addrFlag
	addr.usage = "the server's address (default " + defaultAddr + "); of several the first is asked"
	return &cli.Command{
		Name:   "healthcheck",
		Usage:  "exit 0 if a server is ready, else 1",
		Flags:  libraryFlags(w, addr),
		Action: action(w, 0, runHealthcheck),
	}
}

const healthcheckTime = 2 * time.Second

// runHealthcheck asks the server at an address. An address without a host is
// this machine.
func runHealthcheck(in *input) error {
	addr := defaultAddr
	if addrs := in.list(addrFlag); len(addrs) > 0 {
		addr = addrs[0]
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return in.refuse(addrFlag, addr, "write HOST:PORT, as in %s", defaultAddr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	address := "http://" + net.JoinHostPort(host, port) + "/_mock/health"
	ctx, cancel := context.WithTimeout(context.Background(), healthcheckTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return in.refuse(addrFlag, addr, "write HOST:PORT, as in %s", defaultAddr)
	}
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy
	res, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("no server answers at %s (%w); start one with mockauth0 serve", addr, plain(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server at %s is not ready: /_mock/health answers %s", addr, res.Status)
	}
	return nil
}

// plain is why a call failed, without the URL and the names of functions.
func plain(err error) error {
	var call *url.Error
	if errors.As(err, &call) {
		err = call.Err
	}
	var dns *net.DNSError
	var system *os.SyscallError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it took longer than 2 s")
	case errors.As(err, &dns):
		return errors.New("there is no such host")
	case errors.As(err, &system):
		return system.Err
	}
	return err
}
