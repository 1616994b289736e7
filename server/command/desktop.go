package command

import (
	"encoding/base64"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// helpTime is how long a program of the desktop may take to do its part.
const helpTime = 5 * time.Second

// A helper is a program of the user's desktop, with its arguments.
type helper []string

// browsers open an address in a browser.
func (w World) browsers(system string) []helper {
	switch system {
	case "darwin":
		return []helper{{"open"}}
	case "windows":
		return []helper{{"rundll32", "url.dll,FileProtocolHandler"}}
	}
	if w.has("DISPLAY") || w.has("WAYLAND_DISPLAY") || w.has("BROWSER") { // else it would look for a browser of the terminal
		return []helper{{"xdg-open"}}
	}
	return nil
}

// clipboards copy their standard input.
func (w World) clipboards(system string) (all []helper) {
	switch system {
	case "darwin":
		return []helper{{"pbcopy"}}
	case "windows":
		return []helper{{"clip"}}
	}
	if w.has("WAYLAND_DISPLAY") {
		all = append(all, helper{"wl-copy"})
	}
	if w.has("DISPLAY") {
		all = append(all, helper{"xclip", "-selection", "clipboard"}, helper{"xsel", "--clipboard", "--input"})
	}
	return all
}

func (w World) has(name string) bool {
	value, _ := w.lookup(name)
	return value != ""
}

// browse opens an address in a browser.
func (w World) browse(url string) error {
	for _, h := range w.browsers(runtime.GOOS) {
		if w.run(append(h, url), "") {
			return nil
		}
	}
	return errors.New("no program that could do it was found")
}

// copy copies a text, if the system has a program that can.
func (w World) copy(text string) bool {
	for _, h := range w.clipboards(runtime.GOOS) {
		if w.run(h, text) {
			return true
		}
	}
	return false
}

// run runs a helper without a terminal, and tells whether it has done its part. One that
// takes its time, such as a browser, goes on.
func (w World) run(h helper, stdin string) bool {
	cmd := exec.Command(h[0], h[1:]...)
	cmd.Env, cmd.Stdin = w.Environ, strings.NewReader(stdin)
	cmd.WaitDelay = helpTime
	if cmd.Start() != nil {
		return false
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	late := time.NewTimer(helpTime)
	defer late.Stop()
	select {
	case err := <-ended:
		return err == nil
	case <-late.C:
		return true
	}
}

// osc52 asks a terminal to copy a text.
// Source: the control sequences of xterm, "Manipulate Selection Data".
func osc52(text string) string {
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
}
