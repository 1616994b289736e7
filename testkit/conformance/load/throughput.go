package main

import (
	"errors"
	"fmt"
	"strings"
)

// throughput drives all the loads in turn, and again in each round.
func (b *bench) throughput() error {
	mock, err := b.launch("ca")
	if err != nil {
		return err
	}
	defer mock.stop()
	floor, err := b.launchFloor()
	if err != nil {
		return err
	}
	defer floor.stop()
	own, err := newVerifier(b.ctx, mock)
	if err == nil {
		err = own.honest(b.ctx, mock, loginOneUser)
	}
	if err != nil {
		return fmt.Errorf("mockauth0: %w", err)
	}
	loads := map[string]load{
		"login 1":    {server: mock, flow: loginOneUser, conns: 1, tokens: own},
		"login 16":   {server: mock, flow: loginOneUser, conns: 16, tokens: own},
		"new user":   {server: mock, flow: loginNewUser, conns: 16, tokens: own},
		"unsigned":   {server: mock, flow: loginUnsigned, conns: 16},
		"refused":    {server: mock, flow: loginRefused, conns: 16},
		"jwks":       {server: mock, flow: keys, conns: 16},
		"jwks floor": {server: floor, flow: keys, conns: 16},
		"header":     {server: floor, flow: keysWithHeader, conns: 16},
	}
	order := []string{"login 1", "peer 1", "peer 16", "login 16", "unsigned", "refused", "new user", "jwks", "jwks floor", "header"}

	if peer, err := b.startPeer(); err == nil {
		defer peer.stop()
		its, err := newVerifier(b.ctx, peer)
		if err == nil {
			err = its.honest(b.ctx, peer, loginByCode)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", peerName, err)
		}
		loads["peer 1"] = load{server: peer, flow: loginByCode, conns: 1, tokens: its}
		loads["peer 16"] = load{server: peer, flow: loginByCode, conns: 16, tokens: its}
	} else if !errors.Is(err, errNoPeer) {
		return err
	}

	seen := map[string]series{}
	for range b.rounds {
		for _, name := range order {
			l, ok := loads[name]
			if !ok {
				continue
			}
			l.length = b.length
			s, err := measure(b.ctx, l)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			seen[name] = append(seen[name], s)
		}
	}
	b.reportLogins(seen)
	b.reportCPU(seen)
	jwks, ready := seen["jwks"], seen["jwks floor"]
	near := jwks.rates().over(ready.rates())
	b.table.add(row{
		figure: "JWKS per second, 16 connections", measured: jwks.rates().show(whole) + jwks.mark(),
		beside: against("a handler with the bytes ready", ready.rates().show(whole)+ready.mark(), near),
		goal:   "≥ 0.85x", met: near.atLeast(0.85),
	})
	header := seen["header"]
	b.table.add(row{
		figure: "…", measured: jwks.rates().show(whole) + jwks.mark(),
		beside: against("one with Auth0's header ready, too", header.rates().show(whole)+header.mark(), jwks.rates().over(header.rates())),
	})
	return nil
}

func (b *bench) reportLogins(seen map[string]series) {
	for _, at := range []string{"1 connection", "16 connections"} {
		conns, _, _ := strings.Cut(at, " ")
		own, peer := seen["login "+conns], seen["peer "+conns]
		faster := own.rates().over(peer.rates())
		b.table.add(row{
			figure: "logins per second, " + at, measured: own.rates().show(whole) + own.mark(),
			beside: against(peerName, peer.rates().show(whole)+peer.mark(), faster),
			goal:   "≥ 6x", met: faster.atLeast(6),
		})
	}
	own, fresh := seen["login 16"], seen["new user"]
	b.table.add(row{
		figure: "… each of a new user", measured: fresh.rates().show(whole) + fresh.mark(),
		beside: against("16 users, as above,", own.rates().show(whole)+own.mark(), fresh.rates().over(own.rates())),
	})
	for _, at := range []string{"1 connection", "16 connections"} {
		conns, _, _ := strings.Cut(at, " ")
		own, peer := seen["login "+conns], seen["peer "+conns]
		tail := own.p99s().over(peer.p50s())
		b.table.add(row{
			figure: "p99 of a login, " + at, measured: own.p99s().show(lasting) + own.mark() + ", p50 " + own.p50s().show(lasting),
			beside: peerP99(peer) + against(peerName+"'s p50", peer.p50s().show(lasting)+peer.mark(), tail),
			goal:   "≤ 1x", met: tail.atMost(1),
		})
	}
}

func peerP99(peer series) string {
	if len(peer) == 0 {
		return ""
	}
	return "its p99 is " + peer.p99s().show(lasting) + "; "
}

// reportCPU sets a login beside two requests of the same kind that sign
// nothing. The fairest are those that differ in the signatures alone.
func (b *bench) reportCPU(seen map[string]series) {
	own, unsigned, refused := seen["login 16"], seen["unsigned"], seen["refused"]
	dearer := own.cpus().over(unsigned.cpus())
	b.table.add(row{
		figure: "CPU of the server for a login, 16 connections", measured: own.cpus().show(lasting) + own.mark(),
		beside: against("one that gets an opaque token and no ID token", unsigned.cpus().show(lasting)+unsigned.mark(), dearer),
		goal:   "≤ 1.5x", met: dearer.atMost(1.5),
	})
	peer := seen["peer 16"]
	b.table.add(row{
		figure: "…", measured: own.cpus().show(lasting) + own.mark(),
		beside: against(peerName, peer.cpus().show(lasting)+peer.mark(), own.cpus().over(peer.cpus())),
	})
	b.table.add(row{
		figure: "…", measured: own.cpus().show(lasting) + own.mark(),
		beside: against("one with a wrong code", refused.cpus().show(lasting)+refused.mark(), own.cpus().over(refused.cpus())),
	})
}
