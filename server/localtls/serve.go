package localtls

import (
	"crypto/tls"
	"net"
	"net/http"
	"slices"
)

// Serve answers http and https on each of the listeners, with HTTP/2. It returns, as
// [http.Server.Serve] does, when the listeners fail or the server is shut down. Its
// error is never nil; it is [http.ErrServerClosed] after Shutdown or Close. It closes
// the listeners before it returns. The server's TLSConfig is not used and may be nil.
// Set its ReadHeaderTimeout, which also limits the TLS handshake.
func Serve(server *http.Server, config *tls.Config, listeners ...net.Listener) error {
	l := Listen(forServer(server, config), listeners...)
	defer l.Close()
	return server.Serve(l)
}

// forServer removes HTTP/2 from the protocols that TLS offers if the server does not
// speak it. Otherwise net/http would drop such connections silently.
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
