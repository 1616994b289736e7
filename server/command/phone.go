package command

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/mockauth0/mockauth0/server/localtls"
)

// mostAddresses is how many addresses for a phone are printed.
const mostAddresses = 3

// virtual begin the names of network interfaces that no phone can reach.
var virtual = []string{"docker", "br-", "veth", "virbr", "vmnet", "utun", "tun", "tap"}

// networks are the addresses by which another device may reach this machine, in the
// order of the system. In a container nobody knows them.
func networks() (all []netip.Addr) {
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			return nil
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	for _, one := range interfaces {
		if one.Flags&net.FlagUp == 0 || slices.ContainsFunc(virtual, func(v string) bool { return strings.HasPrefix(one.Name, v) }) {
			continue
		}
		addrs, _ := one.Addrs()
		for _, a := range addrs {
			prefix, err := netip.ParsePrefix(a.String())
			if addr := prefix.Addr(); err == nil && addr.Is4() && addr.IsGlobalUnicast() {
				all = append(all, addr)
			}
		}
	}
	return all
}

// reachable are the addresses with port of listeners, as another device of these networks
// reaches them.
func reachable(listeners []net.Listener, networks []netip.Addr) (all []netip.AddrPort) {
	for _, l := range listeners {
		at := l.Addr().(*net.TCPAddr).AddrPort()
		addr := at.Addr().Unmap()
		for _, n := range networks {
			one := netip.AddrPortFrom(n, at.Port())
			if (addr.IsUnspecified() || addr == n) && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all[:min(len(all), mostAddresses)]
}

// describePhones are the lines about phones, with a QR code of the inbox. They are empty
// if no phone can reach the listeners.
func describePhones(d *desk, listeners []net.Listener, networks []netip.Addr, ca *localtls.CA) string {
	at := reachable(listeners, networks)
	if len(at) == 0 {
		return ""
	}
	var text strings.Builder
	label := "phone"
	line := func(format string, args ...any) {
		fmt.Fprintf(&text, "  %s%s\n", d.paint(dim, fmt.Sprintf("%-9s", label)), fmt.Sprintf(format, args...))
		label = ""
	}
	for _, one := range at {
		if covers(ca, one.Addr()) {
			line("http://%s  and  https://%s", one, one)
		} else {
			line("http://%s  (https needs --%s %s)", one, tlsHostFlag.name, one.Addr())
		}
	}
	line("for https, install http://%s/_mock/ca.pem on the phone", at[0])
	if slices.ContainsFunc(listeners, hasLoopback) {
		line("in the Android emulator http://10.0.2.2:%d  and  https://10.0.2.2:%d", at[0].Port(), at[0].Port())
	}
	if code := qrLines(d, "http://"+at[0].String()+"/"); code != nil {
		text.WriteByte('\n')
		for _, row := range code {
			text.WriteString("  " + row + "\n")
		}
	}
	return text.String()
}

// hasLoopback tells whether a listener also has the address that an Android emulator
// reaches, 127.0.0.1 of this machine.
func hasLoopback(l net.Listener) bool {
	ip := l.Addr().(*net.TCPAddr).IP
	return ip.IsUnspecified() || ip.Equal(net.IPv4(127, 0, 0, 1))
}

// covers tells whether a certificate of ours names an address.
func covers(ca *localtls.CA, addr netip.Addr) bool {
	pair, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: addr.String()})
	if err != nil {
		return false
	}
	certificate, err := x509.ParseCertificate(pair.Certificate[0])
	return err == nil && certificate.VerifyHostname(addr.String()) == nil
}

// quiet is how many modules are white around a QR code. The standard asks for 4; readers
// are content with 2, and a terminal is small.
const quiet = 2

// qrLines are a QR code in lines of half blocks, two modules each: black on white, or
// without colours in the colour of the text what is white, since most terminals are dark.
func qrLines(d *desk, text string) (lines []string) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return nil
	}
	size := code.Bounds().Dx()
	white := func(x, y int) bool {
		if x < 0 || y < 0 || x >= size || y >= size {
			return y < size+quiet
		}
		r, _, _, _ := code.At(x, y).RGBA()
		return r != 0
	}
	blocks := map[[2]bool]string{{true, true}: "█", {true, false}: "▀", {false, true}: "▄", {false, false}: " "}
	for y := -quiet; y < size+quiet; y += 2 {
		var line strings.Builder
		for x := -quiet; x < size+quiet; x++ {
			line.WriteString(blocks[[2]bool{white(x, y), white(x, y+1)}])
		}
		lines = append(lines, d.paint("38;5;231;48;5;16", line.String()))
	}
	return lines
}
