// Package server is a local Auth0 tenant as an http.Handler.
//
// New starts nothing, so there is nothing to stop: hand the Server to any
// listener, or call ServeHTTP. What the control API under /_mock/ does, a method
// of Server does, too. It is the same code.
//
// How a request travels:
//
//  1. router.go finds its line in the table of routes.go.
//  2. internal/web reads it once and asks internal/faults what goes wrong.
//  3. The flow of the line runs. Flows are in internal/authapi (Auth0's API),
//     internal/login (pages), internal/control (/_mock/) and internal/inbox.
//     Logins by code begin in internal/passwordless.
//  4. internal/tenant keeps all state behind one lock; internal/token signs.
//  5. internal/web encodes what the flow returned and notes it in the journal.
package server
