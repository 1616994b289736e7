package outbox

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCursorErrors(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{})
	old := b.Cursor()
	b.Delete()
	b.Add(Message{})
	b.Add(Message{})
	for cursor, want := range map[string]string{
		old:     "cursor e1.1 is from before the outbox was emptied; go on from e2.2",
		"e3.1":  "cursor e3.1 is from before the outbox was emptied; go on from e2.2",
		"e2.3":  "cursor e2.3 is from before the outbox was emptied; go on from e2.2",
		"42":    `"42" is not a cursor of the outbox; the present one is e2.2`,
		"e2.r1": `"e2.r1" is not a cursor of the outbox; the present one is e2.2`,
	} {
		_, err := b.List(Query{Since: cursor})
		var bad *CursorError
		if !errors.As(err, &bad) || err.Error() != want || bad.Now != "e2.2" || bad.Expired != strings.Contains(want, "emptied") {
			t.Errorf("List since %s: %v, want %s", cursor, err, want)
		}
		if _, err := b.Wait(ended(t), Since(cursor)); err == nil || err.Error() != want {
			t.Errorf("Wait since %s: %v, want %s", cursor, err, want)
		}
	}
}

func TestParseCursor(t *testing.T) {
	if epoch, seq, err := ParseCursor("e3.42"); epoch != 3 || seq != 42 || err != nil {
		t.Errorf("%d, %d, %v", epoch, seq, err)
	}
	for _, s := range []string{"", "e", "e1", "e1.", "1.2", "e0.1", "e-1.2", "e1.-2", "e01.2", "e1.02", "e1.+2", "e1.2 ", "ee1.2", "e1.2.3", "e1.99999999999999999999", "now"} {
		_, _, err := ParseCursor(s)
		var bad *CursorError
		if !errors.As(err, &bad) || bad.Expired || bad.Cursor != s || !strings.HasSuffix(err.Error(), "is not a cursor of the outbox") {
			t.Errorf("ParseCursor(%q): %v", s, err)
		}
	}
}

// FuzzCursor plays a random game with a small box and three readers, who go on
// from cursor to cursor in pages of different sizes. Each message that is
// delivered in an epoch must be seen by each reader exactly once, in order of
// delivery, unless it was deleted, or evicted and counted as missed.
func FuzzCursor(f *testing.F) {
	f.Add([]byte("aaaabbbbrrrr"))
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x00\x00\x00\x07\x07\x07"))
	f.Add([]byte("\x01\x01\x03\x01\x00\x00\x00\x00\x05\x00\x00\x00\x07\x17\x27"))
	f.Add([]byte("\x02\x02\x02\x04\x02\x02\x02\x02\x02\x06\x02\x08\x02\x17"))
	f.Fuzz(func(t *testing.T, game []byte) {
		if len(game) > 400 {
			return
		}
		b, c := stopped(t, Options{Max: 4})
		readers := []*reader{{limit: 0}, {limit: 1}, {limit: 3}}
		fresh := func() {
			for _, r := range readers {
				r.cursor, r.last, r.seen, r.missed = b.Cursor(), 0, map[int64]bool{}, 0
			}
		}
		fresh()
		deleted := map[int64]bool{} // Seqs of this epoch that were deleted on purpose
		for _, move := range game {
			arg := time.Duration(move >> 4)
			to := string('a'+rune(move>>4)%3) + "@x.test"
			switch move & 15 {
			case 0, 10:
				b.Add(Message{To: to})
			case 1, 11:
				b.Add(Message{To: to, Code: "1", ExpiresAt: c.Now().Add(arg * time.Second)})
			case 2, 12:
				b.Add(Message{To: to, DeliverAt: c.Now().Add(arg * time.Second)})
			case 3:
				advance(t, c, arg*time.Second)
			case 4:
				if m, ok := b.Latest(State(Queued)); ok {
					b.Deliver(m.ID)
				}
			case 5:
				if m, ok := b.Latest(Live()); ok {
					b.SetOTPState(m.ID, Used)
				}
			case 6:
				for _, m := range b.All(To(to), State(Delivered)) {
					deleted[m.Seq] = true
				}
				b.Delete(To(to), State(Delivered))
			case 7, 13, 14:
				readers[int(arg)%len(readers)].read(t, b)
			case 8:
				c.Set(ten) // back
			case 9:
				old := b.Cursor()
				b.Delete()
				var void *CursorError
				if _, err := b.List(Query{Since: old}); !errors.As(err, &void) || void.Now != b.Cursor() {
					t.Fatalf("a cursor from before: %v", err)
				}
				fresh()
				clear(deleted)
			}
			check(t, b)
		}
		_, delivered, _ := ParseCursor(b.Cursor())
		for i, r := range readers {
			for r.cursor != b.Cursor() {
				r.read(t, b)
			}
			// Deleted ones may have been seen before, or not.
			unseen := int64(0)
			for seq := range deleted {
				if !r.seen[seq] {
					unseen++
				}
			}
			if got := int64(len(r.seen)) + int64(r.missed) + unseen; got != delivered {
				t.Errorf("reader %d: saw %d, missed %d, %d were deleted before: not %d in all", i, len(r.seen), r.missed, unseen, delivered)
			}
		}
	})
}

type reader struct {
	limit  int
	cursor string
	last   int64
	seen   map[int64]bool
	missed int
}

func (r *reader) read(t *testing.T, b *Box) {
	t.Helper()
	p, err := b.List(Query{Since: r.cursor, Limit: r.limit})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range p.Items {
		if m.Seq <= r.last || m.State != Delivered {
			t.Fatalf("seq %d, %s, after %d", m.Seq, m.State, r.last)
		}
		r.last, r.seen[m.Seq] = m.Seq, true
	}
	if r.limit > 0 && len(p.Items) > r.limit {
		t.Fatalf("%d items, limit %d", len(p.Items), r.limit)
	}
	if p.Cursor == r.cursor && len(p.Items) > 0 {
		t.Fatalf("%d items, and the cursor is still %s", len(p.Items), p.Cursor)
	}
	r.cursor, r.missed = p.Cursor, r.missed+p.Missed
}

// FuzzParseCursor: whatever is accepted is what would be written.
func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"", "e1.0", "e3.42", "e01.1", "e1.r2", "now", "e9223372036854775807.9223372036854775807"} {
		f.Add(s)
	}
	b := New(Options{})
	f.Fuzz(func(t *testing.T, s string) {
		epoch, seq, err := ParseCursor(s)
		if err == nil && cursorAt(epoch, seq) != s {
			t.Errorf("%q was read as e%d.%d", s, epoch, seq)
		}
		if _, listErr := b.List(Query{Since: s}); err != nil && s != "" && s != "now" && listErr == nil {
			t.Errorf("List took %q", s)
		}
	})
}
