package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/mockauth0/mockauth0/internal/printable"
)

// newLog makes the log that --log asks for, and tells its format.
func newLog(in *input) (log *slog.Logger, format string, err error) {
	format = in.text(logFlag)
	if format == "" {
		format = "json"
		if in.Terminal {
			format = "text"
		}
	}
	switch format {
	case "text":
		return slog.New(&textLog{out: in.Stderr, mu: &sync.Mutex{}}), format, nil
	case "json":
		return slog.New(slog.NewJSONHandler(in.Stderr, nil)), format, nil
	case "none":
		return slog.New(slog.DiscardHandler), format, nil
	}
	return nil, "", in.refuse(logFlag, format, "write text, json or none%s", closest(format, []string{"text", "json", "none"}))
}

// textLog is a log for people: a sentence, and below it the lines that explain it.
type textLog struct {
	out io.Writer
	mu  *sync.Mutex
}

// Enabled leaves out debug records: what net/http says about clients that hang up.
func (l *textLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle writes a line, and one for each attribute worth reading.
func (l *textLog) Handle(_ context.Context, r slog.Record) error {
	var line bytes.Buffer
	line.WriteString(printable.Line(r.Message))
	line.WriteByte('\n')
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "hint" || a.Key == "error" || a.Key == "scenario" {
			value := printable.Line(a.Value.String())
			if a.Key == "error" { // which may be a list of mistakes, one a line, or a stack
				value = printable.Lines(a.Value.String())
			}
			fmt.Fprintf(&line, "  %s: %s\n", a.Key, value)
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.out.Write(line.Bytes())
	return err
}

// WithAttrs returns the same log: the sentences say it all.
func (l *textLog) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup returns the same log.
func (l *textLog) WithGroup(string) slog.Handler { return l }
