package main

import (
	"errors"
	"fmt"
	"time"
)

// age looks at what a server holds, and how fast it is, after many logins.
func (b *bench) age() error {
	old, err := b.launch("ca")
	if err != nil {
		return err
	}
	defer old.stop()
	if err := b.serve(old, keys, 1); err != nil {
		return err
	}
	time.Sleep(time.Second)
	rest, _, err := old.memory()
	if err != nil {
		return err
	}
	others, err := b.peerMemory()
	if err != nil {
		return err
	}
	b.table.add(row{
		figure: "memory at rest", measured: megabytes(float64(rest)), beside: others,
		goal: "≤ 15 MB", met: metIf(rest <= 15_000_000), fails: rest > 17_000_000,
	})

	if err := b.serve(old, loginOneUser, b.logins); err != nil {
		return err
	}
	_, most, err := old.memory()
	if err != nil {
		return err
	}
	after := whole(float64(b.logins)) + " logins"
	b.table.add(row{
		figure: "most memory until " + after, measured: megabytes(float64(most)),
		goal: "≤ 60 MB", met: metIf(most <= 60_000_000), fails: most > 68_000_000,
	})
	if err := b.slower(old); err != nil { // before there are many users
		return err
	}
	users := min(b.logins, 25_000) // none is ever forgotten
	if err := b.serve(old, loginNewUser, users); err != nil {
		return err
	}
	_, full, err := old.memory()
	if err != nil {
		return err
	}
	b.table.add(row{
		figure: "most memory after as many users more", measured: megabytes(float64(full)),
		beside: fmt.Sprintf("%s users, %.1f kB each", whole(float64(users)), float64(full-most)/float64(users)/1000),
	})
	return nil
}

// serve has a server answer so many iterations of a flow.
func (b *bench) serve(s *server, f flow, iterations int) error {
	_, err := drive(b.ctx, load{server: s, flow: f, conns: min(16, iterations), count: iterations})
	return err
}

// slower sets the speed of an old server beside that of new ones in their
// first thousand requests.
func (b *bench) slower(old *server) error {
	const logins = 500
	var now, first series
	for range 3 * b.rounds {
		fresh, err := b.launch("ca")
		if err != nil {
			return err
		}
		s, err := drive(b.ctx, load{server: fresh, flow: loginOneUser, conns: 16, count: logins})
		fresh.stop()
		if err != nil {
			return err
		}
		first = append(first, s)
		if s, err = drive(b.ctx, load{server: old, flow: loginOneUser, conns: 16, count: logins}); err != nil {
			return err
		}
		now = append(now, s)
	}
	relation := now.rates().over(first.rates())
	b.table.add(row{
		figure: "logins per second after " + whole(2*float64(b.logins)) + " requests", measured: now.rates().show(whole) + now.mark(),
		beside: against("a new server's first thousand", first.rates().show(whole)+first.mark(), relation),
		goal:   "≥ 0.95x", met: relation.atLeast(0.95),
	})
	return nil
}

// peerMemory tells what the peer holds at rest, if it is to be had.
func (b *bench) peerMemory() (string, error) {
	peer, err := b.startPeer()
	if errors.Is(err, errNoPeer) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer peer.stop()
	time.Sleep(time.Second)
	rest, _, err := peer.memory()
	return peerName + " " + megabytes(float64(rest)), err
}
