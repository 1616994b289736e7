//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd && !windows

package command

import (
	"errors"
	"os"
)

// isTerminal is false on other systems, so there are no keys and no colours.
func isTerminal(*os.File) bool          { return false }
func obeysEscapes(*os.File) bool        { return false }
func foreground(*os.File) bool          { return false }
func giveKeys(*os.File) (func(), error) { return nil, errors.ErrUnsupported }
func (t *tty) watch()                   {}
