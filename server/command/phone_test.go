package command

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"

	"github.com/mockauth0/mockauth0/server/localtls"
)

// listenerAt is a listener of which only the address is asked for.
type listenerAt struct {
	net.Listener
	at string
}

func (l listenerAt) Addr() net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(l.at)) }

func TestThePhoneIsToldTheAddressesThatItReaches(t *testing.T) {
	t.Parallel()
	wifi, cable := netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("10.1.2.3")
	for _, test := range []struct {
		at, host string
		networks []netip.Addr
		want     string
	}{
		{at: "127.0.0.1:2884", networks: []netip.Addr{wifi}},
		{at: "[::1]:2884", networks: []netip.Addr{wifi}},
		{at: "[::]:2884"},
		{at: "[::]:2884", host: "192.168.1.5", networks: []netip.Addr{wifi, cable}, want: `
  phone    http://192.168.1.5:2884  and  https://192.168.1.5:2884
           http://10.1.2.3:2884  (https needs --tls-host 10.1.2.3)
           for https, install http://192.168.1.5:2884/_mock/ca.pem on the phone
           in the Android emulator http://10.0.2.2:2884  and  https://10.0.2.2:2884
`},
		{at: "10.1.2.3:80", networks: []netip.Addr{wifi, cable}, want: `
  phone    http://10.1.2.3:80  (https needs --tls-host 10.1.2.3)
           for https, install http://10.1.2.3:80/_mock/ca.pem on the phone
`},
	} {
		options := localtls.Options{Dir: t.TempDir()}
		if test.host != "" {
			options.Hosts = []string{test.host}
		}
		ca, err := localtls.Open(options)
		if err != nil {
			t.Fatal(err)
		}
		got := describePhones(&desk{}, []net.Listener{listenerAt{at: test.at}}, test.networks, ca)
		got, picture, _ := strings.Cut(got, "\n\n")
		if want := strings.Trim(test.want, "\n"); got != want {
			t.Errorf("%+v:\n%s\nwant\n%s", test, got, want)
		}
		if (picture != "") != (got != "") {
			t.Errorf("%+v: the QR code is %q", test, picture)
		}
	}
}

// The picture has the modules of the code and a white border, in both forms.
func TestTheQRCodeIsTheOneOfItsText(t *testing.T) {
	t.Parallel()
	const text = "http://192.168.1.5:2884/"
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := code.Bounds().Dx()
	for _, d := range []*desk{{}, {colour: true}} {
		lines := qrLines(d, text)
		if len(lines) != (size+2*quiet+1)/2 {
			t.Fatalf("%d lines for %d modules", len(lines), size)
		}
		for row, line := range lines {
			line = strings.TrimSuffix(strings.TrimPrefix(line, "\x1b[38;5;231;48;5;16m"), "\x1b[0m")
			if strings.Contains(line, "\x1b") || d.colour == (line == lines[row]) {
				t.Fatalf("line %d: %q", row, lines[row])
			}
			for column, block := range []rune(line) {
				for half, white := range map[int]bool{0: strings.ContainsRune("█▀", block), 1: strings.ContainsRune("█▄", block)} {
					x, y := column-quiet, 2*row+half-quiet
					want := true
					if x >= 0 && y >= 0 && x < size && y < size {
						r, _, _, _ := code.At(x, y).RGBA()
						want = r > 0
					}
					if y < size+quiet && white != want {
						t.Fatalf("module %d, %d is white: %t", x, y, white)
					}
				}
			}
		}
	}
}
