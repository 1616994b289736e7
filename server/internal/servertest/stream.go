package servertest

import (
	"bufio"
	"strings"
)

// An Event is one event of GET /_mock/outbox/stream.
type Event struct{ Name, ID, Data string }

// ReadEvent reads the next event. It is false if the stream ended before.
func ReadEvent(body *bufio.Scanner) (e Event, ok bool) {
	for body.Scan() {
		name, value, _ := strings.Cut(body.Text(), ": ")
		switch name {
		case "event":
			e.Name = value
		case "id":
			e.ID = value
		case "data":
			e.Data += value
		case "":
			if e.Name != "" {
				return e, true
			}
		}
	}
	return e, false
}
