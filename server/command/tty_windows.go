package command

import (
	"os"

	"golang.org/x/sys/windows"
)

func isTerminal(f *os.File) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) == nil
}

// obeysEscapes switches the escapes of a console on.
func obeysEscapes(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	return windows.GetConsoleMode(console, &mode) == nil &&
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// foreground is true: a console belongs to all of its programs.
func foreground(*os.File) bool { return true }

// giveKeys lets a console give each key, without showing it. restore undoes that; it is
// nil if the console did so before.
func giveKeys(f *os.File) (restore func(), err error) {
	var before uint32
	console := windows.Handle(f.Fd())
	const lines = windows.ENABLE_LINE_INPUT | windows.ENABLE_ECHO_INPUT
	if err := windows.GetConsoleMode(console, &before); err != nil || before&lines == 0 {
		return nil, err
	}
	if err := windows.SetConsoleMode(console, before&^lines); err != nil {
		return nil, err
	}
	return func() { _ = windows.SetConsoleMode(console, before) }, nil
}

// watch does nothing: no program stops here.
func (t *tty) watch() {}
