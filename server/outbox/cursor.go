package outbox

import (
	"fmt"
	"strconv"
	"strings"
)

// Cursor is the place after the newest delivered message: what is delivered
// later is Since it. A message counts when it is delivered, not when it was
// created, so that one which was delayed is never skipped. Cursors are to be
// kept and given back, not taken apart.
func (b *Box) Cursor() string {
	b.enter()
	defer b.leave()
	return b.cursor()
}

func (b *Box) cursor() string { return cursorAt(b.epoch, b.lastSeq) }

func cursorAt(epoch, seq int64) string { return fmt.Sprintf("e%d.%d", epoch, seq) }

// ParseCursor takes a cursor apart into the epoch, which grows whenever the
// box is emptied, and the Seq of the last message before it. It fails with a
// *CursorError if it is none.
func ParseCursor(cursor string) (epoch, seq int64, err error) {
	return parse(cursor, ".")
}

// parse reads e<epoch><separator><number>, in the one form that is written.
func parse(token, separator string) (epoch, n int64, err error) {
	first, second, ok := strings.Cut(strings.TrimPrefix(token, "e"), separator)
	if ok {
		epoch, _ = strconv.ParseInt(first, 10, 64)
		n, _ = strconv.ParseInt(second, 10, 64)
	}
	if epoch < 1 || n < 0 || fmt.Sprintf("e%d%s%d", epoch, separator, n) != token {
		return 0, 0, &CursorError{Cursor: token}
	}
	return epoch, n, nil
}

// A CursorError says that a cursor cannot be used: it is malformed or, if
// Expired, from before the box was emptied.
type CursorError struct {
	Cursor  string // as given
	Expired bool   // it was good once
	Now     string // the present cursor, to go on from; "" if no box was asked
}

func (e *CursorError) Error() string {
	switch {
	case e.Expired:
		return fmt.Sprintf("cursor %s is from before the outbox was emptied; go on from %s", e.Cursor, e.Now)
	case e.Now != "":
		return fmt.Sprintf("%q is not a cursor of the outbox; the present one is %s", e.Cursor, e.Now)
	}
	return fmt.Sprintf("%q is not a cursor of the outbox", e.Cursor)
}

// seqOf is the Seq of a cursor of the present epoch. One that is ahead of the
// box is from before, too: from an earlier run of the program.
func (b *Box) seqOf(cursor string) (int64, error) {
	epoch, seq, err := ParseCursor(cursor)
	if err != nil {
		return 0, &CursorError{Cursor: cursor, Now: b.cursor()}
	}
	if epoch != b.epoch || seq > b.lastSeq {
		return 0, &CursorError{Cursor: cursor, Expired: true, Now: b.cursor()}
	}
	return seq, nil
}
