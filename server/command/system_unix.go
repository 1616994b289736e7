//go:build unix

package command

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// stopSignals are those that ask a program to stop. If nohup has switched
// SIGHUP off, it stays off.
func stopSignals() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// reachedAll tells whether a signal reached every program of the terminal, as
// Ctrl-C does: a program that passed it on would send it a second time.
func reachedAll(s os.Signal) bool {
	if s != os.Interrupt {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false // there is no terminal
	}
	tty.Close()
	return true
}

// signalOf is the number of the signal that ended a process.
func signalOf(e *exec.ExitError) int {
	if status, ok := e.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return int(status.Signal())
	}
	return 0
}

// isOurs tells whether a file belongs to the user of this process alone.
func isOurs(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm() == 0o600
}
