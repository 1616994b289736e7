package command

import (
	"log/slog"
	"os"
	"regexp"
	"runtime"

	"github.com/mockauth0/mockauth0/server"
)

// A desk is a terminal at which a person works: Stdout and Stderr both go there. Only
// there are the times, the logins, the colours and the keys.
type desk struct {
	colour bool
	keys   *tty // nil: Stdin comes from elsewhere
}

// newDesk returns nil if the output goes elsewhere, or if the terminal says that it can
// do nothing but print (TERM=dumb).
func newDesk(stdin, stdout, stderr *os.File, lookup func(string) (string, bool)) *desk {
	term, _ := lookup("TERM")
	if term == "dumb" || term == "" && runtime.GOOS != "windows" || !isTerminal(stdout) || !isTerminal(stderr) {
		return nil
	}
	plain, _ := lookup("NO_COLOR") // its rule is at https://no-color.org: empty is as absent
	d := &desk{colour: plain == "" && obeysEscapes(stdout) && obeysEscapes(stderr)}
	if isTerminal(stdin) {
		d.keys = &tty{file: stdin}
	}
	return d
}

// The colours are those of SGR, which the user's terminal chooses.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// paint gives a text a colour, if the desk has colours. A nil desk has none.
func (d *desk) paint(colour, text string) string {
	if d == nil || !d.colour || colour == "" || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// secrets end the sentences about messages: what the user types or opens.
var secrets = regexp.MustCompile(`(?:(?: code|type) |open )(\S+)$`)

// sentence is a sentence of the log in the colour of its level. A code or link stands
// out.
func (d *desk) sentence(level slog.Level, text string) string {
	switch {
	case level >= slog.LevelError:
		return d.paint(red, text)
	case level >= slog.LevelWarn:
		return d.paint(yellow, text)
	case level == server.LevelLogin:
		return d.paint(green, text)
	}
	if at := secrets.FindStringSubmatchIndex(text); at != nil {
		return text[:at[2]] + d.paint(bold, text[at[2]:])
	}
	return text
}
