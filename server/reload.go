package server

import (
	"os"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
)

// reloadEvery is how often the fixture's file is looked at, at most.
const reloadEvery = 500 * time.Millisecond

// reload is what is known about the fixture's file. There is no background
// work: requests look after it.
type reload struct {
	mu     sync.Mutex
	wall   *clock.Clock // real time: the tenant's clock may stand still
	looked time.Time
	stamp  fileStamp
	err    error // why the file as it is now is not in use; nil if it is
}

type fileStamp struct {
	size int64
	mod  time.Time
}

func stampOf(path string) (fileStamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}, err
	}
	return fileStamp{info.Size(), info.ModTime()}, nil
}

// reloadIfChanged takes a changed fixture file in. A file that is no fixture
// changes nothing: the old one stays, the log and /_mock/health say why.
func (s *Server) reloadIfChanged() {
	if s.config.FixtureFile == "" {
		return
	}
	r := &s.reload
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.wall.Now()
	if now.Sub(r.looked) < reloadEvery {
		return
	}
	r.looked = now
	stamp, err := stampOf(s.config.FixtureFile)
	if err != nil {
		if r.err == nil {
			s.log.Error("the fixture file is gone; the tenant goes on with what it said last", "error", err)
		}
		r.err, r.stamp = err, fileStamp{}
		return
	}
	if stamp == r.stamp {
		return
	}
	r.stamp = stamp
	f, err := s.loadFixture()
	r.err = err
	if err != nil {
		s.log.Error(s.config.FixtureFile+" has changed and has mistakes; the tenant goes on with what it said before", "error", err)
		return
	}
	s.tenant.Merge(f)
	s.log.Info(s.config.FixtureFile + " has changed and is in use")
}

// fixtureError is why the fixture file as it is now is not in use, or nil.
func (s *Server) fixtureError() error {
	s.reload.mu.Lock()
	defer s.reload.mu.Unlock()
	return s.reload.err
}
