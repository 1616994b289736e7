package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/server"
)

// A programLog is the log that --log asks for.
type programLog struct {
	*slog.Logger
	format string // text, json or none
	desk   *desk  // where the log is for a person at work, in text; else nil
	lines  *backlog
}

func newLog(in *input) (*programLog, error) {
	format := in.text(logFlag)
	if format == "" {
		format = "json"
		if in.Terminal {
			format = "text"
		}
	}
	handler, desk := handlers[format], in.desk
	if handler == nil {
		return nil, in.refuse(logFlag, format, "write text, json or none%s", closest(format, []string{"text", "json", "none"}))
	}
	if format != "text" {
		desk = nil
	}
	if desk != nil {
		handler = func(out io.Writer) slog.Handler { return &textLog{out: out, mu: &sync.Mutex{}, desk: desk} }
	}
	lines := &backlog{out: in.Stderr, dropped: func(n int) []byte {
		var line bytes.Buffer
		slog.New(handler(&line)).Warn(fmt.Sprintf("%d log lines are missing here: nobody read the log in time", n))
		return line.Bytes()
	}}
	return &programLog{slog.New(handler(lines)), format, desk, lines}, nil
}

// handlers are the formats of the log.
var handlers = map[string]func(io.Writer) slog.Handler{
	"text": func(out io.Writer) slog.Handler { return &textLog{out: out, mu: &sync.Mutex{}} },
	"json": func(out io.Writer) slog.Handler { return slog.NewJSONHandler(printableJSON{out}, nil) },
	"none": func(io.Writer) slog.Handler { return slog.DiscardHandler },
}

// printableJSON escapes what could control a terminal. encoding/json does so only
// for ASCII.
type printableJSON struct{ out io.Writer }

func (w printableJSON) Write(line []byte) (int, error) {
	_, err := w.out.Write(printable.JSON(line))
	return len(line), err
}

// textLog is a log for people: a sentence, and below it the lines that explain it.
type textLog struct {
	out    io.Writer
	mu     *sync.Mutex
	tenant string // of the lines; "" for the first
	desk   *desk  // which has times, logins and colours; nil: none of them
}

// Enabled leaves out debug records: what net/http says about clients that hang up.
func (l *textLog) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo || l.desk != nil && level >= server.LevelLogin
}

// Handle writes a line, and one for each attribute worth reading.
func (l *textLog) Handle(_ context.Context, r slog.Record) error {
	var line bytes.Buffer
	indent := ""
	if l.desk != nil {
		at := r.Time.Format(time.TimeOnly) + "  "
		line.WriteString(l.desk.paint(dim, at))
		indent = strings.Repeat(" ", len(at))
	}
	if l.tenant != "" {
		line.WriteString(l.desk.paint(dim, l.tenant+": "))
	}
	line.WriteString(l.desk.sentence(r.Level, printable.Line(r.Message)))
	line.WriteByte('\n')
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "hint" || a.Key == "error" || a.Key == "scenario" {
			value := printable.Line(a.Value.String())
			if a.Key == "error" { // which may be a list of mistakes, one a line, or a stack
				value = printable.Lines(a.Value.String())
			}
			fmt.Fprintf(&line, "%s  %s %s\n", indent, l.desk.paint(cyan, a.Key+":"), value)
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.out.Write(line.Bytes())
	return err
}

// WithAttrs returns the same log, since the sentences say it all, but for the tenant
// that they are about.
func (l *textLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		if a.Key == "tenant" {
			return &textLog{l.out, l.mu, a.Value.String(), l.desk}
		}
	}
	return l
}

// WithGroup returns the same log.
func (l *textLog) WithGroup(string) slog.Handler { return l }
