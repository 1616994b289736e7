// Load measures the built mockauth0 beside its peer, npm's oauth2-mock-server.
//
//	cd testkit/conformance && go run ./load
//
// It prints two tables in Markdown: five figures for someone who chooses a tool,
// and the budgets of the project. It takes about six minutes, and needs Linux.
//
// Clients and servers share the machine, so the columns can be compared, but
// times depend on the machine and on what else it does. So -check compares only
// sizes with their budgets.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// A bench is a run.
type bench struct {
	ctx     context.Context
	dir     string   // of built programs and the certificate authority
	program string   // mockauth0 as .ci/build makes it
	peer    []string // the command that starts the peer; nil without npm

	rounds int
	length time.Duration // of each load
	logins int           // after which mockauth0 is old
	starts int           // of each program
	fill   int           // logins of each of many tenants, after which its memory is full
	soak   time.Duration // of many connections over these; 0 for none

	figures []figure
	budgets []budget
}

func main() {
	quick := flag.Bool("quick", false, "take about a minute; times then say little")
	check := flag.Bool("check", false, "fail if the program or its memory is larger than its budget")
	docs := flag.Bool("docs", false, "write the first table into docs/about/performance.md, too")
	only := flag.String("only", "", "measure one thing alone: logins, starts, tests, age, keys or tenants")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	b := &bench{ctx: ctx, rounds: 5, length: 2 * time.Second, logins: 1_000_000, starts: 15, fill: 5200, soak: time.Minute}
	if *quick {
		b.rounds, b.length, b.logins, b.starts, b.soak = 1, 300*time.Millisecond, 25_000, 3, 0
	}
	err := b.run(*only)
	if err == nil {
		fmt.Println(b.figureTable())
		fmt.Println(b.budgetTable())
	}
	if err == nil && *docs {
		err = b.writeDocs("../../docs/about/performance.md")
	}
	if err == nil && *check {
		err = b.check()
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func (b *bench) run(only string) (err error) {
	if b.dir, err = os.MkdirTemp("", "mockauth0-load-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	b.program = filepath.Join(b.dir, "mockauth0")
	if err := b.findPeer(); err != nil {
		fmt.Fprintln(os.Stderr, "load: without", peerName+":", err)
	}
	if err := b.build(); err != nil {
		return err
	}
	measured := false
	for _, step := range []struct {
		name    string
		measure func() error
	}{
		{"logins", b.measureLogins}, {"starts", b.measureStarts}, {"tests", b.measureTests}, {"age", b.measureAge}, {"keys", b.measureKeys}, {"tenants", b.measureTenants},
	} {
		if only == "" || only == step.name {
			measured = true
			if err := step.measure(); err != nil {
				return err
			}
		}
	}
	if !measured {
		return fmt.Errorf("-only %s: there is no such thing", only)
	}
	return nil
}

func (b *bench) measureLogins() error {
	own, err := b.launch()
	if err != nil {
		return err
	}
	defer own.stop()
	if err := verify(b.ctx, own, login, "http://"+own.host+"/"); err != nil {
		return err
	}
	peer, err := b.launchPeer()
	if err != nil {
		return err
	}
	defer peer.stop()
	if peer != nil {
		if err := verify(b.ctx, peer, loginAtPeer, "http://"+peer.host); err != nil {
			return err
		}
	}
	ours, theirs, err := b.compare(own, login, peer, loginAtPeer)
	b.figure("logins per second, 16 connections", whole, median(ours, rate), median(theirs, rate))
	b.figure("99 of 100 logins take at most, 16 connections", ms, median(ours, p99), median(theirs, p99))
	b.atLeast("logins a second, beside "+peerName, ratio(ours, rate, theirs, rate), 8)
	b.atMost("p99 of a login, beside the p50 of "+peerName, times, ratio(ours, p99, theirs, p50), 1)
	return err
}

func (b *bench) measureKeys() error {
	own, err := b.launch()
	if err != nil {
		return err
	}
	defer own.stop()
	oidc, err := launch(b.ctx, nil, filepath.Join(b.dir, "mockoidc"))
	if err != nil {
		return err
	}
	defer oidc.stop()
	ours, theirs, err := b.compare(own, get("/.well-known/jwks.json"), oidc, get("/oidc/.well-known/jwks.json"))
	b.atLeast("JWKS a second, beside mockoidc", ratio(ours, rate, theirs, rate), 1)
	return err
}

// measureStarts measures the time from the launch of a program to its first
// answer. The certificate authority is there already.
func (b *bench) measureStarts() error {
	var ours, theirs []load
	for range b.starts {
		took, err := firstAnswer(func() (*server, error) { return b.launch() }, get("/.well-known/jwks.json"))
		if err != nil {
			return err
		}
		ours = append(ours, load{p50: took})
		if took, err = firstAnswer(b.launchPeer, get("/jwks")); err != nil {
			return err
		}
		theirs = append(theirs, load{p50: took})
	}
	b.figure("process start to first answer", ms, median(ours, p50), median(theirs, p50))
	b.atMost("process start to first answer", ms, median(ours, p50), 0.015)
	return nil
}

// measureAge measures the memory of a server at rest and after many logins, and
// its speed then beside that of a new one.
func (b *bench) measureAge() error {
	old, err := b.launch()
	if err != nil {
		return err
	}
	defer old.stop()
	peer, err := b.launchPeer()
	if err != nil {
		return err
	}
	time.Sleep(time.Second)
	rest, peerRest := old.memory(), peer.memory()
	peer.stop()
	b.figure("memory at rest", mb, rest, peerRest)
	b.size("memory at rest", mb, rest, 25e6)
	if _, err := drive(b.ctx, old, login, 0, b.logins); err != nil {
		return err
	}
	b.size("… after "+whole(float64(b.logins))+" logins of 16 users", mb, old.memory(), 80e6)
	fresh, err := b.launch()
	if err != nil {
		return err
	}
	defer fresh.stop()
	now, first, err := b.compare(old, login, fresh, login)
	if err != nil {
		return err
	}
	b.atLeast("logins a second then, beside a new server", ratio(now, rate, first, rate), 0.95)
	return b.measureUsers()
}

// measureUsers measures how much memory each new user needs. The collector runs
// often, or what it has not freed yet would count as the users' memory.
func (b *bench) measureUsers() error {
	lean, err := b.launch("GOGC=5")
	if err != nil {
		return err
	}
	defer lean.stop()
	const users = 25_000
	if _, err := drive(b.ctx, lean, login, 0, users); err != nil { // fills the outbox and the journal
		return err
	}
	before := lean.memory()
	_, err = drive(b.ctx, lean, loginNewUser, 0, users)
	b.size("memory for each new user", kb, (lean.memory()-before)/users, 2000)
	return err
}

// measureTenants measures the speed of a server with many idle tenants beside that of one
// without, and the memory of one whose tenants are all used.
func (b *bench) measureTenants() error {
	many, err := b.launch()
	if err != nil {
		return err
	}
	defer many.stop()
	if err := many.addTenants(1000); err != nil {
		return err
	}
	alone, err := b.launch()
	if err != nil {
		return err
	}
	defer alone.stop()
	beside, without, err := b.compare(many, login, alone, login)
	if err != nil {
		return err
	}
	b.atLeast("logins a second with 1,000 idle tenants, beside a server without", ratio(beside, rate, without, rate), 0.95)
	if b.soak == 0 {
		return nil
	}

	const tenants, connections = 50, 64
	used, err := b.launch("GOGC=10") // or what the collector has not freed yet would count
	if err != nil {
		return err
	}
	defer used.stop()
	if err := used.addTenants(tenants); err != nil {
		return err
	}
	// By then the outbox, the journal and the log of each tenant are full.
	if _, err := driveOver(b.ctx, connections, used, loginAtTenant(tenants), 0, b.fill*tenants); err != nil {
		return err
	}
	before := used.memory()
	after, err := driveOver(b.ctx, connections, used, loginAtTenant(tenants), b.soak, 0)
	b.atMost(fmt.Sprintf("memory of 50 used tenants, after %s of 64 connections without an error (%s logins a second), beside before", b.soak, whole(after.rate)), times, used.memory()/before, 1.1)
	return err
}

// compare measures two loads in turn, round by round.
func (b *bench) compare(own *server, ownFlow flow, other *server, otherFlow flow) (ours, theirs []load, err error) {
	for range b.rounds {
		mine, err := drive(b.ctx, own, ownFlow, b.length, 0)
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, mine)
		if other == nil {
			continue
		}
		its, err := drive(b.ctx, other, otherFlow, b.length, 0)
		if err != nil {
			return nil, nil, err
		}
		theirs = append(theirs, its)
	}
	return ours, theirs, nil
}
