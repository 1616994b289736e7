package server

import (
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// reloadEvery is the least time between two looks at the files.
const reloadEvery = 500 * time.Millisecond

// reload watches the files of the configuration. There is no background work:
// requests look for changes. One request at a time looks and reads; the others
// go on with what there is, so that no file can make them wait.
type reload struct {
	turn   sync.Mutex   // held by the request that looks; the others only try
	wall   *clock.Clock // real time, since the tenant's clock may stand still; nil: there are no files
	looked time.Time    // guarded by turn

	mu               sync.Mutex // guards all below, and the taking over of what was read; no file is read under it
	fixture          watched    // the fixture
	scenarios        watched    // the config's scenarios
	fixtureScenarios watched    // the fixture's scenarios
	actions          watched    // the code of the fixture's Actions
}

// watched are files that are loaded together, or not at all.
type watched struct {
	files  []string
	stamps []fileStamp
	err    error    // why the files are not in use as they are now; nil if they are
	absent []string // the files that need not be there
}

type fileStamp struct {
	size int64
	mod  time.Time
	// names are those of a folder's entries, as a digest; 0 for a file.
	names uint64
}

// watch begins to watch files and folders. It must be called before the files are read:
// so an edit in between is noticed. It skips empty names and what is neither: a pipe can
// be read only once. A file that is not there may come.
func watch(files ...string) watched {
	var w watched
	for _, file := range files {
		stamp, err := stampOf(file)
		if file != "" && !errors.Is(err, errNoFile) {
			w.files, w.stamps = append(w.files, file), append(w.stamps, stamp)
		}
		if errors.Is(err, fs.ErrNotExist) {
			w.absent = append(w.absent, file)
		}
	}
	return w
}

// start reads the clock for the first time if there are files to watch.
func (r *reload) start() {
	if len(r.fixture.files)+len(r.scenarios.files)+len(r.fixtureScenarios.files)+len(r.actions.files) > 0 {
		r.wall = clock.New(time.Time{}, true)
	}
}

var errNoFile = errors.New("it is no plain file")

func stampOf(path string) (fileStamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}, err
	}
	if info.IsDir() {
		return folderStamp(path)
	}
	if !info.Mode().IsRegular() {
		return fileStamp{}, &fs.PathError{Op: "read", Path: path, Err: errNoFile}
	}
	return fileStamp{size: info.Size(), mod: info.ModTime()}, nil
}

// folderStamp tells whether files come to a folder or go. Hidden ones do not count, such
// as those of an editor.
func folderStamp(path string) (fileStamp, error) {
	entries, err := os.ReadDir(path)
	names := fnv.New64a()
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			names.Write([]byte(entry.Name() + "/"))
		}
	}
	return fileStamp{names: names.Sum64()}, err
}

// reloadIfChanged loads changed files. Files with mistakes change nothing: the
// tenant goes on as before, and the log and /_mock/health say why.
func (s *Server) reloadIfChanged() {
	r := &s.reload
	if r.wall == nil || !r.turn.TryLock() {
		return
	}
	defer r.turn.Unlock()
	now := r.wall.Now()
	if now.Sub(r.looked) < reloadEvery {
		return
	}
	r.looked = now
	s.refresh(&r.fixture, "the fixture file is gone", s.readFixture)
	s.refresh(&r.actions, "the code of an Action is gone", s.readFixture)
	s.refresh(&r.scenarios, "a scenario file is gone", s.readScenarios)
	s.refresh(&r.fixtureScenarios, "a scenario file is gone", func() (func() error, error) { return s.readFixtureScenarios(s.tenant.Fixture()) })
}

// refresh loads files if one of them has changed, or if they could not be loaded
// before: what was missing may be there now. The function read reads them, and
// returns what takes them over.
func (s *Server) refresh(w *watched, gone string, read func() (use func() error, err error)) {
	s.reload.mu.Lock()
	before := watched{w.files, slices.Clone(w.stamps), w.err, w.absent}
	s.reload.mu.Unlock()
	changed, stamps, err := before.changes()
	missing := err != nil
	var use func() error
	if !missing {
		if changed == nil {
			if before.err == nil {
				return
			}
			changed = before.files
		}
		use, err = read()
	}
	s.reload.mu.Lock()
	if !slices.Equal(w.files, before.files) { // PutState has replaced it all
		s.reload.mu.Unlock()
		return
	}
	if err == nil {
		s.all.changing.Lock() // a tenant that is being made has what was there before, and is reached then
		err = use()
		s.all.changing.Unlock()
	}
	w.err = err
	if slices.Equal(w.files, before.files) { // else use has begun to watch others
		w.stamps = stamps
	}
	s.reload.mu.Unlock()

	names, have, are := strings.Join(changed, ", "), "has", "is"
	if len(changed) > 1 {
		have, are = "have", "are"
	}
	switch {
	case missing && before.err == nil:
		s.log.Error(gone+"; the tenant goes on with what it said last", "error", err)
	case missing:
	case err == nil:
		s.log.Info(names + " " + have + " changed and " + are + " in use")
	case before.err == nil || before.err.Error() != err.Error():
		s.log.Error(names+" "+have+" changed and "+have+" mistakes; the tenant goes on with what it said before", "error", err)
	}
}

