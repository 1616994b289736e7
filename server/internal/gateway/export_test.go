package gateway

import (
	"context"
	"net"
)

// DialWith is a Caller on another network.
func DialWith(dial func(ctx context.Context, network, address string) (net.Conn, error)) *Caller {
	return &Caller{dial: func(ctx context.Context, network, address string, _ controller) (net.Conn, error) {
		return dial(ctx, network, address)
	}}
}

// ResolveTo is a Caller for which every name leads to the address. It checks
// addresses as New's does.
func ResolveTo(address string, allowed ...string) *Caller {
	c := New(allowed)
	dial := c.dial
	c.dial = func(ctx context.Context, network, _ string, control controller) (net.Conn, error) {
		return dial(ctx, network, address, control)
	}
	return c
}
