package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

func healthcheckCommand(w World) *cli.Command {
	addr := addrFlag
	addr.usage = "the server's address (default " + defaultAddr + "); of several the first is asked"
	return &cli.Command{
		Name:   "healthcheck",
		Usage:  "exit 0 if a server is ready, else 1",
		Flags:  libraryFlags(w, addr, portFlag),
		Action: action(w, 0, runHealthcheck),
	}
}

const (
	healthcheckTime = 2 * time.Second
	neighbourTime   = time.Second // one that is slower is any other program
)

// runHealthcheck asks the server at an address.
func runHealthcheck(in *input) error {
	addrs, err := in.addresses()
	if err != nil {
		return err
	}
	addr := addrs[0]
	url, err := urlOf(addr)
	if err != nil {
		return in.refuse(addrFlag, addr, "write HOST:PORT, as in %s", defaultAddr)
	}
	res, err := askHealth(url, healthcheckTime)
	if err != nil {
		return fmt.Errorf("no server answers at %s (%w); start one with mockauth0 serve", addr, plain(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server at %s is not ready: /_mock/health answers %s", addr, res.Status)
	}
	return nil
}

// urlOf is the URL of a server that listens at an address. An address without a host
// is this machine.
func urlOf(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return "", errors.New("that is not HOST:PORT")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	address := "http://" + net.JoinHostPort(host, port)
	_, err = url.Parse(address)
	return address, err
}

// askHealth asks the server at a URL for its health.
func askHealth(url string, patience time.Duration) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience} // and no proxy
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"/_mock/health", nil)
	if err != nil {
		return nil, err
	}
	return client.Do(request)
}

// neighbour is the URL of a mockauth0 that has one of the addresses already, or
// empty.
func neighbour(addrs []string) string {
	for _, addr := range addrs {
		url, err := urlOf(addr)
		if err != nil || strings.HasSuffix(addr, ":0") {
			continue
		}
		res, err := askHealth(url, neighbourTime)
		if err != nil {
			continue
		}
		var health struct{ Status, Fixture string }
		err = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&health)
		res.Body.Close()
		if err == nil && health.Status == "ok" && health.Fixture != "" {
			return url
		}
	}
	return ""
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
