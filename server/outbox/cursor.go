package outbox

import (
	"fmt"
	"strconv"
	"strings"
)

// Cursor returns a cursor for the present moment: the filter Since with this cursor
// picks what is delivered later. A message counts when it is delivered, not when it
// was created, so a delayed message is never missed. The form of a cursor may
// change; callers should only keep it and give it back.
func (b *Box) Cursor() string {
	b.enter()
	defer b.leave()
	return b.cursor()
}

func (b *Box) cursor() string { return cursorAt(b.epoch, b.lastSeq) }

func cursorAt(epoch, seq int64) string { return fmt.Sprintf("e%d.%d", epoch, seq) }

// ParseCursor returns the two numbers in a cursor: the epoch, which grows whenever
// the box is emptied, and the Seq of the last message before the cursor. It fails
// with a *CursorError for a text that is no cursor.
func ParseCursor(cursor string) (epoch, seq int64, err error) {
	return parse(cursor, ".")
}

// parse reads e<epoch><separator><number>, exactly as it is written.
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

// A CursorError says that a cursor cannot be used. If Expired, it is from before
// the box was emptied, else it is malformed.
type CursorError struct {
	// Cursor is the cursor that was given.
	Cursor  string
	Expired bool
	// Now is the present cursor of the box. The error of ParseCursor, which
	// knows no box, has none.
	Now string
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

// seqOf returns the Seq in a cursor of the present epoch. A cursor that is ahead of
// the box has expired too: it comes from an earlier run of the program.
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
