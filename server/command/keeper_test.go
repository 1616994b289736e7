package command

import (
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// A kept server saves its state on a disk that counts.
type kept struct {
	*testing.T
	*server.Server
	keeper *keeper
	disk   *faultyDisk
	log    *buffer
	saves  int
}

func keepOn(t *testing.T) *kept {
	t.Helper()
	d := newFaultyDisk()
	f, _ := fileOn(t, d, "")
	s, err := server.New(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	k := &kept{T: t, Server: s, disk: d, log: &buffer{}}
	f.disk.rename = func(from, to string) error {
		if to == f.path {
			k.saves++
		}
		return d.rename(from, to)
	}
	k.keeper = keep(f, s, slog.New(handlers["text"](k.log)))
	return k
}

func (k *kept) change(email string) {
	k.Helper()
	if _, err := k.AddUser(fixtures.User{Email: email}); err != nil {
		k.Fatal(err)
	}
}

func (k *kept) saved(email string) bool {
	data, _ := os.ReadFile(k.keeper.file.path)
	return strings.Contains(string(data), email)
}

func (k *kept) end() {
	k.Helper()
	if err := k.keeper.end(); err != nil {
		k.Error(err)
	}
}

// Nothing is saved without a change, one save holds several changes, and
// constant changes do not delay it. The times are synctest's.
func TestChangesShareASave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keepOn(t)
		time.Sleep(time.Hour)
		synctest.Wait()
		if k.saves != 0 {
			t.Errorf("%d saves without a change", k.saves)
		}
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			k.change(email)
		}
		time.Sleep(saveAfter)
		synctest.Wait()
		if !k.saved("a@example.com") || !k.saved("c@example.com") || k.saves != 1 {
			t.Errorf("%d saves of 3 changes", k.saves)
		}
		k.saves = 0
		const span = 20 * time.Second
		for began := time.Now(); time.Since(began) < span; time.Sleep(10 * time.Millisecond) {
			_ = k.Clock().Advance(time.Second)
		}
		synctest.Wait()
		if most := int(span / saveAfter); k.saves < most/2 || k.saves > most {
			t.Errorf("%d saves in %s of constant changes, want some %d", k.saves, span, most)
		}
		k.end()
	})
}

// The log has one line while the state cannot be saved, the server goes on, and
// the next change tries again.
func TestAFailedSaveIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keepOn(t)
		create := k.keeper.file.disk.create
		k.keeper.file.disk.create = func(dir, pattern string) (diskFile, error) {
			if k.disk.full != "" {
				return nil, &os.PathError{Err: syscall.ENOSPC}
			}
			return create(dir, pattern)
		}
		k.disk.full = "everything"
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			k.change(email)
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		want := "the state cannot be saved in " + k.keeper.file.path + " (" + syscall.ENOSPC.Error() + "; and to write it in place needs a copy elsewhere first: " +
			syscall.ENOSPC.Error() + "); the next change tries again\n"
		if got := k.log.String(); got != want {
			t.Errorf("the log is %q, want %q", got, want)
		}
		k.disk.full = ""
		k.change("d@example.com")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got, want := k.log.String(), want+"the state is saved again in "+k.keeper.file.path+"\n"; got != want || !k.saved("d@example.com") {
			t.Errorf("the log is %q, want %q", got, want)
		}
		k.end()
	})
}

// The end comes during a save. It waits for that, and saves what has changed
// since.
func TestTheEndWaitsForASave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keepOn(t)
		saving, goOn := make(chan bool), make(chan bool)
		create := k.keeper.file.disk.create
		k.keeper.file.disk.create = func(dir, pattern string) (diskFile, error) {
			saving <- true
			<-goOn
			return create(dir, pattern)
		}
		k.change("a@example.com")
		<-saving
		k.change("b@example.com")
		ended := make(chan error, 1)
		go func() { ended <- k.keeper.end() }()
		synctest.Wait()
		goOn <- true
		<-saving // the last save
		if !k.saved("a@example.com") || k.saved("b@example.com") {
			t.Error("the save under way did not finish first")
		}
		goOn <- true
		if err := <-ended; err != nil || !k.saved("b@example.com") {
			t.Errorf("%v, or the last change is lost", err)
		}
	})
}
