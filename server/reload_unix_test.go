//go:build unix

package server_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The request that reads a changed file waits for it, and no other does. Here the
// file names a pipe as a scenario, which nobody writes to.
func TestNoRequestWaitsForAFileThatAnotherReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := fileIn(t, dir, "mockauth0.yaml", "version: 1\nextends: default\n")
	pipe := filepath.Join(dir, "scenario.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	s := servertest.New(t, server.Config{FixtureFile: file.path})
	file.write("version: 1\nextends: default\nscenarios: [scenario.yaml]\n")

	answered := make(chan int, 1)
	go func() { answered <- servertest.Call(t, s, "GET", "/.well-known/jwks.json", nil).Code }()
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // as soon as somebody reads it
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/.well-known/jwks.json", "/_mock/health", "/_mock/users"} {
		if got := servertest.Call(t, s, "GET", path, nil).Code; got != 200 {
			t.Errorf("GET %s is answered with %d", path, got)
		}
	}
	if err := s.PutState(s.State()); err != nil {
		t.Error(err)
	}
	select {
	case <-answered:
		t.Error("the request that reads the file did not wait for it")
	default:
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got != 200 {
		t.Errorf("in the end it is answered with %d", got)
	}
}

// A pipe can be read once, so it is not watched.
func TestAPipeCanBeTheFixture(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "fixture.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	go func() {
		_ = os.WriteFile(pipe, []byte("version: 1\nextends: default\ntenant: {friendly_name: Piped}\n"), 0)
	}()
	s := servertest.New(t, server.Config{FixtureFile: pipe})
	if got := s.Fixture().Tenant.FriendlyName; got != "Piped" {
		t.Errorf("the tenant is called %s", got)
	}
	if got := servertest.Call(t, s, "GET", "/_mock/health", nil).Code; got != 200 {
		t.Error(got)
	}
}
