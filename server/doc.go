// Package server is a local Auth0 tenant as an http.Handler.
//
// New starts nothing and there is nothing to close: hand the Server to any
// listener, or call ServeHTTP. Everything the control API under /_mock/ can
// do, a method of Server can do, and it is the same code.
//
// How a request travels: router.go finds its line in the table of routes.go;
// internal/web reads it once, asks the scenarios what is to go wrong, runs the
// flow and encodes what the flow returns;
// the flows of internal/authapi check what Auth0 checks; internal/tenant keeps
// all state behind one lock; internal/token signs.
package server
