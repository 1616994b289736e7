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
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// reloadEvery is the least time between two looks at the files.
const reloadEvery = 500 * time.Millisecond

// reload watches the files of the configuration. There is no background work:
// requests look for changes.
type reload struct {
	mu     sync.Mutex
	wall   *clock.Clock // real time, since the tenant's clock may stand still; nil: there are no files
	looked time.Time

	fixture          watched // the fixture
	scenarios        watched // the config's scenarios
	fixtureScenarios watched // the fixture's scenarios
}

// watched are files that are loaded together, or not at all.
type watched struct {
	files  []string
	stamps []fileStamp
	err    error // why the files are not in use as they are now; nil if they are
}

type fileStamp struct {
	size int64
	mod  time.Time
}

// watch begins to watch files. Empty names are skipped. It must be called before
// the files are read: so an edit in between is noticed.
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

// forget stops watching files.
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

// reloadIfChanged loads changed files. Files with mistakes change nothing: the
// tenant goes on as before, and the log and /_mock/health say why.
func (s *Server) reloadIfChanged() {
	r := &s.reload
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

// refresh loads files if one of them has changed, or if they could not be loaded
// before: what was missing may be there now.
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

// reloadFixture loads a changed fixture, with its scenarios.
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
	s.engine.Reseed(f.Seed())
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
	return s.use(faults.ByFlag, list)
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
		if list, err = scenarios.OfFixture(s.tenant.Fixture()); err != nil { // again, since the watch began after the first reading
			return err
		}
	}
	return s.use(faults.ByFixture, list)
}

// use switches scenarios on from the start. It warns of those that wait for
// something that the tenant does not have.
func (s *Server) use(by faults.Layer, list []*scenarios.Scenario) error {
	for _, one := range list {
		for _, sentence := range one.Warnings(s.tenant.Fixture()) {
			s.log.Warn(sentence)
		}
	}
	return s.engine.Set(by, list)
}

// fileErrors says why the fixture file and the scenario files are not in use as
// they are now; nil where they are.
func (s *Server) fileErrors() (fixture, scenarios error) {
	s.reload.mu.Lock()
	defer s.reload.mu.Unlock()
	return s.reload.fixture.err, errors.Join(s.reload.scenarios.err, s.reload.fixtureScenarios.err)
}
