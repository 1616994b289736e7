package localtls

import (
	"crypto/tls"
	"net"
	"net/http"
	"slices"
)

// Serve answers http and https on each of the listeners, HTTP/2 included, and
// returns when they fail or the server is shut down, as [http.Server.Serve]
// does: the error is never nil, and [http.ErrServerClosed] after Shutdown or
// Close. The listeners are closed by then. The server's own TLSConfig is not
// used and may be nil. Set its ReadHeaderTimeout: it also bounds the TLS
// handshake.
func Serve(server *http.Server, config *tls.Config, listeners ...net.Listener) error {
	l := Listen(forServer(server, config), listeners...)
	defer l.Close()
	return server.Serve(l)
}

// forServer takes HTTP/2 out of the protocols that TLS offers if the server
// would not speak it: net/http then drops the connection without a word.
func forServer(server *http.Server, config *tls.Config) *tls.Config {
	if speaksHTTP2(server) {
		return config
	}
	config = config.Clone()
	config.NextProtos = slices.DeleteFunc(slices.Clone(config.NextProtos), func(p string) bool { return p == "h2" })
	return config
}

// speaksHTTP2 follows the rules of [http.Server.Serve].
func speaksHTTP2(server *http.Server) bool {
	_, configured := server.TLSNextProto["h2"]
	switch {
	case configured:
		return true
	case server.Protocols != nil:
		if !server.Protocols.HTTP2() {
			return false
		}
	case server.TLSNextProto != nil:
		return false
	}
	return server.TLSConfig == nil || slices.Contains(server.TLSConfig.NextProtos, "h2")
}
