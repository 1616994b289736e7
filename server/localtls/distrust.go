package localtls

import (
	"log"
	"strings"
)

// Distrust is the sentence for the log when a client breaks off a handshake.
const Distrust = "a client broke the https handshake off, most likely because it does not trust the certificate authority"

// breaks are the words of crypto/tls when a client does not trust the certificate.
// Go sends an alert, OpenSSL sends one that cannot be read, and Node closes the
// connection.
var breaks = []string{
	"remote error: tls: unknown certificate authority", "remote error: tls: bad certificate",
	"remote error: tls: unknown certificate", "local error: tls: bad record MAC", ": EOF",
}

// ErrorLog returns an ErrorLog for an [net/http.Server]. It calls told each time a
// client breaks off a handshake, most likely because it does not trust the
// certificate. It drops everything else that net/http says about clients that close
// their connections.
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
