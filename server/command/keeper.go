package command

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/clock"
)

const (
	// saveAfter is how long after a change the state is saved. Further changes in
	// that time come into the same file.
	saveAfter = 250 * time.Millisecond
	// saveShare bounds the work under constant changes: one part in so many of the
	// time is spent on saving, until mostAfter is reached.
	saveShare = 10
	mostAfter = 5 * time.Second
)

// A keeper saves the state of a server while it runs, and at its end. One that
// has no file does nothing.
type keeper struct {
	file   *stateFile
	server *server.Server
	log    *slog.Logger
	stop   chan struct{}
	ended  chan struct{}
	failed bool // since the last time that the state was saved
}

// keep begins to save the state.
func keep(file *stateFile, s *server.Server, log *slog.Logger) *keeper {
	k := &keeper{file: file, server: s, log: log, stop: make(chan struct{}), ended: make(chan struct{})}
	if file == nil {
		close(k.ended)
	} else {
		go k.run()
	}
	return k
}

func (k *keeper) run() {
	defer close(k.ended)
	wall := clock.New(time.Time{}, true)
	for after := saveAfter; ; {
		select {
		case <-k.server.AllStatesChanged():
		case <-k.stop:
			return
		}
		select {
		case <-time.After(after):
		case <-k.stop:
			return
		}
		began := wall.Now()
		k.saveAndTell()
		after = min(max(saveAfter, (saveShare-1)*wall.Now().Sub(began)), mostAfter)
	}
}

// saveAndTell saves the state. The log tells that it cannot be saved, once, and
// that it is saved again.
func (k *keeper) saveAndTell() {
	err := k.save()
	switch {
	case err != nil && !k.failed:
		k.log.Error(err.Error() + "; the next change tries again")
	case err == nil && k.failed:
		k.log.Info("the state is saved again in " + k.file.path)
	}
	k.failed = err != nil
}

func (k *keeper) save() error {
	var data []byte
	f, err := k.server.States()
	if err == nil {
		data, err = f.JSON()
	}
	if err == nil {
		err = k.file.save(data)
	}
	if err != nil {
		return fmt.Errorf("the state cannot be saved in %s (%w)", k.file.path, cause(err))
	}
	return nil
}

// end waits for a save that is under way, saves the state as it is at the end,
// and gives the file free.
func (k *keeper) end() error {
	close(k.stop)
	<-k.ended
	if k.file == nil {
		return nil
	}
	defer k.file.close()
	return k.save()
}
