package main

import (
	"errors"
	"fmt"
	"time"
)

// start measures the time from the launch of a program to its first answer.
func (b *bench) start() error {
	programs := []struct {
		name   string
		launch func(n int) (*server, error)
		keys   string
	}{
		{"own", func(int) (*server, error) { return b.launch("ca") }, jwksPath},
		{"floor", func(int) (*server, error) { return b.launchFloor() }, jwksPath},
		{"first", func(n int) (*server, error) { return b.launch(fmt.Sprintf("ca-%d", n)) }, jwksPath},
		{"peer", func(int) (*server, error) { return b.startPeer() }, "/jwks"},
	}
	took := map[string]values{}
	for n := range b.starts {
		for _, p := range programs {
			d, err := firstAnswer(func() (*server, error) { return p.launch(n) }, p.keys)
			if errors.Is(err, errNoPeer) {
				continue
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			took[p.name] = append(took[p.name], d.Seconds())
		}
	}
	own := took["own"]
	b.table.add(row{
		figure: "launch to first answer", measured: own.show(lasting),
		beside: against("a minimal Go server", took["floor"].show(lasting), own.over(took["floor"])),
		goal:   "≤ 10ms", met: own.atMost(0.010),
	})
	b.table.add(row{
		figure: "…", measured: own.show(lasting),
		beside: against(peerName, took["peer"].show(lasting), own.over(took["peer"])),
	})
	b.table.add(row{
		figure: "… where no certificate authority is kept yet", measured: took["first"].show(lasting),
		beside: against("with one", own.show(lasting), took["first"].over(own)),
	})
	return nil
}

func firstAnswer(launch func() (*server, error), keys string) (time.Duration, error) {
	s, err := launch()
	if err != nil {
		return 0, err
	}
	defer s.stop()
	c, err := dial(s.host)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	status, err := c.get(keys)
	took := time.Since(s.began)
	if err == nil && status != 200 {
		err = fmt.Errorf("the first answer is %d", status)
	}
	return took, err
}
