package runner

import "bytes"

// results finds the results in the output of a process: lines that begin with a mark.
// An Action may write anything else there, as much as it likes.
type results struct {
	mark []byte
	take func(line []byte) // without the mark

	line []byte // the beginning of a line whose end has not come
	skip bool   // it is no result
}

func (r *results) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part, after, whole := bytes.Cut(rest, []byte{'\n'})
		rest = after
		if !r.skip {
			r.line = append(r.line, part...)
			n := min(len(r.line), len(r.mark))
			r.skip = !bytes.Equal(r.line[:n], r.mark[:n])
		}
		if r.skip {
			r.line = r.line[:0]
		}
		if whole {
			if len(r.line) >= len(r.mark) {
				r.take(r.line[len(r.mark):])
			}
			r.line, r.skip = nil, false
		}
	}
	return len(p), nil
}

// head keeps the beginning of what is written to it.
type head struct{ text []byte }

// maxHead is as much as an error needs.
const maxHead = 1 << 10

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), maxHead-len(h.text))]...)
	return len(p), nil
}

func (h *head) String() string { return string(h.text) }
