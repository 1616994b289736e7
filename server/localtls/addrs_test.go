package localtls

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

func ports(t *testing.T, listeners []net.Listener) []string {
	t.Helper()
	var all []string
	for _, l := range listeners {
		host, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil || port == "0" {
			t.Fatalf("address %v: %v", l.Addr(), err)
		}
		all = append(all, host+" "+port)
	}
	return all
}

func TestListenAllLocalhost(t *testing.T) {
	for range 20 {
		listeners, err := ListenAll("--addr", []string{"localhost:0"})
		if err != nil {
			t.Fatal(err)
		}
		got := ports(t, listeners)
		want := []string{got[0]}
		if hasIPv6(t) {
			want = append(want, strings.Replace(got[0], "127.0.0.1", "::1", 1))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") || !strings.HasPrefix(got[0], "127.0.0.1 ") {
			t.Errorf("opened %v, want %v", got, want)
		}
		CloseAll(listeners)
	}
}

func TestListenAllTaken(t *testing.T) {
	hosts := []string{"127.0.0.1"}
	if hasIPv6(t) {
		hosts = append(hosts, "::1")
	}
	for _, host := range hosts {
		other, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(other.Addr().String())
		addr := "localhost:" + port
		_, err = ListenAll("--addr", []string{"localhost:0", addr})
		if want := addr + " is in use by another program; choose another with --addr"; err == nil || err.Error() != want {
			t.Errorf("the error is %v, want %s", err, want)
		}
		if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, wsaInUse) {
			t.Errorf("the cause cannot be found in %v", err)
		}
		other.Close()
		// Nothing was left open.
		listeners, err := ListenAll("--addr", []string{addr, addr, "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		if want := len(hosts) + 1; len(listeners) != want {
			t.Errorf("%d listeners, want %d: an address given twice is opened once", len(listeners), want)
		}
		CloseAll(listeners)
	}
}

func TestListenAllEverywhere(t *testing.T) {
	listeners, err := ListenAll("--addr", []string{":0"})
	if err != nil {
		t.Fatal(err)
	}
	defer CloseAll(listeners)
	_, port, _ := net.SplitHostPort(listeners[0].Addr().String())
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestListenAllBadAddresses(t *testing.T) {
	for addr, want := range map[string]string{
		"localhost":       `the address "localhost" is not of the form host:port`,
		"2884":            `the address "2884" is not of the form host:port`,
		"::1:2884":        "is not of the form host:port",
		"localhost:http":  "has no port between 0 and 65535",
		"localhost:":      "has no port between 0 and 65535",
		"localhost:65536": "has no port between 0 and 65535",
		"localhost:-1":    "has no port between 0 and 65535",
		"192.0.2.1:0":     "192.0.2.1:0 is no address of this machine; choose another with --addr",
	} {
		_, err := ListenAll("--addr", []string{addr})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--addr") {
			t.Errorf("%s: the error is %v, want %q", addr, err, want)
		}
	}
	if _, err := ListenAll("--addr", nil); err == nil {
		t.Error("no address is no error")
	}
}

func TestExplain(t *testing.T) {
	for want, cause := range map[string]error{
		"x:1 may not be opened by this user, as ports below 1024 often may not; choose another with --addr": os.NewSyscallError("bind", syscall.EACCES),
		"x:1 is no address of this machine; choose another with --addr":                                     &net.DNSError{},
		"x:1 cannot be listened on (odd); choose another with --addr":                                       errors.New("odd"),
	} {
		if got := explain("--addr", "x:1", cause); got.Error() != want || !errors.Is(got, cause) {
			t.Errorf("the sentence is %q, want %q", got, want)
		}
	}
}
