package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// newLog makes the log that --log asks for.
func newLog(w World, kind string) (*slog.Logger, bool, error) {
	if kind == "" {
		kind = "json"
		if w.Terminal {
			kind = "text"
		}
	}
	switch kind {
	case "text":
		return slog.New(&textLog{out: w.Stderr, mu: &sync.Mutex{}}), true, nil
	case "json":
		return slog.New(slog.NewJSONHandler(w.Stderr, nil)), false, nil
	case "none":
		return slog.New(slog.DiscardHandler), false, nil
	}
	return nil, false, fmt.Errorf("--log %s: write text, json or none%s", kind, closest(kind, []string{"text", "json", "none"}))
}

// textLog is a log for people: the sentence, and below it what explains it.
type textLog struct {
	out io.Writer
	mu  *sync.Mutex
}

// Enabled leaves out what net/http says about clients that break off.
func (l *textLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle writes a line, and one for each attribute worth reading.
func (l *textLog) Handle(_ context.Context, r slog.Record) error {
	var line bytes.Buffer
	line.WriteString(r.Message)
	line.WriteByte('\n')
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "hint" || a.Key == "error" {
			fmt.Fprintf(&line, "  %s: %s\n", a.Key, a.Value)
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
