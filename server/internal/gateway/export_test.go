package gateway

import (
	"context"
	"net"
)

// DialWith makes a Caller with another way to dial.
func DialWith(dial func(ctx context.Context, network, address string) (net.Conn, error)) *Caller {
	return &Caller{dial: func(ctx context.Context, network, address string, _ controller) (net.Conn, error) {
		return dial(ctx, network, address)
	}}
}

// ResolveTo makes a Caller that dials the address for every name, with the same
// control.
func ResolveTo(address string, allowed ...string) *Caller {
	c := New(allowed)
	dial := c.dial
	c.dial = func(ctx context.Context, network, _ string, control controller) (net.Conn, error) {
		return dial(ctx, network, address, control)
	}
	return c
}
