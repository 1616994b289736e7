// Package server is a local Auth0 tenant as an http.Handler.
//
// New starts nothing, so there is nothing to stop: hand the Server to any
// listener, or call ServeHTTP. What the control API under /_mock/ does, a method
// of Server does, too. It is the same code.
//
// How a request travels:
//
//  1. A listener calls ServeHTTP in router.go. It lets reload.go look for changed
//     files, if there are files.
//  2. It finds the route in the table of routes.go; guard.go protects /_mock/.
//  3. internal/web reads the request once, asks internal/faults what goes wrong,
//     and counts the rate limit.
//  4. The flow of the route runs. Flows are in internal/authapi (Auth0's API),
//     internal/login (pages), internal/management (the Management API),
//     internal/control (/_mock/) and internal/inbox. Those that send a code or a
//     link for a login call internal/passwordless.
//  5. internal/tenant keeps all state behind one lock; internal/token signs.
//  6. internal/web encodes what the flow returned, notes it in the journal and
//     sends it.
package server