// changes are the files that are not as before, and the stamps that they have
// now. The error is for a file that is gone.
func (w watched) changes() (changed []string, now []fileStamp, err error) {
	now = w.stamps
	for i, file := range w.files {
		stamp, err := stampOf(file)
		if err != nil && !slices.Contains(w.absent, file) {
			now[i] = fileStamp{}
			return nil, now, err
		}
		if stamp != now[i] {
			now[i] = stamp
			changed = append(changed, file)
		}
	}
	return changed, now, nil
}

// readFixture reads a changed fixture, with its scenarios.
func (s *Server) readFixture() (use func() error, err error) {
	f, files, err := s.loadWatched()
	if err != nil {
		return nil, err
	}
	if err := s.checkActions(f); err != nil {
		return nil, err
	}
	code := watch(f.ActionFiles()...)
	useScenarios, err := s.readFixtureScenarios(f)
	if err != nil {
		return nil, err
	}
	keys, err := s.loadKeys(f)
	if err != nil {
		return nil, err
	}
	return func() error {
		if s.all.first == s {
			s.all.share(f)
		}
		s.merge(f, keys)
		for _, t := range s.heirs() {
			changed, _, err := t.loadFixture()
			if err != nil {
				t.log.Error("the changed fixture does not fit what the tenant adds to it, which goes on with the old one", "error", err)
				continue
			}
			t.merge(changed, keys)
		}
		if !slices.Equal(files.files, s.reload.fixture.files) {
			s.reload.fixture = files
		}
		if !slices.Equal(code.files, s.reload.actions.files) {
			s.reload.actions = code
		}
		return useScenarios()
	}, nil
}

// merge takes over a changed fixture.
func (s *Server) merge(f *fixtures.Fixture, keys *token.Keys) {
	if misfit := s.tenant.Merge(f, keys); misfit != nil {
		s.log.Warn("what the Management API had changed does not fit the changed fixture, so it is undone: " + misfit.Error())
	}
	s.engine.Reseed(f.Seed())
}

// readScenarios reads the config's scenarios.
func (s *Server) readScenarios() (use func() error, err error) {
	list, err := scenarios.OpenAll(s.config.Scenarios)
	if err != nil {
		return nil, err
	}
	return func() error {
		s.added = list
		if s.inherits {
			return s.useInherited()
		}
		err := s.use(faults.ByFlag, list)
		for _, t := range s.heirs() {
			err = errors.Join(err, t.useInherited())
		}
		return err
	}, nil
}

// useInherited switches on what the first tenant's config names, and what this one's
// adds.
func (s *Server) useInherited() error {
	return s.engine.Set(faults.ByFlag, slices.Concat(s.all.first.added, s.added))
}

// scenarioFiles are the files among the config's scenarios.
func (c Config) scenarioFiles() []string {
	return slices.DeleteFunc(slices.Clone(c.Scenarios), func(name string) bool { return slices.Contains(scenarios.Names(), name) })
}

// readFixtureScenarios reads the scenarios that a fixture names.
func (s *Server) readFixtureScenarios(f *fixtures.Fixture) (use func() error, err error) {
	if s.foreign {
		list, err := s.known(f)
		return func() error { return s.use(faults.ByFixture, list) }, err
	}
	files := watch(scenarios.FilesOf(f)...)
	list, err := scenarios.OfFixture(f)
	if err != nil {
		return nil, err
	}
	return func() error {
		if !slices.Equal(files.files, s.reload.fixtureScenarios.files) {
			s.reload.fixtureScenarios = files
		}
		if s.inherits {
			return s.engine.Set(faults.ByFixture, list)
		}
		err := s.use(faults.ByFixture, list)
		for _, t := range s.heirs() {
			err = errors.Join(err, t.engine.Set(faults.ByFixture, list))
		}
		return err
	}, nil
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
	if s.inherits {
		return s.all.first.fileErrors()
	}
	s.reload.mu.Lock()
	defer s.reload.mu.Unlock()
	return errors.Join(s.reload.fixture.err, s.reload.actions.err), errors.Join(s.reload.scenarios.err, s.reload.fixtureScenarios.err)
}
