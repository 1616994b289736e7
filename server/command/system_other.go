//go:build !unix

package command

import (
	"os"
	"os/exec"
	"syscall"
)

// stopSignals are those that ask a program to stop: Ctrl-C, and a window or
// session that closes.
func stopSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// reachedAll tells whether a signal reached every program of the console, as
// Ctrl-C does.
func reachedAll(s os.Signal) bool { return s == os.Interrupt }

// signalOf is 0: no signal ends a process here.
func signalOf(*exec.ExitError) int { return 0 }

// isOurs is true: here a folder for temporary files is not shared.
func isOurs(os.FileInfo) bool { return true }
