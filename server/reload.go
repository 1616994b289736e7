package server

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/clock"
)

// reloadEvery is how often files are looked at, at most.
const reloadEvery = 500 * time.Millisecond

// reload is what is known about the files of the configuration. There is no
// background work: requests look after them.
type reload struct {
	mu     sync.Mutex
	wall   *clock.Clock // real time: the tenant's clock may stand still; nil: there are no files
	looked time.Time

	fixture          watched // the fixture
	scenarios        watched // the config's scenarios
	fixtureScenarios watched // the fixture's scenarios
}

// watched are files that are taken in together, or not at all.
type watched struct {
	files  []string
	stamps []fileStamp
	err    error // why the files as they are now are not in use; nil if they are
}

type fileStamp struct {
	size int64
	mod  time.Time
}

// watch begins to look after files; empty names are none. It comes before they
// are read: an edit in between is seen at the first request.
func (r *reload) watch(w *watched, files ...string) {
	files = slices.DeleteFunc(files, func(file string) bool { return file == "" })
	if len(files) > 0 && r.wall == nil {
		r.wall = clock.New(time.Time{}, true)
	}
	w.files, w.stamps = files, make([]fileStamp, len(files))
	for i, file := range files {
		w.stamps[i], _ = stampOf(file)
	}
}

// forget looks after files no more.
func (r *reload) forget(w *watched) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*w = watched{}
}

func stampOf(path string) (fileStamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}, err
	}
	return fileStamp{info.Size(), info.ModTime()}, nil
}

// reloadIfChanged takes changed files in. Files with mistakes change nothing:
// the old ones stay, the log and /_mock/health say why.
func (s *Server) reloadIfChanged() {
	r := &s.reload
	if r.wall == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.wall.Now()
	if now.Sub(r.looked) < reloadEvery {
		return
	}
	r.looked = now
	s.refresh(&r.fixture, "the fixture file is gone", s.reloadFixture)
	s.refresh(&r.scenarios, "a scenario file is gone", s.loadScenarios)
	s.refresh(&r.fixtureScenarios, "a scenario file is gone", s.loadFixtureScenarios)
}

// refresh takes files in if one of them has changed, or if they could not be
// taken in before: what was missing may be there now.
func (s *Server) refresh(w *watched, gone string, load func() error) {
	var changed []string
	for i, file := range w.files {
		stamp, err := stampOf(file)
		if err != nil {
			if w.err == nil {
				s.log.Error(gone+"; the tenant goes on with what it said last", "error", err)
			}
			w.err, w.stamps[i] = err, fileStamp{}
			return
		}
		if stamp != w.stamps[i] {
			w.stamps[i] = stamp
			changed = append(changed, file)
		}
	}
	if changed == nil {
		if w.err == nil {
			return
		}
		changed = w.files
	}
	names, have, are := strings.Join(changed, ", "), "has", "is"
	if len(changed) > 1 {
		have, are = "have", "are"
	}
	before := w.err
	w.err = load()
	switch {
	case w.err == nil:
		s.log.Info(names + " " + have + " changed and " + are + " in use")
	case before == nil || before.Error() != w.err.Error():
		s.log.Error(names+" "+have+" changed and "+have+" mistakes; the tenant goes on with what it said before", "error", w.err)
	}
}

// reloadFixture takes a changed fixture in, with its scenarios.
func (s *Server) reloadFixture() error {
	f, err := s.loadFixture()
	if err != nil {
		return err
	}
	list, err := scenarios.OfFixture(f)
	if err != nil {
		return err
	}
	keys, err := s.loadKeys(f)
	if err != nil {
		return err
	}
	s.tenant.Merge(f, keys)
	s.engine.Reseed(f.OTP.Seed)
	return s.useFixtureScenarios(list)
}

// loadScenarios reads the config's scenarios.
func (s *Server) loadScenarios() error {
	if len(s.config.Scenarios) == 0 {
		return nil
	}
	files := make([]string, len(s.config.Scenarios))
	for i, name := range s.config.Scenarios {
		if !slices.Contains(scenarios.Names(), name) {
			files[i] = name
		}
	}
	if s.reload.scenarios.files == nil {
		s.reload.watch(&s.reload.scenarios, files...)
	}
	list, err := scenarios.OpenAll(s.config.Scenarios)
	if err != nil {
		return err
	}
	return s.use(scenarios.ByFlag, list)
}

// loadFixtureScenarios reads the scenarios that the fixture names.
func (s *Server) loadFixtureScenarios() error {
	list, err := scenarios.OfFixture(s.tenant.Fixture())
	if err != nil {
		return err
	}
	return s.useFixtureScenarios(list)
}

func (s *Server) useFixtureScenarios(list []*scenarios.Scenario) error {
	var files []string
	for _, one := range list {
		if one.Source != "" {
			files = append(files, one.Source)
		}
	}
	if !slices.Equal(files, s.reload.fixtureScenarios.files) {
		s.reload.watch(&s.reload.fixtureScenarios, files...)
		var err error
		if list, err = scenarios.OfFixture(s.tenant.Fixture()); err != nil { // as they are since they are watched
			return err
		}
	}
	return s.use(scenarios.ByFixture, list)
}

// use switches scenarios on that are on from the start, and warns of those that
// wait for what the tenant does not have.
func (s *Server) use(by scenarios.Layer, list []*scenarios.Scenario) error {
	for _, one := range list {
		for _, sentence := range one.Unknown(s.tenant.Fixture()) {
			s.log.Warn(sentence)
		}
	}
	return s.engine.Set(by, list, s.tenant.Clock.Now())
}

// fileErrors says why the fixture file and the scenario files are not in use as
// they are now; nil where they are.
func (s *Server) fileErrors() (fixture, scenarios error) {
	s.reload.mu.Lock()
	defer s.reload.mu.Unlock()
	return s.reload.fixture.err, errors.Join(s.reload.scenarios.err, s.reload.fixtureScenarios.err)
}
