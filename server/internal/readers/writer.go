package readers

import (
	"net"
	"net/http"
	"slices"
	"time"
)

// A Writer writes a response. Each write and each Flush has a deadline.
type Writer struct {
	http.ResponseWriter
	readers *Readers
	request *http.Request
	control *http.ResponseController

	// The mutex of readers guards these.
	holds bool          // it has a place
	since time.Time     // when the present write began; zero if there is none
	spent time.Duration // in earlier writes, since it has the place
	slow  bool          // the client was dropped
}

// Writer makes a Writer for the response to a request. The caller must call Release
// at the end. If w is a Writer already, the result is w.
func (r *Readers) Writer(w http.ResponseWriter, req *http.Request) *Writer {
	if already, ok := w.(*Writer); ok {
		return already
	}
	out := &Writer{ResponseWriter: w, readers: r, request: req, control: http.NewResponseController(w)}
	if req.ProtoMajor == 1 {
		out.setDeadline() // for a response that is only a head
	} else {
		out.clearDeadline()
	}
	return out
}

// Unwrap is for http.ResponseController.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hold waits for a place, in which a large response may be encoded and written. It
// fails if the client goes away before. A Writer that has a place keeps it.
func (w *Writer) Hold() error { return w.readers.hold(w) }

// Release gives the place back. Without a place it does nothing.
func (w *Writer) Release() { w.readers.release(w) }

// Hold is Writer.Hold. If w is not a Writer it does nothing.
func Hold(w http.ResponseWriter) error {
	if out, ok := w.(*Writer); ok {
		return out.Hold()
	}
	return nil
}

// Release is Writer.Release. If w is not a Writer it does nothing.
func Release(w http.ResponseWriter) {
	if out, ok := w.(*Writer); ok {
		out.Release()
	}
}

// Write writes in pieces. It waits for a place if there is more than one of them.
func (w *Writer) Write(p []byte) (n int, err error) {
	if len(p) <= piece {
		err = w.inTime(func() (err error) {
			n, err = w.ResponseWriter.Write(p)
			return err
		})
		return n, err
	}
	if err := w.Hold(); err != nil {
		return 0, err
	}
	for part := range slices.Chunk(p, piece) {
		written, err := w.Write(part)
		if n += written; err != nil {
			return n, err
		}
	}
	return n, nil
}

// FlushError is Flush for http.ResponseController. After it there is no deadline
// until the next write: with HTTP/2 a deadline would end a stream that waits.
func (w *Writer) FlushError() error {
	err := w.inTime(w.control.Flush)
	w.clearDeadline()
	return err
}

// inTime runs a write with a deadline.
func (w *Writer) inTime(write func() error) error {
	r := w.readers
	r.mu.Lock()
	if w.slow {
		r.mu.Unlock()
		return errSlow
	}
	began := now()
	w.since = began
	w.setDeadline() // under the lock, so that it comes before one that drops the client
	r.mu.Unlock()

	err := write()

	r.mu.Lock()
	took := now().Sub(began)
	w.since = time.Time{}
	w.spent += took
	late := err != nil && !w.slow && took >= patience
	if late {
		r.dropLocked(w)
	}
	if w.slow {
		err = errSlow
	}
	r.mu.Unlock()
	if late {
		r.log(w)
	}
	return err
}

// writing is how long the client has been written to since it has its place.
func (w *Writer) writing(at time.Time) time.Duration { return w.spent + at.Sub(w.since) }

// A test's recorder has no deadlines, and its error does not matter.

func (w *Writer) setDeadline()   { _ = w.control.SetWriteDeadline(now().Add(patience)) }
func (w *Writer) clearDeadline() { _ = w.control.SetWriteDeadline(time.Time{}) }

// Limit gives a connection that was taken over a deadline for what is written.
func Limit(conn net.Conn) { _ = conn.SetWriteDeadline(now().Add(patience)) }
