//go:build !unix

package command

import "os/exec"

// signalOf is 0: there are no signals here.
func signalOf(*exec.ExitError) int { return 0 }
