package localtls

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"syscall"
)

// portTries is how many ports that are free on 127.0.0.1 are tried on ::1.
const portTries = 20

// ListenAll opens addresses of the form host:port or :port and returns the listeners
// in that order. "localhost:PORT" opens 127.0.0.1 and ::1; a machine may lack one of
// them. Port 0 means a port that is free on both. An address that is given twice is
// opened once. If one cannot be opened, none is. The error is a sentence that says
// which address it is, why, and which flag sets it.
func ListenAll(flag string, addrs []string) (listeners []net.Listener, err error) {
	defer func() {
		if err != nil {
			CloseAll(listeners)
			listeners = nil
		}
	}()
	if len(addrs) == 0 {
		return nil, fmt.Errorf("there is no address to listen on; give one with %s, such as localhost:2884", flag)
	}
	var seen []string
	for _, addr := range addrs {
		host, port, err := splitAddr(flag, addr)
		if err != nil {
			return listeners, err
		}
		if joined := net.JoinHostPort(host, port); port != "0" {
			if slices.Contains(seen, joined) {
				continue
			}
			seen = append(seen, joined)
		}
		var opened []net.Listener
		if host == "localhost" {
			opened, err = listenLocalhost(port)
		} else {
			opened, err = listenOne(host, port)
		}
		listeners = append(listeners, opened...)
		if err != nil {
			return listeners, explain(flag, addr, err)
		}
	}
	return listeners, nil
}

func splitAddr(flag, addr string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(addr)
	if err != nil {
		return "", "", fmt.Errorf("the address %q is not of the form host:port; write it like localhost:PORT, [::1]:PORT or :PORT with %s", addr, flag)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", "", fmt.Errorf("the address %q has no port between 0 and 65535; write it like localhost:PORT with %s", addr, flag)
	} else if n == 0 {
		port = "0"
	}
	return host, port, nil
}

// listenLocalhost opens both loopback addresses on the same port.
func listenLocalhost(port string) ([]net.Listener, error) {
	for try := 1; ; try++ {
		v4, err4 := listen("127.0.0.1", port)
		if err4 != nil && !isMissing(err4) {
			return nil, err4
		}
		if err4 != nil {
			return listenOne("::1", port)
		}
		same := strconv.Itoa(v4.Addr().(*net.TCPAddr).Port)
		v6, err6 := listen("::1", same)
		switch {
		case err6 == nil:
			return []net.Listener{v4, v6}, nil
		case isMissing(err6):
			return []net.Listener{v4}, nil
		}
		v4.Close()
		if port != "0" || !isTaken(err6) || try == portTries {
			return nil, err6
		}
	}
}

// ListenLoopback opens a free port of 127.0.0.1, or of ::1 where the machine has no
// 127.0.0.1.
func ListenLoopback(config net.ListenConfig) (net.Listener, error) {
	ln, err := config.Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if isMissing(err) {
		return config.Listen(context.Background(), "tcp6", "[::1]:0")
	}
	return ln, err
}

func listenOne(host, port string) ([]net.Listener, error) {
	l, err := listen(host, port)
	if err != nil {
		return nil, err
	}
	return []net.Listener{l}, nil
}

func listen(host, port string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(context.Background(), "tcp", net.JoinHostPort(host, port))
}

// CloseAll closes listeners.
func CloseAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// explain returns a sentence that says why an address could not be opened.
func explain(flag, addr string, cause error) error {
	var unknown *net.DNSError
	text := fmt.Sprintf("cannot be listened on (%v)", cause)
	switch {
	case isTaken(cause):
		text = "is in use by another program"
	case errors.Is(cause, syscall.EACCES), errors.Is(cause, wsaAccess):
		text = "may not be opened by this user, as ports below 1024 often may not"
	case isMissing(cause), errors.As(cause, &unknown):
		text = "is no address of this machine"
	}
	return &sentence{text: addr + " " + text + "; choose another with " + flag, causes: []error{cause}}
}

// Windows has other numbers for these errors, and package syscall does not convert
// all of them.
const (
	wsaAccess        = syscall.Errno(10013)
	wsaFamilyMissing = syscall.Errno(10047)
	wsaInUse         = syscall.Errno(10048)
	wsaNotAvailable  = syscall.Errno(10049)
)

func isTaken(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaInUse)
}

// isMissing tells whether the machine has no such address.
func isMissing(err error) bool {
	for _, missing := range []error{syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EPROTONOSUPPORT, wsaNotAvailable, wsaFamilyMissing} {
		if errors.Is(err, missing) {
			return true
		}
	}
	return false
}
