package localtls

import (
	"log"
	"strings"
)

// Distrust is what a server says when a client broke a handshake off.
const Distrust = "a client broke the https handshake off, most likely because it does not trust the certificate authority"

// breaks are how a server sees a client that does not trust its certificate,
// in crypto/tls's words: Go sends an alert, OpenSSL one that cannot be read,
// and Node hangs up.
var breaks = []string{
	"remote error: tls: unknown certificate authority", "remote error: tls: bad certificate",
	"remote error: tls: unknown certificate", "local error: tls: bad record MAC", ": EOF",
}

// ErrorLog is an [net/http.Server] ErrorLog that calls told each time a client
// broke a handshake off: the likeliest thing to go wrong with https on a
// developer's machine is that it does not trust the certificate. All else that
// net/http says about clients that go away is dropped.
func ErrorLog(told func()) *log.Logger { return log.New(distrust(told), "", 0) }

type distrust func()

func (told distrust) Write(line []byte) (int, error) {
	if _, why, ok := strings.Cut(string(line), "TLS handshake error from "); ok {
		for _, b := range breaks {
			if strings.Contains(why, b) {
				told()
				break
			}
		}
	}
	return len(line), nil
}
