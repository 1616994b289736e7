package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"unicode"
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
	return nil, "", in.refuse(logFlag.name, format, "write text, json or none%s", closest(format, []string{"text", "json", "none"}))
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
	line.WriteString(harmless(r.Message, false))
	line.WriteByte('\n')
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "hint" || a.Key == "error" || a.Key == "scenario" {
			// An error may be a list of mistakes, one a line, or a stack.
			fmt.Fprintf(&line, "  %s: %s\n", a.Key, harmless(a.Value.String(), a.Key == "error"))
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.out.Write(line.Bytes())
	return err
}

// harmless writes what steers a terminal, or begins a line that nobody logged,
// as an escape: sentences hold what callers sent.
func harmless(s string, lines bool) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsGraphic(r) || lines && (r == '\n' || r == '\t') {
			out.WriteRune(r)
			continue
		}
		out.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return out.String()
}

// WithAttrs returns the same log: the sentences say it all.
func (l *textLog) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup returns the same log.
func (l *textLog) WithGroup(string) slog.Handler { return l }
