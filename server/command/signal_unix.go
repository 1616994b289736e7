//go:build unix

package command

import (
	"os/exec"
	"syscall"
)

// signalOf is the number of the signal that ended a process.
func signalOf(e *exec.ExitError) int {
	if status, ok := e.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return int(status.Signal())
	}
	return 0
}
