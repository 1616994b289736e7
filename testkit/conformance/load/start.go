package main

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// start measures the time from the launch of a program to its first answer, and
// again if others are too loud.
func (b *bench) start() error {
	var took map[string]values
	quietest := math.Inf(1)
	for try := 0; try < tries && quietest > noisy; try++ {
		before, err := machine()
		if err != nil {
			return err
		}
		again, err := b.starts()
		if err != nil {
			return err
		}
		after, err := machine()
		if err != nil {
			return err
		}
		if foreign := after.foreign(before, 0); foreign < quietest {
			took, quietest = again, foreign
		}
	}
	mark := ""
	if quietest > noisy {
		mark = star
	}
	own := took["own"]
	b.table.add(row{
		figure: "launch to first answer", measured: own.show(lasting) + mark,
		beside: against("a minimal Go server", took["floor"].show(lasting)+mark, own.over(took["floor"])),
		goal:   "≤ 10ms", met: own.atMost(0.010),
	})
	b.table.add(row{
		figure: "…", measured: own.show(lasting) + mark,
		beside: against(peerName, took["peer"].show(lasting)+mark, own.over(took["peer"])),
	})
	b.table.add(row{
		figure: "… where no certificate authority is kept yet", measured: took["first"].show(lasting) + mark,
		beside: against("with one", own.show(lasting)+mark, took["first"].over(own)),
	})
	return nil
}

// starts starts each program in turn.
func (b *bench) starts() (map[string]values, error) {
	programs := []struct {
		name   string
		launch func() (*server, error)
		keys   string
	}{
		{"own", func() (*server, error) { return b.launch("ca") }, jwksPath},
		{"floor", b.launchFloor, jwksPath},
		{"first", func() (*server, error) { return b.launch(fmt.Sprint("ca-", numbers.Add(1))) }, jwksPath},
		{"peer", b.startPeer, "/jwks"},
	}
	took := map[string]values{}
	for range b.launches {
		for _, p := range programs {
			d, err := firstAnswer(p.launch, p.keys)
			if errors.Is(err, errNoPeer) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			took[p.name] = append(took[p.name], d.Seconds())
		}
	}
	return took, nil
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
