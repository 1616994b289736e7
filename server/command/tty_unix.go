//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package command

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	return err == nil
}

// obeysEscapes tells whether a terminal has colours, as far as the system knows.
func obeysEscapes(*os.File) bool { return true }

// foreground tells whether the program is not in the background of a terminal, where
// that belongs to another program.
func foreground(f *os.File) bool {
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// giveKeys lets a terminal give each key, without showing it. restore undoes that; it is
// nil if the terminal did so before.
func giveKeys(f *os.File) (restore func(), err error) {
	before, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil || before.Lflag&(unix.ICANON|unix.ECHO) == 0 {
		return nil, err
	}
	now := *before
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(f.Fd()), setTermios, &now); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(int(f.Fd()), setTermios, before) }, nil
}

// stopsWithin bounds how long a program that has been asked to stop may still run.
const stopsWithin = time.Second

// watch gives the terminal back before the program stops (Ctrl-Z) or dies (Ctrl-\), and
// takes it again when the program goes on. It also lets a read in the background fail;
// the system would stop the program for it.
func (t *tty) watch() {
	signal.Ignore(syscall.SIGTTIN, syscall.SIGTTOU)
	signals, resumed := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTSTP, syscall.SIGQUIT)
	signal.Notify(resumed, syscall.SIGCONT)
	go func() {
		for {
			select {
			case s := <-signals:
				if s == syscall.SIGTSTP && !hasShell() {
					continue
				}
				t.giveBack()
				if s == syscall.SIGQUIT {
					signal.Reset(s)
					_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
					return
				}
				_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) // after signal.Reset Go ignores SIGTSTP
				select {
				case <-resumed:
				case <-time.After(stopsWithin):
				}
			case <-resumed:
			}
			t.take()
		}
	}()
}

// hasShell tells whether a shell has started the program as a job, so that it can go on
// after a stop. A program that is alone at its terminal cannot.
func hasShell() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp()
}
